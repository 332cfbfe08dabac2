"""What an event would have had to be to be found in this very file: measured by adding one to it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import numpy as np

from vae_demo.metrics.events import unforetold
from vae_demo.metrics.frame_series import NO_AREAS, Series
from vae_demo.metrics.periodic import periods_of, scan_steps
from vae_demo.results.inspection import SIGNALS, SURE_P, in_units

# Where most chunks of video VAEs lie.
USUAL_PERIOD = 16
# Times the deviation that counts.
TRIED = (1.0, 1.5, 2.0, 3.0, 5.0)
PHASES = 3
# Enough for p .01 with room to spare.
SHUFFLES = 399


def detectable_steps(
    raw: Mapping[str, np.ndarray], areas: Mapping[str, np.ndarray] = NO_AREAS
) -> Generator[None, None, dict[str, Any] | None]:
    """The least event every 16 frames (or as many as the file can tell) that is found from any of three first frames.
    Yields after each batch of a scan.

    raw, areas: as find() takes them. {"period": P, "sizes": {signal: size in its units, None
    where even five times what counts is missed}}; None where the file tells no period at all.
    """
    n = len(next(iter(raw.values())))
    periods = periods_of(n)
    if not periods:
        return None
    period = min(USUAL_PERIOD, periods[-1])
    sizes, series = {}, Series.of(raw, areas)
    for name in raw:
        sizes[name] = yield from _least(series, name, period)
    return {"period": period, "sizes": sizes}


def _least(series: Series, name: str, period: int) -> Generator[None, None, float | None]:
    matters = SIGNALS[name].matters
    for times in TRIED:
        for at in range(PHASES):
            if not (yield from _found(series, name, period, at * period // PHASES, times * matters)):
                break
        else:
            return round(in_units(name, times * matters), 3)
    return None


def _found(
    series: Series, name: str, period: int, phase: int, size: float
) -> Generator[None, None, bool]:
    series = series.with_events(name, slice(phase, None, period), size)
    peak = (yield from scan_steps(series.z, SHUFFLES)).peak
    if peak is None or peak.p > SURE_P or peak.period != period:
        return False
    return (yield from unforetold(series.calm, period, SHUFFLES)) <= SURE_P
