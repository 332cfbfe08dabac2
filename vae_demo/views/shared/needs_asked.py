"""What the door answers when a page asks what a run would need in memory; see needs.py."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from vae_demo.refusal import Refusal
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.serving.calls import read_call
from vae_demo.views.serving.keys import checked_key
from vae_demo.views.serving.visits import Visits
from vae_demo.views.shared.needs import Need
from vae_demo.views.shared.pictures import NO_STORE, Send, asked_clip
from vae_demo.views.shared.running import Request
from vae_demo.views.shared.settings import size_and_crop

NEEDS_PATH = "/vd/needs"
# Questions that may wait for their count, of all visitors; of one visit and tab only the last one is counted.
WAITING = 32
LONGEST = 5000

# By a tab's key: looks at what is asked for; raises Refusal.
Check = Callable[[Request, Bounds], Need | None]


class NeedsAsked:
    """See the module. paths: how the addresses that it answers end."""

    paths = (NEEDS_PATH,)

    def __init__(self, visits: Visits, bounds: Bounds, checks: Mapping[str, Check]) -> None:
        self._visits, self._bounds, self._checks = visits, bounds, checks
        # One count at a time: a server has better things to do with its processors.
        self._thread = ThreadPoolExecutor(1, "needs")
        self._latest: dict[tuple[str, str], object] = {}
        self._waiting = 0

    async def answer(self, path: str, body: bytes, send: Send) -> None:
        """body: JSON {key, tab, clip, cuts, model, start, frames, size, dtype}, as the controls say. Answers with the
        fields of Need, an `error` by language, or nothing where nothing is known. Raises Refusal for no such call."""
        asked = read_call(body)
        try:
            key, tab = checked_key(asked["key"]), str(asked["tab"])
            check = self._checks[tab]
            texts = [str(asked[name]) for name in ("cuts", "model", "dtype")]
            numbers = [int(asked[name]) for name in ("start", "frames")]
            if max(map(len, texts)) > LONGEST:
                raise ValueError
            request = Request(asked_clip(self._visits, key, str(asked["clip"])), *texts[:2], *numbers,
                              *size_and_crop(asked["size"]), dtype=texts[2])
        except (ValueError, KeyError, TypeError, OverflowError) as error:  # a Refusal is a ValueError
            raise (error if isinstance(error, Refusal) else Refusal("bad_call")) from None
        told = await self._in_turn((key, tab), lambda: check(request, self._bounds))
        head = [(b"content-type", b"application/json"), *NO_STORE]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})

    async def _in_turn(self, who: tuple[str, str], check: Callable[[], Need | None]) -> dict:
        if self._waiting >= WAITING:
            return {}
        me = self._latest[who] = object()

        def count() -> dict:
            if self._latest.get(who) is not me:  # the visitor has gone on
                return {}
            try:
                need = check()
            except Refusal as error:
                return {"error": error.said}
            return need._asdict() if need else {}

        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, count)
        finally:
            self._waiting -= 1
            if self._latest.get(who) is me:
                del self._latest[who]
