"""Getting ready for a borrowed card, on a Space that has one; everywhere else nothing is imported for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

# What Hugging Face sets where a Space runs on ZeroGPU, and how it says yes.
VARIABLE, YES = "SPACES_ZERO_GPU", ("1", "t", "true")


def wanted(environment: Mapping[str, str]) -> bool:
    return environment.get(VARIABLE, "").lower() in YES


def decorator() -> Callable[..., Any]:
    """The decorator `spaces.GPU`. Before torch has anything to do with CUDA, and in the thread that launches the page:
    from now on tensors that this thread moves to "cuda" wait for a worker."""
    import spaces

    return spaces.GPU


def get_ready(gpu: Callable[..., Any]) -> None:
    """Decorate what runs on a card, here and nowhere else, and build the models; before launch(), which packs them."""
    from vae_demo.views.zerogpu.borrowed import BORROWED
    from vae_demo.views.zerogpu.worker import work

    BORROWED.task = gpu(duration=lambda errand: errand.seconds)(work)
    BORROWED.build()
