"""What is said about numbers, as data: the sentence is made in the view from its string table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """Something to say: a case with a sentence in words/, and what stands in it, JSON types."""

    case: str
    params: dict = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Finding | None:
        return None if data is None else cls(data["case"], dict(data["params"]))


@dataclass(frozen=True)
class Seam:
    """Seam score of a variant: how much more chunk borders change than other frames do.

    score: median temporal step at borders over the median elsewhere. p: share of random draws as high.
    control_minus / control_plus: the score of the same clip at the wrong periods (size -1, +1), None where too few.
    """

    score: float
    p: float
    boundaries: int
    control_minus: float | None = None
    control_plus: float | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Seam | None:
        return None if data is None else cls(**data)


# Source frames that a played one is held against, by how many they come after the one that is due.
LAGS = (-3, -2, -1, 0, 1, 2, 3)


@dataclass(frozen=True)
class Lagged:
    """How a piece of a decoded clip lies in time: output frames [start, stop), of which `frames` were compared.

    errors     by lag, the mean square of what plays less the source frame at that lag, 8-bit levels, made small; how
               light a frame is as a whole is left out
    moves      the same of the source frame that is due less the one at that lag
    nearest     how many frames are nearer to the one at that lag than to any other
    contrast   the same of the source frames that are due, less nothing
    """

    start: int
    stop: int
    frames: int
    errors: tuple[float, ...]
    moves: tuple[float, ...]
    nearest: tuple[int, ...]
    contrast: float

    def to_json(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Lagged:
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in data.items()})
