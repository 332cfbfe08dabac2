"""Does what plays show the source frame that is due, or one before or after it?

Every frame is held against its source at lags of up to three frames, small and soft: what a codec leaves out is fine
detail. Said of the pieces that a clip was decoded in; what it comes to is in verdicts/late.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any

from vae_demo.layout.plan import Plan
from vae_demo.metrics.streaming import NUMPY, Kernels
from vae_demo.results.findings import LAGS, Lagged
from vae_demo.store import FrameSource

FARTHEST = max(LAGS)
# Digits of a mean of squares of 8-bit levels.
DIGITS = 4
# Numbers of a frame: an error at every lag, a move at all but one, a contrast.
_ROWS = 2 * len(LAGS)


class Lags:
    """add() every output frame in order, as the kernels take them; then measured().

    plan: one whose frames play in time, output frame i being due to show source frame i.
    """

    def __init__(self, source: FrameSource, plan: Plan, kernels: Kernels = NUMPY) -> None:
        self._source, self._kernels, self._plan = source, kernels, plan
        self._done = 0
        # Batch by batch the frames that have all their neighbours in the source, and _ROWS numbers for each of them,
        # row after row: where the kernels compute, since whoever reads one waits for all that is queued before it.
        self._batches: list[range] = []
        self._rows: list[Any] = []

    def add(self, output: Any) -> None:
        """The next output frames, uint8 T H W 3. Waits for nothing."""
        start, self._done = self._done, self._done + len(output)
        first, last = max(start, FARTHEST), min(self._done, self._plan.frames_in - FARTHEST)
        if first >= last:
            return
        near = self._kernels.small(self._kernels.take(self._source.frames(first - FARTHEST, last + FARTHEST)))
        shown, due = self._kernels.small(output[first - start:last - start]), slice(FARTHEST, FARTHEST + last - first)
        errors = [_squares(shown, near[due.start + lag:due.stop + lag]) for lag in LAGS]
        # From a frame to one that comes so many after it: the same there and back.
        apart = {step: _squares(near[step:], near[:-step]) for step in LAGS if step > 0}
        moves = [apart[abs(lag)][due.start + min(lag, 0):due.stop + min(lag, 0)] for lag in LAGS if lag]
        self._batches.append(range(first, last))
        self._rows.append(self._kernels.join([*errors, *moves, _squares(near[due], 0)]))

    def measured(self) -> tuple[Lagged, ...]:
        """One for each piece that plays; those none of whose frames has all its neighbours are left out."""
        errors, moves, contrast = self._read()
        found = []
        for chunk in self._plan.decode_chunks:
            frames = [frame for frame in range(chunk.start, chunk.stop) if frame in errors]
            if frames:
                of_errors, of_moves = ([each[frame] for frame in frames] for each in (errors, moves))
                least = Counter(min(range(len(LAGS)), key=each.__getitem__) for each in of_errors)
                nearest = tuple(least[at] for at in range(len(LAGS)))
                found.append(Lagged(chunk.start, chunk.stop, len(frames), _mean(of_errors), _mean(of_moves), nearest,
                                    *_mean([[contrast[frame]] for frame in frames])))
        return tuple(found)

    def _read(self) -> tuple[dict[int, list[float]], dict[int, list[float]], dict[int, float]]:
        """By frame: squares of differences at every lag, what moves in the source at every lag, and its contrast."""
        values = iter(self._kernels.join(self._rows).tolist() if self._rows else [])
        errors, moves, contrast = {}, {}, {}
        for frames in self._batches:
            rows = [list(islice(values, len(frames))) for _ in range(_ROWS)]
            for frame, (*apart, own) in zip(frames, zip(*rows, strict=True), strict=True):
                errors[frame], others = apart[:len(LAGS)], apart[len(LAGS):]
                moves[frame] = [others.pop(0) if lag else 0.0 for lag in LAGS]
                contrast[frame] = own
        return errors, moves, contrast


def _squares(one: Any, other: Any) -> Any:
    """Mean squares of what is left of float32 T h w 3 without the mean of each colour; float32 T."""
    apart = one - other
    level = apart.mean((1, 2))
    return (apart * apart).mean((1, 2, 3)) - (level * level).mean(1)


def _mean(rows: Sequence[Sequence[float]]) -> tuple[float, ...]:
    return tuple(round(sum(column) / len(rows), DIGITS) for column in zip(*rows, strict=True))
