"""A network from safetensors and nothing else: one check of every name, shape and kind, whatever network it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from vae_demo.models.spec import ModelSpec
from vae_demo.models.video_vae import VideoVAE
from vae_demo.models.weights import SHOWN, check_finite, check_header, unreadable
from vae_demo.refusal import Refusal, shown

LISTED = 8
# What may be bent into float32; not U8, I64 or C64, nor kinds that pack several values into a byte.
KINDS = ("F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2")
# What a network that is asked for nonsense raises while it is built or tried.
UNBUILDABLE = (ValueError, LookupError, TypeError, ArithmeticError, RuntimeError, AssertionError, AttributeError)
Build = Callable[[ModelSpec, Mapping[str, str]], VideoVAE]


@dataclass(frozen=True)
class Held:
    """One tensor in a file that is open."""

    path: Path
    file: Any
    shape: tuple[int, ...]
    kind: str


class Shards:
    """Safetensors files that hold one network between them. name: what a sentence calls them."""

    def __init__(self, files: Mapping[Path, Any]) -> None:
        paths = list(files)
        self.name = paths[0].name if len(paths) == 1 else paths[0].parent.name
        self.metadata: Mapping[str, str] = files[paths[0]].metadata() or {}
        self.held: dict[str, Held] = {}
        for path, file in files.items():
            for key in file.keys():  # noqa: SIM118
                if key in self.held:
                    raise Refusal("double_weights", file=self.name, name=shown(key, SHOWN))
                part = file.get_slice(key)
                self.held[key] = Held(path, file, tuple(part.get_shape()), part.get_dtype())

    def tensor(self, key: str) -> Tensor:
        return self.held[key].file.get_tensor(key)


@contextmanager
def opened(paths: Sequence[Path]) -> Iterator[Shards]:
    """The files, every header looked at. Raises Refusal, also for what is found to be unreadable later on."""
    path = paths[0]
    try:
        with ExitStack() as stack:
            files = {}
            for path in paths:
                check_header(path)
                files[path] = stack.enter_context(safe_open(path, "pt"))
            yield Shards(files)
    except (OSError, SafetensorError) as error:
        raise unreadable(path) from error


def check(network: nn.Module, shards: Shards, model: str) -> None:
    """Raise Refusal unless the files hold exactly the state of `network`. model: its name, for whoever is told."""
    wanted = {key: tuple(value.shape) for key, value in network.state_dict().items()}
    found = {key: held.shape for key, held in shards.held.items()}
    problems = {
        "weights_missing": wanted.keys() - found.keys(),
        "weights_unexpected": found.keys() - wanted.keys(),
        "weights_shape": {k for k in wanted.keys() & found.keys() if wanted[k] != found[k]},
        "weights_kind": {key for key, held in shards.held.items() if held.kind not in KINDS},
    }
    for case, names in problems.items():
        if names:
            raise Refusal(case, file=shards.name, model=model, n=len(names), names=_listed(sorted(names)))


def copy(network: nn.Module, shards: Shards) -> None:
    """Fill a network on the CPU that passed check(), tensor by tensor. Raises Refusal for what is not finite."""
    for key, target in network.state_dict().items():
        target.copy_(shards.tensor(key))
        check_finite([(key, target)], shards.held[key].path)


def fill(network: nn.Module, path: Path, model: str) -> None:
    """Both, from one file."""
    with opened([path]) as shards:
        check(network, shards, model)
        copy(network, shards)


def filled(build: Build, spec: ModelSpec, path: Path) -> VideoVAE:
    """The network that `build` makes, on the CPU in float32, filled from one safetensors file.

    Raises Refusal where the file says another network, or does not fit name by name and shape by shape.
    """
    with opened([path]) as shards:
        vae = _built(build, spec, dict(shards.metadata), path)
        check(vae, shards, spec.name)
        copy(vae, shards)
    return vae


def _built(build: Build, spec: ModelSpec, metadata: dict[str, str], path: Path) -> VideoVAE:
    try:
        vae = build(spec, metadata)
    except UNBUILDABLE as error:
        raise bad_config(spec, path, " ".join(str(error).split())) from error
    # Everything whole-number is planned from what the spec says.
    for what, said, found in (
            ("frames per latent", spec.rule.stride, vae.temporal_vae.config.stride),
            ("pixels per latent", spec.spatial_factor, vae.spatial_vae.factor),
            ("latent channels", spec.latent_channels, vae.temporal_vae.config.latent_channels)):
        if said != found:
            raise bad_config(spec, path, f"{found} {what} instead of {said}")
    return vae


def bad_config(spec: ModelSpec, path: Path, why: str) -> Refusal:
    return Refusal("bad_config", file=path.name, model=spec.name, reason=shown(why, 200))


def _listed(keys: list[str]) -> str:
    return ", ".join(shown(key, SHOWN) for key in keys[:LISTED]) + (", …" if len(keys) > LISTED else "")
