"""The Models tab: what can be run here, from the table of models, and what is known about other families."""

from __future__ import annotations

import re
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

from vae_demo import assets, words
from vae_demo.layout.rule import FrameRule
from vae_demo.models.hub import local_weights
from vae_demo.models.spec import MODELS, ModelSpec
from vae_demo.views.serving.offered import OFFER
from vae_demo.views.shared.component import Component, component_script
from vae_demo.views.shared.families import families_for_page

KEY = "models"
STYLES = ("shared/player.css", "plan/plan.css", "plan/narrow.css", "models/models.css")
SCRIPTS = ("models/models.js",)


@cache
def models_script() -> str:
    """The JavaScript of the tab, with everything that is known about other families."""
    return component_script("models/models.js", "startModels", ("models", "families"), families=families_for_page())


def word_key(name: str) -> str:
    """The end of a model's word keys: open-sora-1.2 is open_sora_12."""
    return re.sub(r"\W", "_", name.replace(".", ""))


def card(spec: ModelSpec) -> dict[str, Any]:
    """One model that can be run, JSON types only.

    state: here or missing for weights that are bundled, brought by hand or put somewhere by the host; fetched or hub
    for those of the Hugging Face hub that may be fetched, command for those that are left to the command line.
    offered: whether it can be chosen on the page. most: whether `bytes` is what they are at most.
    """
    path, state = _weights(spec)
    return {
        "name": spec.name, "state": state, "offered": OFFER.has(spec.name), "stride": spec.rule.stride,
        "rule": _rule(spec.rule),
        "size": str(spec.cuts.meant(spec.own.encode)), "trained": spec.trained_lengths and list(spec.trained_lengths),
        **{field: _says(spec, field) for field in ("title", "training", "limits")},
        "spatial": spec.spatial_factor, "channels": spec.latent_channels,
        "licence": spec.licence, "parameters": _parameters(spec, path),
        "bytes": _bytes(spec, path), "most": not path,
        "memory": spec.memory, "source": spec.source_url,
    }


def _rule(rule: FrameRule) -> str:
    """The end of the key that says what it takes."""
    return rule.first if rule.first != "alone" else "drops" if rule.tail == "drop" else "refuses"


def _says(spec: ModelSpec, field: str) -> dict[str, str]:
    """What the table of models says, by language: from words/ where it has been translated."""
    key = f"models_{field}_{word_key(spec.name)}"
    return {lang: words.say(lang, key) if words.known(key) else getattr(spec, field) for lang in words.LANGUAGES}


def _weights(spec: ModelSpec) -> tuple[Path | None, str]:
    """The file or folder if it is on this machine, and how it stands with it. Nothing is fetched."""
    placed = OFFER.places.get(spec.name)
    if placed or not spec.on_hub:
        path = placed or assets.WEIGHTS / spec.weights
        return (path, "here") if path.exists() else (None, "missing")
    found = local_weights(spec)
    return (found, "fetched") if found else (None, "hub" if OFFER.has(spec.name) else "command")


def _bytes(spec: ModelSpec, path: Path | None) -> int | None:
    """Of a file, or of what a folder has of weights. Of those that are not here at most; what is brought by hand may be
    of any precision."""
    if path is None:
        return 4 * spec.n_parameters if spec.n_parameters and spec.on_hub else None
    files = path.glob("*.safetensors") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)


def _parameters(spec: ModelSpec, path: Path | None) -> int | None:
    """Counted in the file's header; the tensors are not read."""
    if path is None or path.is_dir():
        return spec.n_parameters
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "np") as file:
            return sum(prod(file.get_slice(key).get_shape()) for key in file.keys())  # noqa: SIM118
    except (OSError, SafetensorError):
        return spec.n_parameters


def models_value() -> dict[str, Any]:
    """What the tab shows besides the families."""
    return {"models": [card(spec) for spec in MODELS.values()]}


def build() -> None:
    """The tab's content. It needs no events; the weights are looked at once, when the app starts."""
    Component(models_value(), models_script(), elem_id="vd-models")
