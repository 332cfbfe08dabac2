"""Visitors of the siege who want something: each role is what one of them lives through, and says how it ended."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from contextlib import aclosing

from siege_wire import CANCELLED, FINISHED, VANISHED, Fault, Visitor

from vae_demo.models.spec import DEFAULT_MODEL

OFFLINE_S = 4.0


# --- callers of the API

async def calls(me: Visitor) -> str:
    """Wants a result, and gets its own."""
    await me.patiently(lambda: _called(me, me.rng.choice(("17", "17,17:16"))))
    return FINISHED


async def cancels_call(me: Visitor) -> str:
    number = await me.patiently(lambda: _hears(me))
    # The route is asked for what nobody listens to any more, too; it must not mind.
    await me.ask("gradio_api/cancel", json={"session_hash": number, "fn_index": 0, "event_id": number})
    return CANCELLED


async def vanishes_from_call(me: Visitor) -> str:
    await me.patiently(lambda: _hears(me))
    return VANISHED


async def never_listens(me: Visitor) -> str:
    await me.call(await me.upload())
    return VANISHED


async def shares_and_stays(me: Visitor) -> str:
    """Its file is that of other visitors, by content and by name, and goes on when they go."""
    for _ in range(2):
        await me.patiently(lambda: _called(me))
    return FINISHED


async def shares_and_leaves(me: Visitor) -> str:
    if me.rng.random() < 0.5:
        return await vanishes_from_call(me)
    await me.event(me.place.takes, me.key, await me.upload())
    return VANISHED


async def _called(me: Visitor, variants: str = "17") -> None:
    _check_own(me, await me.result_of(await me.call(await me.upload(), variants)))


async def _hears(me: Visitor) -> str:
    """The first steps of a call; then the line is cut. Its number."""
    number, n_steps = await me.call(await me.upload(), "4,5,6,7"), me.rng.randint(1, 3)
    async with aclosing(me.steps_of(number)) as steps:
        async for _ in steps:
            n_steps -= 1
            if not n_steps:
                break
    return number


# --- visitors of the page

async def visits(me: Visitor) -> str:
    """Upload, run, the result's files, and after a reload the same result again."""
    async with me.on_page():
        await me.patiently(lambda: _chosen(me))
        value = await me.patiently(lambda: _ran(me))
        await _check_files(me, value)
        await _check_back(me)
        if not await me.here():
            raise Fault("is told that it has nothing here")
    return FINISHED


async def cancels_on_page(me: Visitor) -> str:
    async with me.on_page():
        await me.patiently(lambda: _chosen(me))
        number = await me.patiently(lambda: _sees(me, _after(me.rng.randint(2, 5))))
        await me.event(me.place.stops, me.key)
        await me.ask("gradio_api/cancel", json={
            "session_hash": me.session, "fn_index": me.place.runs, "event_id": number})
        *_, gate, _ = await _opened(me)
        if gate.get("go"):
            raise Fault("a run goes on that was cancelled")
    return CANCELLED


async def vanishes_from_page(me: Visitor) -> str:
    async with me.on_page():
        await me.patiently(lambda: _chosen(me))
        await me.patiently(lambda: _sees(me, _after(me.rng.randint(2, 5))))
    return VANISHED


async def loses_the_line(me: Visitor) -> str:
    """Its connection is gone for a while as soon as its run waits or works."""
    return await _away_and_back(me, lambda value: value["running"].get("waits") or value["running"].get("works"))


async def loses_it_late(me: Visitor) -> str:
    """The same while its run works, which may be over before the page is back."""
    return await _away_and_back(me, lambda value: value["running"].get("works"))


async def _away_and_back(me: Visitor, leaves: Callable[[dict], bool]) -> str:
    async with me.on_page():
        await me.patiently(lambda: _chosen(me))
        await me.patiently(lambda: _sees(me, leaves))
        await me.here()
    await asyncio.sleep(OFFLINE_S)
    await me.here()
    async with me.on_page():
        *_, gate, player = await _opened(me)
        if gate.get("go"):
            me.session = me.hex(12)
            await me.join(me.clip.name, resume=True)
            player = await me.result()
        if "comparison" not in player:  # it ended between the two questions
            *_, player = await _opened(me)
        _check_own(me, player.get("comparison") or {})
    return FINISHED


async def _chosen(me: Visitor) -> None:
    """The page's own clip is this visitor's."""
    _, desk, player = await me.event(me.place.takes, me.key, await me.upload())
    if error := (player.get("running") or {}).get("error"):
        raise me.refused(error)
    if desk["upload"]["name"] != me.clip.name:
        raise Fault(f"chose its own clip and got {desk['upload']['name']}")
    values = [me.key, me.clip.name, ["17"], DEFAULT_MODEL, 0, 9, "128"]
    gate, = await me.event(me.place.checks, *values)
    if "go" not in gate:
        raise me.refused(gate.get("refused"))


async def _ran(me: Visitor) -> dict:
    await me.join(me.clip.name)
    value = await me.result()
    _check_own(me, value.get("comparison") or {})
    return value


async def _sees(me: Visitor, leaves: Callable[[dict], bool]) -> str:
    """The values of a run until one says to leave; then the line is cut. The number of its event."""
    number = await me.join(me.clip.name)
    async with aclosing(me.values()) as values:
        async for value in values:
            if error := (value.get("running") or {}).get("error"):
                raise me.refused(error)
            if value.get("running") and leaves(value):
                break
    return number


def _after(n_values: int) -> Callable[[dict], bool]:
    counted = iter(range(1, n_values))
    return lambda value: next(counted, None) is None


async def _opened(me: Visitor) -> list:
    """What a page gets that was loaded again."""
    asked = {"visit": me.key, "clip": me.clip.name, "model": DEFAULT_MODEL, "variants": ["17"], "start": 0, "frames": 9,
             "size": "128"}
    return await me.event(me.place.opens, data=asked)


async def _check_back(me: Visitor) -> None:
    _, _, _, _, _, _, desk, _, player = await _opened(me)
    if (desk.get("upload") or {}).get("name") != me.clip.name:
        raise Fault("lost its clip in a reload")
    _check_own(me, player.get("comparison") or {})


def _check_own(me: Visitor, comparison: dict) -> None:
    name = comparison.get("clip", {}).get("name")
    if name is None:
        raise Fault("got no result")
    if name != me.clip.name:
        me.record.foreign += 1
        raise Fault(f"got the result of {name}")


async def _check_files(me: Visitor, value: dict) -> None:
    """The files of a result are there, and show the visitor's own clip."""
    for name in ("atlas.mp4", "comparison.json"):
        answer = await me.file(value["urls"][name]["path"])
        if answer.status_code != 200:
            raise Fault(f"{name} of its result answers {answer.status_code}")
        if name == "comparison.json":
            _check_own(me, answer.json())
        elif max(map(abs, _difference(answer.content, me.clip.colour))) > 35:
            me.record.foreign += 1
            raise Fault("its result shows another clip")


def _difference(video: bytes, colour: tuple[int, int, int]) -> list[int]:
    """RGB in the corner of the first picture, which is of the source, less `colour`."""
    import av

    with av.open(io.BytesIO(video)) as opened:
        pixel = next(opened.decode(video=0)).to_ndarray(format="rgb24")[100, 60]
    return [int(found) - wanted for found, wanted in zip(pixel, colour, strict=True)]
