"""Calls of a video VAE of diffusers as its recipe says: set how it cuts time, encode, decode, leave nothing behind."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from vae_demo.models.diffusers_families import Recipe

# One network at a time is built without its own random weights: that is set for all threads.
_BUILDING = threading.Lock()


def _anew() -> None:
    """In a child of a fork, where a thread that held it does not go on."""
    global _BUILDING
    _BUILDING = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_anew)


def class_of(recipe: Recipe) -> type[nn.Module]:
    """The class; diffusers takes a second to import."""
    return getattr(import_module("diffusers"), recipe.class_name)


@contextmanager
def built_quickly() -> Iterator[None]:
    """Networks made here keep what memory holds instead of drawing random weights, which would take a minute.

    On the meta device what is no parameter would be lost; whoever uses this fills every parameter.
    """
    with _BUILDING:
        kept = {name: getattr(nn.init, name) for name in vars(nn.init)
                if name.endswith("_") and not name.startswith("_")}
        try:
            for name in kept:
                setattr(nn.init, name, lambda tensor, *args, **kwargs: tensor)
            yield
        finally:
            for name, function in kept.items():
                setattr(nn.init, name, function)


@contextmanager
def set_to(vae: nn.Module, settings: Mapping[str, Any], reset: str | None) -> Iterator[None]:
    """`vae` with these attributes. Whatever happens inside, it is as before afterwards, and its caches are empty."""
    kept = {name: getattr(vae, name) for name in settings}
    try:
        for name, value in settings.items():
            setattr(vae, name, value)
        yield
    finally:
        for name, value in kept.items():
            setattr(vae, name, value)
        if reset is not None:
            getattr(vae, reset)()


def encoding(vae: nn.Module, video: Tensor, seed: int | None) -> Callable[[], Tensor]:
    """The call: pixels 1 3 T H W as the network takes them -> latents 1 z K h w, as they are before any scaling.

    seed: None for the posterior's mode, else noise drawn with it.
    """
    def call() -> Tensor:
        posterior = vae.encode(video).latent_dist
        if seed is None:
            return posterior.mode()
        # Drawn on the CPU, so that a seed means the same on every device.
        noise = torch.randn(posterior.mean.shape, generator=torch.Generator().manual_seed(seed))
        return posterior.mean + posterior.std * noise.to(posterior.mean)

    return call


def decoding(vae: nn.Module, recipe: Recipe, latents: Tensor) -> Callable[[], Tensor]:
    """The call: latents 1 z K h w -> pixels 1 3 T H W as the network gives them."""
    def call() -> Tensor:
        if recipe.temb is None:
            video = vae.decode(latents).sample
        else:
            # A decoder with a time step may draw noise inside, from the one generator that all share.
            with torch.random.fork_rng(devices=[latents.device] if latents.device.type == "cuda" else []):
                torch.manual_seed(0)
                temb = torch.tensor([recipe.temb], device=latents.device, dtype=latents.dtype)
                video = vae.decode(latents, temb).sample
        return video if recipe.axes == "NCTHW" else video.transpose(1, 2)

    return call
