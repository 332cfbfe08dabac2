"""From the highest score of a scan to what happens every P frames: which period, which frame, what, how large.

The winner of a scan may be a half or a third of the truth, or a multiple of it; several signals show one event at
frames beside each other; and a second period may hide behind the first. What swings, such as waves or a walk, comes
back nearly every P frames and is no event: whatever is found must be there as surely when two frames foretell the next.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from vae_demo.metrics.frame_series import NO_AREAS, STANDS_APART, Series, near_phases, reach, shown_at, sizes_of
from vae_demo.metrics.multiples import fundamental, part_of_longer
from vae_demo.metrics.periodic import SHORTEST, SHUFFLES, Scan, phase_scores, scan_steps
from vae_demo.results.inspection import HINT_P, SIGNALS, Periodic, Shown, TooShort
from vae_demo.steps import drain

MOST_FINDINGS, ROUNDS = 3, 6
# Half of the events of a file that is too short for them is rarely a hint by itself.
HALF_P = 0.1
# log of 0.37; grey levels; a share of the detail.
STANDS_STILL, FLASH, GHOST = -1.0, 5.0, -0.25

Found = tuple[Scan, tuple[Periodic, ...], TooShort | None]


def find(
    raw: Mapping[str, np.ndarray], shuffles: int | None = None, seed: int = 0, first_frame: int = 0,
    areas: Mapping[str, np.ndarray] = NO_AREAS,
) -> Found:
    """The first scan, what was found (the largest first), and why nothing may be said where a file is too short.

    raw: by signal of results/inspection.py, n floats each, NaN where unknown. first_frame: of the file, that they begin
    with. areas: of signals that are known for areas of the frames, areas n each: an event is told by them, its size by
    the whole frame.
    """
    return drain(find_steps(raw, shuffles, seed, first_frame, areas))


def find_steps(
    raw: Mapping[str, np.ndarray], shuffles: int | None = None, seed: int = 0, first_frame: int = 0,
    areas: Mapping[str, np.ndarray] = NO_AREAS,
) -> Generator[None, None, Found]:
    """The same, with a yield after each batch of a scan."""
    series, found, how = Series.of(raw, areas), [], {"seed": seed, "first": first_frame}
    if shuffles is not None:
        how["shuffles"] = shuffles
    told: set[int] = set()
    first = current = yield from scan_steps(series.z, **how)
    if first.peak is not None and HINT_P < first.peak.p <= HALF_P:
        short = part_of_longer(series, first.peak.period, first.peak.phase)
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
        short = part_of_longer(series, one.period, one.phase) if one.p <= HINT_P else None
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
    sizes = sizes_of(series.told[one.signal], one.phase, one.period, times) * np.sign(one.shown.deviation)
    return bool(sizes.min() < SIGNALS[one.signal].matters)


def _without(z: np.ndarray, found: Periodic, n: int) -> np.ndarray:
    """z less what is usual at that event and the frames around it."""
    z, around = z.copy(), reach(found.period)
    for at in range(-around, around + 1):
        hits = np.arange((found.phase + at) % found.period, n, found.period)
        z[hits] -= np.median(z[hits])
    return z


def _named(series: Series, current: Scan) -> Periodic:
    peak = current.peak
    signal, period, phase = fundamental(series, current)
    phase = _strongest_phase(series, period, phase, _clear(current, period, signal))
    shown = {name: shown_at(values, period, phase) for name, values in series.told.items()}
    leading = max(shown, key=lambda name: (shown[name].weight(name), name == signal))
    return Periodic(period, phase, leading, shown, peak.p, kind_of(shown, leading, series.light(period, phase)))


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
    near = near_phases(period, phase)
    apart = {name: np.abs(phase_scores(z, period)) >= STANDS_APART for name, z in series.z.items()}

    def size(at: int, names: Iterable[str]) -> float:
        return max((shown_at(series.told[name], period, at).weight(name) for name in names), default=0.0)

    sizes = {at: size(at, clear) for at in near}
    if max(sizes.values()) < 1:
        sizes = {at: size(at, (name for name in apart if apart[name][at])) for at in near}
    return max(near, key=lambda at: (sizes[at], -abs(at - phase)))


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
