"""Scores of a run, pushed: frames in the order they are decoded, scored where they lie, none of them kept.

Frames are uint8 T H W 3, numpy arrays or tensors. A source hands out uint8 numpy THWC by `frames(start, stop)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_demo.layout.plan import Plan
from vae_demo.metrics.frame_scores import frame_l1, frame_psnr, frame_ssim
from vae_demo.metrics.temporal import temporal_step
from vae_demo.results.scores import SCORES, Scores
from vae_demo.store import FrameSource

# Reference and frames, uint8 T H W 3 -> float64 T, or T-1 for what looks at two frames.
Scorer = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Kernels:
    """What scores frames in one place: of numpy arrays below, of tensors on a device in tensors.py.

    one, two  scorers by name: of a frame alone, and of a frame and the one before it
    join      arrays one after the other, along time
    take      uint8 frames of either kind, as `one` and `two` want them
    small     such frames -> float32 T h w 3, at most SMALL pixels a side: means of blocks
    """

    one: Mapping[str, Scorer]
    two: Mapping[str, Scorer]
    join: Callable[[Sequence[Any]], Any]
    take: Callable[[Any], Any]
    small: Callable[[Any], Any]


SMALL = 64


def made_small(frames: Any, whole: Any, real: Any) -> Any:
    """uint8 T H W 3 -> `real` T h w 3, means of blocks; whole: a type that holds the sum of a column of one."""
    _, height, width, _ = frames.shape
    side = -(-max(height, width) // SMALL)
    # A side that is shorter than a block is one.
    down, along = min(side, height), min(side, width)
    rows, columns = height // down, width // along
    # Rows first, as they lie in memory: five times faster than both at once.
    summed = frames[:, :rows * down, :columns * along].reshape(-1, rows, down, columns * along * 3).sum(2, dtype=whole)
    return summed.reshape(-1, rows, columns, along, 3).sum(3, dtype=real) / (down * along)


def _small(frames: np.ndarray) -> np.ndarray:
    return made_small(frames, np.uint16, np.float32)


NUMPY = Kernels(
    {"psnr": frame_psnr, "ssim": frame_ssim, "l1": frame_l1}, {"temporal_step": temporal_step}, np.concatenate,
    np.asarray, _small)


def frames_scored(plan: Plan) -> tuple[int, int]:
    """How many output frames of `plan` are scored as they play, and how many once more by the frame they show."""
    moved = sum(index not in (None, frame) for frame, index in enumerate(plan.playback_of()))
    return min(plan.frames_in, plan.frames_out), moved


class Pairs:
    """Scores of source and output frames as they come, each pair with the one before it."""

    def __init__(self, names: Sequence[str], kernels: Kernels) -> None:
        self._kernels, self._before = kernels, None
        self._parts: dict[str, list[Any]] = {name: [] for name in names}

    def follow(self, pair: tuple[Any, Any] | None) -> None:
        """The next pair comes after this one, uint8 1 H W 3 each, or after nothing."""
        self._before = pair

    def add(self, source: Any, output: Any) -> None:
        """The next frames of both, as kernels.take gives them."""
        for name, parts in self._parts.items():
            if name in self._kernels.one:
                parts.append(self._kernels.one[name](source, output))
                continue
            step = self._kernels.two[name]
            if self._before is None:
                parts.append(None)
            else:
                parts.append(step(*(self._kernels.join([old, new[:1]])
                                    for old, new in zip(self._before, (source, output), strict=True))))
            parts.append(step(source, output))
        self._before = source[-1:], output[-1:]

    def series(self) -> dict[str, list[float | None]]:
        """One number per pair, by name; None where a score needs the pair before and there is none."""
        return {name: [value for part in parts for value in ([None] if part is None else part.tolist())]
                for name, parts in self._parts.items()}


class PlayedScores:
    """Scores of what a decoder gives: add() every output frame in order, then ask for scores().

    n_frames: how many output frames there will be. shown: per source frame the output frame that shows it, None where
    it is lost; it only rises (Plan.playback_of). also: is given the same frames, as the kernels take them.
    """

    def __init__(
        self, source: FrameSource, n_frames: int, shown: Sequence[int | None], names: Sequence[str] = tuple(SCORES),
        kernels: Kernels = NUMPY, also: Callable[[Any], object] = lambda output: None,
    ) -> None:
        self._also = also
        self._source, self._n_frames, self._shown, self._kernels = source, n_frames, shown, kernels
        self._playback, self._aligned = Pairs(names, kernels), Pairs(names, kernels)
        # Whatever plays at its own index, right after the frame before it, has its scores from playback.
        self._moved = {index: frame for frame, index in enumerate(shown) if index is not None and (
            index != frame or self._previous(frame) not in (None, frame - 1))}
        self._frame_at = {index: frame for frame, index in enumerate(shown) if index is not None}
        self._done, self._last = 0, None

    def _previous(self, frame: int) -> int | None:
        return self._shown[frame - 1] if frame else None

    def add(self, output: Any) -> None:
        """The next output frames, uint8 T H W 3."""
        output, start = self._kernels.take(output), self._done
        self._done = stop = start + len(output)
        self._also(output)
        played = min(stop, len(self._shown))
        if played > start:
            self._playback.add(self._sources(start, played), output[:played - start])
        for run in _runs([index for index in range(start, stop) if index in self._moved], self._moved):
            first, frame = run[0] - start, self._moved[run[0]]
            before = self._previous(frame)
            source = self._sources(frame if before is None else frame - 1, frame + len(run))
            if before is None:
                self._aligned.follow(None)
            else:
                shown = self._last if before < start else output[before - start:before - start + 1]
                self._aligned.follow((source[:1], shown))
                source = source[1:]
            self._aligned.add(source, output[first:first + len(run)])
        if shows := [index for index in range(start, stop) if index in self._frame_at]:
            self._last = output[shows[-1] - start:shows[-1] - start + 1]

    def _sources(self, start: int, stop: int) -> Any:
        return self._kernels.take(self._source.frames(start, stop))

    def scores(self) -> tuple[Scores, Scores]:
        """Playback and aligned, once every output frame was added.

        Playback is what a viewer sees, output frame i against source frame i, None beyond the end of the source.
        Aligned goes by SOURCE frame: frame f against the output frame that shows it, None where it is lost; the step
        of f is known only where f and f-1 are both shown.
        """
        if self._done != self._n_frames:
            raise ValueError(f"{self._n_frames} frames were to be scored, {self._done} came")
        played = self._playback.series()
        beyond = [None] * (self._n_frames - min(self._n_frames, len(self._shown)))
        playback = Scores({name: values + beyond for name, values in played.items()})
        again = dict(zip(self._moved.values(), zip(*self._aligned.series().values(), strict=True), strict=True))
        aligned: dict[str, list[float | None]] = {name: [] for name in playback}
        for frame, index in enumerate(self._shown):
            for at, (name, values) in enumerate(aligned.items()):
                alone = name in self._kernels.two and self._previous(frame) is None
                values.append(None if index is None else again[frame][at] if frame in again
                              else None if alone else playback[name][index])
        return playback, Scores(aligned)


def _runs(indices: Sequence[int], frames: Mapping[int, int]) -> Iterator[list[int]]:
    """Output frames that follow each other and show frames that do."""
    run: list[int] = []
    for index in indices:
        if run and (index != run[-1] + 1 or frames[index] != frames[run[-1]] + 1):
            yield run
            run = []
        run.append(index)
    if run:
        yield run
