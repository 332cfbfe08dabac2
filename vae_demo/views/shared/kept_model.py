"""The model that runs on the page use, kept between them, and how fast it is here."""

from __future__ import annotations

import functools
import threading

import torch

from vae_demo.models.loading import load_vae
from vae_demo.models.pipeline import VideoVAE
from vae_demo.views.shared.pace import Pace

PACE = Pace()
_LOADING = threading.Lock()


def device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def vae_for(model: str, device: str) -> VideoVAE:
    """The model, kept between runs. One at a time: a free Space has no room for two."""
    with _LOADING:
        return _kept_vae(model, device)


@functools.lru_cache(maxsize=1)
def _kept_vae(model: str, device: str) -> VideoVAE:
    return load_vae(model, device=device, fetch=False)
