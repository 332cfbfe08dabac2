"""What each frame of a lone video says about itself, against the eight frames around it.

step     mean |Y_t - Y_t-1|, 8-bit units; unknown at frame 0. Told as log of the ratio to the median around it.
light    mean Y_t, 8-bit units. Told as difference to the median around it.
detail   mean |horizontal difference| + mean |vertical difference|, 8-bit units. Told as log of the ratio.
added    (a pair only) mean |(R_t - R_t-1) - (X_t - X_t-1)|: the step that the source does not have. As step.
psnr     (a pair only) dB of the decoded frame. Told as difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

AROUND = 4


@dataclass(frozen=True)
class Told:
    """How a signal is told. floor: added to both sides of a ratio, in its own units; None for a difference.

    matters: the deviation from which an event counts. least: the least spread that counts as one.
    """

    floor: float | None
    matters: float
    least: float


SIGNALS: dict[str, Told] = {
    "step": Told(0.25, 0.3, 0.03),
    "light": Told(None, 0.5, 0.05),
    "detail": Told(0.1, 0.05, 0.005),
    "added": Told(0.25, 0.3, 0.03),
    "psnr": Told(None, 0.5, 0.05),
}


def deviations(name: str, values: np.ndarray) -> np.ndarray:
    """A signal against the median of up to four frames before and four after: n floats, NaN where unknown."""
    told, around = SIGNALS[name], around_each(values)
    if told.floor is None:
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
    return np.where(known > 0, (near[np.maximum(known - 1, 0) // 2, at] + near[known // 2, at]) / 2, np.nan)
