"""Scores of whole clips, a few frames in memory at a time.

Each function is a generator: it yields how many frames a step covered and returns the scores, so that a
caller can show progress and stop between steps. Sources hand out uint8 THWC by `frames(start, stop)`.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

import numpy as np

from vae_demo.layout.plan import Plan
from vae_demo.metrics.frame_scores import frame_l1, frame_psnr, frame_ssim
from vae_demo.metrics.temporal import temporal_step
from vae_demo.records import FrameErrors

SLICE = 8


class Frames(Protocol):
    n_frames: int

    def frames(self, start: int, stop: int) -> np.ndarray: ...


def frames_scored(plan: Plan) -> tuple[int, int]:
    """How many frames score_playback and score_aligned go through for the output of `plan`."""
    moved = sum(index not in (None, frame) for frame, index in enumerate(plan.playback_of()))
    return min(plan.frames_in, plan.frames_out), moved


def score_playback(source: Frames, output: Frames) -> Generator[int, None, FrameErrors]:
    """What a viewer sees: output frame i against source frame i; None beyond the end of the source."""
    psnr: list[float | None] = []
    ssim: list[float | None] = []
    l1: list[float | None] = []
    step: list[float | None] = [None]
    n_frames = min(source.n_frames, output.n_frames)
    for start in range(0, n_frames, SLICE):
        stop = min(start + SLICE, n_frames)
        before = max(start - 1, 0)
        x, r = source.frames(before, stop), output.frames(before, stop)
        # From the second slice on, one frame is read again: a step needs the frame before it.
        new = slice(start - before, None)
        psnr += frame_psnr(x[new], r[new]).tolist()
        ssim += frame_ssim(x[new], r[new]).tolist()
        l1 += frame_l1(x[new], r[new]).tolist()
        step += temporal_step(x, r).tolist()
        yield stop - start
    beyond = [None] * (output.n_frames - n_frames)
    return FrameErrors(tuple(psnr + beyond), tuple(ssim + beyond), tuple(l1 + beyond), tuple(step + beyond))


def score_fidelity(source: Frames, output: Frames) -> Generator[int, None, tuple[list[float], list[float | None]]]:
    """PSNR and temporal step alone, for equal lengths: what a sweep over many sizes needs. Returns both lists."""
    if source.n_frames != output.n_frames:
        raise ValueError(f"lengths differ: {source.n_frames} and {output.n_frames}")
    psnr: list[float] = []
    step: list[float | None] = [None]
    for start in range(0, source.n_frames, SLICE):
        stop = min(start + SLICE, source.n_frames)
        before = max(start - 1, 0)
        x, r = source.frames(before, stop), output.frames(before, stop)
        psnr += frame_psnr(x[start - before:], r[start - before:]).tolist()
        step += temporal_step(x, r).tolist()
        yield stop - start
    return psnr, step


def score_aligned(
    source: Frames, output: Frames, plan: Plan, playback: FrameErrors
) -> Generator[int, None, FrameErrors]:
    """By SOURCE frame: frame f against the output frame that shows it; None where it is lost.

    The step of f is known only where f and f-1 are both shown. Frames that play at their own index
    keep their playback scores, so a clean round trip costs nothing here.
    """
    shown = plan.playback_of()
    psnr: list[float | None] = []
    ssim: list[float | None] = []
    l1: list[float | None] = []
    step: list[float | None] = []
    fresh = 0
    for frame, index in enumerate(shown):
        previous = shown[frame - 1] if frame else None
        if index is None:
            scores = (None, None, None, None)
        elif index == frame:
            as_played = previous == frame - 1
            own = playback.temporal_step[index] if as_played else _step(source, output, frame, previous, index)
            scores = (playback.psnr[index], playback.ssim[index], playback.l1[index], own)
        else:
            x, r = source.frames(frame, frame + 1), output.frames(index, index + 1)
            scores = (float(frame_psnr(x, r)[0]), float(frame_ssim(x, r)[0]), float(frame_l1(x, r)[0]),
                      _step(source, output, frame, previous, index))
            fresh += 1
        for series, value in zip((psnr, ssim, l1, step), scores, strict=True):
            series.append(value)
        if fresh == SLICE or (fresh and frame == len(shown) - 1):
            yield fresh
            fresh = 0
    return FrameErrors(tuple(psnr), tuple(ssim), tuple(l1), tuple(step))


def _step(source: Frames, output: Frames, frame: int, previous: int | None, index: int) -> float | None:
    if previous is None:
        return None
    r = np.concatenate([output.frames(i, i + 1) for i in (previous, index)])
    return float(temporal_step(source.frames(frame - 1, frame + 1), r)[0])


