"""`python -m benchmarks.stages`: ms per frame of every stage and score, and its share of spatial encoding (the costs in
models/spec.py and results/scores.py), and what the direct call of the convolutions is worth."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any, TypeVar
from unittest.mock import patch

import numpy as np

from benchmarks.machine import describe, warn_if_busy
from vae_demo import metrics
from vae_demo.clips import Clip
from vae_demo.flow import kernels_on
from vae_demo.models import temporal
from vae_demo.models.host import Stopwatch
from vae_demo.models.loading import load_model
from vae_demo.models.model import Steps, VideoModel
from vae_demo.models.spec import DEFAULT_MODEL, ModelSpec
from vae_demo.progress import Meter
from vae_demo.results.scores import SCORES
from vae_demo.steps import drain

T = TypeVar("T")
N_FRAMES = 51
# What costs are counted in; of tiny-17 where a model has no such stage.
UNIT = "spatial_encode"
TEMPORAL = ("temporal_encode", "temporal_decode")


def _round_trip(model: VideoModel, clip: Clip) -> dict[str, float]:
    """Seconds per stage and score of one round trip as the model ships."""
    plan, costs, seconds = model.plan(clip.n_frames, model.spec.own), model.spec.costs, dict[str, float]()

    def clocked(steps: Steps[T], n_frames: int, assumed: Mapping[str, float]) -> T:
        return drain(Meter().track(steps, None, n_frames, assumed, seconds, model.device))

    prepared = clocked(model.prepare(clip, None), plan.frames_in, costs.prepare)
    latents = clocked(model.encode(prepared, plan), plan.frames_in, costs.encode)
    kept = _Kept()
    clocked(model.decode(latents, plan, kept), plan.frames_out, costs.decode)
    for name in SCORES:
        scores = metrics.PlayedScores(clip, plan.frames_out, plan.playback_of(), [name], kernels_on(model.device))
        with (watch := Stopwatch(model.device)):
            for batch in kept.batches:
                scores.add(batch)
            scores.scores()
        seconds[name] = watch.seconds
    return seconds


class _Kept:
    """A Sink that keeps what it is given."""

    def __init__(self) -> None:
        self.batches: list[Any] = []

    def append(self, frames: Any) -> None:
        self.batches.append(frames)


def measure(model: VideoModel, side: int, runs: int = 3) -> dict[str, float]:
    """Milliseconds per frame of each stage and score at `side` px: the best of `runs`, one more to warm up."""
    frames = np.random.default_rng(0).integers(0, 256, (N_FRAMES, side, side, 3), np.uint8)
    with Clip.from_array(frames, 24, "noise") as clip:
        taken = [_round_trip(model, clip) for _ in range(runs + 1)][1:]
    return {stage: min(run[stage] for run in taken) / N_FRAMES * 1000 for stage in taken[0]}


def costs_of(spec: ModelSpec) -> dict[str, float]:
    """What is assumed of each stage and score."""
    stages: dict[str, Any] = {**spec.costs.prepare, **spec.costs.encode, **spec.costs.decode}
    return {**stages, **{name: score.cost for name, score in SCORES.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--weights", help="of a model whose own are not here; any values will do")
    parser.add_argument("--size", type=int, default=256)
    args = parser.parse_args()
    warn_if_busy()
    print(describe())
    model = load_model(args.model, device=args.device, weights=args.weights)
    best, assumed = measure(model, args.size), costs_of(model.spec)
    unit = (best if UNIT in best else measure(load_model(DEFAULT_MODEL, device=args.device), args.size))[UNIT]
    for stage, ms in best.items():
        print(f"{stage:16} {ms:7.1f} ms/frame   {ms / unit:5.2f} x spatial encode (assumed: {assumed[stage]:.2f})")
    if not set(TEMPORAL) <= set(best):
        return
    with patch.object(temporal, "_alone_on_a_cpu", return_value=False):
        other = measure(model, args.size, runs=1)
    ratio = sum(other[stage] for stage in TEMPORAL) / sum(best[stage] for stage in TEMPORAL)
    print(f"temporal convolutions without the direct call: {ratio:.2f} x the time")


if __name__ == "__main__":
    main()
