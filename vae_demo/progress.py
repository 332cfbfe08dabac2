"""How far a run is: steps of any stage, weighted by what the stage costs."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from vae_demo.models.model import Steps

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """After one step: where the work is, how far, and how long the rest should take.

    fraction 0..1 of the whole run; seconds_left None until there is something to judge by.
    """

    stage: str
    label: str | None
    done: int
    total: int
    fraction: float
    seconds_left: float | None


class Meter:
    """Turns steps counted in frames into Progress, weighted by what each stage costs."""

    def __init__(self, work: float) -> None:
        self._work = max(work, 1e-9)
        self._spent = 0.0
        self._began = time.perf_counter()

    def track(
        self, steps: Steps[T], label: str | None, total: int, costs: Mapping[str, float], seconds: dict[str, float]
    ) -> Generator[Progress, None, T]:
        """Run `steps`, yield a Progress after each, add the wall time to `seconds` by stage, return their result."""
        done: dict[str, int] = {}
        stage, began = next(iter(costs), None), time.perf_counter()

        def spend() -> None:
            if stage is not None:
                seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - began

        try:
            while True:
                try:
                    step = next(steps)
                except StopIteration as end:
                    spend()
                    return end.value
                stage = step.stage
                spend()
                done[stage] = done.get(stage, 0) + step.frames
                self._spent += step.frames * costs[stage]
                yield self._progress(stage, label, done[stage], total)
                began = time.perf_counter()
        finally:
            steps.close()

    def _progress(self, stage: str, label: str | None, done: int, total: int) -> Progress:
        fraction = min(self._spent / self._work, 1.0)
        elapsed = time.perf_counter() - self._began
        left = elapsed * (1 - fraction) / fraction if fraction > 0.02 else None
        return Progress(stage, label, done, total, fraction, left)
