"""load_vae(): a model by name, from safetensors and nothing else, every name and shape checked."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from vae_demo.models.hub import BUNDLED, fetch_weights, require_weights, weights_ready
from vae_demo.models.pipeline import VideoVAE
from vae_demo.models.spec import MODELS, ModelSpec
from vae_demo.models.weights import WeightsError, check_finite, check_header, unreadable

__all__ = ["BUNDLED", "WeightsError", "fetch_weights", "load_vae", "read_weights", "weights_ready"]

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
    that must not wait for a network: WeightsError "not_fetched" then.

    Raises WeightsError for an unknown name, a device that is not there, or weights that do not fit or are not finite.
    """
    if name not in MODELS:
        raise WeightsError(
            f"There is no model '{name[:40]}'; choose one of {', '.join(MODELS)}.", "no_model", name=name[:40])
    spec = MODELS[name]
    device = torch.device(device)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise WeightsError("No CUDA device is available here; use the CPU instead.", "no_cuda")
    path = Path(weights) if weights is not None else fetch_weights(name) if fetch else require_weights(name)
    vae = read_weights(spec, path)
    vae.to(device, dtype or (getattr(torch, spec.dtype_cuda) if device.type == "cuda" else torch.float32))
    if vae.dtype != torch.float32:
        # What fits float32 may be an infinity in half precision.
        check_finite(vae.state_dict().items(), path)
    # Convolutions are 1.5 times faster in this layout on CPUs and on tensor cores (benchmarks/stages.py).
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
        why = " ".join(str(error).split())
        raise WeightsError(
            f"{path.name} describes a configuration that {spec.name} cannot build ({why[:200]}).",
            "bad_config", file=path.name) from error


def _is_float(kind: str) -> bool:
    """F16, BF16, F32 and so on; not U8, I64 or C64, whose values would be bent to fit."""
    return kind.startswith(("F", "BF"))


def _check_names(vae: VideoVAE, found: dict[str, tuple[int, ...]], no_floats: list[str], path: Path) -> None:
    wanted = {key: tuple(value.shape) for key, value in vae.state_dict().items()}
    problems = {
        "missing": sorted(wanted.keys() - found.keys()),
        "unexpected": sorted(found.keys() - wanted.keys()),
        "of another shape": sorted(k for k in wanted.keys() & found.keys() if wanted[k] != found[k]),
        "not of floating point": sorted(no_floats),
    }
    told = [f"{len(keys)} {kind} ({_listed(keys)})" for kind, keys in problems.items() if keys]
    if told:
        raise WeightsError(
            f"{path.name} does not hold the weights of {vae.spec.name}: {'; '.join(told)}.",
            "wrong_weights", file=path.name, model=vae.spec.name)


def _listed(keys: list[str]) -> str:
    return ", ".join(keys[:LISTED]) + (f" and {len(keys) - LISTED} more" if len(keys) > LISTED else "")
