"""`python -m benchmarks.stages`: ms per frame of every stage, its share of spatial encoding (the weights of the
progress bar), and what the direct call of the convolutions is worth."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np

from benchmarks.machine import describe, warn_if_busy
from vae_demo import metrics, stages
from vae_demo.clips import Clip
from vae_demo.experiment import COST
from vae_demo.layout.plan import plan
from vae_demo.memory import batch_budget
from vae_demo.models import temporal
from vae_demo.models.loading import load_vae
from vae_demo.models.pipeline import VideoVAE
from vae_demo.models.spec import DEFAULT_MODEL
from vae_demo.store import FrameStore

N_FRAMES = 51
TEMPORAL = ("temporal_encode", "temporal_decode")


def _timed(steps) -> tuple[float, object]:
    began = time.perf_counter()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return time.perf_counter() - began, end.value


def _round_trip(vae: VideoVAE, clip: Clip, directory: Path) -> dict[str, float]:
    """Seconds per stage of one round trip at 17."""
    each = plan(clip.n_frames, 17, 17, vae.spec.rule)
    budget = batch_budget(vae.device)
    seconds = {}
    seconds["spatial_encode"], spatial = _timed(stages.encode_spatial(vae, clip, None))
    seconds["temporal_encode"], latents = _timed(stages.encode_temporal(vae, spatial, each.encode_chunks, budget, None))
    seconds["temporal_decode"], decoded = _timed(
        stages.decode_temporal(vae, latents, each.decode_chunks, each.rule.stride, budget))
    store = FrameStore(directory / "frames.npy", clip.n_frames, clip.height, clip.width)
    seconds["spatial_decode"], _ = _timed(stages.decode_spatial(vae, decoded, store))
    seconds["score"], _ = _timed(metrics.score_playback(clip, store))
    store.remove()
    return seconds


def measure(vae: VideoVAE, side: int, runs: int = 3) -> dict[str, float]:
    """Milliseconds per frame of each stage of a round trip at `side` px: the best of `runs`, one more to warm up."""
    frames = np.random.default_rng(0).integers(0, 256, (N_FRAMES, side, side, 3), np.uint8)
    with tempfile.TemporaryDirectory() as work, Clip.from_array(frames, 24, "noise") as clip:
        taken = [_round_trip(vae, clip, Path(work)) for _ in range(runs + 1)][1:]
    return {stage: min(run[stage] for run in taken) / N_FRAMES * 1000 for stage in taken[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--size", type=int, default=256)
    args = parser.parse_args()
    warn_if_busy()
    print(describe())
    vae = load_vae(args.model, device=args.device)
    best = measure(vae, args.size)
    for stage, ms in best.items():
        print(f"{stage:16} {ms:7.1f} ms/frame   {ms / best['spatial_encode']:5.2f} x spatial encode "
              f"(progress bar: {COST[stage]:.2f})")
    with patch.object(temporal, "_alone_on_a_cpu", return_value=False):
        other = measure(vae, args.size, runs=1)
    ratio = sum(other[stage] for stage in TEMPORAL) / sum(best[stage] for stage in TEMPORAL)
    print(f"temporal convolutions without the direct call: {ratio:.2f} x the time")


if __name__ == "__main__":
    main()
