"""A model by name: load_model() for the engine, load_vae() for whoever wants the network itself."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from vae_demo import memory
from vae_demo.models.hub import fetch_weights, local_weights, require_weights, weights_ready
from vae_demo.models.model import VideoModel
from vae_demo.models.spec import MODELS, ModelSpec
from vae_demo.refusal import Refusal, shown

__all__ = ["best_device", "fetch_weights", "load_model", "load_vae", "weights_ready"]


def best_device() -> str:
    """CUDA where there is one, else the CPU."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def load_model(
    name: str,
    device: str | torch.device = "cpu",
    dtype: torch.dtype | str | None = None,
    weights: Path | str | None = None,
    fetch: bool = True,
    compiled: bool = False,
) -> VideoModel:
    """The model `name`, in eval mode, without gradients.

    device: also "auto", the best one there is. dtype: also by name; None and "auto" are float32 on a CPU, the spec's
    choice on CUDA. weights: a file (or, where the model takes one, a folder) instead of the model's own; without it a
    bundled file is used, or the hub is asked once. fetch: False for a caller that must not wait for a network: Refusal
    "not_fetched" then. compiled: graphs instead of one call after the other, where the model offers that (compiled.py).

    Raises Refusal for an unknown name, a device that is not there or has no room for it, or weights that do not fit or
    are not finite.
    """
    if name not in MODELS:
        raise Refusal("no_model", name=shown(name), names=", ".join(MODELS))
    spec = MODELS[name]
    device, dtype = placed(spec, device, dtype)
    path = Path(weights) if weights is not None else fetch_weights(name) if fetch else require_weights(name)
    full = False
    try:
        model = import_module(spec.adapter).load(spec, path, weights is None, device, dtype)
    except (RuntimeError, MemoryError) as error:
        if not memory.ran_out(error):
            raise
        full = True
    if full:  # out here nothing holds what was loaded of it
        memory.let_go()
        raise Refusal("model_full", model=name)
    if compiled and hasattr(model, "compile"):
        model.compile()
    return model


def room_of(name: str, device: torch.device, dtype: torch.dtype, weights: Path | None = None) -> Any:
    """What runs of a model would take in memory, told without loading it (diffusers_room.Room); None of a model that
    splits its work into what fits. weights: as for load_model; without it what is here, or what is published. Nothing
    is fetched. Raises KeyError for a name that is not in MODELS, and Refusal."""
    adapter = import_module(MODELS[name].adapter)
    found = weights or local_weights(MODELS[name])
    return adapter.room(MODELS[name], found, device, dtype) if hasattr(adapter, "room") else None


def placed(
    spec: ModelSpec, device: str | torch.device, dtype: torch.dtype | str | None
) -> tuple[torch.device, torch.dtype]:
    """What load_model makes of a device and a dtype. Raises Refusal "no_cuda"."""
    device = torch.device(best_device() if device == "auto" else device)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise Refusal("no_cuda")
    if dtype in (None, "auto"):
        dtype = auto_dtype(spec, device.type)
    return device, getattr(torch, dtype) if isinstance(dtype, str) else dtype


def auto_dtype(spec: ModelSpec, device: str) -> str:
    """What a model runs in on a kind of device where nobody asks for something else."""
    return spec.dtype_cuda if device == "cuda" else "float32"


def load_vae(
    name: str, device: str | torch.device = "cpu", dtype: torch.dtype | str | None = None,
    weights: Path | str | None = None,
) -> Any:
    """The network of load_model; of a two-stage model a VideoVAE, with `encode` and `decode` on tensors."""
    return load_model(name, device, dtype, weights).vae
