"""The model that runs on the page use, kept between them, and what they took."""

from __future__ import annotations

import gc
import threading

import torch

from vae_demo.models.loading import best_device, load_model
from vae_demo.models.model import VideoModel
from vae_demo.views.serving.offered import OFFER
from vae_demo.views.shared.pace import Pace, place_of
from vae_demo.views.zerogpu.borrowed import BORROWED

PACE = Pace()


class Kept:
    """One loaded model at a time: a free Space has no room for two. The old one goes before the next is loaded."""

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._of: tuple[str, str] | None = None
        self._model: VideoModel | None = None

    def get(self, name: str, device: str) -> VideoModel:
        """Raises Refusal."""
        with self._loading:
            if self._model is None or self._of != (name, device):
                self.forget()
                self._model, self._of = _loaded(name, device), (name, device)
            return self._model

    def forget(self) -> None:
        """Let the model go; a run that still uses it keeps it until it ends."""
        self._model = self._of = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _loaded(name: str, device: str) -> VideoModel:
    return load_model(name, device=device, weights=OFFER.places.get(name), fetch=False)


KEPT = Kept()


def device() -> str:
    return best_device()


def place() -> str:
    """The same by name, for what runs take there."""
    return place_of(torch.device(device()))


def model_for(name: str, device: str) -> VideoModel:
    """The model, kept between runs. Raises Refusal."""
    return BORROWED.model(name) if BORROWED.on else KEPT.get(name, device)
