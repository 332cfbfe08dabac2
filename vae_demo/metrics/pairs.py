"""A decoded video and its source: which frames belong together, and what decoding adds."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from PIL import Image

from vae_demo.metrics.frame_scores import frame_psnr
from vae_demo.metrics.temporal import temporal_step
from vae_demo.refusal import Refusal

# Frames that one file may run behind the other.
FARTHEST = 64
# Pictures of so many pixels a side are enough to tell frames apart.
TINY = 16
# How alike two frames must be, as correlation of their tiny pictures; where they are nearly flat, in grey levels.
ALIKE, FLAT, NEAR = 0.8, 3.0, 12.0
# Pieces of one clip that fit best so many frames apart, and so much better than anywhere else, were not played at one
# rate.
PIECES, DRIFT, BETTER = 5, 2, 0.6


class Sized(Protocol):
    """Anything with a height and a width in pixels."""

    height: int
    width: int


def tiny(frame: np.ndarray) -> np.ndarray:
    """uint8 H W 3 -> float32 16 16, luma, averaged over areas."""
    return np.asarray(Image.fromarray(frame).convert("L").resize((TINY, TINY), Image.Resampling.BOX), np.float32)


def aligned(video: np.ndarray, source: np.ndarray, start: int, names: tuple[str, str]) -> int:
    """Frames that a video runs behind its source: source[start + t - shift] belongs to video[t].

    video, source: T 16 16 from tiny(). start: frame of the file that video[0] is. Raises Refusal where they do not
    show the same frames, or not at one rate.
    """
    shifts = sorted(range(-FARTHEST, FARTHEST + 1), key=abs)
    n, whole = len(video), _best(video, source, start, shifts, range(len(video)))
    short = max(8, n // 8)
    pieces = [range(at, min(at + short, n)) for at in np.linspace(0, max(n - short, 0), PIECES).astype(int)]
    best = [(_best(video, source, start, shifts, piece), piece) for piece in pieces]
    fitting = [shift for shift, piece in best if shift is not None and _alike(video, source, start, shift, piece)]
    drifts = len(fitting) > PIECES // 2 and max(fitting) - min(fitting) >= DRIFT
    if whole is None or not _alike(video, source, start, whole, range(n)):
        raise Refusal("inspect_rates" if drifts else "inspect_unlike", video=names[0], source=names[1])
    if drifts and _clearly(video, source, start, whole, best):
        raise Refusal("inspect_rates", video=names[0], source=names[1])
    return whole


def _pairs(video: np.ndarray, source: np.ndarray, start: int, shift: int, part: range) -> tuple[np.ndarray, np.ndarray]:
    at = np.arange(part.start, part.stop)
    other = start + at - shift
    known = (other >= 0) & (other < len(source))
    return video[at[known]], source[other[known]]


def _distance(video: np.ndarray, source: np.ndarray, start: int, shift: int, part: range) -> float | None:
    """Median over frames of the mean difference of tiny pictures less their own means; None for too few in common."""
    one, other = _pairs(video, source, start, shift, part)
    if len(one) < max(4, len(part) // 2):
        return None
    one, other = (each - each.mean((1, 2), keepdims=True) for each in (one, other))
    return float(np.median(np.abs(one - other).mean((1, 2))))


def _best(video: np.ndarray, source: np.ndarray, start: int, shifts: list[int], part: range) -> int | None:
    """The shift that fits best; of equals the smallest, so that a picture that stands still is not moved."""
    found = [(distance, at, shift) for at, shift in enumerate(shifts)
             if (distance := _distance(video, source, start, shift, part)) is not None]
    return min((round(distance, 3), at, shift) for distance, at, shift in found)[2] if found else None


def _alike(video: np.ndarray, source: np.ndarray, start: int, shift: int, part: range) -> bool:
    one, other = _pairs(video, source, start, shift, part)
    flat = [each - each.mean((1, 2), keepdims=True) for each in (one, other)]
    spread = [np.sqrt((each**2).mean((1, 2))) for each in flat]
    together = (flat[0] * flat[1]).mean((1, 2)) / np.maximum(spread[0] * spread[1], 1e-6)
    lit = np.minimum(*spread) > FLAT
    if lit.any():
        return float(np.median(together[lit])) >= ALIKE
    return float(np.median(np.abs(one - other).mean((1, 2)))) <= NEAR


def _clearly(
    video: np.ndarray, source: np.ndarray, start: int, whole: int, best: list[tuple[int | None, range]]
) -> bool:
    """Whether most pieces that fit elsewhere fit much better there; a slow picture fits many."""
    better = []
    for own, piece in best:
        if own is not None and own != whole:
            there, here = (_distance(video, source, start, shift, piece) for shift in (own, whole))
            better.append(there is not None and here is not None and there < BETTER * here)
    return sum(better) * 2 > PIECES


def like(frame: np.ndarray, clip: Sized) -> np.ndarray:
    """A frame (uint8 H W 3) in the size of the clip's frames, averaged over areas where it shrinks."""
    height, width = clip.height, clip.width
    if frame.shape[:2] == (height, width):
        return frame
    shrinks = frame.shape[0] >= height and frame.shape[1] >= width
    how = Image.Resampling.BOX if shrinks else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(frame).resize((width, height), how))


def added_step(video: np.ndarray, source: np.ndarray) -> float:
    """The temporal step of two frames of each: uint8 2 H W 3, 8-bit units."""
    return float(temporal_step(source, video)[0])


def psnr(video: np.ndarray, source: np.ndarray) -> float:
    """dB of one frame, uint8 H W 3."""
    return float(frame_psnr(source[None], video[None])[0])
