"""What a whole video looks like in small, measured while it is decoded: one line of numbers and one picture a frame."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import Interpolation
from PIL import Image

from vae_demo.clips.decoding import Path, Reading, frames_of
from vae_demo.clips.limits import Limits
from vae_demo.clips.sources import Decoded

# Short side in pixels of what is measured, so that copies of one video in any size give the same numbers; and of the
# picture kept.
MEASURED, KEPT = 256, 80
# Averages over the area that a pixel covers, and says of a frame what the eye sees from afar.
AREA = Interpolation.AREA
SIGNALS = ("step", "light", "detail")
# A frame is looked at in so many rows and columns of areas: what moves changes some of them, what is done to a whole
# frame changes all.
AREAS = 8
# Decimals of what is said of an area: far below what counts.
DIGITS = 4
# BT.601.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def watched(
    path: Path, start: int, n_frames: int | None, limits: Limits
) -> Generator[tuple[dict[str, Any], np.ndarray], None, Reading]:
    """Yield, for each frame of [start, start + n_frames), what was measured and a picture (uint8 H W 3).

    step    mean |Y_t - Y_t-1|, 8-bit units; None for the first
    light   mean Y
    detail  mean |horizontal difference| + mean |vertical difference|
    areas   the same three of each area, row by row
    key     whether the file can be entered at this frame
    between whether the codec told it from frames on both sides (a B frame)
    """
    key = between = False

    def seen(decoded: Decoded) -> None:
        nonlocal key, between
        key, between = bool(decoded.frame.key_frame), decoded.frame.pict_type in (PictureType.B, PictureType.BI)

    frames = frames_of(path, start, n_frames, MEASURED, "none", replace(limits, multiple=1), AREA, seen)
    before = None
    while True:
        try:
            frame = next(frames)
        except StopIteration as end:
            return end.value
        luma = luma_of(frame)
        yield {**measures(luma, before), "key": key, "between": between}, small(frame)
        before = luma


def measures(luma: np.ndarray, before: np.ndarray | None) -> dict[str, Any]:
    """step, light and detail of a frame, float32 H W as luma_of() has it, and the one before; and "areas" of it."""
    step = None if before is None else np.abs(luma - before)
    across, down = np.abs(luma[:, 1:] - luma[:, :-1]), np.abs(luma[1:] - luma[:-1])
    whole = {"step": None if step is None else _mean(step), "light": _mean(luma), "detail": _mean(across) + _mean(down)}
    grid = [np.linspace(0, side, min(AREAS, max(1, side // 2)), endpoint=False).astype(int) for side in luma.shape]
    areas = {"step": None if step is None else _by_area(step, *grid), "light": _by_area(luma, *grid),
             "detail": _by_area(across, *grid) + _by_area(down, *grid)}
    return {**whole, "areas": {name: None if each is None else np.round(each.astype(np.float64), DIGITS).tolist()
                               for name, each in areas.items()}}


def stacked(measured: Sequence[Mapping[str, Any]]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """By signal of what measures() says of n frames: float64 n, NaN for the first step; and of its areas, areas n."""
    areas = [each["areas"] for each in measured]
    count = len(areas[0]["light"]) if areas else 0
    return ({name: np.array([np.nan if each[name] is None else each[name] for each in measured]) for name in SIGNALS},
            {name: np.array([[np.nan] * count if each[name] is None else each[name] for each in areas]).T.copy()
             for name in SIGNALS})


def luma_of(frame: np.ndarray) -> np.ndarray:
    """uint8 ... 3 RGB -> float32 ..., BT.601, 0..255."""
    return frame @ _LUMA


def small(frame: np.ndarray) -> np.ndarray:
    """uint8 H W 3 -> the same with a short side of 80 pixels at most, averaged over areas."""
    height, width = frame.shape[:2]
    scale = min(1.0, KEPT / min(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BOX))


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else 0.0


def _by_area(values: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """H W -> the mean of each area, row by row. rows, columns: where they begin, two pixels apart at least."""
    if not values.size:
        return np.zeros(len(rows) * len(columns), values.dtype)
    sums = np.add.reduceat(np.add.reduceat(values, rows, axis=0), columns, axis=1)
    sizes = np.outer(*(np.diff(np.r_[at, side]) for at, side in zip((rows, columns), values.shape, strict=True)))
    return (sums / sizes).ravel()
