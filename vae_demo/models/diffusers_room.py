"""Whether a clip fits: what the largest call of a plan takes in memory, told beforehand by a network without values."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import nn

from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import Cut
from vae_demo.models.diffusers_calls import decoding, encoding, set_to
from vae_demo.models.diffusers_families import RECIPES
from vae_demo.models.footprint import peak_bytes
from vae_demo.models.model_spec import ModelSpec
from vae_demo.refusal import Refusal

# Short sides that are tried, in pixels, to say what would fit where a clip does not.
SIDES = (512, 384, 320, 256, 192, 128, 64)
# Calls that are remembered: sides, lengths and cuts of what somebody tries in a row.
REMEMBERED = 256


class Room:
    """The room that one object of diffusers needs on the device where it is."""

    def __init__(self, spec: ModelSpec, vae: nn.Module) -> None:
        self._spec, self._recipe = spec, RECIPES[spec.family]
        first = next(vae.parameters())
        self._device, self._dtype = first.device.type, first.dtype
        self._channels = vae.config.get("z_dim") or vae.config["latent_channels"]
        with torch.device("meta"):
            self._hollow = type(vae)(**{name: value for name, value in vae.config.items() if not name.startswith("_")})
        for name, value in self._recipe.always.items():
            setattr(self._hollow, name, value)
        nn.Module.to(self._hollow.eval(), self._dtype)
        self._peak = lru_cache(maxsize=REMEMBERED)(self._counted)

    def check(self, plan: Plan, height: int, width: int, budget: int) -> None:
        """Raise Refusal, which says what would fit, where a call of `plan` takes more than `budget` bytes."""
        needed = self.needed(plan, height, width)
        if needed <= budget:
            return
        said = {"model": self._spec.name, "frames": plan.frames_in, "width": width, "height": height,
                "needed": f"{needed / 1e9:.1f}", "budget": f"{budget / 1e9:.1f}"}
        short = min(height, width)
        for side in SIDES:
            smaller = [self._rounded(each * side / short) for each in (height, width)]
            if self._recipe.least_side <= min(smaller) < short and self.needed(plan, *smaller) <= budget:
                raise Refusal("too_big_clip", side=min(smaller), **said)
        raise Refusal("too_big_any", **said)

    def _rounded(self, side: float) -> int:
        factor = self._spec.spatial_factor
        return int(side / factor) * factor

    def needed(self, plan: Plan, height: int, width: int) -> int:
        """Bytes of the largest call; sides in pixels. The weights are not counted."""
        cuts = self._spec.cuts
        frames = max(chunk[-1].stop - chunk[0].start for chunk in plan.given_to_encoder)
        latents = max(chunk[-1].latent_stop - chunk[0].latent_start for chunk in plan.given_to_decoder)
        return max(self._peak("encode", frames, cuts.inside(plan.encode), height, width),
                   self._peak("decode", latents, cuts.inside(plan.decode), height, width))

    def _counted(self, side: str, length: int, cut: Cut, height: int, width: int) -> int:
        vae, factor = self._hollow, self._spec.spatial_factor
        empty = {"device": "meta", "dtype": self._dtype}
        if side == "encode":
            call = encoding(vae, torch.empty(1, 3, length, height, width, **empty), None)
        else:
            shape = (1, self._channels, length, height // factor, width // factor)
            call = decoding(vae, self._recipe, torch.empty(shape, **empty))
        with set_to(vae, self._recipe.settings(cut, self._spec.rule), self._recipe.reset):
            return peak_bytes(call, self._device)
