"""What a call of diffusers' video VAEs really takes in memory, beside what its tensors do by themselves:
`python -m benchmarks.footprint [--families wan-2.1,ltx-2] [--frames 17] [--side 64]`, minutes.

Networks of the published size with small random weights, each side in a process of its own. What models/footprint.py
takes for a family is the largest weight, and the larger ratio of the rest and a quarter more.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

import torch

from benchmarks.machine import describe
from benchmarks.memory import MIB, Peak
from benchmarks.operations import hollow
from vae_demo.models.diffusers_calls import built_quickly, class_of, decoding, encoding, set_to
from vae_demo.models.diffusers_families import RECIPES
from vae_demo.models.diffusers_published import PUBLISHED
from vae_demo.models.footprint import own_copy, peak_bytes
from vae_demo.models.spec import MODELS


def measured(family: str, side: str, n_frames: int, pixels: int) -> dict[str, float]:
    """Peak of one call in MiB, what is counted for it, and the largest weight."""
    spec, recipe = MODELS[family], RECIPES[family]
    with built_quickly():
        vae = class_of(recipe)(**PUBLISHED.get(family, {})).eval().requires_grad_(False)
    for value in (*vae.parameters(), *vae.buffers()):
        if value.is_floating_point():
            value.normal_(0, 0.02)
    settings = recipe.settings(spec.cuts.inside(spec.own.encode), spec.rule)
    count = spec.rule.latents(n_frames)
    shape = (1, 3, n_frames, pixels, pixels) if side == "encode" else (
        1, spec.latent_channels, count, pixels // spec.spatial_factor, pixels // spec.spatial_factor)

    def call(network: torch.nn.Module, device: str):
        given = torch.zeros(shape, device=device)
        return encoding(network, given, None) if side == "encode" else decoding(network, recipe, given)

    empty = hollow(family)
    with set_to(empty, settings, recipe.reset):
        counted = peak_bytes(call(empty, "meta")) / MIB
    work = call(vae, "cpu")
    with torch.inference_mode(), set_to(vae, settings, recipe.reset), Peak() as peak:
        work()
    part = vae.encoder if side == "encode" else vae.decoder
    return {"real": peak.mib - peak.before, "counted": counted, "copy": own_copy(part, "cpu") / MIB}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", default=",".join(RECIPES))
    parser.add_argument("--frames", type=int, default=17)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measured(*args.one, args.frames, args.side)))
        return
    print(describe())
    print(f"{args.frames} frames of {args.side} x {args.side}, float32, as shipped")
    for family in args.families.split(","):
        said = []
        for side in ("encode", "decode"):
            words = [sys.executable, "-m", "benchmarks.footprint", "--one", family, side, "--frames", str(args.frames),
                     "--side", str(args.side)]
            found = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
            rest = max(found["real"] - found["copy"], 0) / found["counted"]
            said.append(f"{side} {found['real']:.0f} MiB, counted {found['counted']:.0f}, largest weight "
                        f"{found['copy']:.0f}: {rest:.1f} x")
        print(f"{family:>18}  {';  '.join(said)}", flush=True)


if __name__ == "__main__":
    main()
