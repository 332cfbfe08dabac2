"""The plan of a variant in a file that somebody brings: worked out anew, and what the file must say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from vae_demo.layout.cuts import CHUNKS, Cuts
from vae_demo.layout.plan import Plan, plan_of
from vae_demo.layout.returned import returned
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Variant
from vae_demo.refusal import Refusal
from vae_demo.results.foreign_parts import Misfit, between

MOST_STRIDE = 64
# No network gives so many times what its rule says.
_MOST_TIMES = 4


def plan_in(data: Mapping, variant: Variant, place: str, n_frames: int, name: str) -> Plan:
    """The plan of the variant, with the counts that came back where those are others.

    place: of the variant in the file. name: of the file, as it may be shown. Raises Misfit, or Refusal where the file
    says another plan.
    """
    plan = _planned(data, variant, f"{place}.rule", n_frames)
    if "planned" in data:
        plan = _returned(plan, data, place)
    if any(data.get(key) != value for key, value in plan.to_json().items()) or (
            plan.planned is None and "planned" in data):
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


def _returned(plan: Plan, data: Mapping, place: str) -> Plan:
    """The plan with the counts that the file's own chunks came to."""
    told = data["planned"]
    if not isinstance(told, list) or len(told) != 2:
        raise Misfit(f"{place}.planned")
    for each in told:
        _whole(each, 0, 10**9, f"{place}.planned")
    here = f"{place}.encode_chunks"
    latents = _counts(
        ((group[-1].stop - group[0].start, _span(mine, "latent_start", "latent_stop", here),
          group[-1].latent_stop - group[0].latent_start)
         for group, mine in _paired(plan.given_to_encoder, data["encode_chunks"])), plan.rule.stride, here)
    # How many latents are read, and in which parts, depends on how many were written.
    written, here = returned(plan, latents, {}), f"{place}.decode_chunks"
    frames = _counts(
        ((group[-1].latent_stop - group[0].latent_start, _span(mine, "start", "stop", here),
          (group[-1].latent_stop - group[0].latent_start) * plan.rule.stride)
         for group, mine in _paired(written.given_to_decoder, data["decode_chunks"])), plan.rule.stride, here)
    return returned(plan, latents, frames)


def _paired(groups: tuple[tuple, ...], chunks: list[Mapping]) -> Iterable[tuple[tuple, list[Mapping]]]:
    """What is given at once, with its part of the file's chunks; nothing where those are not as many."""
    if len(groups) == 1:
        return [(groups[0], chunks)] if chunks else []
    return [(group, [chunk]) for group, chunk in zip(groups, chunks, strict=True)] if len(groups) == len(chunks) else []


def _span(chunks: list[Mapping], first: str, last: str, place: str) -> int:
    start, stop = chunks[0].get(first), chunks[-1].get(last)
    for each in (start, stop):
        _whole(each, 0, 10**9, place)
    return stop - start


def _counts(seen: Iterable[tuple[int, int, int]], stride: int, place: str) -> dict[int, int]:
    """What so many, given at once, became. seen: how many were given, what came of them, what the rule says.

    Of what came out now so and now so nobody has told otherwise than planned: a network is asked once.
    """
    found = defaultdict[int, set[int]](set)
    for given, count, by_rule in seen:
        found[given].add(_whole(count, 1, _MOST_TIMES * by_rule + stride, place))
    return {given: counts.pop() for given, counts in found.items() if len(counts) == 1}


def _whole(value: Any, least: int, most: int, place: str) -> int:
    if not isinstance(value, int):
        raise Misfit(place)
    return between(value, least, most, place)
