"""Visitors of the siege who mean no good: broken uploads, floods, what is others', files made to break readers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from urllib.parse import urlsplit

from siege_wire import HELD, VANISHED, Fault, Refusal, Visitor

HOSTILE: list[tuple[str, bytes]] = []


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
        answer = await me.file(path)
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
    await _must_be_refused(me, asyncio.sleep(0), lambda: me.result_of(number))
    async with aclosing(me.told(f"gradio_api/queue/data?session_hash={me.hex(12)}")) as told:
        async for _ in told:  # whose it was is looked at as for every line
            break
    return HELD


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
            await me.result_of(await me.call(given))
    for body in (b"", b"{", b'{"data": [1]}', json.dumps({"data": ["x" * 9000] * 8}).encode()):
        with suppress(Refusal):
            await me.ask("gradio_api/call/compare", content=body)
    return HELD
