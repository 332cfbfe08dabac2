"""The signals of a film as a period is looked for in them, and what they show at its events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from vae_demo.metrics.frame_signals import deviations, surprises, with_events
from vae_demo.metrics.periodic import robust
from vae_demo.results.inspection import SIGNALS, Shown

# Usual spreads from which an area says little more; the least spread of their mean that counts.
A_FEW, LEAST_MEAN = 2.0, 1e-3
DIGITS = 4
# An event agrees where it has the sign, and so much of the size, of the median event.
AGREES = 1 / 3
# Frames before and after an event that it may change as well.
REACH = 3
# Standard errors of the frames of one phase, of a period that is found, from which a signal shows it there.
STANDS_APART = 3.0
NO_AREAS: Mapping[str, np.ndarray] = {}


@dataclass(frozen=True)
class Series:
    """By signal: raw, as measured per frame, and areas, as measured in those of a frame; told, as deviations; z,
    surprises in units of their usual spread; calm, the same where two frames foretell, so that what swings is gone."""

    raw: Mapping[str, np.ndarray]
    areas: Mapping[str, np.ndarray]
    told: Mapping[str, np.ndarray]
    z: Mapping[str, np.ndarray]
    calm: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, raw: Mapping[str, np.ndarray], areas: Mapping[str, np.ndarray] = NO_AREAS) -> Series:
        raw = {name: np.asarray(values, np.float64) for name, values in raw.items()}
        z, calm = ({name: _surprising(name, values, areas.get(name), frames) for name, values in raw.items()}
                   for frames in (1, 2))
        return cls(raw, areas, {name: deviations(name, values) for name, values in raw.items()}, z, calm)

    def with_events(self, name: str, at: slice, size: float) -> Series:
        """What it would be if frames `at` deviated by `size` more, everywhere in the picture."""
        raw = {name: with_events(name, self.raw[name], at, size)}
        areas = {name: with_events(name, self.areas[name], (..., at), size)} if name in self.areas else {}
        one = Series.of(raw, areas)
        return Series(*({**getattr(self, each.name), **getattr(one, each.name)} for each in fields(Series)))

    def light(self, period: int, phase: int) -> float:
        """Mean grey level of the frames before the events."""
        values = self.raw.get("light")
        return 0.0 if values is None else float(np.median(values[(phase - 1) % period::period]))

    @property
    def n(self) -> int:
        return len(next(iter(self.z.values())))


def _surprising(name: str, values: np.ndarray, areas: np.ndarray | None, frames: int) -> np.ndarray:
    """Surprises in units of their usual spread: n float32. Where areas are known it is their mean, each in units of its
    own and none for more than a few of them, for what is done to a frame shows everywhere and what moves does not."""
    least = SIGNALS[name].least
    if areas is None:
        return robust(surprises(name, values, frames), least)
    return robust(np.tanh(robust(surprises(name, areas, frames), least) / A_FEW).mean(0), LEAST_MEAN)


def shown_at(told: np.ndarray, period: int, phase: int) -> Shown:
    """Median deviation at the events, how many agree with it, of how many."""
    at = np.zeros(len(told), bool)
    at[phase::period] = True
    known = np.isfinite(told)
    hits = told[at & known]
    if not hits.size:
        return Shown(0.0, 0, 0)
    # As it is saved, so that a record says the same when it comes back.
    size = round(float(np.median(hits) - np.median(told[~at & known])), DIGITS)
    return Shown(size, int((hits * np.sign(size) >= AGREES * abs(size)).sum()) if size else 0, len(hits))


def sizes_of(told: np.ndarray, phase: int, period: int, times: int) -> np.ndarray:
    """Median deviation at each of the `times` sub-phases of a multiple."""
    return np.array([np.nanmedian(told[phase + at * period::period * times]) for at in range(times)])


def near_phases(period: int, phase: int) -> list[int]:
    """The phases less than a quarter period away."""
    far = max(1, (period - 1) // 4)
    return [(phase + at) % period for at in range(-far, far + 1)]


def reach(period: int) -> int:
    """Frames before and after an event of this period that it may change as well."""
    return min(REACH, (period - 1) // 2)
