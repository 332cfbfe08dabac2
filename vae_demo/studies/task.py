"""A task of a study, and the digest by which its rows are found again: of all that they depend on, and of nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from vae_demo.results.provenance import versions
from vae_demo.studies.lengths import common_multiple, rules_of
from vae_demo.studies.protocol import Protocol

# Raise it when the same task gives other rows than before: 2 since Inspect tells an event by areas of the frame.
FORMAT = 2
# Whatever may change a digit.
LIBRARIES = ("torch", "diffusers", "numpy", "scipy", "av")


@dataclass(frozen=True)
class Settings:
    """What every task of a study shares. multiple, rules: see lengths.py."""

    frames: int | None
    size: int
    crop: str
    multiple: int
    rules: tuple[str, ...]
    scores: tuple[str, ...]
    seed: int | None
    inspect: bool

    @classmethod
    def of(cls, protocol: Protocol) -> Settings:
        return cls(protocol.frames, protocol.size, protocol.crop, common_multiple(protocol.models),
                   tuple(rules_of(protocol.models)), protocol.scores, protocol.seed, protocol.inspect)


@dataclass(frozen=True)
class Maker:
    """A loaded model, and what it computes with. threads: None on a GPU."""

    model: str
    weights: str | None
    weights_sha256: tuple[str, ...]
    device: str
    device_name: str
    dtype: str
    threads: int | None
    versions: Mapping[str, str | None]

    @property
    def kind(self) -> str:
        """What may change digits from one machine to the next, as text."""
        threads = "" if self.threads is None else f", {self.threads} thread{'s' * (self.threads > 1)}"
        release = digest(dict(self.versions))[:6]
        return f"{self.device_name}{threads}, {self.dtype}, versions {release}"

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "weights_sha256": list(self.weights_sha256), "versions": dict(self.versions)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Maker:
        return cls(**{**data, "weights_sha256": tuple(data["weights_sha256"]), "versions": dict(data["versions"])})

    @property
    def key(self) -> str:
        return digest(self.to_json())[:16]


@dataclass(frozen=True)
class Unit:
    """What is done in one go: variants of one clip by one model, which share what they can.

    content: SHA-256 of the file, and its first frame; name: of the clip, for people.
    """

    name: str
    path: str
    content: tuple[str, int]
    model: str
    variants: tuple[str, ...]

    @property
    def key(self) -> tuple[tuple[str, int], str]:
        return self.content, self.model


def base_key(content: tuple[str, int], settings: Settings, model: str, variant: str) -> str:
    """A digest of what is asked for."""
    return digest({"format": FORMAT, "content": list(content), "settings": asdict(settings), "model": model,
                   "variant": variant})[:32]


def task_key(base: str, maker: Maker) -> str:
    """The same of what is asked for and what computes it: a name for a file."""
    return f"{base}-{maker.key}"


def digest(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def versions_here() -> dict[str, str | None]:
    return versions(LIBRARIES)
