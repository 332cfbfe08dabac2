"""A line on stderr that counts what has come so far, where nobody knows how much there is."""

from __future__ import annotations

import time
from typing import Protocol

from tqdm import tqdm

# A log file that catches stderr should not drown in lines.
REFRESH_S = 0.2


class Counted(Protocol):
    """What has come so far."""

    frames: int


class Counter:
    """Counts frames; gone from the screen at the end."""

    def __enter__(self) -> Counter:
        self._shown = 0.0
        self._bar = tqdm(bar_format="{n_fmt} frames {elapsed}", leave=False)
        return self

    def on(self, progress: Counted) -> None:
        now = time.monotonic()
        if now - self._shown >= REFRESH_S:
            self._shown, self._bar.n = now, progress.frames
            self._bar.refresh()

    def __exit__(self, *exception: object) -> None:
        self._bar.close()
