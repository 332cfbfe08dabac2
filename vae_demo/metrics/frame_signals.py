"""What each frame says against the frames around it, and what nobody could foretell of it; see SIGNALS in
results/inspection.py.
"""

from __future__ import annotations

import numpy as np

from vae_demo.results.inspection import SIGNALS

AROUND = 4
# Rounds of the line fitted to a signal, and the residual (in usual ones) from which a frame counts for less in it.
ROUNDS, TELLING = 10, 1.345


def deviations(name: str, values: np.ndarray) -> np.ndarray:
    """A signal against the median of up to four frames before and four after: n floats, NaN where unknown."""
    return _told(name, values) - _told(name, around_each(values))


def surprises(name: str, values: np.ndarray) -> np.ndarray:
    """A signal less what the frame before foretells of it, by a line fitted to all of its frames: n floats, NaN where
    unknown. The first known frame is told by the one after it.

    What moves on as it did says nothing here, and what is left hardly remembers the frame before, as a shuffle wants.
    """
    told = _told(name, values)
    known = np.isfinite(told[1:]) & np.isfinite(told[:-1])
    left = np.full(len(told), np.nan)
    if known.any():
        level, slope = _line(told[:-1][known], told[1:][known])
        left[1:] = told[1:] - level - slope * told[:-1]
        first = int(known.argmax())
        left[first] = told[first] - level - slope * told[first + 1]
    return left


def with_events(name: str, values: np.ndarray, at: slice, size: float) -> np.ndarray:
    """A signal whose frames `at` deviate by `size` more."""
    told, changed = SIGNALS[name], np.array(values, np.float64)
    changed[at] = (changed[at] + told.floor) * np.exp(size) - told.floor if told.ratio else changed[at] + size
    return changed


def _told(name: str, values: np.ndarray) -> np.ndarray:
    """As differences of it are told: itself, or its log."""
    told = SIGNALS[name]
    return np.log(values + told.floor) if told.ratio else np.asarray(values, np.float64)


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Level and slope of y over x; frames far from it, such as a cut or the events themselves, have less weight."""
    weights, level, slope = np.ones(len(y)), 0.0, 0.0
    for _ in range(ROUNDS):
        middle_x, middle_y = np.average(x, weights=weights), np.average(y, weights=weights)
        spread = float(np.average((x - middle_x) ** 2, weights=weights))
        slope = float(np.average((x - middle_x) * (y - middle_y), weights=weights)) / spread if spread > 1e-12 else 0.0
        level = middle_y - slope * middle_x
        apart = np.abs(y - level - slope * x)
        usual = 1.4826 * float(np.median(apart)) + 1e-9
        weights = 1 / np.maximum(1, apart / (TELLING * usual))
    return level, slope


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
