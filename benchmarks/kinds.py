"""`python -m benchmarks.kinds`: where the time of a model of two halves goes on a CPU, by kind of operation: how much
of each half is convolution, and how fast those multiply. Seeded random weights; other weights take as long."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import floor
from benchmarks.against_loop import random_model
from benchmarks.machine import describe, warn_if_busy
from vae_demo.models import temporal
from vae_demo.models.model import dtype_name
from vae_demo.models.spec import MODELS, OPEN_SORA_1_2
from vae_demo.models.two_stage import MOST_FRAMES, TwoStage

CONVOLUTION = "convolution"
# Of the names that torch gives its operators.
KINDS = {CONVOLUTION: ("convolution", "conv2d", "conv3d"), "norms": ("norm",), "SiLU": ("silu",),
         "copies": ("copy", "pad", "fill", "clone", "cat")}


def halves(model: TwoStage, side: int) -> dict[str, Callable[[], Any]]:
    """One call of each half as a run makes it: frames of one step, and one chunk of the model's own size."""
    vae, edge, own = model.vae, side // model.spec.spatial_factor, model.spec.own.encode.size
    frames = min(vae.frames_per_call(side, side), MOST_FRAMES["cpu"])
    plan = model.plan(own, model.spec.own)
    width, latents = vae.temporal_vae.config.in_channels, vae.temporal_vae.config.latent_channels

    def noise(*shape: int) -> torch.Tensor:
        found = torch.randn(*shape).to(vae.dtype)
        return found.contiguous(memory_format=torch.channels_last) if found.ndim == 4 else found

    images, each = noise(frames, 3, side, side), noise(frames, width, edge, edge)
    chunk = noise(1, width, plan.latents * plan.rule.stride, edge, edge)
    coded = noise(1, latents, plan.latents, edge, edge)
    return {f"spatial encode, {frames} frames": lambda: vae.spatial_vae.encode(images),
            f"spatial decode, {frames} frames": lambda: vae.spatial_vae.decode(each),
            f"temporal encode of {own}": lambda: vae.encode_chunks(chunk),
            f"temporal decode of {own}": lambda: vae.decode_chunks(coded)}


@torch.inference_mode()
def shares(work: Callable[[], Any]) -> tuple[float, float, dict[str, float]]:
    """Seconds of one call, its TFLOP, and the share of each of KINDS and of the rest in those seconds."""
    # The direct call of a convolution is unknown to the counter.
    with FlopCounterMode(display=False) as counter, patch.object(temporal, "_alone_on_a_cpu", return_value=False):
        work()
    work()  # finds its algorithms
    with profile(activities=[ProfilerActivity.CPU]) as found:
        work()
    events = found.key_averages()
    total = sum(event.self_cpu_time_total for event in events)
    parts = {kind: sum(event.self_cpu_time_total for event in events if any(name in event.key for name in names))
             for kind, names in KINDS.items()}
    return total / 1e6, counter.get_total_flops() / 1e12, {
        **{kind: taken / total for kind, taken in parts.items()}, "the rest": 1 - sum(parts.values()) / total}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=[n for n, spec in MODELS.items() if spec.costs.baseline],
                        default=OPEN_SORA_1_2)
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--size", type=int, default=128)
    args = parser.parse_args()
    warn_if_busy()
    model = random_model(args.model, "cpu", args.dtype)
    print(f"{describe()}\n{args.model} in {dtype_name(model)}, {args.size} px; a matrix product multiplies "
          f"{floor.ceilings(model.device, model.dtype)[0] / 1e12:.2f} TFLOP a second\n")
    print(f"| | seconds | {' | '.join([*KINDS, 'the rest'])} | convolutions, TFLOP a second |")
    print("|---|---|" + "---|" * (len(KINDS) + 2))
    for name, work in halves(model, args.size).items():
        seconds, tflop, parts = shares(work)
        print(f"| {name} | {seconds:.2f} | {' | '.join(f'{100 * share:.1f} %' for share in parts.values())} | "
              f"{tflop / (seconds * parts[CONVOLUTION]):.2f} |", flush=True)


if __name__ == "__main__":
    main()
