"""What an event would have had to be to be found in this very file: measured by adding one to it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import numpy as np

from vae_demo.metrics.events import Series, unforetold
from vae_demo.metrics.frame_signals import with_events
from vae_demo.metrics.periodic import periods_of, scan_steps
from vae_demo.results.inspection import SIGNALS, SURE_P, in_units

# Where most chunks of video VAEs lie.
USUAL_PERIOD = 16
# Times the deviation that counts.
TRIED = (1.0, 1.5, 2.0, 3.0, 5.0)
PHASES = 3
# Enough for p .01 with room to spare.
SHUFFLES = 399


def detectable_steps(raw: Mapping[str, np.ndarray]) -> Generator[None, None, dict[str, Any] | None]:
    """The least event every 16 frames (or as many as the file can tell) that is found from any of three first frames.
    Yields after each batch of a scan.

    raw: by signal as measured, n floats, NaN where unknown. {"period": P, "sizes": {signal: size in its units, None
    where even five times what counts is missed}}; None where the file tells no period at all.
    """
    n = len(next(iter(raw.values())))
    periods = periods_of(n)
    if not periods:
        return None
    period = min(USUAL_PERIOD, periods[-1])
    sizes = {}
    for name in raw:
        sizes[name] = yield from _least(raw, name, period)
    return {"period": period, "sizes": sizes}


def _least(raw: Mapping[str, np.ndarray], name: str, period: int) -> Generator[None, None, float | None]:
    matters = SIGNALS[name].matters
    for times in TRIED:
        for at in range(PHASES):
            if not (yield from _found(raw, name, period, at * period // PHASES, times * matters)):
                break
        else:
            return round(in_units(name, times * matters), 3)
    return None


def _found(
    raw: Mapping[str, np.ndarray], name: str, period: int, phase: int, size: float
) -> Generator[None, None, bool]:
    changed = {**raw, name: with_events(name, raw[name], slice(phase, None, period), size)}
    series = Series.of(changed)
    peak = (yield from scan_steps(series.z, SHUFFLES)).peak
    if peak is None or peak.p > SURE_P or peak.period != period:
        return False
    return (yield from unforetold(series.calm, period, SHUFFLES)) <= SURE_P
