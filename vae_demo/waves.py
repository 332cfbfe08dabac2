"""Several variants through time at once, where their model offers that (models/together.py)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

from vae_demo.layout.plan import Plan
from vae_demo.models.model import Steps
from vae_demo.progress import Meter, Progress

# What is left to decode of a plan, and the seconds that it took so far, by stage.
Begun = tuple[Any, dict[str, float]]


def through_time(
    model: Any, prepared: Any, plans: Sequence[Plan], meter: Meter, noted: Callable[[Steps[Any]], Steps[Any]]
) -> Generator[Progress, None, list[Begun]]:
    """Every plan as far as its last stage, which `model.decode_frames` does. A cut that several of them encode with is
    encoded once, and the seconds are shared out by frames."""
    cuts, seconds = {plan.encode: plan for plan in plans}, dict[str, float]()
    latents = yield from meter.track(
        noted(model.encode_all(prepared, list(cuts.values()))), None, sum(plan.frames_in for plan in cuts.values()),
        model.spec.costs.encode, seconds, model.device)
    of, whole = dict(zip(cuts, latents, strict=True)), sum(plan.frames_out for plan in plans)
    decoded = yield from meter.track(
        noted(model.decode_time([of[plan.encode] for plan in plans], plans)), None, whole, model.spec.costs.decode,
        seconds, model.device)
    return [(each, {stage: took * plan.frames_out / whole for stage, took in seconds.items()})
            for each, plan in zip(decoded, plans, strict=True)]
