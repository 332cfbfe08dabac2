"""What else in a file may come back: its key frames, frames shown twice, a loop, cuts. And whether it falls on the
events that were found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vae_demo.metrics.frame_signals import around_each
from vae_demo.results.findings import Finding

# A frame that repeats the one before it changes less than this share of what is usual around, where anything moves;
# grey levels.
REPEATS, MOVES = 0.2, 0.3
# A cut changes so many times what is usual around, and so many grey levels.
CUTS, CUT_LEVELS = 6.0, 12.0
# A file repeats itself where a frame is so close to the one a loop later, in grey levels, and so much closer than to
# others.
SAME, CLOSER = 1.5, 0.25
# Of every so many frames at least this share, and of frames that are not told from both sides.
ANCHORED, ANCHORS_FIT = 0.9, 0.75
COMPARED = 48  # frames of each lag


def repeated_in(step: np.ndarray) -> tuple[int, ...]:
    """Frames that do not move between frames that do. step: 8-bit units, NaN where unknown."""
    around = around_each(step)
    return tuple(map(int, np.flatnonzero((step < REPEATS * around) & (around > MOVES))))


def cuts_in(step: np.ndarray) -> tuple[int, ...]:
    """Frames with another picture than the one before. A frame that is left again at once is a flash, and no cut."""
    leaps = (step > CUTS * (around_each(step) + MOVES)) & (step > CUT_LEVELS)
    beside = np.zeros_like(leaps)
    beside[1:] |= leaps[:-1]
    beside[:-1] |= leaps[1:]
    return tuple(map(int, np.flatnonzero(leaps & ~beside)))


def loop_of(tiny: np.ndarray) -> int | None:
    """Frames after which a video repeats itself, None where it does not. tiny: float T ..., grey levels."""
    n = len(tiny)
    flat = tiny.reshape(n, -1)
    apart = np.array([_apart(flat, lag) for lag in range(1, n // 2 + 1)])
    usual = np.median(apart) if apart.size else 0.0
    near = np.flatnonzero((apart <= SAME) & (apart <= CLOSER * usual)) + 1
    # Small lags are close because little moves.
    near = [int(lag) for lag in near if lag > 2 and apart[lag - 1] < min(apart[:lag - 1][-3:]) * 0.7]
    return near[0] if near else None


def _apart(flat: np.ndarray, lag: int) -> float:
    at = np.unique(np.linspace(0, len(flat) - lag - 1, COMPARED).astype(int))
    return float(np.abs(flat[at + lag] - flat[at]).mean())


def causes_of(
    n: int, period: int, phase: int, keys: Sequence[int], repeated: Sequence[int], cuts: Sequence[int],
    loop: int | None, fps: float, between: Sequence[int] = (),
) -> tuple[Finding, ...]:
    """The causes that were looked for, each with whether it falls on the events.

    coincides: "all" where every one of them is an event and every event has one, "some", "none". between: frames that
    the codec told from both sides; the others, which it spends more on, are named where they come with the period.
    """
    events = set(range(phase, n, period))
    # The first frame of a file is a key frame always, and repeats nothing.
    later, keys = events - {0}, set(keys) - {0}
    found = [Finding("keys", {"n": len(keys), "on": len(keys & later), "events": len(later),
                              "coincides": _coincides(keys, later)})]
    shown_twice = set(repeated)
    twice = Finding("repeated", {"n": len(shown_twice), "on": len(shown_twice & later), "events": len(later),
                                 "coincides": _coincides(shown_twice, later)})
    if twice.params["coincides"] == "all":
        twice.params.update({"to": round(fps, 3), "from": round(fps * (period - 1) / period, 3)})
    loops = loop is not None and loop % period == 0
    if between:
        found += _anchors(n, period, between)
    return (*found, twice,
            Finding("loop", {"loop": loop or 0, "coincides": "all" if loops else "none"}),
            Finding("cuts", {"n": len(cuts), "on": len(set(cuts) & later), "events": len(later),
                             "coincides": _coincides(set(cuts), later)}))


def _anchors(n: int, period: int, between: Sequence[int]) -> list[Finding]:
    """Frames that are not told from both sides, where they come every `period` frames: the event may be any of such a
    group, the sharpest or the softest. A codec chooses them as it goes, so not quite all need to fit."""
    anchors = np.setdiff1d(np.arange(n), between)
    at = int(np.bincount(anchors % period).argmax())
    there, on = len(range(at, n, period)), int((anchors % period == at).sum())
    if on < ANCHORED * there or on < ANCHORS_FIT * len(anchors):
        return []
    return [Finding("anchors", {"n": len(anchors), "on": on, "events": there, "period": period, "coincides": "all"})]


def _coincides(those: set[int], events: set[int]) -> str:
    if those and those == events:
        return "all"
    return "some" if those & events else "none"
