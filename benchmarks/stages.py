"""`python -m benchmarks.stages`: ms per frame of every stage at 256 px, its share of spatial encoding
(the weights of the progress bar), and what the memory layout of the convolutions is worth."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks.machine import describe
from vae_demo import metrics, stages
from vae_demo.clips import Clip
from vae_demo.experiment import COST
from vae_demo.frames import plan
from vae_demo.memory import batch_budget
from vae_demo.models.loading import load_vae
from vae_demo.store import FrameStore

N_FRAMES = 51


def timed(steps) -> tuple[float, object]:
    began = time.perf_counter()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return time.perf_counter() - began, end.value


def measure(vae, clip: Clip, directory: Path) -> dict[str, float]:
    """Seconds per stage of one round trip at 17."""
    each = plan(clip.n_frames, 17, 17, vae.spec.rule)
    budget = batch_budget(vae.device)
    seconds = {}
    seconds["spatial_encode"], spatial = timed(stages.encode_spatial(vae, clip, None))
    seconds["temporal_encode"], latents = timed(stages.encode_temporal(vae, spatial, each.encode_chunks, budget, None))
    seconds["temporal_decode"], decoded = timed(
        stages.decode_temporal(vae, latents, each.decode_chunks, each.rule.stride, budget))
    store = FrameStore(directory / "frames.npy", clip.n_frames, clip.height, clip.width)
    seconds["spatial_decode"], _ = timed(stages.decode_spatial(vae, decoded, store))
    seconds["score"], _ = timed(metrics.score_playback(clip, store))
    store.remove()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="tiny-17")
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    print(describe())
    vae = load_vae(args.model, device=args.device)
    frames = np.random.default_rng(0).integers(0, 256, (N_FRAMES, 256, 256, 3), np.uint8)
    with tempfile.TemporaryDirectory() as work, Clip.from_array(frames, 24, "noise") as clip:
        measure(vae, clip, Path(work))
        runs = [measure(vae, clip, Path(work)) for _ in range(3)]
        best = {stage: min(run[stage] for run in runs) for stage in runs[0]}
        vae.temporal_vae.to(memory_format=torch.contiguous_format)
        plain = measure(vae, clip, Path(work))
    for stage, seconds in best.items():
        print(f"{stage:16} {seconds / N_FRAMES * 1000:7.1f} ms/frame   {seconds / best['spatial_encode']:5.2f} x "
              f"spatial encode (progress bar: {COST[stage]:.2f})")
    vae_only = sum(best[stage] for stage in best if stage != "score")
    print(f"{N_FRAMES} frames encode + decode: {vae_only:.2f} s")
    both = ("temporal_encode", "temporal_decode")
    print(f"temporal weights contiguous instead of channels_last_3d: "
          f"{sum(plain[s] for s in both) / sum(best[s] for s in both):.2f} x the time")


if __name__ == "__main__":
    main()
