"""What each frame says against the eight frames around it; see SIGNALS in results/inspection.py."""

from __future__ import annotations

import numpy as np

from vae_demo.results.inspection import SIGNALS

AROUND = 4


def deviations(name: str, values: np.ndarray) -> np.ndarray:
    """A signal against the median of up to four frames before and four after: n floats, NaN where unknown."""
    told, around = SIGNALS[name], around_each(values)
    if not told.ratio:
        return values - around
    return np.log((values + told.floor) / (around + told.floor))


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
