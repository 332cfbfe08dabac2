"""The line below the Explore controls: presets, what the chosen sizes come to, how long it will take, how a run goes.

It is drawn in the browser from the controls alone (explore/desk.js); the server only tells it what it cannot
know: how long the chosen file is, and how fast this machine is.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from vae_demo import words
from vae_demo.clips import Limits
from vae_demo.models.spec import MODELS, ModelSpec
from vae_demo.report.costs import PER_PICTURE
from vae_demo.results.scores import SCORES
from vae_demo.views.shared.clip_strip import models_in_forms
from vae_demo.views.shared.component import Component, component_script
from vae_demo.views.shared.settings import MOST_VARIANTS

SCORE_COST = sum(score.cost for score in SCORES.values())
# Named in words/desk.json as preset_<name>; the order of the page. Those of a model's own cut are the model's.
SHIPPED = "shipped"
PRESETS = {
    SHIPPED: None,
    "neighbours": ["17", "16", "18"],
    "clash": ["17", "17→16", "17→16 fit"],
    "whole": ["17", "whole"],
    "near": ["15", "16", "17", "18", "19", "20"],
}


def desk_script(samples: dict[str, dict], device: str) -> str:
    """The JavaScript of the component. samples: those of sample_facts(); device: where runs happen."""
    facts = {
        "samples": {name: {**known, "says": _says(name)} for name, known in samples.items()},
        "models": {name: {**known, **_known(MODELS[name])} for name, known in models_in_forms().items()},
        "costs": {name: {**spec.costs.to_json(), "score": SCORE_COST} for name, spec in MODELS.items()},
        "presets": PRESETS, "device": device, "perPicture": PER_PICTURE,
        "most": {"variants": MOST_VARIANTS, "frames": Limits().max_frames, "bytes": Limits().max_bytes},
    }
    return component_script(
        "explore/desk.js", "startDesk", ("desk", "keys", "page", "whose", "refusals", "refusals_clips", "server"),
        facts=facts)


def _known(spec: ModelSpec) -> dict[str, Any]:
    """What the line needs to know of a model. shipped: what it is compared with where it cuts time by itself."""
    shipped = [variant.label for variant in spec.default] if spec.cuts_time else None
    return {"rule": asdict(spec.rule), "cuts": spec.cuts.to_json(), "shipped": shipped}


def _says(name: str) -> dict[str, str] | None:
    return words.table("samples").get(f"about_{name}")


class Desk(Component):
    """value: {"pace": what Pace.known() says}; None keeps the last one."""

    def __init__(
        self, value: dict[str, Any] | None = None, samples: dict[str, dict] | None = None, device: str = "cpu",
        **kwargs: Any,
    ) -> None:
        super().__init__(value, desk_script(samples or {}, device), ("pace", "fill", "rename"), **kwargs)
