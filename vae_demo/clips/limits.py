"""How much of anything a clip may be, and the clock that stops endless work."""

from __future__ import annotations

import time
from dataclasses import dataclass

from vae_demo.clips.geometry import MULTIPLE
from vae_demo.refusal import Refusal

LOWEST_FPS, HIGHEST_FPS = 0.1, 240.0
DEFAULT_FPS = 24


@dataclass(frozen=True)
class Limits:
    """What is accepted.

    max_bytes       of the file
    max_side        width and height, in the file and after scaling, pixels
    max_frames      frames of one clip
    min_side        smallest side the models and the scores can work on, pixels
    multiple        pixels that both sides of a clip are a multiple of: a model's spatial factor
    max_seconds     wall-clock time for reading one clip
    max_temp_bytes  disk space for the frames of one clip

    What a file may cost that turns out to be hostile; all three hold for the process that reads it:

    max_memory_bytes  memory on top of what the process has before it opens the file
    probe_seconds     wall-clock time for looking at a file without reading it all
    busy_seconds      wall-clock time to wait while other clips are being read
    """

    max_bytes: int = 200_000_000
    max_side: int = 4096
    max_frames: int = 408
    min_side: int = 16
    multiple: int = MULTIPLE
    max_seconds: float = 120.0
    max_temp_bytes: int = 4_000_000_000
    max_memory_bytes: int = 1_500_000_000
    probe_seconds: float = 15.0
    busy_seconds: float = 30.0


class Deadline:
    """Raises Refusal "too_slow" from check() once `seconds` have passed since it was made."""

    def __init__(self, seconds: float, name: str) -> None:
        self._seconds, self._name = seconds, name
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        if time.monotonic() > self._end:
            raise Refusal("too_slow", name=self._name, max_seconds=self._seconds)


def check_request(start: int, n_frames: int | None, size: int | None, crop: str, limits: Limits) -> None:
    """Refuse a request that no file could meet."""
    if start < 0:
        raise Refusal("start_range", start=start)
    if n_frames is not None and not 1 <= n_frames <= limits.max_frames:
        raise Refusal("clip_frames", n_frames=n_frames, max_frames=limits.max_frames)
    if size is not None and not limits.min_side <= size <= limits.max_side:
        raise Refusal("clip_size", size=size, min_side=limits.min_side, max_side=limits.max_side)
    if crop not in ("square", "none"):
        raise Refusal("crop_unknown", crop=crop)
