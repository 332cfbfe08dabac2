"""How far a run is: steps of any stage, weighted by what the stage costs; and how a time is said."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import torch

from vae_demo.models.host import wait
from vae_demo.models.model import Steps

T = TypeVar("T")
# A bar is full when the result is there, which no step says of itself.
ALMOST = 0.99
# An expected time counts as much as having seen this share of the run.
_EXPECTED = 0.2
# Where nothing is expected: how much of a run says something about the rest of it.
_SHARE, _SECONDS = 0.03, 1.0
# A time that is left only grows where it was wrong by more than this, a quarter and two seconds.
_WRONG, _WRONG_S = 1.25, 2.0
# Seconds below which a time is told to so many seconds; beyond the last one to whole minutes.
_STEPS = ((60, 5), (120, 10), (600, 30))
_LONGEST_IN_SECONDS = 120


@dataclass(frozen=True)
class Progress:
    """After one step: where the work is, how far, and how long the rest should take.

    fraction of the whole run, below 1: that is the result itself; seconds_left None until there is something to judge
    by, and seldom more than before.
    """

    stage: str
    label: str | None
    done: int
    total: int
    fraction: float
    seconds_left: float | None


class Meter:
    """Turns steps counted in frames into Progress, weighted by what each stage costs.

    One for all that a run does; whoever does a part of it says beforehand what it costs. expected: seconds that all of
    it should take, None where nobody knows.
    """

    def __init__(self, expected: float | None = None, clock: Callable[[], float] = time.perf_counter) -> None:
        self._expected, self._clock = expected, clock
        self._work = self._spent = 0.0
        self._left: float | None = None
        self._began = clock()

    def restart(self) -> None:
        """The clock starts now: so far nothing was done but waiting."""
        self._began = self._clock()

    def expect(self, work: float) -> None:
        """So much work is part of the run, as engine.work_of counts it."""
        self._work += work

    def track(
        self, steps: Steps[T], label: str | None, total: int, costs: Mapping[str, float], seconds: dict[str, float],
        device: torch.device,
    ) -> Generator[Progress, None, T]:
        """Run `steps`, yield a Progress after each, add the wall time to `seconds` by stage, return their result.

        What a stage queues on `device` is part of its time: whoever runs it waits there once it has covered `total`
        frames, and when all is through. Not at each step: then the device would wait for the host.
        """
        done: dict[str, int] = {}
        stage, began = next(iter(costs), None), self._clock()

        def spend() -> None:
            if stage is not None:
                seconds[stage] = seconds.get(stage, 0.0) + self._clock() - began

        try:
            while True:
                try:
                    step = next(steps)
                except StopIteration as end:
                    wait(device)
                    spend()
                    return end.value
                stage = step.stage
                before = done.get(stage, 0)
                done[stage] = before + step.frames
                if before < total <= done[stage]:
                    wait(device)
                spend()
                yield self.step(stage, label, done[stage], total, step.frames * costs[stage])
                began = self._clock()
        finally:
            steps.close()

    def step(self, stage: str, label: str | None, done: int, total: int, work: float) -> Progress:
        """One step more, which cost `work`."""
        self._spent = min(self._spent + work, self._work)
        return Progress(stage, label, done, total, ALMOST * self._spent / max(self._work, 1e-9), self._seconds_left())

    def _seconds_left(self) -> float | None:
        elapsed, share = self._clock() - self._began, self._spent / max(self._work, 1e-9)
        if self._expected is not None:
            whole = (elapsed + _EXPECTED * self._expected) / (share + _EXPECTED)
        elif share > _SHARE and elapsed > _SECONDS:
            whole = elapsed / share
        else:
            return None
        left = whole * (1 - share)
        if self._left is None or left < self._left or left > _WRONG * self._left + _WRONG_S:
            self._left = left
        return self._left


class Span(NamedTuple):
    """A time to be said: from low to high, in `unit`: "s" or "min"."""

    low: float
    high: float
    unit: str


def span(low: float, high: float) -> Span:
    """Seconds from low to high, rounded outwards to steps that promise no more than anybody knows.

    A low of 0 means "up to"; low and high alike mean "about". Its twin is views/shared/pace.js.
    """
    step = next((step for below, step in _STEPS if high < below), 60)
    low, high = math.floor(low / step) * step, max(math.ceil(high / step), 1) * step
    return Span(low, high, "s") if high <= _LONGEST_IN_SECONDS else Span(low / 60, high / 60, "min")
