"""The plan of a variant in a file that somebody brings: worked out anew, and what the file must say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vae_demo.layout.cuts import CHUNKS, Cuts
from vae_demo.layout.plan import Plan, plan_of
from vae_demo.layout.returned import returned
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Variant
from vae_demo.refusal import Refusal
from vae_demo.results.foreign_parts import Misfit, between

MOST_STRIDE = 64
# Different lengths that are given at once in one plan, full ones and what is left over, and how long one can be: no
# clip has so many frames, nor can so many latents be of one.
MOST_COUNTS, MOST_GIVEN = 64, 4096
# No network gives so many times what a latent stands for.
_MOST_TIMES = 4


def plan_in(data: Mapping, variant: Variant, place: str, n_frames: int, name: str) -> Plan:
    """The plan of the variant, with the counts that came back where those are others.

    place: of the variant in the file. name: of the file, as it may be shown. Raises Misfit, or Refusal where the file
    says another plan.
    """
    plan = _planned(data, variant, f"{place}.rule", n_frames)
    if "came" in data:
        plan = came_in(data["came"], plan, f"{place}.came")
    if any(data.get(key) != value for key, value in plan.to_json().items()) or (
            plan.came is None and ("planned" in data or "came" in data)):
        raise Refusal("result_plan", name=name, label=variant.label, frames=n_frames)
    return plan


def _planned(data: Mapping, variant: Variant, place: str, n_frames: int) -> Plan:
    rule = data["rule"]
    if set(rule) != {"stride", "first", "tail"} or not 1 <= rule["stride"] <= MOST_STRIDE:
        raise Misfit(place)
    try:
        cuts = Cuts.from_json(data["cuts"]) if "cuts" in data else CHUNKS
        cuts.check(variant, found := FrameRule(**rule), "")
        # A batch of half a group is no model's: see the model's own table of cuts.
        if any(cut.kind == "batch" and cut.size % found.stride
               for cut in map(cuts.meant, (variant.encode, variant.decode))):
            raise Misfit(place)
        return plan_of(n_frames, variant, found, cuts)
    except (ValueError, LookupError, TypeError):  # a Refusal is a ValueError
        raise Misfit(place) from None


def came_in(told: Any, plan: Plan, place: str) -> Plan:
    """The plan with the counts that a file says came back, which were others than planned. Raises Misfit."""
    if not isinstance(told, dict) or set(told) != {"latents", "frames"}:
        raise Misfit(place)
    stride = plan.rule.stride
    latents = _counts(told["latents"], lambda frames: _MOST_TIMES * -(-frames // stride) + stride, place)
    frames = _counts(told["frames"], lambda given: _MOST_TIMES * given * stride + stride, place)
    return returned(plan, latents, frames)


def _counts(told: Any, most: Callable[[int], int], place: str) -> dict[int, int]:
    """Pairs of how many were given at once and how many came of them. most: that could come of so many."""
    if not isinstance(told, list) or len(told) > MOST_COUNTS:
        raise Misfit(place)
    found = {}
    for pair in told:
        if not isinstance(pair, list) or len(pair) != 2:
            raise Misfit(place)
        given = _whole(pair[0], 1, MOST_GIVEN, place)
        found[given] = _whole(pair[1], 1, most(given), place)
    return found


def _whole(value: Any, least: int, most: int, place: str) -> int:
    if not isinstance(value, int):
        raise Misfit(place)
    return between(value, least, most, place)
