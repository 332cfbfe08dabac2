"""What each frame says against the frames around it, and what nobody could foretell of it; see SIGNALS in
results/inspection.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vae_demo.results.inspection import SIGNALS

AROUND = 4
# Rounds of the line fitted to a signal, and the residual (in usual ones) from which a frame counts for less in it.
ROUNDS, TELLING = 10, 1.345
# Rounds for areas: what the last ones change is gone in their mean.
ROUNDS_EACH = 4
# Of a signal that hardly moves, or of frames that say the same, no slope comes.
NEARLY_ALIKE = 1e-12


def deviations(name: str, values: np.ndarray) -> np.ndarray:
    """A signal against the median of up to four frames before and four after: n floats, NaN where unknown."""
    return _told(name, values) - _told(name, around_each(values))


def surprises(name: str, values: np.ndarray, frames: int = 1) -> np.ndarray:
    """A signal less what as many frames before foretell of it, by a line fitted to all of its frames: floats of its
    shape, NaN where unknown. The first known frames are told by those after them.

    values: ... n, each row for itself; what is unknown of a frame is so in all rows. What moves on as it did says
    nothing here, and what is left hardly remembers the frame before, as a shuffle wants. Two frames foretell what
    swings as well, such as waves or a walk.
    """
    told = _told(name, values)
    n = told.shape[-1]
    before = np.stack([told[..., frames - 1 - back:n - 1 - back] for back in range(frames)])
    known = np.isfinite(told[..., frames:]) & np.isfinite(before).all(0)
    known = known.reshape(-1, n - frames).all(0)
    left = np.full(told.shape, np.nan)
    if known.any():
        level, slopes = _line(before[..., known], told[..., frames:][..., known])
        left[..., frames:] = told[..., frames:] - level - (slopes * before).sum(0)
        first = int(known.argmax())
        for at in range(first, min(first + frames, n - frames)):
            after = np.moveaxis(told[..., at + 1:at + 1 + frames], -1, 0)
            left[..., at] = told[..., at] - level[..., 0] - (slopes[..., 0] * after).sum(0)
    return left


def with_events(name: str, values: np.ndarray, at: slice | tuple[Any, ...], size: float) -> np.ndarray:
    """A signal whose frames `at` deviate by `size` more."""
    told, changed = SIGNALS[name], np.array(values, np.float64)
    changed[at] = (changed[at] + told.floor) * np.exp(size) - told.floor if told.ratio else changed[at] + size
    return changed


def _told(name: str, values: np.ndarray) -> np.ndarray:
    """As differences of it are told: itself, or its log."""
    told = SIGNALS[name]
    return np.log(values + told.floor) if told.ratio else np.asarray(values, np.float64)


def _line(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Level, ... 1, and slopes, k ... 1, of y, ... n, over x, k ... n; frames far from it, such as a cut or the events
    themselves, have less weight."""
    share = np.full(y.shape, 1 / y.shape[-1])
    for _ in range(ROUNDS if y.ndim == 1 else ROUNDS_EACH):
        middle_x, middle_y = (share * x).sum(-1, keepdims=True), (share * y).sum(-1, keepdims=True)
        apart_x, apart_y = x - middle_x, y - middle_y
        weighed = share * apart_x
        squares = np.einsum("i...n,j...n->...ij", weighed, apart_x) + NEARLY_ALIKE * np.eye(len(x))
        products = np.einsum("i...n,...n->...i", weighed, apart_y)
        slopes = np.moveaxis(np.linalg.solve(squares, products[..., None]), -2, 0)
        level = middle_y - (slopes * middle_x).sum(0)
        apart = np.abs(y - level - (slopes * x).sum(0))
        usual = 1.4826 * np.median(apart, axis=-1, keepdims=True) + 1e-9
        share = 1 / np.maximum(1, apart / (TELLING * usual))
        share /= share.sum(-1, keepdims=True)
    return level, slopes


def around_each(values: np.ndarray) -> np.ndarray:
    """Median of the known values among up to four frames before and four after, itself left out; NaN without any."""
    n = len(values)
    padded = np.full(n + 2 * AROUND, np.nan)
    padded[AROUND:AROUND + n] = values
    near = np.stack([padded[shift:shift + n] for shift in range(2 * AROUND + 1) if shift != AROUND])
    near.sort(axis=0)  # what is unknown comes last
    known, at = np.isfinite(near).sum(0), np.arange(n)
    # Rank 7 of 7 known values would be one past the last row.
    upper = near[np.minimum(known // 2, len(near) - 1), at]
    return np.where(known > 0, (near[np.maximum(known - 1, 0) // 2, at] + upper) / 2, np.nan)
