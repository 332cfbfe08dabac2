"""From the highest score of a scan to what happens every P frames: which period, which frame, what, how large.

The winner of a scan may be a half or a third of the truth, or a multiple of it; several signals show one event at
frames beside each other; and a second period may hide behind the first. What swings, such as waves or a walk, comes
back nearly every P frames and is no event: whatever is found must be there as surely when two frames foretell the next.
"""



from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import combine_pvalues
from scipy.stats import f as f_distribution

from vae_demo.metrics.frame_signals import deviations, surprises
from vae_demo.metrics.periodic import MIN_EVENTS, SHORTEST, SHUFFLES, Scan, periods_of, phase_scores, robust, scan_steps
from vae_demo.results.inspection import HINT_P, SIGNALS, Periodic, Shown, TooShort
from vae_demo.steps import drain

# p from which a multiple of a period is taken to tell more than the period.
TELLS_MORE = 0.001
# A divisor is the event: every sub-phase has at least this share of the strongest.
SHARES = 0.5
# An event agrees where it has the sign, and so much of the size, of the median event.
AGREES = 1 / 3
# p of all signals together from which a multiple that cannot be tried may be the truth.
MULTIPLE_P = 0.02
# What stands out is so many times what this share of the other frames stay below.
OUTSTANDING, USUAL = 3.0, 0.9
DIGITS = 4
MOST_FINDINGS, ROUNDS = 3, 6
# Half of the events of a file that is too short for them is rarely a hint by itself.
HALF_P = 0.1
# Standard errors of the frames of one phase, of a period that is found, from which a signal shows it there.
STANDS_APART = 3.0
NOTHING = 1e-9
# Frames before and after an event that it may change as well.
REACH = 3
# log of 0.37; grey levels; a share of the detail.
STANDS_STILL, FLASH, GHOST = -1.0, 5.0, -0.25


@dataclass(frozen=True)
class Series:
    """By signal: raw, as measured per frame; told, as deviations; z, surprises in units of their usual spread; calm,
    the same where two frames foretell, so that what swings is gone."""

    raw: Mapping[str, np.ndarray]
    told: Mapping[str, np.ndarray]
    z: Mapping[str, np.ndarray]
    calm: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, raw: Mapping[str, np.ndarray]) -> Series:
        raw = {name: np.asarray(values, np.float64) for name, values in raw.items()}
        z, calm = ({name: robust(surprises(name, values, frames), SIGNALS[name].least) for name, values in raw.items()}
                   for frames in (1, 2))
        return cls(raw, {name: deviations(name, values) for name, values in raw.items()}, z, calm)

    def light(self, period: int, phase: int) -> float:
        """Mean grey level of the frames before the events."""
        values = self.raw.get("light")
        return 0.0 if values is None else float(np.median(values[(phase - 1) % period::period]))

    @property
    def n(self) -> int:
        return len(next(iter(self.z.values())))


Found = tuple[Scan, tuple[Periodic, ...], TooShort | None]


def find(raw: Mapping[str, np.ndarray], shuffles: int | None = None, seed: int = 0, first_frame: int = 0) -> Found:
    """The first scan, what was found (the largest first), and why nothing may be said where a file is too short.

    raw: by signal of results/inspection.py, n floats each, NaN where unknown. first_frame: of the file, that they begin
    with.
    """
    return drain(find_steps(raw, shuffles, seed, first_frame))


