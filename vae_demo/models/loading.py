"""load_vae(): a model by name, from safetensors and nothing else, every name and shape checked."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from vae_demo.models.hub import fetch_weights, require_weights, weights_ready
from vae_demo.models.pipeline import VideoVAE
from vae_demo.models.spec import MODELS, ModelSpec
from vae_demo.models.weights import SHOWN, check_finite, check_header, unreadable
from vae_demo.refusal import Refusal, shown

__all__ = ["fetch_weights", "load_vae", "read_weights", "weights_ready"]

LISTED = 8


def load_vae(
    name: str,
    device: str | torch.device = "cpu",
    dtype: torch.dtype | None = None,
    weights: Path | str | None = None,
    fetch: bool = True,
) -> VideoVAE:
    """The model `name`, in eval mode, without gradients.

    dtype: default float32 on a CPU, the spec's choice on CUDA. weights: a safetensors file instead of
    the model's own; without it a bundled file is used, or the hub is asked once. fetch: False for a caller
    that must not wait for a network: Refusal "not_fetched" then.

    Raises Refusal for an unknown name, a device that is not there, or weights that do not fit or are not finite.
    """
    if name not in MODELS:
        raise Refusal("no_model", name=shown(name), names=", ".join(MODELS))
    spec = MODELS[name]
    device = torch.device(device)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise Refusal("no_cuda")
    path = Path(weights) if weights is not None else fetch_weights(name) if fetch else require_weights(name)
    vae = read_weights(spec, path)
    vae.to(device, dtype or (getattr(torch, spec.dtype_cuda) if device.type == "cuda" else torch.float32))
    if vae.dtype != torch.float32:
        # What fits float32 may be an infinity in half precision.
        check_finite(vae.state_dict().items(), path)
    # Faster than the plain layout on a CPU, slower on CUDA: `python -m benchmarks.layouts --device cuda`.
    vae.spatial_vae.to(memory_format=torch.channels_last)
    vae.temporal_vae.to(memory_format=torch.channels_last_3d)
    return vae.eval().requires_grad_(False)


def read_weights(spec: ModelSpec, path: Path) -> VideoVAE:
    """Build the model on the CPU in float32 and fill it from one safetensors file, strictly."""
    try:
        check_header(path)
        with safe_open(path, "pt") as file:
            found = {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
            vae = _built(spec, file.metadata() or {}, path)
            _check_names(vae, found, [key for key in found if not _is_float(file.get_slice(key).get_dtype())], path)
            for key, target in vae.state_dict().items():
                target.copy_(file.get_tensor(key))
                check_finite([(key, target)], path)
    except (OSError, SafetensorError) as error:
        raise unreadable(path) from error
    return vae


def _built(spec: ModelSpec, metadata: dict[str, str], path: Path) -> VideoVAE:
    try:
        return import_module(f"vae_demo.models.{spec.adapter}").build(spec, metadata)
    except (ValueError, LookupError, TypeError, ArithmeticError, RuntimeError) as error:
        why = shown(" ".join(str(error).split()), 200)
        raise Refusal("bad_config", file=path.name, model=spec.name, reason=why) from error


def _is_float(kind: str) -> bool:
    """F16, BF16, F32 and so on; not U8, I64 or C64, whose values would be bent to fit."""
    return kind.startswith(("F", "BF"))


def _check_names(vae: VideoVAE, found: dict[str, tuple[int, ...]], no_floats: list[str], path: Path) -> None:
    wanted = {key: tuple(value.shape) for key, value in vae.state_dict().items()}
    problems = {
        "weights_missing": wanted.keys() - found.keys(),
        "weights_unexpected": found.keys() - wanted.keys(),
        "weights_shape": {k for k in wanted.keys() & found.keys() if wanted[k] != found[k]},
        "weights_kind": set(no_floats),
    }
    for case, names in problems.items():
        if names:
            raise Refusal(case, file=path.name, model=vae.spec.name, n=len(names), names=_listed(sorted(names)))


def _listed(keys: list[str]) -> str:
    return ", ".join(shown(key, SHOWN) for key in keys[:LISTED]) + (", …" if len(keys) > LISTED else "")
