"""Whether a clip fits: what the largest call of a plan takes in memory, told beforehand by a network without values."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter, le

import torch
from torch import nn

from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import Cut
from vae_demo.models.diffusers_calls import decoding, encoding, set_to
from vae_demo.models.diffusers_families import RECIPES
from vae_demo.models.footprint import overhead, own_copy, peak_bytes
from vae_demo.models.model import check_sides
from vae_demo.models.model_spec import ModelSpec
from vae_demo.refusal import Refusal

# Short sides that are tried, in pixels, to say what would fit where a clip does not.
SIDES = (512, 384, 320, 256, 192, 128, 64)
# Calls that are remembered: sides, lengths and cuts of what somebody tries in a row.
REMEMBERED = 256


class Room:
    """The room that one network of diffusers needs on a kind of device, in a dtype.

    hollow: the network on the meta device, this object's own from now on.
    """

    def __init__(self, spec: ModelSpec, hollow: nn.Module, device: str, dtype: torch.dtype) -> None:
        self._spec, self._recipe, self._dtype = spec, RECIPES[spec.family], dtype
        self._channels = hollow.config.get("z_dim") or hollow.config["latent_channels"]
        self._hollow = nn.Module.to(hollow.eval(), dtype)
        for name, value in self._recipe.always.items():
            setattr(hollow, name, value)
        self._factor = overhead(spec.family, device)
        self._copies = {"encode": own_copy(hollow.encoder, device), "decode": own_copy(hollow.decoder, device)}
        self.weights = sum(value.nbytes for value in (*hollow.parameters(), *hollow.buffers()))
        # Caches on the object, and how it cuts time: one at a time.
        self._counting = threading.Lock()
        self._fitted: dict[tuple[tuple[Cut, Cut], int, int], tuple[tuple[int, int], int]] = {}
        self._peak = lru_cache(maxsize=REMEMBERED)(self._counted)

    @classmethod
    def of(cls, spec: ModelSpec, vae: nn.Module) -> Room:
        """Of a loaded network, where it is."""
        first = next(vae.parameters())
        with torch.device("meta"):
            hollow = type(vae)(**{name: value for name, value in vae.config.items() if not name.startswith("_")})
        return cls(spec, hollow, first.device.type, first.dtype)

    def check(self, plan: Plan, height: int, width: int, budget: int) -> None:
        """Raise Refusal, which says what would fit, where the network does not take such pictures, or a call of `plan`
        takes more than `budget` bytes. Sides in pixels."""
        self.check_picture(height, width)
        kind, length = (self._cuts(plan), height, width), self._given(plan)
        # Of a row of sizes the largest comes first: what is no longer than that is not counted again.
        longest, took = self._fitted.get(kind, ((0, 0), 0))
        if took <= budget and all(here <= there for here, there in zip(length, longest, strict=True)):
            return
        needed = self.needed(plan, height, width)
        if needed <= budget:
            self._fitted[kind] = length, needed
            return
        said = {"model": self._spec.name, "frames": plan.frames_in, "width": width, "height": height,
                "needed": f"{needed / 1e9:.1f}", "budget": f"{budget / 1e9:.1f}"}
        sides = [side for side in reversed(SIDES) if self._recipe.least_side <= side < min(height, width)]
        short = min(height, width)
        pictures = [tuple(self._rounded(each * side / short) for each in (height, width)) for side in sides]
        fits = bisect_right(pictures, False, key=lambda sides: self.needed(plan, *sides) > budget) - 1
        if fits >= 0:
            raise Refusal("too_big_clip", side=min(pictures[fits]), **said)
        raise Refusal("too_big_any", **said)

    def check_picture(self, height: int, width: int) -> None:
        """Raise Refusal where the network takes no pictures of these sides, in pixels."""
        check_sides(self._spec, height, width)
        if min(height, width) < (least := self._recipe.least_side):
            raise Refusal("side_least", model=self._spec.name, width=width, height=height, least=least)

    def _rounded(self, side: float) -> int:
        factor = self._spec.spatial_factor
        return int(side / factor) * factor

    def needed(self, plan: Plan, height: int, width: int) -> int:
        """Bytes of the largest call; sides in pixels. The weights are not counted."""
        (frames, latents), (encode, decode) = self._given(plan), self._cuts(plan)
        return max(self._of("encode", frames, encode, height, width),
                   self._of("decode", latents, decode, height, width))

    def foretold(self, plans: Sequence[Plan], height: int, width: int, free: int | None) -> int:
        """Bytes that a run of these plans takes beside the weights. Raises Refusal, which says what would fit, where
        the network takes no such pictures or more is needed than `free`; None where nobody knows that."""
        self.check_picture(height, width)
        needed, plan = self.largest(plans, height, width)
        self.check(plan, height, width, needed if free is None else free)
        return needed

    def largest(self, plans: Sequence[Plan], height: int, width: int) -> tuple[int, Plan]:
        """needed() of the plan of a run that takes most, and that plan. What is cut alike and no longer than another is
        not counted."""
        kinds = defaultdict[tuple[Cut, Cut], list[Plan]](list)
        for plan in sorted(plans, key=self._given, reverse=True):
            mine, given = kinds[self._cuts(plan)], self._given(plan)
            if not any(all(map(le, given, self._given(other))) for other in mine):
                mine.append(plan)
        return max(((self.needed(plan, height, width), plan) for mine in kinds.values() for plan in mine),
                   key=itemgetter(0))

    def _given(self, plan: Plan) -> tuple[int, int]:
        """Frames and latents that are given at once, at most."""
        return (max(chunk[-1].stop - chunk[0].start for chunk in plan.given_to_encoder),
                max(chunk[-1].latent_stop - chunk[0].latent_start for chunk in plan.given_to_decoder))

    def _cuts(self, plan: Plan) -> tuple[Cut, Cut]:
        """How each side is cut inside."""
        return self._spec.cuts.inside(plan.encode), self._spec.cuts.inside(plan.decode)

    def _of(self, side: str, length: int, cut: Cut, height: int, width: int) -> int:
        """Bytes of one call. Where the model cuts a long clip by itself, every further piece adds as much as the one
        before: two short clips are counted, and a visitor does not wait for a long one."""
        if cut.size is None:
            return self._peak(side, length, cut, height, width)
        unit = 1 if side == "encode" else self._spec.rule.stride
        size, step = cut.size // unit, (cut.step or cut.size) // unit
        short, longer = (size + pieces * step + 1 for pieces in (1, 2))
        if length <= longer:
            return self._peak(side, length, cut, height, width)
        low, high = (self._peak(side, n, cut, height, width) for n in (short, longer))
        # What has come back so far is there twice while it is put in a row, which a short clip may not show.
        picture = 3 * height * width * self._dtype.itemsize * (side == "decode")
        growth = max(high - low, 2 * self._factor * picture * step * unit)
        return int(high + growth * -(-(length - longer) // step))

    def _counted(self, side: str, length: int, cut: Cut, height: int, width: int) -> int:
        vae, factor = self._hollow, self._spec.spatial_factor
        empty = {"device": "meta", "dtype": self._dtype}
        if side == "encode":
            call = encoding(vae, torch.empty(1, 3, length, height, width, **empty), None)
        else:
            shape = (1, self._channels, length, height // factor, width // factor)
            call = decoding(vae, self._recipe, torch.empty(shape, **empty))
        with self._counting, set_to(vae, self._recipe.settings(cut, self._spec.rule), self._recipe.reset):
            return peak_bytes(call, self._factor) + self._copies[side]