def find_steps(
    raw: Mapping[str, np.ndarray], shuffles: int | None = None, seed: int = 0, first_frame: int = 0
) -> Generator[None, None, Found]:
    """The same, with a yield after each batch of a scan."""
    series, found, how = Series.of(raw), [], {"seed": seed, "first": first_frame}
    if shuffles is not None:
        how["shuffles"] = shuffles
    told: set[int] = set()
    first = current = yield from scan_steps(series.z, **how)
    if first.peak is not None and HINT_P < first.peak.p <= HALF_P:
        short = _half(series, first.peak.period, first.peak.phase)
        if short and (yield from unforetold(series.calm, short.period, **how)) > HALF_P:
            short = None
        return first, (), short
    for _ in range(ROUNDS):
        if current.peak is None or current.peak.p > HINT_P or len(found) == MOST_FINDINGS:
            break
        one = _named(series, current)
        one = replace(one, p=max(one.p, (yield from unforetold(series.calm, one.period, **how))))
        if current is first:
            first = replace(first, peak=replace(first.peak, p=one.p))
        short = _half(series, one.period, one.phase) if one.p <= HINT_P else None
        if short:
            return first, tuple(sorted(found, key=_rank)), None if found else short
        if one.p <= HINT_P and not any(_same_event(one, other) or _rest_of(series, one, other) for other in found):
            found.append(one)
        showing = {one.signal, *(name for name, shown in one.signals.items() if shown.weight(name) >= 1)}
        series = replace(series, **{each: {
            name: _without(values, one, series.n) if name in showing else values
            for name, values in getattr(series, each).items()} for each in ("z", "calm")})
        # What is left of it around other frames may still be the highest.
        told.add(one.period)
        current = yield from scan_steps(series.z, told=told, **how)
    # The largest first: of two that are equally sure it is what one sees.
    return first, tuple(sorted(found, key=_rank)), None


def unforetold(
    calm: Mapping[str, np.ndarray], period: int, shuffles: int = SHUFFLES, seed: int = 0, first: int = 0
) -> Generator[None, None, float]:
    """p of this one period in what two frames do not foretell (Series.calm): an event is still there, but of what
    swings, such as waves or a walk, nothing comes back. The rest is as in scan_steps().

    What happens every third frame is a swing itself, which two frames foretell: 0.
    """
    if period <= SHORTEST:
        return 0.0
    peak = (yield from scan_steps(calm, shuffles, seed, first=first, periods=range(period, period + 1))).peak
    return peak.p if peak else 1.0


def _rank(each: Periodic) -> tuple[bool, float, float]:
    """What is sure first, the largest of it before others; of hints the surest."""
    return not each.sure, 0.0 if each.sure else each.p, -each.shown.weight(each.signal)


