"""Does what plays show the source frame that is due, or one before or after it?

Every frame is held against its source at lags of up to three frames, small and soft: what a codec leaves out is fine
detail. Said of the pieces that a clip was decoded in; what it comes to is in verdicts/late.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from vae_demo.layout.plan import Plan
from vae_demo.metrics.streaming import NUMPY, Kernels
from vae_demo.results.findings import LAGS, Lagged
from vae_demo.store import FrameSource

FARTHEST = max(LAGS)
# Digits of a mean of squares of 8-bit levels.
DIGITS = 4


class Lags:
    """add() every output frame in order, as the kernels take them; then measured().

    plan: one whose frames play in time, output frame i being due to show source frame i.
    """

    def __init__(self, source: FrameSource, plan: Plan, kernels: Kernels = NUMPY) -> None:
        self._source, self._kernels, self._plan = source, kernels, plan
        self._done = 0
        # Of every frame that has all its neighbours in the source: squares of differences, by lag.
        self._errors: dict[int, list[float]] = {}
        self._moves: dict[int, list[float]] = {}
        self._contrast: dict[int, float] = {}

    def add(self, output: Any) -> None:
        """The next output frames, uint8 T H W 3."""
        start, self._done = self._done, self._done + len(output)
        first, last = max(start, FARTHEST), min(self._done, self._plan.frames_in - FARTHEST)
        if first >= last:
            return
        near = self._kernels.small(self._kernels.take(self._source.frames(first - FARTHEST, last + FARTHEST)))
        shown, n = self._kernels.small(output[first - start:last - start]), last - first
        errors = [_squares(shown, near[FARTHEST + lag:FARTHEST + lag + n]) for lag in LAGS]
        # From a frame to one that comes so many after it: the same there and back.
        moves = {step: _squares(near[step:], near[:-step]) for step in LAGS if step > 0}
        self._contrast |= dict(zip(range(first, last), _squares(near[FARTHEST:FARTHEST + n], 0), strict=True))
        for frame in range(first, last):
            self._errors[frame] = [each[frame - first] for each in errors]
            at = frame - first + FARTHEST
            self._moves[frame] = [moves[abs(lag)][at + min(lag, 0)] if lag else 0.0 for lag in LAGS]

    def measured(self) -> tuple[Lagged, ...]:
        """One for each piece that plays; those none of whose frames has all its neighbours are left out."""
        found = []
        for chunk in self._plan.decode_chunks:
            frames = [frame for frame in range(chunk.start, chunk.stop) if frame in self._errors]
            if frames:
                errors, moves = ([each[frame] for frame in frames] for each in (self._errors, self._moves))
                least = Counter(min(range(len(LAGS)), key=each.__getitem__) for each in errors)
                nearest = tuple(least[at] for at in range(len(LAGS)))
                contrast = _mean([[self._contrast[frame]] for frame in frames])
                found.append(Lagged(chunk.start, chunk.stop, len(frames), _mean(errors), _mean(moves), nearest,
                                    *contrast))
        return tuple(found)


def _squares(one: Any, other: Any) -> list[float]:
    """Mean squares of what is left of float32 T h w 3 without the mean of each colour; one per frame."""
    apart = one - other
    level = apart.mean((1, 2))
    return ((apart * apart).mean((1, 2, 3)) - (level * level).mean(1)).tolist()


def _mean(rows: Sequence[Sequence[float]]) -> tuple[float, ...]:
    return tuple(round(sum(column) / len(rows), DIGITS) for column in zip(*rows, strict=True))
