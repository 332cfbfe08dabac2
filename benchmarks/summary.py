"""`python -m benchmarks.summary`: the README's figures about speed and memory, measured in one run, as markdown."""

from __future__ import annotations

import argparse

from benchmarks import batching, layouts, memory, stages
from benchmarks.machine import describe, warn_if_busy
from vae_demo.layout.variant import DEFAULT_FRAMES, DEFAULT_VARIANTS
from vae_demo.models.loading import load_model
from vae_demo.models.spec import DEFAULT_MODEL

LONG = 408


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--frames", type=int, nargs=2, default=(DEFAULT_FRAMES, LONG), metavar=("SHORT", "LONG"))
    args = parser.parse_args()
    warn_if_busy()
    short, long = (memory.fresh("comparison", args.model, n_frames, args.size) for n_frames in args.frames)
    model = load_model(args.model)
    per_frame = stages.measure(model, args.size)
    batched = batching.ratios(model.vae, args.size)
    laid_out = layouts.ratios(model.vae, args.size)
    for line in _lines(args, short, long, per_frame, batched, laid_out):
        print(line)


def _lines(args, short: dict, long: dict, per_frame: dict, batched: dict, laid_out: dict) -> list[str]:
    n_short, n_long = args.frames
    labels = ", ".join(variant.label for variant in DEFAULT_VARIANTS)
    costs = "; ".join(
        f"{stage.replace('_', ' ')} {ms:.1f} ({ms / per_frame['spatial_encode']:.2f} x)"
        for stage, ms in per_frame.items())
    others = ", ".join(f"{ratio:.2f} x in batches of {batch}" for batch, ratio in batched.items() if batch > 1)
    plain = ", ".join(f"{layouts.NAMES[half]} {ratio:.2f} x" for half, ratio in laid_out.items())
    return [
        f"**Speed and memory** of `{args.model}` in float32 at {args.size} px, from one run of `make benchmarks` on "
        f"{describe()}:",
        "",
        f"- `compare` with {labels} on {n_short} frames: {short['seconds']:.0f} s; on {n_long} frames: "
        f"{long['seconds']:.0f} s, {long['seconds'] / short['seconds']:.1f} x the time for {n_long / n_short:.1f} x "
        "the frames.",
        f"- Peak memory of those two runs: {short['peak_mib']:.0f} and {long['peak_mib']:.0f} MiB, of which "
        f"{short['before_mib']:.0f} were there before the first frame. Only latents grow with the clip; decoded "
        "frames lie on disk.",
        f"- Milliseconds per frame, and against spatial encode: {costs}.",
        f"- Chunks of 17 in batches, against one by one: {others}.",
        f"- In the plain memory layout, against channels_last: {plain}.",
    ]


if __name__ == "__main__":
    main()
