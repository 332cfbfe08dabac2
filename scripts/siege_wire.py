"""How a visitor of the siege talks to the app, and what is noticed on the way.

Every answer is looked at in one place: a mark of somebody else in it is a foreign result, an error must be a sentence.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx

from vae_demo.models.spec import DEFAULT_MODEL
from vae_demo.views.shared.packed import unpacked

GRACE_S = 5.0
# How a visit ends; HELD is for those who only wanted to do harm.
FINISHED, CANCELLED, VANISHED, REFUSED, HELD = "finished", "cancelled", "vanished", "refused", "held"
MARK = re.compile(r"mark[0-9a-f]{12}")
_BUSY = ("waiting already", "of yours are waiting")
_GONE = ("upload it first", "no longer on this server")
# What a crash, a proxy or Gradio says where our own words are missing.
_NO_SENTENCE = ("Traceback", "Error:", "Internal Server", "Exception", "None")
_PATIENCE = httpx.Timeout(30, read=90)


class Refusal(Exception):
    """The app said no, in a sentence."""

    @property
    def busy(self) -> bool:
        return any(words in str(self) for words in _BUSY)


class Fault(Exception):
    """The app did what it must not do."""


@dataclass
class Record:
    """What the visitors of one round met."""

    outcomes: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    nameless: int = 0
    foreign: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, who: str, what: str) -> None:
        self.faults.append(f"{who}: {what}")


@dataclass(frozen=True)
class Clip:
    """A file to send. colour: RGB of its first frame."""

    mark: str
    content: bytes
    colour: tuple[int, int, int]

    @property
    def name(self) -> str:
        return f"{self.mark}.mp4"


@dataclass(frozen=True)
class Place:
    """Where the app is, and the numbers of its events: by the control that starts them."""

    address: str
    opens: int
    takes: int
    checks: int
    runs: int
    stops: int

    @classmethod
    def of(cls, address: str, config: dict) -> Place:
        """config: what /config says. The page's own events have no names; their targets do."""
        names = {each["id"]: each["props"].get("elem_id") for each in config["components"]}
        found = {(names.get(block), event): each["id"] for each in config["dependencies"] if each["backend_fn"]
                 for block, event in each["targets"]}
        asked = {"opens": ("vd-player", "open"), "takes": ("vd-upload", "upload"), "checks": ("vd-run", "click"),
                 "runs": ("vd-gate", "submit"), "stops": ("vd-cancel", "click")}
        return cls(address, **{name: found[target] for name, target in asked.items()})


