"""Which families cut time every P frames by themselves, and at which frames: windows.json as records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from vae_demo.families.catalogue import FAMILIES


@dataclass(frozen=True)
class Window:
    """Windows of `size` frames, a new one every `step`; see the head of windows.json."""

    family: str
    size: int
    step: int
    phases: tuple[int, ...] | None
    join: str
    when: str
    source: str

    @property
    def name(self) -> str:
        return FAMILIES[self.family].name

    def fits(self, phase: int) -> bool | None:
        """Whether a window begins at such a frame; None where that is not known, or where the cut leaves no trace."""
        if self.phases is None or self.join == "exact":
            return None
        return phase % self.step in self.phases

    def to_json(self, phase: int) -> dict[str, Any]:
        return {"family": self.family, "name": self.name, "size": self.size, "step": self.step,
                "phases": self.phases and list(self.phases), "join": self.join, "when": self.when,
                "fits": self.fits(phase), "source": self.source}


@cache
def windows() -> tuple[Window, ...]:
    """All that are known."""
    data = json.loads(files(__package__).joinpath("windows.json").read_text(encoding="utf-8"))
    return tuple(Window(**{**each, "phases": each["phases"] and tuple(each["phases"])}) for each in data["windows"])


def working_in(period: int) -> Iterator[Window]:
    """Those with a new window every `period` frames."""
    return (window for window in windows() if window.step == period)

