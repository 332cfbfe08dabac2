"""The signals of an inspection as they are drawn: each frame against those around it, as sizes are told."""

from __future__ import annotations

from typing import Any

import numpy as np

from vae_demo.metrics.frame_signals import deviations
from vae_demo.results.inspection import SIGNALS, Inspection

DIGITS = 4


def drawn(record: Inspection) -> dict[str, dict[str, Any]]:
    """By signal: values, None where unknown (a difference, or the log of a ratio), and the deviation that counts."""
    return {name: {"ratio": SIGNALS[name].ratio, "matters": SIGNALS[name].matters, "values": _values(name, series)}
            for name, series in record.series.items()}


def _values(name: str, series: tuple[float | None, ...]) -> list[float | None]:
    raw = np.array([np.nan if value is None else value for value in series])
    return [None if np.isnan(value) else round(float(value), DIGITS) for value in deviations(name, raw)]


def folded(record: Inspection, signal: str, full: float, period: int) -> list[list[float]]:
    """The frames in rows of `period`: how far each goes the way of a deviation of `full`, 0..1."""
    values = drawn(record)[signal]["values"]
    ink = [0.0 if value is None else round(min(max(value / full, 0.0), 1.0), 2) for value in values]
    return [ink[first:first + period] for first in range(0, len(ink), period)]
