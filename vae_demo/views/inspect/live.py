"""What the files of a run look like while they are read: a strip of pictures and a tape, small, always of all so far.

Of what a run says on the way the page may miss some (views/serving/jobs.py), so that each word has the whole.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from vae_demo.inspection import Progress
from vae_demo.report.pictures import data_uri

PICTURES, COLUMNS, TALL = 8, 480, 48
# So long a page that has missed a word waits for the next.
AGAIN_S = 0.25


class Filling:
    """Some of the frames of one file, evenly spread: of a longer one every second goes whenever there are too many."""

    def __init__(self, of: int | None) -> None:
        self._of, self._n = of, 0
        self._every = {"picture": -(-of // PICTURES) if of else 1, "column": -(-of // COLUMNS) if of else 1}
        self._pictures: list[tuple[int, np.ndarray]] = []
        self._columns: list[np.ndarray] = []

    def add(self, pictures: Sequence[np.ndarray]) -> None:
        """pictures: uint8 H W 3 of the frames that follow."""
        for picture in pictures:
            if self._n % self._every["picture"] == 0:
                self._pictures.append((self._n, picture))
            if self._n % self._every["column"] == 0:
                row = picture[len(picture) // 2]
                self._columns.append(row[np.arange(TALL) * len(row) // TALL])
            self._n += 1
            if len(self._pictures) > PICTURES:
                self._pictures, self._every["picture"] = self._pictures[::2], 2 * self._every["picture"]
            if len(self._columns) > COLUMNS:
                self._columns, self._every["column"] = self._columns[::2], 2 * self._every["column"]

    def told(self) -> dict[str, Any] | None:
        """n, of; frames: whose pictures lie side by side in `strip`, each `ratio` as wide as tall; share: how much of
        the tape's width `tape` fills. Both are data URIs. None before there is a frame."""
        if not self._pictures:
            return None
        height, width = self._pictures[0][1].shape[:2]
        columns = -(-self._of // self._every["column"]) if self._of else COLUMNS
        return {"n": self._n, "of": self._of, "places": PICTURES, "frames": [frame for frame, _ in self._pictures],
                "ratio": round(width / height, 3),
                "strip": data_uri(np.concatenate([picture for _, picture in self._pictures], 1), "JPEG"),
                "tape": data_uri(np.stack(self._columns, 1), "JPEG"), "share": min(len(self._columns) / columns, 1.0)}


class Live:
    """Both files of a run. `told` after each of its words."""

    def __init__(self) -> None:
        self._files: dict[str, Filling] = {}
        self._last: dict[str, Any] | None = None
        self._said = 0.0

    def told(self, progress: Progress) -> dict[str, Any] | None:
        """{"video": ..., "source": ...} as far as they are read, see Filling.told; None where that was just said."""
        if progress.pictures:
            filling = self._files.setdefault("source" if progress.source else "video", Filling(progress.of))
            filling.add(progress.pictures)
            self._last = {name: each.told() for name, each in self._files.items()}
        elif time.monotonic() - self._said < AGAIN_S:
            return None
        self._said = time.monotonic()
        return self._last
