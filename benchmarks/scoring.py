"""`python -m benchmarks.scoring`: how scores are best computed beside a decoder here: by numpy while it waits, by
numpy in a thread beside it, or by torch on its own threads; whole comparisons in turns."""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from statistics import median
from unittest.mock import patch

import numpy as np
import torch

from benchmarks.machine import describe, warn_if_busy
from vae_demo import engine
from vae_demo.clips import Clip
from vae_demo.flow import kernels_on, thread_beside
from vae_demo.layout.variant import DEFAULT_VARIANTS
from vae_demo.metrics import NUMPY, tensors
from vae_demo.models.loading import load_model
from vae_demo.models.model import VideoModel
from vae_demo.models.spec import DEFAULT_MODEL
from vae_demo.results.scores import SWEPT

CPU = torch.device("cpu")
WAYS = {
    "numpy, the decoder waits": (lambda device: NUMPY, lambda device: nullcontext()),
    "numpy in a thread beside it": (kernels_on, thread_beside),
    "torch, the decoder waits": (lambda device: tensors.kernels(CPU), lambda device: nullcontext()),
}


def seconds(model: VideoModel, clip: Clip, way: str, rounds: int, baseline: str) -> dict[str, list[float]]:
    """Seconds of whole comparisons, `way` and `baseline` in turns; and of runs with a sweep's few scores, as floor."""
    taken: dict[str, list[float]] = {way: [], baseline: [], "few scores": []}
    for _ in range(rounds):
        for name, found in taken.items():
            few = name == "few scores"
            kernels, beside = WAYS[baseline if few else name]
            with tempfile.TemporaryDirectory() as work, patch.object(engine, "kernels_on", kernels), patch.object(
                    engine, "thread_beside", beside):
                began = time.perf_counter()
                engine.measure(clip, engine.jobs_of(model, DEFAULT_VARIANTS), Path(work),
                               **({"scores": SWEPT} if few else {}))
                found.append(time.perf_counter() - began)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--frames", type=int, default=51)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    warn_if_busy()
    print(describe(), flush=True)
    model, (waits, *others) = load_model(args.model), WAYS
    frames = np.random.default_rng(0).integers(0, 256, (args.frames, args.size, args.size, 3), np.uint8)
    with Clip.from_array(frames, 24, "noise") as clip:
        for way in others:
            taken = seconds(model, clip, way, args.rounds, waits)
            ratios = [one / other for one, other in zip(taken[way], taken[waits], strict=True)]
            print(f"{way}: {median(taken[way]):.1f} s against {median(taken[waits]):.1f} s where {waits}: "
                  f"{median(ratios):.2f} x, pair by pair {', '.join(f'{ratio:.2f}' for ratio in ratios)}; "
                  f"{median(taken['few scores']):.1f} s with PSNR and steps alone", flush=True)


if __name__ == "__main__":
    main()
