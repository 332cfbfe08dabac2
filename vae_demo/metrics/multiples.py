"""Of a period, its parts and its multiples: which of them is what happens, and where a file is too short to say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import chdtrc, fdtrc  # not of scipy.stats, which takes half a second to import

from vae_demo.metrics.frame_series import AGREES, STANDS_APART, Series, near_phases, reach, shown_at, sizes_of
from vae_demo.metrics.periodic import MIN_EVENTS, SHORTEST, Scan, periods_of, phase_scores
from vae_demo.results.inspection import TooShort

# p from which a multiple of a period is taken to tell more than the period.
TELLS_MORE = 0.001
# A divisor is the event: every sub-phase has at least this share of the strongest.
SHARES = 0.5
# p of all signals together from which a multiple that cannot be tried may be the truth.
MULTIPLE_P = 0.02
# What stands out is so many times what this share of the other frames stay below.
OUTSTANDING, USUAL = 3.0, 0.9
NOTHING = 1e-9


def fundamental(series: Series, current: Scan) -> tuple[str, int, int]:
    """Signal, period and phase of the peak, of the multiple that tells more, or of the divisor that tells as much."""
    peak, periods = current.peak, current.periods
    signal, period, phase = peak.signal, peak.period, peak.phase
    for times in (4, 3, 2):
        if period * times in periods:
            at = periods.index(period * times)
            # Clear by themselves, or by what they tell beyond the shorter one.
            clear = [name for name, z in series.z.items() if current.alone[name][at] > current.line_alone
                     or _more(z, period, times) < TELLS_MORE / len(series.z)]
            rarer = _rarer(series, period, times, clear)
            if rarer:
                return rarer
    z, sign = series.z[signal], np.sign(phase_scores(series.z[signal], period)[phase])
    found = signal, period, phase
    for parts in range(2, period // SHORTEST + 1):
        if period % parts == 0:
            shorter = period // parts
            means = sign * np.array([z[(phase + at * shorter) % period::period].mean() for at in range(parts)])
            if means.min() >= SHARES * means.max() and all(
                    _more(each, shorter, parts) > TELLS_MORE for each in series.z.values()):
                found = signal, shorter, phase % shorter
    return found


def _rarer(series: Series, period: int, times: int, clear: Sequence[str]) -> tuple[str, int, int] | None:
    """Signal, period and phase of an event that only every so many hits show; None where a signal shows it at all.

    clear: the signals that may name it. Another difference between them, of a codec perhaps, does not make the event a
    rarer one.
    """
    found = []
    for name, told in series.told.items():
        at = int(np.abs(phase_scores(series.z[name], period * times)).argmax())
        sizes = sizes_of(told, at % period, period, times)
        sizes *= np.sign(sizes[at // period])
        others = np.delete(sizes, at // period).max()
        if shown_at(told, period, at % period).weight(name) >= 1 and sizes.min() >= AGREES * sizes[at // period]:
            return None
        rare = others < AGREES * sizes[at // period]
        weight = shown_at(told, period * times, at).weight(name)
        if name in clear and rare and weight >= 1:
            found.append((weight, name, at))
    if not found:
        return None
    _, name, at = max(found)
    return name, period * times, at


def _more(z: np.ndarray, period: int, times: int) -> float:
    """p of an F test: whether the means of the phases of a multiple tell more than those of the period."""
    n, longer = len(z), period * times
    rest = _left(z, longer)
    extra = max(_left(z, period) - rest, 0.0)
    if rest <= 1e-9:
        return 1.0 if extra <= 1e-9 else 0.0
    return float(fdtrc(longer - period, n - longer, extra / (longer - period) / (rest / (n - longer))))


def _left(z: np.ndarray, period: int) -> float:
    """Sum of squares that the means of the phases leave."""
    phases = np.arange(len(z)) % period
    sums, squares, count = (np.bincount(phases, weights, period) for weights in (z, z**2, None))
    return float((squares - sums**2 / count).sum())


def part_of_longer(series: Series, period: int, phase: int) -> TooShort | None:
    """Where a multiple has too few events to be told: whether the period may be no more than a part of the truth."""
    for times in (2, 3, 4):
        if period * times not in periods_of(series.n) and _may_be_part(series, period, phase, times):
            return TooShort(period, period * times, period * times * MIN_EVENTS)
    return None


def _may_be_part(series: Series, period: int, phase: int, times: int) -> bool:
    """Whether every second hit (or third, fourth) is weak: of all signals that show the period few of those agree; or
    they are small, there or in what stands out most, and the multiple tells more."""
    few, small = _weak_between(series, period, phase) if times == 2 else (False, False)
    return few or (small or _only_some(series, period, phase, times)) and min(
        _all_more(series, period, times), _hits_differ(series, period, phase, times)) <= MULTIPLE_P


def _all_more(series: Series, period: int, times: int) -> float:
    """p of all signals together (Fisher's): whether a multiple tells more. Seen in a short file, where few phases
    share it."""
    each = [max(_more(z, period, times), NOTHING) for z in series.z.values()]
    return float(chdtrc(2 * len(each), -2 * np.log(each).sum()))


def _hits_differ(series: Series, period: int, phase: int, times: int) -> float:
    """p of all signals together: whether every so many hits differ from the others, of the phases about them and of
    the ways to choose them the clearest. Seen in a long file, where a usual spread is that of the frames without."""
    near, highest = near_phases(period, phase), 0.0
    for at in near:
        for chosen in range(times):
            hits = np.arange((at + chosen * period) % (period * times), series.n, period * times)
            others = np.setdiff1d(np.arange(at, series.n, period), hits)
            if hits.size and others.size:
                apart = [(z[hits].mean() - z[others].mean()) ** 2 for z in series.z.values()]
                highest = max(highest, float(sum(apart)) / (1 / hits.size + 1 / others.size))
    return min(1.0, float(chdtrc(len(series.z), highest)) * len(near) * (times if times > 2 else 1))


def _only_some(series: Series, period: int, phase: int, times: int) -> bool:
    """Whether what stands out most, of the signals and of the frames about the hits, does so at every so many hits, and
    is weak at the others.

    Weak is told from the frames half a period away: of groups of frames all hits show something.
    """
    most, some, longer = OUTSTANDING, False, period * times
    frames = np.arange(series.n)
    for near in near_phases(period, phase):
        for told in series.told.values():
            level = np.nanmedian(told[(near + period // 2) % period::period]) if period % 2 == 0 else 0.0
            parts = [told[near + at * period::longer] - level for at in range(times)]
            parts = [part[np.isfinite(part)] for part in parts]
            sizes = [_middle(part) if part.size >= min(times, 3) else 0.0 for part in parts]
            strongest = int(np.abs(sizes).argmax())
            size, sign = abs(sizes[strongest]), np.sign(sizes[strongest])
            # What it swings back with is not what is usual.
            apart = np.abs((frames - near - strongest * period + longer // 2) % longer - longer // 2)
            rest = np.abs(told[apart > reach(longer)])
            out = size / (np.quantile(rest[np.isfinite(rest)], USUAL) + NOTHING)
            if out >= most:
                between = parts[:strongest] + parts[strongest + 1:]
                most, some = out, max(float(np.median(part)) * sign for part in between if part.size) < AGREES * size
    return some


def _middle(hits: np.ndarray) -> float:
    """The middle one by size, of an even number the smaller: one alone does not stand for two."""
    return float(hits[np.abs(hits).argsort()[(len(hits) - 1) // 2]])


def _weak_between(series: Series, period: int, phase: int) -> tuple[bool, bool]:
    """Of every second hit whether few agree, and whether they are small, in every signal that shows the period."""
    showing = [name for name, told in series.told.items() if shown_at(told, period, phase).weight(name) >= 1]
    # Of half the truth too few hits agree for a size.
    apart = [name for name, z in series.z.items() if abs(phase_scores(z, period)[phase]) >= STANDS_APART]
    named = [series.told[name] for name in showing or apart or series.told]
    few = small = True
    for told in named:
        hits = told[phase::period]
        size = np.nanmedian(hits)
        agrees = np.where(np.isfinite(hits), hits * np.sign(size) >= AGREES * abs(size), np.nan)
        few &= bool(min(np.nanmean(agrees[::2]), np.nanmean(agrees[1::2])) <= AGREES)
        halves = np.sign(size) * sizes_of(told, phase, period, 2)
        small &= bool(halves.min() <= AGREES * halves.max())
    return few, small