def _same_event(one: Periodic, found: Periodic) -> bool:
    """What else happens with a period found, or at some of its events, belongs to it."""
    apart = (one.phase - found.phase) % found.period
    return one.period == found.period or (
        one.period % found.period == 0 and min(apart, found.period - apart) <= min(1, (found.period - 1) // 4))


def _rest_of(series: Series, one: Periodic, found: Periodic) -> bool:
    """Whether a part of a period found does not show all the way through, so that it may be what that one left."""
    times, rest = divmod(found.period, one.period)
    if rest or times < 2:
        return False
    sizes = _sizes(series.told[one.signal], one.phase, one.period, times) * np.sign(one.shown.deviation)
    return bool(sizes.min() < SIGNALS[one.signal].matters)


def _without(z: np.ndarray, found: Periodic, n: int) -> np.ndarray:
    """z less what is usual at that event and the frames around it."""
    z, reach = z.copy(), _reach(found.period)
    for at in range(-reach, reach + 1):
        hits = np.arange((found.phase + at) % found.period, n, found.period)
        z[hits] -= np.median(z[hits])
    return z


def _reach(period: int) -> int:
    return min(REACH, (period - 1) // 2)


def _named(series: Series, current: Scan) -> Periodic:
    peak = current.peak
    signal, period, phase = _fundamental(series, current)
    phase = _strongest_phase(series, period, phase, _clear(current, period, signal))
    shown = {name: _shown(values, period, phase) for name, values in series.told.items()}
    leading = max(shown, key=lambda name: (shown[name].weight(name), name == signal))
    return Periodic(period, phase, leading, shown, peak.p, kind_of(shown, leading, series.light(period, phase)))


def _fundamental(series: Series, current: Scan) -> tuple[str, int, int]:
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


def _more(z: np.ndarray, period: int, times: int) -> float:
    """p of an F test: whether the means of the phases of a multiple tell more than those of the period."""
    n, longer = len(z), period * times
    rest = _left(z, longer)
    extra = max(_left(z, period) - rest, 0.0)
    if rest <= 1e-9:
        return 1.0 if extra <= 1e-9 else 0.0
    return float(f_distribution.sf(extra / (longer - period) / (rest / (n - longer)), longer - period, n - longer))


def _left(z: np.ndarray, period: int) -> float:
    """Sum of squares that the means of the phases leave."""
    phases = np.arange(len(z)) % period
    sums, squares, count = (np.bincount(phases, weights, period) for weights in (z, z**2, None))
    return float((squares - sums**2 / count).sum())


def _rarer(series: Series, period: int, times: int, clear: Sequence[str]) -> tuple[str, int, int] | None:
    """Signal, period and phase of an event that only every so many hits show; None where a signal shows it at all.

    clear: the signals that may name it. Another difference between them, of a codec perhaps, does not make the event a
    rarer one.
    """
    found = []
    for name, told in series.told.items():
        at = int(np.abs(phase_scores(series.z[name], period * times)).argmax())
        sizes = _sizes(told, at % period, period, times)
        sizes *= np.sign(sizes[at // period])
        others = np.delete(sizes, at // period).max()
        if _shown(told, period, at % period).weight(name) >= 1 and sizes.min() >= AGREES * sizes[at // period]:
            return None
        rare = others < AGREES * sizes[at // period]
        weight = _shown(told, period * times, at).weight(name)
        if name in clear and rare and weight >= 1:
            found.append((weight, name, at))
    if not found:
        return None
    _, name, at = max(found)
    return name, period * times, at


def _half(series: Series, period: int, phase: int) -> TooShort | None:
    """Where a multiple has too few events to be told: whether the period may be no more than a part of the truth."""
    for times in (2, 3, 4):
        if period * times not in periods_of(series.n) and _may_be_part(series, period, phase, times):
            return TooShort(period, period * times, period * times * MIN_EVENTS)
    return None


def _may_be_part(series: Series, period: int, phase: int, times: int) -> bool:
    """Whether every second hit (or third, fourth) is weak: of all signals that show the period few of those agree; or
    they are small, there or in what stands out most, and the multiple tells more."""
    few, small = _weak_between(series, period, phase) if times == 2 else (False, False)
    return few or (small or _only_some(series, period, phase, times)) and combine_pvalues(
        [max(_more(z, period, times), NOTHING) for z in series.z.values()]).pvalue <= MULTIPLE_P


def _only_some(series: Series, period: int, phase: int, times: int) -> bool:
    """Whether what stands out most, of the signals and of the frames about the hits, does so at every so many hits, and
    is weak at the others.

    Weak is told from the frames half a period away: of groups of frames all hits show something.
    """
    most, some, longer = OUTSTANDING, False, period * times
    frames = np.arange(series.n)
    for near in _near(period, phase):
        for told in series.told.values():
            level = np.nanmedian(told[(near + period // 2) % period::period]) if period % 2 == 0 else 0.0
            parts = [told[near + at * period::longer] - level for at in range(times)]
            parts = [part[np.isfinite(part)] for part in parts]
            sizes = [_middle(part) if part.size >= min(times, 3) else 0.0 for part in parts]
            strongest = int(np.abs(sizes).argmax())
            size, sign = abs(sizes[strongest]), np.sign(sizes[strongest])
            # What it swings back with is not what is usual.
            apart = np.abs((frames - near - strongest * period + longer // 2) % longer - longer // 2)
            out = size / (np.nanquantile(np.abs(told[apart > _reach(longer)]), USUAL) + NOTHING)
            if out >= most:
                between = parts[:strongest] + parts[strongest + 1:]
                rest = [float(np.median(part)) * sign for part in between if part.size]
                most, some = out, max(rest) < AGREES * size
    return some


def _middle(hits: np.ndarray) -> float:
    """The middle one by size, of an even number the smaller: one alone does not stand for two."""
    return float(hits[np.abs(hits).argsort()[(len(hits) - 1) // 2]])


def _weak_between(series: Series, period: int, phase: int) -> tuple[bool, bool]:
    """Of every second hit whether few agree, and whether they are small, in every signal that shows the period."""
    showing = [name for name, told in series.told.items() if _shown(told, period, phase).weight(name) >= 1]
    # Of half the truth too few hits agree for a size.
    apart = [name for name, z in series.z.items() if abs(phase_scores(z, period)[phase]) >= STANDS_APART]
    named = [series.told[name] for name in showing or apart or series.told]
    few = small = True
    for told in named:
        hits = told[phase::period]
        size = np.nanmedian(hits)
        agrees = np.where(np.isfinite(hits), hits * np.sign(size) >= AGREES * abs(size), np.nan)
        few &= bool(min(np.nanmean(agrees[::2]), np.nanmean(agrees[1::2])) <= AGREES)
        halves = np.sign(size) * _sizes(told, phase, period, 2)
        small &= bool(halves.min() <= AGREES * halves.max())
    return few, small


def _sizes(told: np.ndarray, phase: int, period: int, times: int) -> np.ndarray:
    """Median deviation at each of the `times` sub-phases of a multiple."""
    return np.array([np.nanmedian(told[phase + at * period::period * times]) for at in range(times)])


def _clear(current: Scan, period: int, signal: str) -> list[str]:
    """The signals that show the period by themselves, and the one that it was found by."""
    at = current.periods.index(period)
    return [name for name, scores in current.alone.items() if name == signal or scores[at] > current.line_alone]


def _strongest_phase(series: Series, period: int, phase: int, clear: Sequence[str]) -> int:
    """Where the event itself is: of the phases less than a quarter period away, the one with the largest size.

    What swings back after an event can score higher than the event, whose own size is clipped. clear: the signals that
    may say so, of one that varies much at any rate the size means nothing; where none has a size, those whose frames of
    that very phase stand apart.
    """
    near = _near(period, phase)
    apart = {name: np.abs(phase_scores(z, period)) >= STANDS_APART for name, z in series.z.items()}

    def size(at: int, names: Iterable[str]) -> float:
        return max((_shown(series.told[name], period, at).weight(name) for name in names), default=0.0)

    sizes = {at: size(at, clear) for at in near}
    if max(sizes.values()) < 1:
        sizes = {at: size(at, (name for name in apart if apart[name][at])) for at in near}
    return max(near, key=lambda at: (sizes[at], -abs(at - phase)))


def _near(period: int, phase: int) -> list[int]:
    """The phases less than a quarter period away."""
    reach = max(1, (period - 1) // 4)
    return [(phase + at) % period for at in range(-reach, reach + 1)]


def _shown(told: np.ndarray, period: int, phase: int) -> Shown:
    """Median deviation at the events, how many agree with it, of how many."""
    at = np.zeros(len(told), bool)
    at[phase::period] = True
    known = np.isfinite(told)
    hits = told[at & known]
    if not hits.size:
        return Shown(0.0, 0, 0)
    # As it is saved, so that a record says the same when it comes back.
    size = round(float(np.median(hits) - np.median(told[~at & known])), DIGITS)
    return Shown(size, int((hits * np.sign(size) >= AGREES * abs(size)).sum()) if size else 0, len(hits))


def kind_of(shown: Mapping[str, Shown], leading: str, light: float) -> str:
    """The word for an event; the first that fits. light: mean grey level of the frames around, 0 where unknown."""
    def size(name: str) -> float:
        return shown[name].deviation if name in shown and shown[name].weight(name) >= 1 else 0.0

    detail, level = math.expm1(size("detail")), size("light")
    if size("step") <= STANDS_STILL:
        return "repeat"
    # A frame that is only darker keeps its share of detail; a ghost loses more.
    dimmed = level / light if light else 0.0
    if abs(level) >= FLASH and detail > GHOST + min(dimmed, 0.0):
        return "flash" if level > 0 else "dark"
    if detail <= GHOST:
        return "ghost"
    if leading == "detail":
        return "sharp" if detail > 0 else "blur"
    if leading == "light":
        return "lift" if level > 0 else "dip"
    return "worse" if leading == "psnr" else "jump"
