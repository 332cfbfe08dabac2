"""Do chunk borders show? A ratio of temporal steps, a permutation test, and a control at the wrong period.

Mean PSNR averages a seam away, and flicker scores even prefer some damaged clips; the step that is
compensated by the source finds it. Too few borders give no verdict: random flicker alone once reached a
ratio of 2.2 with p .03 on three of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vae_demo.layout.plan import Plan
from vae_demo.results.findings import Finding, Seam

MIN_BOUNDARIES = 4
# Grey levels added above and below: a static clip has steps near 0, and 0.02 / 0.01 is no seam.
FLOOR = 0.25
N_DRAWS = 2000
GHOST_DROP_DB = 5.0


def seam_score(
    steps: Sequence[float | None],
    boundaries: Sequence[int],
    period: int | None,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> Seam | Finding:
    """Score the borders of a clip; a Finding says why that cannot be done.

    steps: temporal step per frame, 8-bit units, None where unknown (always at 0).
    boundaries: frames that open a chunk, the first chunk left out. period: the chunk size, for the control.
    p = (draws at least as high + 1) / (draws + 1), each draw as many random transitions as there are borders.
    """
    values = np.array([np.nan if step is None else step for step in steps], np.float64)
    known = np.flatnonzero(np.isfinite(values))
    at = np.isin(known, np.asarray(boundaries, int))
    n_borders, n_others = int(at.sum()), int((~at).sum())
    if n_borders < MIN_BOUNDARIES:
        return Finding("few_borders", {"n": n_borders, "needed": MIN_BOUNDARIES})
    if n_others == 0:
        return Finding("all_borders")
    transitions = values[known]
    score = _ratio(transitions, at)
    draws = _draws(transitions, n_borders, n_draws, seed)
    hits = int((draws >= score - 1e-12).sum())
    controls = [_control(transitions, known, period, shift) for shift in (-1, 1)]
    return Seam(score, (hits + 1) / (n_draws + 1), n_borders, *controls)


def judged(plan: Plan, steps: Sequence[float | None]) -> tuple[Seam | None, Finding | None]:
    """The seam of a decoded variant where one can be judged, else the reason. steps: temporal step per output frame."""
    if not plan.in_time:
        return None, Finding("clash")
    if len(plan.decode_chunks) == 1:
        return None, Finding("one_chunk")
    found = seam_score(steps, plan.boundaries, period=plan.decode_meant.period)
    return (found, None) if isinstance(found, Seam) else (None, found)


def _ratio(transitions: np.ndarray, at: np.ndarray) -> float:
    return float((np.median(transitions[at]) + FLOOR) / (np.median(transitions[~at]) + FLOOR))


def _draws(transitions: np.ndarray, n_borders: int, n_draws: int, seed: int) -> np.ndarray:
    """The same ratio for random sets of `n_borders` transitions; float64 n_draws."""
    order = np.random.default_rng(seed).permuted(np.tile(transitions, (n_draws, 1)), axis=1)
    top = np.median(order[:, :n_borders], axis=1)
    return (top + FLOOR) / (np.median(order[:, n_borders:], axis=1) + FLOOR)


def _control(transitions: np.ndarray, known: np.ndarray, period: int | None, shift: int) -> float | None:
    if period is None or period + shift < 2:
        return None
    at = known % (period + shift) == 0
    if at.sum() < MIN_BOUNDARIES or at.all():
        return None
    return _ratio(transitions, at)


def ghost_runs(psnr: Sequence[float | None], starts: Sequence[int], drop_db: float = GHOST_DROP_DB) -> list[int]:
    """Per chunk: how many frames from its start lie more than `drop_db` below the median of the whole series.

    psnr: per output frame in dB, None where unknown (which ends a run). starts: first frame of every chunk.
    """
    known = [value for value in psnr if value is not None]
    if not known:
        return [0] * len(starts)
    limit = float(np.median(known)) - drop_db
    runs = []
    for start, stop in zip(starts, [*starts[1:], len(psnr)], strict=True):
        run = 0
        while start + run < stop and psnr[start + run] is not None and psnr[start + run] < limit:
            run += 1
        runs.append(run)
    return runs
