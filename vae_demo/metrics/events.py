"""From the highest score of a scan to what happens every P frames: which period, which frame, what, how large.

The winner of a scan may be a half or a third of the truth, or a multiple of it; several signals show one event at
frames beside each other; and a second period may hide behind the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from vae_demo.metrics.frame_signals import SIGNALS, deviations
from vae_demo.metrics.periodic import MIN_EVENTS, SHORTEST, Scan, periods_of, phase_scores, robust, scan
from vae_demo.results.inspection import Periodic, Shown, TooShort

# A sub-phase of a multiple carries the event: its mean so far above the others', and so high by itself.
CARRIES, ALONE = 1.5, 2.0
# A divisor is the event: every sub-phase has at least this share of the strongest.
SHARES = 0.5
# An event agrees where it has the sign, and so much of the size, of the median event.
AGREES = 1 / 3
MOST_FINDINGS, ROUNDS = 3, 6
# Frames before and after an event that it may change as well.
REACH = 3


@dataclass(frozen=True)
class Series:
    """raw: what was measured per frame. told: deviations. z: told in units of the usual spread; by signal."""

    told: Mapping[str, np.ndarray]
    z: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, raw: Mapping[str, np.ndarray]) -> Series:
        told = {name: deviations(name, np.asarray(values, np.float64)) for name, values in raw.items()}
        return cls(told, {name: robust(values, SIGNALS[name].least) for name, values in told.items()})

    @property
    def n(self) -> int:
        return len(next(iter(self.z.values())))


def find(raw: Mapping[str, np.ndarray], shuffles: int | None = None, seed: int = 0) -> tuple[
        Scan, tuple[Periodic, ...], TooShort | None]:
    """The first scan, what was found (the clearest first), and why nothing may be said where a file is too short.

    raw: by signal of frame_signals.SIGNALS, n floats each, NaN where unknown.
    """
    series, found, how = Series.of(raw), [], {} if shuffles is None else {"shuffles": shuffles}
    first = current = scan(series.z, seed=seed, **how)
    for _ in range(ROUNDS):
        if current.peak is None or current.peak.p > 0.05 or len(found) == MOST_FINDINGS:
            break
        one = _named(series, current)
        if isinstance(one, TooShort):
            return first, tuple(found), None if found else one
        # What else happens with that period belongs to the same event.
        if one.period not in [each.period for each in found]:
            found.append(one)
        series = replace(series, z={name: _without(values, one, series.n) for name, values in series.z.items()})
        current = scan(series.z, seed=seed, **how)
    return first, tuple(found), None


def _without(z: np.ndarray, found: Periodic, n: int) -> np.ndarray:
    """z less what is usual at that event and the frames around it."""
    z, reach = z.copy(), min(REACH, (found.period - 1) // 2)
    for at in range(-reach, reach + 1):
        hits = np.arange((found.phase + at) % found.period, n, found.period)
        z[hits] -= np.median(z[hits])
    return z


def _named(series: Series, current: Scan) -> Periodic | TooShort:
    peak = current.peak
    z = series.z[peak.signal]
    period, phase = _fundamental(z, peak.period, peak.phase)
    half = _half(z, period, phase)
    if half:
        return half
    phase = _strongest_phase(series, peak.signal, period, phase)
    shown = {name: _shown(values, period, phase) for name, values in series.told.items()}
    leading = max(shown, key=lambda name: shown[name].weight(name))
    return Periodic(period, phase, leading, shown[leading], shown, peak.p)


def _fundamental(z: np.ndarray, period: int, phase: int) -> tuple[int, int]:
    """The multiple whose one sub-phase carries the event, or the divisor whose every sub-phase does."""
    sign, longest = np.sign(phase_scores(z, period)[phase]), max(periods_of(len(z)), default=0)
    for times in (4, 3, 2):
        if period * times <= longest:
            means = sign * _means(z, period, phase, times)
            top, rest = means.max(), np.delete(means, means.argmax())
            if top - rest.mean() > CARRIES and top > ALONE * max(rest.max(), 0):
                return period * times, phase + period * int(means.argmax())
    best = period, phase
    for parts in range(2, period // SHORTEST + 1):
        if period % parts == 0:
            means = sign * np.array([z[(phase + at * period // parts) % period::period].mean() for at in range(parts)])
            if means.min() >= SHARES * means.max():
                best = period // parts, phase % (period // parts)
    return best


def _half(z: np.ndarray, period: int, phase: int) -> TooShort | None:
    """Where twice the period has too few events to be told and every second hit is weak: half the truth, perhaps."""
    n = len(z)
    if period * 2 in periods_of(n):
        return None
    means = np.sign(phase_scores(z, period)[phase]) * _means(z, period, phase, 2)
    if means.max() > ALONE * max(means.min(), 0):
        return TooShort(n, period, period * 2, period * 2 * MIN_EVENTS)
    return None


def _means(z: np.ndarray, period: int, phase: int, times: int) -> np.ndarray:
    """Mean at each of the `times` sub-phases of a multiple."""
    return np.array([z[phase + at * period::period * times].mean() for at in range(times)])


def _strongest_phase(series: Series, signal: str, period: int, phase: int) -> int:
    """Where the event itself is: of the phases less than a quarter period away, the one with the largest size.

    What swings back after an event can score higher than the event, whose own size is clipped.
    """
    reach = max(1, (period - 1) // 4)
    near = [(phase + at) % period for at in range(-reach, reach + 1)]
    return max(near, key=lambda each: (_weight(series, period, each), -abs(each - phase)))


def _weight(series: Series, period: int, phase: int) -> float:
    return max(_shown(values, period, phase).weight(name) for name, values in series.told.items())


def _shown(told: np.ndarray, period: int, phase: int) -> Shown:
    """Median deviation at the events, how many agree with it, of how many."""
    at = np.zeros(len(told), bool)
    at[phase::period] = True
    known = np.isfinite(told)
    hits = told[at & known]
    if not hits.size:
        return Shown(0.0, 0, 0)
    size = float(np.median(hits) - np.median(told[~at & known]))
    return Shown(size, int((hits * np.sign(size) >= AGREES * abs(size)).sum()) if size else 0, len(hits))


def events_of(n: int, period: int, phase: int) -> Iterator[int]:
    return iter(range(phase, n, period))
