"""Scores of whole clips, a few frames in memory at a time.

Each function is a generator: it yields how many frames a step covered and returns the scores, so that a
caller can show progress and stop between steps. Sources hand out uint8 THWC by `frames(start, stop)`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

import numpy as np

from vae_demo.layout.plan import Plan
from vae_demo.metrics.frame_scores import frame_l1, frame_psnr, frame_ssim
from vae_demo.metrics.temporal import temporal_step
from vae_demo.results.scores import SCORES, Scores
from vae_demo.store import FrameSource

SLICE = 8

# Reference and frames, uint8 T H W 3 -> float64 T, or T-1 for what looks at two frames.
Scorer = Callable[[np.ndarray, np.ndarray], np.ndarray]
OF_ONE: dict[str, Scorer] = {"psnr": frame_psnr, "ssim": frame_ssim, "l1": frame_l1}
OF_TWO: dict[str, Scorer] = {"temporal_step": temporal_step}


def frames_scored(plan: Plan) -> tuple[int, int]:
    """How many frames score_playback and score_aligned go through for the output of `plan`."""
    moved = sum(index not in (None, frame) for frame, index in enumerate(plan.playback_of()))
    return min(plan.frames_in, plan.frames_out), moved


def score_playback(
    source: FrameSource, output: FrameSource, names: Sequence[str] = tuple(SCORES)
) -> Generator[int, None, Scores]:
    """What a viewer sees: output frame i against source frame i; None beyond the end of the source."""
    series: dict[str, list[float | None]] = {name: [None] if name in OF_TWO else [] for name in names}
    n_frames = min(source.n_frames, output.n_frames)
    for start in range(0, n_frames, SLICE):
        stop = min(start + SLICE, n_frames)
        before = max(start - 1, 0)
        x, r = source.frames(before, stop), output.frames(before, stop)
        # From the second slice on, one frame is read again: a step needs the frame before it.
        new = slice(start - before, None)
        for name in names:
            found = OF_TWO[name](x, r) if name in OF_TWO else OF_ONE[name](x[new], r[new])
            series[name] += found.tolist()
        yield stop - start
    return Scores({name: values + [None] * (output.n_frames - n_frames) for name, values in series.items()})


def score_aligned(
    source: FrameSource, output: FrameSource, plan: Plan, playback: Scores
) -> Generator[int, None, Scores]:
    """By SOURCE frame: frame f against the output frame that shows it; None where it is lost.

    The scores are those of `playback`. The step of f is known only where f and f-1 are both shown. Frames that play
    at their own index keep their playback scores, so a clean round trip costs nothing here.
    """
    shown = plan.playback_of()
    series: dict[str, list[float | None]] = {name: [] for name in playback}
    fresh = 0
    for frame, index in enumerate(shown):
        previous = shown[frame - 1] if frame else None
        for name, values in series.items():
            if index is None:
                values.append(None)
            elif index == frame and (name in OF_ONE or previous == frame - 1):
                values.append(playback[name][index])
            elif name in OF_TWO:
                values.append(_of_two(OF_TWO[name], source, output, frame, previous, index))
            else:
                x, r = source.frames(frame, frame + 1), output.frames(index, index + 1)
                values.append(float(OF_ONE[name](x, r)[0]))
        fresh += index not in (None, frame)
        if fresh == SLICE or (fresh and frame == len(shown) - 1):
            yield fresh
            fresh = 0
    return Scores(series)


def _of_two(
    scorer: Scorer, source: FrameSource, output: FrameSource, frame: int, previous: int | None, index: int
) -> float | None:
    if previous is None:
        return None
    r = np.concatenate([output.frames(i, i + 1) for i in (previous, index)])
    return float(scorer(source.frames(frame - 1, frame + 1), r)[0])