class Visitor:
    """One of them: a browser or a caller of its own. number says which, rng decides what it does when."""

    def __init__(self, role: str, number: int, place: Place, record: Record, rng: Random, clip: Clip) -> None:
        self.who, self.place, self.record, self.rng, self.clip = f"{role} {number}", place, record, rng, clip
        self.key, self.session = self.hex(32), self.hex(12)
        self.others: list[Visitor] = []
        self.uploaded, self.seen, self.longest_silence = "", time.monotonic(), 0.0
        # No certificates are needed, and to load them takes longer than a call.
        self._client = httpx.AsyncClient(base_url=place.address, timeout=_PATIENCE, verify=False, trust_env=False)

    def hex(self, length: int) -> str:
        return "".join(self.rng.choices("0123456789abcdef", k=length))

    async def close(self) -> None:
        await self._client.aclose()

    # --- whatever comes back

    def look(self, text: str) -> None:
        """Whose mark is in it. Raises Fault for another's."""
        if foreign := set(MARK.findall(text)) - {self.clip.mark}:
            self.record.foreign += 1
            raise Fault(f"was shown {', '.join(sorted(foreign))}")

    def refused(self, said: Any) -> Refusal:
        """The refusal to raise. Raises Fault where nothing was said that somebody could read."""
        text = said.get("en") or said.get("error") if isinstance(said, dict) else said
        if not isinstance(text, str) or len(text) < 10 or text[-1] not in ".!?" or \
                any(word in text for word in _NO_SENTENCE):
            self.record.nameless += 1
            raise Fault(f"got an error without a sentence: {str(said)[:200]!r}")
        self.record.refused += 1
        return Refusal(text)

    async def ask(self, route: str, **request: Any) -> Any:
        """POST, and the JSON that answers it. Raises Refusal or Fault."""
        try:
            answer = await self._client.post(route, **request)
        except httpx.HTTPError as error:
            self.record.nameless += 1
            raise Fault(f"{route} was not answered: {type(error).__name__} {error}") from error
        self.look(answer.text)
        try:
            said = answer.json()
        except ValueError:
            said = f"{answer.status_code} {answer.text}"
        if answer.status_code != 200:
            raise self.refused(said)
        return said

    async def file(self, path: str) -> httpx.Response:
        """What is served at a path of the server."""
        answer = await self._client.get(f"gradio_api/file={path}")
        if "video" not in answer.headers.get("content-type", ""):
            self.look(answer.text)
        return answer

    async def told(self, route: str) -> AsyncIterator[tuple[str | None, Any]]:
        """(event, data) of a stream, until it ends."""
        event = None
        try:
            async with self._client.stream("GET", route) as answer:
                async for line in answer.aiter_lines():
                    self.look(line)
                    if line.startswith("event: "):
                        event = line.removeprefix("event: ")
                    elif line.startswith("data: "):
                        yield event, json.loads(line.removeprefix("data: "))
        except httpx.HTTPError as error:
            self.record.nameless += 1
            raise Fault(f"{route.split('?')[0]} broke off: {type(error).__name__} {error}") from error

    async def upload(self, name: str = "", content: bytes = b"") -> dict:
        """Send a file, the own clip unless told otherwise; what an event gets to name it."""
        self.seen, self.longest_silence = time.monotonic(), 0.0
        sent = {"files": (name or self.clip.name, content or self.clip.content)}
        self.uploaded, = await self.ask("gradio_api/upload", files=sent)
        return {"path": self.uploaded, "meta": {"_type": "gradio.FileData"}}

    # --- as somebody who calls the API

    async def call(self, given: Any, variants: str = "17", visit: str = "") -> str:
        """Ask for a comparison; the number of the event."""
        values = [given, variants, DEFAULT_MODEL, 0, 9, 64, "square", visit]
        return (await self.ask("gradio_api/call/compare", json={"data": values}))["event_id"]

    async def steps_of(self, number: str) -> AsyncIterator[dict]:
        """What a call tells: how far it is, and its result at last."""
        async for event, said in self.told(f"gradio_api/call/compare/{number}"):
            if event == "error":
                raise self.refused(said)
            if event in ("generating", "complete") and said:
                yield said[0]
            if event == "complete":
                return
        raise Fault("a call ended without an answer")

    async def result_of(self, number: str) -> dict:
        """The result of a call."""
        return [step async for step in self.steps_of(number)][-1]

    # --- as the page does it

    async def event(self, number: int, *values: Any, data: dict | None = None) -> list[Any]:
        """An event that does not wait; what its components get."""
        body = {"fn_index": number, "data": values, "session_hash": self.session, "event_data": data}
        answer = await self.ask("gradio_api/run/predict", json=body)
        return [unpacked(each) if isinstance(each, dict) else each for each in answer["data"]]

    async def join(self, clip: str, size: str = "128", resume: bool = False, **who: str) -> str:
        """Ask for a run as the gate does. who: another key or session than the own."""
        values = [who.get("key", self.key), clip, ["17"], DEFAULT_MODEL, 0, 9, size]
        body = {"fn_index": self.place.runs, "data": values, "session_hash": who.get("session", self.session),
                "event_data": {"resume": resume}}
        return (await self.ask("gradio_api/queue/join", json=body))["event_id"]

    async def values(self, session: str = "", n_events: int = 1) -> AsyncIterator[dict]:
        """What the player gets from the stream of a session, until as many events are over; a refusal is a value."""
        n_over = 0
        async for _, message in self.told(f"gradio_api/queue/data?session_hash={session or self.session}"):
            if message["msg"] == "process_completed":
                if not message["success"]:
                    raise self.refused(message["output"])
                yield unpacked((message["output"].get("data") or [{}])[0] or {})
                n_over += 1
                if n_over == n_events:
                    return
            elif message["msg"] in ("process_generating", "estimation"):
                # Values come as differences to the one before.
                told = json.dumps(message)
                yield {"running": {"waits": '"position"' in told, "works": '"stage"' in told}}
            elif message["msg"] in ("unexpected_error", "server_stopped"):
                raise self.refused(message)
        raise Fault("a stream ended before its events")

    async def result(self) -> dict:
        """The last value of a run that was joined. Raises Refusal where it says that one."""
        *_, value = [each async for each in self.values()]
        if error := (value.get("running") or {}).get("error"):
            raise self.refused(error)
        return value

    async def here(self) -> bool:
        """The page's sign of life: whether the server has something of this visit."""
        found = (await self.ask("vd/here", content=json.dumps({"key": self.key})))["visit"]
        now = time.monotonic()
        self.seen, self.longest_silence = now, max(self.longest_silence, now - self.seen)
        return found

    @asynccontextmanager
    async def on_page(self) -> AsyncIterator[None]:
        """While the block runs the page gives its signs of life."""
        async def signs() -> None:
            while True:
                await asyncio.sleep(GRACE_S / 3)
                try:
                    await self.here()
                except (Refusal, Fault) as error:
                    self.record.fault(self.who, f"no sign of life: {error}")

        task = asyncio.create_task(signs())
        try:
            yield
        finally:
            task.cancel()

    async def patiently(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Ask again while the line is full, and when the server has rightly forgotten the clip meanwhile."""
        while True:
            try:
                return await ask()
            except Refusal as no:
                if not (no.busy or self.forgotten(no)):
                    raise
                await asyncio.sleep(self.rng.uniform(0.5, 1.5))

    def forgotten(self, no: Refusal) -> bool:
        """Whether a refusal says that a file is gone, and the grace for it was over: callers give no signs of life."""
        silence = max(self.longest_silence, time.monotonic() - self.seen)
        return silence > GRACE_S and any(words in str(no) for words in _GONE)


def written(folder: Path, mark: str) -> Clip:
    """A small clip of its own colour."""
    import numpy as np

    from vae_demo.clips import write_video

    rng = Random(mark)
    colour = tuple(rng.choice((40, 120, 200)) for _ in range(3))
    frames = np.full((rng.randint(9, 20), 128, 128, 3), colour, np.uint8)
    for index, frame in enumerate(frames):
        frame[8:24, 4 * index:4 * index + 16] = 255 - np.array(colour, np.uint8)
    path = folder / f"{mark}.mp4"
    write_video(path, iter(frames), 25)
    content = path.read_bytes()
    path.unlink()
    return Clip(mark, content, colour)
