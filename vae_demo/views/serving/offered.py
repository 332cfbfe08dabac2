"""Which models a server offers: those whose weights are here, and those that who runs it has named.

A visitor accepts no licence and names no repository and no path: what may be fetched, and from where, is said in the
environment alone, VAE_DEMO_MODELS=wan-2.1,hunyuanvideo=/weights/hunyuan. To name a model is to accept its licence.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vae_demo.models.hub import weights_ready
from vae_demo.models.spec import MODELS, OPEN_SORA_1_2
from vae_demo.refusal import Refusal

VARIABLE = "VAE_DEMO_MODELS"
# Under a free licence, and what the lessons are about.
ALWAYS = (OPEN_SORA_1_2,)


class Offered:
    """fetched: models whose weights may be fetched; places: files and folders of this machine, by model."""

    def __init__(self) -> None:
        self.fetched: frozenset[str] = frozenset(ALWAYS)
        self.places: Mapping[str, Path] = {}

    def read(self, environment: Mapping[str, str]) -> None:
        """What the environment says. Raises ValueError for a name that is no model, or a place where there is
        nothing."""
        places: dict[str, Path] = {}
        fetched = set(ALWAYS)
        for each in filter(None, map(str.strip, environment.get(VARIABLE, "").split(","))):
            name, given, path = each.partition("=")
            if name not in MODELS:
                raise ValueError(f"{VARIABLE} names '{name}', which is none of {', '.join(MODELS)}")
            if given and not (path and Path(path).exists()):
                raise ValueError(f"{VARIABLE} says that {name} is at '{path}', and there is nothing")
            if not given and MODELS[name].by_hand and not weights_ready(name):
                raise ValueError(f"{VARIABLE}: {name} is not to be fetched; say where it is, {name}=FILE")
            if given:
                places[name] = Path(path)
            else:
                fetched.add(name)
        self.fetched, self.places = frozenset(fetched), places

    def has(self, model: str) -> bool:
        """model: a name that is in MODELS."""
        return MODELS[model].bundled or model in self.fetched or self.ready(model)

    def ready(self, model: str) -> bool:
        """Whether it can be loaded at once."""
        return model in self.places or weights_ready(model)

    def names(self) -> list[str]:
        """For a menu, in the order of the table."""
        return [model for model in MODELS if self.has(model)]

    def check(self, model: str) -> None:
        """Raise Refusal for a model that is not offered."""
        if not self.has(model):
            raise Refusal("model_closed", model=model, setting=f"{model}=FILE" if MODELS[model].by_hand else model)


# One for a server, set before its page is built.
OFFER = Offered()
