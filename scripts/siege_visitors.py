"""What visitors of the siege do: each role is what one of them lives through, and gives the word for how it ended."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from itertools import cycle, islice
from random import Random
from urllib.parse import urlsplit

from siege_wire import Fault, Refusal, Visitor

Role = Callable[[Visitor], Awaitable[str]]
OFFLINE_S = 4.0
FINISHED, CANCELLED, VANISHED, REFUSED, HELD = "finished", "cancelled", "vanished", "refused", "held"


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
    _check_own(me, await _last(me, await me.call(await me.upload(), variants)))


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
        await _chosen(me)
        value = await me.patiently(lambda: _ran(me))
        await _check_files(me, value)
        await _check_back(me)
        if not await me.here():
            raise Fault("is told that it has nothing here")
    return FINISHED


async def cancels_on_page(me: Visitor) -> str:
    async with me.on_page():
        await _chosen(me)
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
        await _chosen(me)
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
        await _chosen(me)
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
    values = [me.key, me.clip.name, ["17"], "tiny-17", 0, 9, "128"]
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
    asked = {"visit": me.key, "clip": me.clip.name, "model": "tiny-17", "variants": ["17"], "start": 0, "frames": 9,
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
        answer = await me.get(_file(value["urls"][name]["path"]))
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


def _file(path: str) -> str:
    return f"gradio_api/file={path}"


# --- who means no good

async def breaks_off(me: Visitor) -> str:
    """The line is cut in the middle of an upload."""
    at = urlsplit(me.place.address)
    head = (f'--b\r\nContent-Disposition: form-data; name="files"; filename="{me.clip.name}"\r\n'
            "Content-Type: video/mp4\r\n\r\n").encode()
    _, line = await asyncio.open_connection(at.hostname, at.port)
    line.write(b"POST /gradio_api/upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
               b"Content-Length: 2000000\r\n\r\n" + head + bytes(me.rng.randrange(1, 1_500_000)))
    await line.drain()
    await asyncio.sleep(me.rng.uniform(0, 0.5))
    if me.rng.random() < 0.5:
        line.transport.abort()
    line.close()
    return VANISHED


async def floods_with_one_key(me: Visitor, n_runs: int = 20) -> str:
    """All but two of its runs are refused, each in a sentence."""
    await asyncio.gather(*(me.join("pan") for _ in range(n_runs)))
    n_refused = 0
    async with aclosing(me.values(n_events=n_runs - 2)) as values:
        async for value in values:
            n_refused += _is_refusal(me, value)
    if n_refused < n_runs - 2:
        raise Fault(f"had {n_runs} runs at once, and {n_refused} of them were refused")
    return HELD


async def floods_with_many_keys(me: Visitor, n_runs: int = 20) -> str:
    """What fits into the line waits there, the rest is refused in a sentence."""
    async def one() -> None:
        session = me.hex(12)
        await me.join("pan", key=me.hex(32), session=session)
        async with aclosing(me.values(session)) as values:
            async for value in values:
                _is_refusal(me, value)
                if me.rng.random() < 0.3:
                    return

    await asyncio.gather(*(one() for _ in range(n_runs)))
    return HELD


def _is_refusal(me: Visitor, value: dict) -> bool:
    error = (value.get("running") or {}).get("error")
    if error:
        me.refused(error)
    return bool(error)


async def prowls(me: Visitor) -> str:
    """Asks for what is others': their files, their visits, their streams."""
    await me.upload()
    folder = me.uploaded.rsplit("/", 2)[0]
    victims = [other for other in me.others if other.uploaded and other.clip != me.clip]
    paths = [folder, f"{folder}/results", f"{folder}/results/..", f"{folder}/../visits", me.uploaded,
             *(f"{folder}/results/{me.hex(32)}/{name}" for name in ("atlas.mp4", "comparison.json")),
             *(other.uploaded for other in victims)]
    for path in paths:
        answer = await me.get(_file(path))
        if answer.status_code not in (403, 404):
            me.record.foreign += 1
            raise Fault(f"asked for {path} and got {answer.status_code}")
    for other in victims[:3]:
        me.session = me.hex(12)
        asked = {"visit": me.key, "clip": other.clip.name}
        _, _, _, _, _, _, desk, gate, player = await me.event(me.place.opens, data=asked)
        if desk.get("upload") or gate.get("go") or not player.get("running"):
            raise Fault("was given something for a name")
        await _must_be_refused(me, me.join(other.clip.name), me.result)
        await _must_be_refused(me, me.join(other.clip.name, key=me.hex(31)), me.result)
    number = await me.call(None, visit=me.hex(32))
    await _must_be_refused(me, asyncio.sleep(0), lambda: _last(me, number))
    async with aclosing(me.told(f"gradio_api/queue/data?session_hash={me.hex(12)}")) as told:
        async for _ in told:  # whose it was is looked at as for every line
            break
    return HELD


async def _last(me: Visitor, number: str) -> dict:
    """The result of a call."""
    return [step async for step in me.steps_of(number)][-1]


async def _must_be_refused(me: Visitor, asked: Awaitable, then: Callable[[], Awaitable]) -> None:
    with suppress(Refusal):
        await asked
        await then()
        raise Fault("was not refused")


async def sends_what_is_no_clip(me: Visitor) -> str:
    """Files made to break whoever reads them: a sentence or a result, nothing else."""
    for name, content in me.rng.sample(HOSTILE, 3):
        given = await me.upload(name, content)
        *_, player = await me.event(me.place.takes, me.key, given)
        _is_refusal(me, player)
        with suppress(Refusal):
            await _last(me, await me.call(given))
    for body in (b"", b"{", b'{"data": [1]}', json.dumps({"data": ["x" * 9000] * 8}).encode()):
        with suppress(Refusal):
            await me.ask("gradio_api/call/compare", content=body)
    return HELD


HOSTILE: list[tuple[str, bytes]] = []
ROLES: tuple[Role, ...] = (
    calls, visits, cancels_call, cancels_on_page, vanishes_from_call, vanishes_from_page, never_listens,
    loses_the_line, loses_it_late, shares_and_stays, shares_and_leaves, breaks_off, floods_with_one_key,
    floods_with_many_keys, prowls, sends_what_is_no_clip, calls, visits, loses_it_late, shares_and_stays)
SHARING = (shares_and_stays, shares_and_leaves)


def dealt(n_visitors: int, rng: Random) -> list[Role]:
    """Every role in turn, in an order of this seed."""
    roles = list(islice(cycle(ROLES), n_visitors))
    rng.shuffle(roles)
    return roles


async def lives(me: Visitor, role: Role, delay_s: float) -> None:
    """One visitor from coming to going; how it ended is in the record."""
    try:
        await asyncio.sleep(delay_s)
        outcome = await role(me)
    except Refusal as no:
        # Visitors who only want to leave may be refused before; the others ask again or have a right to an answer.
        outcome = REFUSED
        if not no.busy:
            me.record.fault(me.who, f"was refused: {no}")
    except Fault as error:
        outcome = "fault"
        me.record.fault(me.who, str(error))
    except asyncio.CancelledError:
        me.record.fault(me.who, "was not done in time")
        raise
    except Exception as error:
        outcome = "fault"
        me.record.fault(me.who, f"{type(error).__name__}: {error}")
    finally:
        await me.close()
    me.record.outcomes[outcome] += 1
