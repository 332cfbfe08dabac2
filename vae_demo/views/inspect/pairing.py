"""Of two files that come at once, which is the source: by their names, else by what they show, else nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from vae_demo.clips import read_clip
from vae_demo.clips.overview import MEASURED, luma_of
from vae_demo.refusal import Refusal

Why = Literal["name", "detail", "unknown"]
NAMES = ("source", "orig", "reference", "gt", "input")
# Of each file so many frames are looked at; one that has so much more detail is what the other was made from.
LOOKED_AT, SHARPER = 24, 1.05


def source_of(paths: Sequence[Path]) -> tuple[int, Why]:
    """Which of two is the source, 0 or 1, and what says so; the second one where nothing does."""
    named = [any(word in path.stem.lower() for word in NAMES) for path in paths]
    if named[0] != named[1]:
        return named.index(True), "name"
    try:
        sides, details = zip(*map(_seen, paths), strict=True)
    except Refusal:  # the run will say what is wrong with it
        return 1, "unknown"
    # Another size has another amount of detail by itself.
    if sides[0] != sides[1] or max(details) < SHARPER * min(details):
        return 1, "unknown"
    return int(np.argmax(details)), "detail"


def _seen(path: Path) -> tuple[tuple[int, int], float]:
    """Height and width, and the usual difference of neighbouring pixels in grey levels."""
    with read_clip(path, 0, LOOKED_AT, MEASURED, "none") as clip:
        luma = luma_of(clip.frames(0, clip.n_frames))
        apart = [np.abs(np.diff(luma, axis=axis)).mean((1, 2)) for axis in (1, 2)]
        return (clip.height, clip.width), float(np.median(apart[0] + apart[1]))
