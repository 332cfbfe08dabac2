"""`python -m benchmarks.layouts`: what the memory layout of weights and activations is worth: time in the plain
layout over time in channels_last, for both halves of a model, in turns within one run."""

from __future__ import annotations

import argparse
import time

import torch
from torch import nn

from benchmarks.machine import describe, warn_if_busy
from vae_demo.models.host import wait
from vae_demo.models.loading import load_vae
from vae_demo.models.spec import DEFAULT_MODEL

FRAMES, ROUNDS = 8, 5
NAMES = {"spatial": "spatial half", "temporal": "temporal half"}


@torch.inference_mode()
def ratios(vae, side: int, rounds: int = ROUNDS) -> dict[str, float]:
    """Plain over channels_last, each the best of `rounds`, of encoding and decoding with one half: FRAMES frames of
    `side` px, or the chunk of the model's own size that they belong to. The model is left as it was found."""
    size, edge = vae.spec.own.encode.size, side // vae.spec.spatial_factor
    padded = size + vae.spec.rule.pads(size)
    shapes = {"spatial": (FRAMES, 3, side, side),
              "temporal": (1, vae.temporal_vae.config.in_channels, padded, edge, edge)}
    layouts = {"spatial": torch.channels_last, "temporal": torch.channels_last_3d}
    halves = {"spatial": vae.spatial_vae, "temporal": vae.temporal_vae}
    try:
        return {half: _ratio(halves[half], torch.randn(shapes[half], device=vae.device, dtype=vae.dtype),
                             layouts[half], rounds) for half in NAMES}
    finally:
        vae.lay_out(channels_last=vae.device.type == "cpu")


def _ratio(half: nn.Module, x: torch.Tensor, last: torch.memory_format, rounds: int) -> float:
    best = {layout: float("inf") for layout in (torch.contiguous_format, last)}
    for _ in range(rounds + 1):  # the first finds its algorithms
        for layout in best:
            half.to(memory_format=layout)
            given = x.contiguous(memory_format=layout)
            wait(x.device)
            began = time.perf_counter()
            half.decode(half.encode(given)[0].contiguous(memory_format=layout))
            wait(x.device)
            best[layout] = min(best[layout], time.perf_counter() - began)
    return best[torch.contiguous_format] / best[last]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--size", type=int, default=256)
    args = parser.parse_args()
    warn_if_busy()
    print(describe())
    for half, ratio in ratios(load_vae(args.model, device=args.device), args.size).items():
        print(f"{NAMES[half]} in the plain layout: {ratio:.2f} x the time of channels_last")


if __name__ == "__main__":
    main()
