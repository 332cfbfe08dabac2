"""One frame rate for a clip, from the times its frames are shown at."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from vae_demo.clips.limits import DEFAULT_FPS, HIGHEST_FPS, LOWEST_FPS
from vae_demo.clips.messages import Notes

UNEVEN = Fraction(1, 10)  # a frame that stands 10% longer or shorter than the mean is uneven to the eye
_SAME = Fraction(1, 500)


def clip_rate(times: Sequence[Fraction | None], tick: Fraction, header: Fraction | None, notes: Notes) -> Fraction:
    """Frames per second at which frames shown at `times` play for the same total time.

    times   seconds, in order; None where the file gives none
    tick    unit of the time stamps, seconds: they are rounded to it
    header  what the file promises, used when it agrees, or when there is nothing better

    A note says when the rate varies, or when nothing usable was found.
    """
    header = header if header is not None and _usable(header) else None
    if len(times) == 1:
        return header or Fraction(DEFAULT_FPS)  # one frame has no rate: nothing to be noted
    steps = _steps(times)
    if steps is None:
        return header or _assumed(notes)
    mean = 1 / (sum(steps) / len(steps))
    if header is None or abs(mean / header - 1) > max(_SAME, 2 * tick / sum(steps)):
        rate = mean
    else:
        rate = header
    if not _usable(rate):
        return _assumed(notes)
    slack = max(UNEVEN / rate, 2 * tick)
    if any(abs(step - 1 / rate) > slack for step in steps):
        notes.add("variable_rate", slowest=float(1 / max(steps)), fastest=float(1 / min(steps)), fps=float(rate))
    return rate


def as_rate(fps: float | Fraction) -> Fraction:
    """A float back to the fraction it stood for: 29.97002997 is 30000/1001."""
    return fps if isinstance(fps, Fraction) else Fraction(fps).limit_denominator(1001)


def _steps(times: Sequence[Fraction | None]) -> list[Fraction] | None:
    """Times from frame to frame; None where they are missing, stand still or run backwards."""
    if len(times) < 2 or any(time is None for time in times):
        return None
    steps = [after - before for before, after in zip(times[:-1], times[1:], strict=True)]
    return steps if min(steps) > 0 else None


def _usable(rate: Fraction) -> bool:
    return LOWEST_FPS <= rate <= HIGHEST_FPS


def _assumed(notes: Notes) -> Fraction:
    notes.add("unknown_rate", fps=DEFAULT_FPS)
    return Fraction(DEFAULT_FPS)
