"""A network from safetensors and nothing else, every name and shape checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import nn

from vae_demo.models.spec import ModelSpec
from vae_demo.models.video_vae import VideoVAE
from vae_demo.models.weights import SHOWN, check_finite, check_header, unreadable
from vae_demo.refusal import Refusal, shown

LISTED = 8
Build = Callable[[ModelSpec, Mapping[str, str]], VideoVAE]


def filled(build: Build, spec: ModelSpec, path: Path) -> VideoVAE:
    """The network that `build` makes, on the CPU in float32, filled from one safetensors file.

    Raises Refusal where the file says another network, or does not fit name by name and shape by shape.
    """
    with _opened(path) as file:
        vae = _built(build, spec, file.metadata() or {}, path)
        _fill(vae, file, path, spec.name)
    return vae


def fill(network: nn.Module, path: Path, model: str) -> None:
    """The same for a network that is there already. model: its name, for whoever is told what does not fit."""
    with _opened(path) as file:
        _fill(network, file, path, model)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        check_header(path)
        with safe_open(path, "pt") as file:
            yield file
    except (OSError, SafetensorError) as error:
        raise unreadable(path) from error


def _fill(network: nn.Module, file: Any, path: Path, model: str) -> None:
    found = {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
    no_floats = [key for key in found if not _is_float(file.get_slice(key).get_dtype())]
    _check_names(network, found, no_floats, path, model)
    for key, target in network.state_dict().items():
        target.copy_(file.get_tensor(key))
        check_finite([(key, target)], path)


def _built(build: Build, spec: ModelSpec, metadata: dict[str, str], path: Path) -> VideoVAE:
    try:
        vae = build(spec, metadata)
    except (ValueError, LookupError, TypeError, ArithmeticError, RuntimeError) as error:
        raise _bad_config(spec, path, " ".join(str(error).split())) from error
    # Everything whole-number is planned from what the spec says.
    for what, said, found in (
            ("frames per latent", spec.rule.stride, vae.temporal_vae.config.stride),
            ("pixels per latent", spec.spatial_factor, vae.spatial_vae.factor),
            ("latent channels", spec.latent_channels, vae.temporal_vae.config.latent_channels)):
        if said != found:
            raise _bad_config(spec, path, f"{found} {what} instead of {said}")
    return vae


def _bad_config(spec: ModelSpec, path: Path, why: str) -> Refusal:
    return Refusal("bad_config", file=path.name, model=spec.name, reason=shown(why, 200))


def _is_float(kind: str) -> bool:
    """F16, BF16, F32 and so on; not U8, I64 or C64, whose values would be bent to fit."""
    return kind.startswith(("F", "BF"))


def _check_names(
    network: nn.Module, found: dict[str, tuple[int, ...]], no_floats: list[str], path: Path, model: str
) -> None:
    wanted = {key: tuple(value.shape) for key, value in network.state_dict().items()}
    problems = {
        "weights_missing": wanted.keys() - found.keys(),
        "weights_unexpected": found.keys() - wanted.keys(),
        "weights_shape": {k for k in wanted.keys() & found.keys() if wanted[k] != found[k]},
        "weights_kind": set(no_floats),
    }
    for case, names in problems.items():
        if names:
            raise Refusal(case, file=path.name, model=model, n=len(names), names=_listed(sorted(names)))


def _listed(keys: list[str]) -> str:
    return ", ".join(shown(key, SHOWN) for key in keys[:LISTED]) + (", …" if len(keys) > LISTED else "")
