"""What the door answers when a page asks for pictures of a clip: those of a sample, or of the asking visit's own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from vae_demo.refusal import Refusal
from vae_demo.views.serving.keys import checked_key
from vae_demo.views.serving.strips import Strips
from vae_demo.views.serving.visits import Visits
from vae_demo.views.shared.clip_menu import clip_path
from vae_demo.views.shared.settings import size_and_crop

STRIP, STILL = "/vd/strip", "/vd/still"
MOST_FRAME = 10_000_000
NO_STORE = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]

Send = Callable[[dict], Awaitable[None]]


class Pictures:
    """See the module. paths: how the addresses that it answers end."""

    paths = STRIP, STILL

    def __init__(self, visits: Visits, strips: Strips) -> None:
        self._visits, self._strips = visits, strips

    async def answer(self, path: str, body: bytes, send: Send) -> None:
        """path: one that ends in STRIP or STILL. body: JSON {key, clip}, for a still {frame, size} too: as the menus
        say. Raises Refusal.
        """
        try:
            asked = json.loads(body)
            key, name = checked_key(asked["key"]), str(asked["clip"])
            frame, size = int(asked.get("frame") or 0), asked.get("size", "256")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            raise Refusal("bad_call") from None
        clip = asked_clip(self._visits, key, name)
        if path.endswith(STRIP):
            await _tell_strip(self._strips.lines(clip, key), send)
            return
        if not 0 <= frame <= MOST_FRAME:
            raise Refusal("bad_call")
        picture = await self._strips.still(clip, frame, *size_and_crop(size), key)
        await _begin(send, b"image/jpeg")
        await send({"type": "http.response.body", "body": picture})


def asked_clip(visits: Visits, key: str, name: str) -> Path:
    """Never a path from outside: a name among our samples, or whatever file the visit has. Raises Refusal."""
    def own() -> Path:
        found = visits.clip(key)
        if found is None:
            raise Refusal("clip_gone", minutes=f"{visits.bounds.grace_s / 60:g}")
        return found

    return clip_path(name, own)


async def _tell_strip(lines: AsyncIterator[bytes], send: Send) -> None:
    begun = False
    async for line in lines:
        if not begun:
            await _begin(send, b"application/x-ndjson")
            begun = True
        await send({"type": "http.response.body", "body": line, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _begin(send: Send, kind: bytes) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind), *NO_STORE]})
