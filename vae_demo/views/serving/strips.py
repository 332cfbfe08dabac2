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
LOOK_S = 0.02
# One frame far inside a file is not worth waiting for longer.
STILL_S = 10.0


@dataclass
class _Strip:
    lines: list[bytes] = field(default_factory=list)
    error: Refusal | None = None
    done: bool = False


class Strips:
    """See the module. `forget` when a file goes."""

    def __init__(self) -> None:
        self._strips: OrderedDict[Path, _Strip] = OrderedDict()
        self._lock, self._turn = threading.Lock(), threading.Semaphore(AT_ONCE)
        self._n_waiting = 0

    async def lines(self, clip: Path) -> AsyncIterator[bytes]:
        """Lines of JSON: {"frame", "jpeg": base64} for each picture as soon as it is there, and at the end
        {"n_frames": how many the file has, null where not all were looked at}.

        Raises Refusal where too many wait. A file that gives no picture gives the last line alone.
        """
        strip, told = self._strip(clip), 0
        while True:
            done = strip.done
            for line in strip.lines[told:]:
                yield line
                told += 1
            if done:
                return
            await asyncio.sleep(LOOK_S)

    async def still(self, clip: Path, frame: int, size: int, crop: str) -> bytes:
        """One frame as the clip of a run would have it, as JPEG. Raises Refusal."""
        made: list[bytes] = []
        strip = _Strip()
        self._begin(lambda: made.append(_still(clip, frame, size, crop)), strip)
        while not strip.done:
            await asyncio.sleep(LOOK_S)
        if not made:
            raise strip.error or Refusal("busy")
        return made[0]

    def forget(self, clip: Path) -> None:
        with self._lock:
            self._strips.pop(clip, None)

    def _strip(self, clip: Path) -> _Strip:
        with self._lock:
            found = self._strips.get(clip)
            if found is not None:
                self._strips.move_to_end(clip)
                return found
        strip = _Strip()
        self._begin(lambda: self._make(clip, strip), strip)
        with self._lock:
            self._strips[clip] = strip
            while len(self._strips) > KEPT:
                self._strips.popitem(last=False)
        return strip

    def _begin(self, work: Callable[[], object], strip: _Strip) -> None:
        with self._lock:
            if self._n_waiting >= WAITING:
                raise Refusal("busy")
            self._n_waiting += 1

        def working() -> None:
            try:
                with self._turn:
                    work()
            except Refusal as error:
                strip.error = error
            finally:
                with self._lock:
                    self._n_waiting -= 1
                strip.done = True

        threading.Thread(target=working, name="strips", daemon=True).start()

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
