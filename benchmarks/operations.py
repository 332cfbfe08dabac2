"""What a frame costs the video VAEs of diffusers, counted without values: `python -m benchmarks.operations`.

Floating-point operations a frame of 33 at 256 x 256, and the same by those of tiny-17's spatial encoding, which the
costs in models/diffusers_specs.py are; and the memory that such a clip is foretold to take, beside the weights. No
weights are needed, and no time is measured: two minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from vae_demo.models.diffusers_calls import decoding, encoding, set_to
from vae_demo.models.diffusers_families import RECIPES
from vae_demo.models.diffusers_loading import outline
from vae_demo.models.footprint import overhead, own_copy, peak_bytes
from vae_demo.models.spec import MODELS, TINY_17
from vae_demo.models.tiny import build

FRAMES, SIDE = 33, 256
def hollow(family: str) -> torch.nn.Module:
    """The network of a family at its published size, on the meta device."""
    vae = outline(MODELS[family], None)
    for name, value in RECIPES[family].always.items():
        setattr(vae, name, value)
    return vae


def counted(call: Callable[[], Any]) -> tuple[Any, int]:
    """What a call gives, and its operations."""
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        made = call()
    return made, counter.get_total_flops()


def of_a_clip(family: str) -> tuple[float, float, int]:
    """Operations a frame of encoding and of decoding, as the family ships, and bytes of the larger call on a CPU."""
    vae, spec, recipe = hollow(family), MODELS[family], RECIPES[family]
    settings = recipe.settings(spec.cuts.inside(spec.own.encode), spec.rule)
    with set_to(vae, settings, recipe.reset):
        encode = encoding(vae, torch.empty(1, 3, FRAMES, SIDE, SIDE, device="meta"), None)
        latents, n_encode = counted(encode)
        decode = decoding(vae, recipe, latents)
        _, n_decode = counted(decode)
        needed = max(peak_bytes(call, overhead(family, "cpu")) + own_copy(part, "cpu")
                     for call, part in ((encode, vae.encoder), (decode, vae.decoder)))
        return n_encode / FRAMES, n_decode / FRAMES, needed


def main() -> None:
    tiny = build(MODELS[TINY_17])
    _, unit = counted(lambda: tiny.encode_frames(torch.zeros(1, 3, 1, SIDE, SIDE)))
    print(f"operations a frame at {SIDE} x {SIDE}, clips of {FRAMES}; unit: {unit / 1e9:.2f} G, {TINY_17}'s encoding")
    print(f"{'family':>18} {'parameters':>14} {'encode G':>9} {'decode G':>9} "
          f"{'encode':>7} {'decode':>7} {'memory':>8}")
    for family in RECIPES:
        count = sum(each.numel() for each in hollow(family).parameters())
        encode, decode, needed = of_a_clip(family)
        print(f"{family:>18} {count:>14,} {encode / 1e9:>9.1f} {decode / 1e9:>9.1f} {encode / unit:>7.0f} "
              f"{decode / unit:>7.0f} {needed / 1e9:>5.1f} GB", flush=True)


if __name__ == "__main__":
    main()
