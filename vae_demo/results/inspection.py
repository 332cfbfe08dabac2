"""What is found in a lone video, or in a pair: events that come back every P frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MATTERS = {"step": 0.3, "light": 0.5, "detail": 0.05, "added": 0.3, "psnr": 0.5}


@dataclass(frozen=True)
class Shown:
    """One signal at the events of a period: median deviation, how many of the known events agree with it."""

    size: float
    hits: int
    events: int

    def weight(self, name: str) -> float:
        return abs(self.size) / MATTERS[name]


@dataclass(frozen=True)
class Periodic:
    """Something that happens every `period` frames from `phase` on."""

    period: int
    phase: int
    signal: str
    shown: Shown
    signals: Mapping[str, Shown]
    p: float


@dataclass(frozen=True)
class TooShort:
    """Whether it is every `period` or every `twice` cannot be told under `needed` frames."""

    n: int
    period: int
    twice: int
    needed: int
