"""ZeroGPU: a Space whose card is lent for one run at a time, to a process that is forked off the server.

What the server knows of it. Networks are built before the page is launched, and moved to the card by the package
`spaces` in every such worker; the server plans and waits, and asks nothing of the card.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import Variant
from vae_demo.models.hub import require_weights
from vae_demo.models.loading import load_model, placed
from vae_demo.models.model import VideoModel, dtype_name
from vae_demo.models.spec import MODELS, ModelSpec
from vae_demo.refusal import Refusal, shown
from vae_demo.views.serving.offered import OFFER


@dataclass(frozen=True)
class Away:
    """Of a VideoModel (models/model.py) what the server may know: its tensors are a worker's, and look empty here."""

    spec: ModelSpec
    dtype: torch.dtype
    weights = None

    @property
    def device(self) -> torch.device:
        return torch.device("cuda")

    def plan(self, n_frames: int, variant: Variant) -> Plan:
        return self.spec.plan(n_frames, variant)


@dataclass
class Borrowed:
    """task: what runs on the card, decorated; None where there is no such card. card: what the last worker said that it
    is called: it may be another one next time.

    networks: by model and dtype. Those of the server are in every worker, as a fork; what a worker adds may be gone
    with it.
    """

    task: Callable[[Any], Generator[Any, None, None]] | None = None
    card: str | None = None
    networks: dict[tuple[str, str], VideoModel] = field(default_factory=dict)

    @property
    def on(self) -> bool:
        return self.task is not None

    def build(self, names: Sequence[str] = tuple(MODELS)) -> None:
        """Every model whose weights are on this machine; in the thread that has imported `spaces`, before launch()."""
        for name in names:
            if OFFER.ready(name):
                model = _loaded(name)
                self.networks[name, dtype_name(model)] = model

    def model(self, name: str, dtype: str | None = None) -> Away:
        """In the server. Raises Refusal for what a worker could not have either."""
        if name not in MODELS:
            raise Refusal("no_model", name=shown(name), names=", ".join(MODELS))
        away = Away(MODELS[name], placed(MODELS[name], "cuda", dtype)[1])
        # Of what is built `spaces` may have deleted the file, to have its space.
        if (name, dtype_name(away)) not in self.networks:
            if name not in OFFER.places:
                require_weights(name)
        return away

    def network(self, name: str, dtype: str) -> VideoModel:
        """In a worker: built beforehand or, where its weights came later, loaded now. Raises Refusal."""
        if (name, dtype) not in self.networks:
            self.networks[name, dtype] = _loaded(name, dtype)
        return self.networks[name, dtype]


def _loaded(name: str, dtype: str | None = None) -> VideoModel:
    return load_model(name, "cuda", dtype, OFFER.places.get(name), fetch=False)


BORROWED = Borrowed()
