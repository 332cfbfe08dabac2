"""A network from safetensors and nothing else, every name and shape checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open

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
    try:
        check_header(path)
        with safe_open(path, "pt") as file:
            found = {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
            vae = _built(build, spec, file.metadata() or {}, path)
            _check_names(vae, found, [key for key in found if not _is_float(file.get_slice(key).get_dtype())], path)
            for key, target in vae.state_dict().items():
                target.copy_(file.get_tensor(key))
                check_finite([(key, target)], path)
    except (OSError, SafetensorError) as error:
        raise unreadable(path) from error
    return vae


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
