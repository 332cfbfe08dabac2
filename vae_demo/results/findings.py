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
