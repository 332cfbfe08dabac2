"""Where a result comes from, so that one made with other weights can never pass for the model's own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from vae_demo import __version__

LIBRARIES = ("torch", "diffusers")
_SLICE = 1 << 20
_IF_ANY = ("halved", "compiled")


@dataclass(frozen=True)
class Weights:
    """The file(s) a model was filled from. name: of the file where it is not the model's own, else None."""

    sha256: tuple[str, ...]
    name: str | None = None

    @classmethod
    def of(cls, paths: Sequence[Path], own: bool) -> Weights:
        """Reads every file once. Raises OSError."""
        return cls(tuple(map(_digest, paths)), None if own else paths[0].name)


@dataclass(frozen=True)
class Provenance:
    """weights_sha256: of the weights file(s), empty for a model that was filled from none.

    weights: name of the file where it is not the model's own. device: its name. clip_sha256: of the frames that were
    used, uint8 T H W 3 in C order. versions: of this project and of the libraries that compute, by name. halved: by
    stage, how many frames or chunks at once it went on with after memory ran out; compiled: the stages that ran as
    compiled graphs; both written where there are any.
    """

    model: str
    weights_sha256: tuple[str, ...]
    weights: str | None
    device: str
    dtype: str
    seed: int | None
    clip_sha256: str
    versions: dict[str, str | None]
    halved: dict[str, int] = field(default_factory=dict)
    compiled: tuple[str, ...] = ()

    @property
    def model_name(self) -> str:
        """The model as people read it, with its weights where they are not its own."""
        return f"{self.model} ({self.weights})" if self.weights else self.model

    def to_json(self) -> dict[str, Any]:
        data = {**asdict(self), "weights_sha256": list(self.weights_sha256), "compiled": list(self.compiled)}
        return {name: value for name, value in data.items() if value or name not in _IF_ANY}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Provenance:
        known = {name: data[name] for name in cls.__dataclass_fields__ if name not in _IF_ANY}
        return cls(**{**known, "halved": dict(data.get("halved", {})), "compiled": tuple(data.get("compiled", ())),
                      "weights_sha256": tuple(data["weights_sha256"]), "versions": dict(data["versions"])})


def versions(libraries: Sequence[str] = LIBRARIES) -> dict[str, str | None]:
    """Versions by name, ours as `project`; None for what is not installed. Imports none of them."""
    return {"project": __version__, **{name: _version(name) for name in libraries}}


def frames_digest(slices: Iterator[Any]) -> str:
    """SHA-256 of uint8 T H W 3 arrays, one after the other."""
    digest = hashlib.sha256()
    for frames in slices:
        digest.update(frames.data)
    return digest.hexdigest()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_SLICE):
            digest.update(part)
    return digest.hexdigest()
