"""load_vae(): a model by name, from safetensors and nothing else, every name and shape checked."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from vae_demo.models.pipeline import VideoVAE
from vae_demo.models.spec import MODELS, ModelSpec

BUNDLED = Path(__file__).parents[2] / "assets" / "weights"
LISTED = 8


class WeightsError(ValueError):
    """Weights that cannot be used; one sentence that says what is wrong and what to do."""

    def __init__(self, message: str, case: str, **params: str) -> None:
        super().__init__(message)
        self.case = case
        self.params = params


def load_vae(
    name: str,
    device: str | torch.device = "cpu",
    dtype: torch.dtype | None = None,
    weights: Path | str | None = None,
) -> VideoVAE:
    """The model `name`, in eval mode, without gradients.

    dtype: default float32 on a CPU, the spec's choice on CUDA. weights: a safetensors file instead of
    the model's own; without it a bundled file is used, or the hub is asked once.

    Raises WeightsError for an unknown name, a device that is not there, or weights that do not fit.
    """
    if name not in MODELS:
        raise WeightsError(
            f"There is no model '{name[:40]}'; choose one of {', '.join(MODELS)}.", "no_model", name=name[:40])
    spec = MODELS[name]
    device = torch.device(device)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise WeightsError("No CUDA device is available here; use the CPU instead.", "no_cuda")
    path = Path(weights) if weights is not None else _own_weights(spec)
    vae = read_weights(spec, path)
    vae.to(device, dtype or (getattr(torch, spec.dtype_cuda) if device.type == "cuda" else torch.float32))
    # Convolutions are 1.5 times faster in this layout on CPUs and on tensor cores (benchmarks/stages.py).
    vae.spatial_vae.to(memory_format=torch.channels_last)
    vae.temporal_vae.to(memory_format=torch.channels_last_3d)
    return vae.eval().requires_grad_(False)


def read_weights(spec: ModelSpec, path: Path) -> VideoVAE:
    """Build the model on the CPU in float32 and fill it from one safetensors file, strictly."""
    try:
        with safe_open(path, "pt") as file:
            found = {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
            vae = _built(spec, file.metadata() or {}, path)
            _check_names(vae, found, path)
            for key, target in vae.state_dict().items():
                target.copy_(file.get_tensor(key))
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{path.name} cannot be read as safetensors; give a .safetensors file that exists.",
            "unreadable_weights", file=path.name) from error
    return vae


def _built(spec: ModelSpec, metadata: dict[str, str], path: Path) -> VideoVAE:
    try:
        return import_module(f"vae_demo.models.{spec.adapter}").build(spec, metadata)
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsError(
            f"{path.name} describes a configuration that {spec.name} cannot build ({error}).",
            "bad_config", file=path.name) from error


def _check_names(vae: VideoVAE, found: dict[str, tuple[int, ...]], path: Path) -> None:
    wanted = {key: tuple(value.shape) for key, value in vae.state_dict().items()}
    problems = {
        "missing": sorted(wanted.keys() - found.keys()),
        "unexpected": sorted(found.keys() - wanted.keys()),
        "of another shape": sorted(k for k in wanted.keys() & found.keys() if wanted[k] != found[k]),
    }
    told = [f"{len(keys)} {kind} ({_listed(keys)})" for kind, keys in problems.items() if keys]
    if told:
        raise WeightsError(
            f"{path.name} does not hold the weights of {vae.spec.name}: {'; '.join(told)}.",
            "wrong_weights", file=path.name, model=vae.spec.name)


def _listed(keys: list[str]) -> str:
    return ", ".join(keys[:LISTED]) + (f" and {len(keys) - LISTED} more" if len(keys) > LISTED else "")


def _own_weights(spec: ModelSpec) -> Path:
    if spec.bundled:
        return BUNDLED / spec.weights
    repo, _, file = spec.weights.partition(":")
    # Asked for here only: importing this module must not reach for a network library.
    from huggingface_hub import hf_hub_download

    try:
        return Path(hf_hub_download(repo, file))
    except Exception as error:  # whatever the hub client raises, the visitor can do the same two things
        raise WeightsError(
            f"The weights of {spec.name} could not be fetched from {repo}; go online, or give the file with --weights.",
            "no_download", model=spec.name, repo=repo) from error
