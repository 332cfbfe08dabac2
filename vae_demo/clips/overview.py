"""What a whole video looks like in small, measured while it is decoded: one line of numbers and one picture a frame."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import numpy as np
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
# BT.601.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def watched(
    path: Path, start: int, n_frames: int | None, limits: Limits
) -> Generator[tuple[dict[str, Any], np.ndarray], None, Reading]:
    """Yield, for each frame of [start, start + n_frames), what was measured and a picture (uint8 H W 3).

    step    mean |Y_t - Y_t-1|, 8-bit units; None for the first
    light   mean Y
    detail  mean |horizontal difference| + mean |vertical difference|
    key     whether the file can be entered at this frame
    """
    keys: list[bool] = []

    def seen(decoded: Decoded) -> None:
        keys.append(bool(decoded.frame.key_frame))

    frames = frames_of(path, start, n_frames, MEASURED, "none", replace(limits, multiple=1), AREA, seen)
    before = None
    while True:
        try:
            frame = next(frames)
        except StopIteration as end:
            return end.value
        luma = luma_of(frame)
        yield {**measures(luma, before), "key": keys[-1]}, small(frame)
        before = luma


def measures(luma: np.ndarray, before: np.ndarray | None) -> dict[str, float | None]:
    """step, light and detail of a frame, float32 H W as luma_of() has it, and the one before."""
    return {"step": None if before is None else _apart(luma, before), "light": float(luma.mean()),
            "detail": _apart(luma[:, 1:], luma[:, :-1]) + _apart(luma[1:], luma[:-1])}


def luma_of(frame: np.ndarray) -> np.ndarray:
    """uint8 ... 3 RGB -> float32 ..., BT.601, 0..255."""
    return frame @ _LUMA


def small(frame: np.ndarray) -> np.ndarray:
    """uint8 H W 3 -> the same with a short side of 80 pixels at most, averaged over areas."""
    height, width = frame.shape[:2]
    scale = min(1.0, KEPT / min(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BOX))


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())
