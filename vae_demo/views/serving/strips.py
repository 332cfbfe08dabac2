"""Pictures of a clip before anything is run: a strip of thumbnails as they are decoded, and one frame in full.

Whatever is decoded comes from a worker process (clips/reading.py). What was made of a clip stays in memory until its
file goes; a few at once are made, in the order of asking.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from vae_demo.clips import Limits, read_clip, thumbs
from vae_demo.refusal import Refusal

THUMBS, SIDE = 24, 64
# Strips that are remembered, and pictures that are made at once or wait for that.
KEPT, AT_ONCE, WAITING = 64, 2, 32
# Of those, pictures of one visit: of each tab its strip, and the frame it shows.
WAITING_PER_VISIT = 4
LOOK_S = 0.02
# One frame far inside a file is not worth waiting for longer.
STILL_S = 10.0


@dataclass(eq=False)
class _Strip:
    who: str
    still: bool = False
    lines: list[bytes] = field(default_factory=list)
    error: Refusal | None = None
    done: bool = False
    left: bool = False  # nobody waits for it any more


class Strips:
    """See the module. `forget` when a file goes."""

    def __init__(self) -> None:
        self._strips: OrderedDict[Path, _Strip] = OrderedDict()
        self._lock, self._turn = threading.Lock(), threading.Semaphore(AT_ONCE)
        self._begun: list[_Strip] = []  # what is being made, or waits for that

    async def lines(self, clip: Path, who: str) -> AsyncIterator[bytes]:
        """Lines of JSON: {"frame", "jpeg": base64} for each picture as soon as it is there, and at the end {"n_frames":
        how many the file has, null where not all were looked at}. A file without pictures gives the last line alone.

        who: the visit that asks. Raises Refusal where too many wait, all together or of one visit.
        """
        strip, told = self._strip(clip, who), 0
        while True:
            done = strip.done
            for line in strip.lines[told:]:
                yield line
                told += 1
            if done:
                return
            await asyncio.sleep(LOOK_S)

    async def still(self, clip: Path, frame: int, size: int, crop: str, who: str) -> bytes:
        """One frame as the clip of a run would have it, as JPEG. A visit waits for the last one that it asked for.

        who: the visit that asks. Raises Refusal.
        """
        made: list[bytes] = []
        strip = _Strip(who, still=True)
        with self._lock:
            for each in self._begun:
                each.left = each.left or (each.still and each.who == who)
        self._begin(lambda: made.append(_still(clip, frame, size, crop)), strip)
        try:
            while not strip.done:
                await asyncio.sleep(LOOK_S)
        finally:
            strip.left = True
        if not made:
            raise strip.error or Refusal("busy")
        return made[0]

    def forget(self, clip: Path) -> None:
        with self._lock:
            self._strips.pop(clip, None)

    def _strip(self, clip: Path, who: str) -> _Strip:
        with self._lock:
            found = self._strips.get(clip)
            if found is not None:
                self._strips.move_to_end(clip)
                return found
        strip = _Strip(who)
        self._begin(lambda: self._make(clip, strip), strip)
        with self._lock:
            self._strips[clip] = strip
            while len(self._strips) > KEPT:
                self._strips.popitem(last=False)
        return strip

    def _begin(self, work: Callable[[], object], strip: _Strip) -> None:
        """Have `work` done in its turn, unless nobody waits for it by then. Raises Refusal."""
        with self._lock:
            waiting = [each for each in self._begun if not each.left]
            mine = sum(each.who == strip.who for each in waiting)
            if len(waiting) >= WAITING or mine >= WAITING_PER_VISIT:
                raise Refusal("busy")
            self._begun.append(strip)

        def working() -> None:
            try:
                while not strip.left:
                    if self._turn.acquire(timeout=LOOK_S):
                        try:
                            if not strip.left:
                                work()
                        finally:
                            self._turn.release()
                        return
            except Refusal as error:
                strip.error = error
            finally:
                self._over(strip)

        try:
            threading.Thread(target=working, name="strips", daemon=True).start()
        except RuntimeError:  # no thread to be had; its place must not stay taken
            self._over(strip)
            raise Refusal("busy") from None

    def _over(self, strip: _Strip) -> None:
        with self._lock:
            self._begun.remove(strip)
        strip.done = True

    def _make(self, clip: Path, strip: _Strip) -> None:
        pictures, n_frames = thumbs(clip, THUMBS, SIDE), None
        try:
            while True:
                try:
                    found = next(pictures)
                except StopIteration as end:
                    n_frames = end.value
                    return
                if found is not None:
                    picture = base64.b64encode(_jpeg(found[1])).decode("ascii")
                    strip.lines.append(_line(frame=found[0], jpeg=picture))
        except Refusal:  # whoever runs the clip is told why; another time there may be room
            self.forget(clip)
        finally:
            pictures.close()
            strip.lines.append(_line(n_frames=n_frames))


def _still(clip: Path, frame: int, size: int, crop: str) -> bytes:
    limits = Limits(max_seconds=STILL_S)
    with read_clip(clip, frame, 1, size, crop, limits) as read:
        return _jpeg(read.frames(0, 1)[0])


def _jpeg(picture: np.ndarray) -> bytes:
    """uint8 H W 3 -> a file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=82)
    return file.getvalue()


def _line(**content: object) -> bytes:
    return json.dumps(content).encode() + b"\n"
