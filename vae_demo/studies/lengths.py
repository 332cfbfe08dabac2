"""Which frames all models of a study are given: the same ones, and no more than each takes whole in its own cut."""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm

from vae_demo.models.spec import MODELS, ModelSpec
from vae_demo.refusal import Refusal


def common_length(n_frames: int, models: Sequence[str]) -> int:
    """The longest length, up to `n_frames`, of which no model loses a frame in its own cut; a single one at least."""
    specs = [MODELS[name] for name in models]
    return next((length for length in range(n_frames, 1, -1) if all(_whole(spec, length) for spec in specs)), 1)


def common_multiple(models: Sequence[str]) -> int:
    """Pixels that both sides are a multiple of, so that one size fits all."""
    return lcm(*(MODELS[name].spatial_factor for name in models))


def rules_of(models: Sequence[str]) -> list[str]:
    """What common_length depends on: models with the same rules trim alike."""
    specs = (MODELS[name] for name in models)
    return sorted({f"{spec.rule.stride} {spec.rule.first} {spec.rule.tail} {spec.cuts.meant(spec.own.encode)}"
                   for spec in specs})


def _whole(spec: ModelSpec, length: int) -> bool:
    try:
        return not spec.plan(length, spec.own).lost_frames
    except Refusal:
        return False
