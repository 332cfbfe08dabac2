"""What was found in a lone video, or in a video and its source: a record that saves to inspection.json and loads back.

Frames count from the first one looked at; `start` says which frame of the file that is.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vae_demo.results.findings import Finding, Seam
from vae_demo.results.scores import Series

FORMAT = 1
INSPECTION_JSON = "inspection.json"
# p and share of the events that agree, from which a period is found and not only suspected.
SURE_P, HINT_P, AGREEING = 0.01, 0.05, 0.75


@dataclass(frozen=True)
class Told:
    """How a signal is told against the frames around. ratio: as log of a ratio, else as a difference.

    floor: added to both sides of a ratio, in the signal's units. matters: the deviation from which an event counts.
    least: the least spread that counts as one. pair: whether it takes a source.
    """

    ratio: bool
    floor: float
    matters: float
    least: float
    pair: bool = False


# step     mean |Y_t - Y_t-1|, 8-bit units; unknown at frame 0
# light    mean Y_t, 8-bit units
# detail   mean |horizontal difference| + mean |vertical difference|, 8-bit units
# added    mean |(R_t - R_t-1) - (X_t - X_t-1)|, 8-bit units: the step that the source does not have
# psnr     dB of the decoded frame against its source frame
SIGNALS: dict[str, Told] = {
    "step": Told(True, 0.25, 0.3, 0.03),
    "light": Told(False, 0.0, 0.5, 0.05),
    "detail": Told(True, 0.1, 0.05, 0.005),
    "added": Told(True, 0.25, 0.3, 0.03, pair=True),
    "psnr": Told(False, 0.0, 0.5, 0.05, pair=True),
}


def in_units(name: str, deviation: float) -> float:
    """A deviation as people read it: a factor for steps, grey levels for light, a share for detail, dB for PSNR."""
    if not SIGNALS[name].ratio:
        return deviation
    return math.expm1(deviation) if name == "detail" else math.exp(deviation)


@dataclass(frozen=True)
class Shown:
    """One signal at the events of a period: the median deviation, and how many of the known events agree with it."""

    deviation: float
    hits: int
    events: int

    def weight(self, name: str) -> float:
        """How many times the deviation that counts; 0 where too few events agree."""
        return abs(self.deviation) / SIGNALS[name].matters if self.hits >= AGREEING * self.events else 0.0

    def to_json(self, name: str) -> dict[str, Any]:
        return {"size": round(in_units(name, self.deviation), 4), "deviation": self.deviation,
                "hits": self.hits, "events": self.events}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Shown:
        return cls(data["deviation"], data["hits"], data["events"])


@dataclass(frozen=True)
class Periodic:
    """Something that happens every `period` frames from `phase` on.

    signal   the one that shows it best; signals: what each shows there
    p        share of shuffled orders of the frames that show any period as clearly; or this one, in what two frames do
             not foretell, where that share is larger (metrics/events.py)
    kind     jump, repeat, flash, dark, lift, dip, ghost, blur, sharp or worse (a pair's PSNR alone)
    causes   what else in the file falls on the events, or does not
    works    families that cut time so by themselves, as families/windows.py tells them
    """

    period: int
    phase: int
    signal: str
    signals: Mapping[str, Shown]
    p: float
    kind: str
    causes: tuple[Finding, ...] = ()
    works: tuple[Mapping[str, Any], ...] = ()

    @property
    def shown(self) -> Shown:
        return self.signals[self.signal]

    @property
    def sure(self) -> bool:
        """By p and by size; a natural clip may have one without the other."""
        return self.p <= SURE_P and self.shown.weight(self.signal) >= 1

    def to_json(self) -> dict[str, Any]:
        leading = self.shown.to_json(self.signal)
        return {"period": self.period, "phase": self.phase, "kind": self.kind, "signal": self.signal,
                "size": leading["size"], "hits": self.shown.hits, "events": self.shown.events, "p": round(self.p, 4),
                "causes": [vars(cause) for cause in self.causes], "works": list(self.works),
                "signals": {name: shown.to_json(name) for name, shown in self.signals.items()}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Periodic:
        return cls(data["period"], data["phase"], data["signal"],
                   {name: Shown.from_json(shown) for name, shown in data["signals"].items()}, data["p"], data["kind"],
                   tuple(Finding(each["case"], dict(each["params"])) for each in data["causes"]), tuple(data["works"]))


@dataclass(frozen=True)
class TooShort:
    """Whether it happens every `period` or every `twice` frames cannot be told under `needed` frames."""

    period: int
    twice: int
    needed: int


@dataclass(frozen=True)
class Scores:
    """of: of every period from `first` how far it stands out, in all signals together or in one. line: what the highest
    of 95 % of shuffles stays below.
    """

    first: int
    of: tuple[float, ...]
    line: float

    @property
    def last(self) -> int:
        return self.first + len(self.of) - 1


@dataclass(frozen=True)
class Inspection:
    """video, reference: as Clip.describe() says, of what was looked at; reference None for a lone video.

    shift     frames that the video runs behind its reference
    series    each signal per frame as measured, None where unknown
    findings  what is sure; hints: what is not. short: why nothing is said of a file that is too short
    keys      frames at which the file can be entered; repeated: frames that do not move; cuts: scene cuts
    loop      frames after which the file repeats itself, None where it does not
    detects   what an event would have had to be, by signal in its units, every `period` frames; None where not tried
    seam      of a pair: the usual seam score at the events found
    source_too  of a pair: periods that the source has by itself
    """

    video: dict[str, Any]
    reference: dict[str, Any] | None
    shift: int
    series: Mapping[str, Series]
    scores: Scores
    findings: tuple[Periodic, ...]
    hints: tuple[Periodic, ...]
    short: TooShort | None
    keys: tuple[int, ...]
    repeated: tuple[int, ...]
    cuts: tuple[int, ...]
    loop: int | None
    best: tuple[str, int, float] | None
    detects: dict[str, Any] | None = None
    seam: Seam | None = None
    source_too: tuple[int, ...] = ()
    headline: tuple[Finding, ...] = ()
    versions: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def n_frames(self) -> int:
        return self.video["n_frames"]

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT, "video": self.video, "reference": self.reference, "shift": self.shift,
            "headline": [vars(each) for each in self.headline],
            "findings": [each.to_json() for each in self.findings], "hints": [each.to_json() for each in self.hints],
            "short": self.short and vars(self.short), "best": self.best and list(self.best),
            "periods": {"first": self.scores.first, "line": round(self.scores.line, 3),
                        "scores": [round(score, 3) for score in self.scores.of]},
            "keys": list(self.keys), "repeated": list(self.repeated), "cuts": list(self.cuts), "loop": self.loop,
            "detects": self.detects, "seam": self.seam and vars(self.seam),
            "source_too": list(self.source_too),
            "series": {name: list(values) for name, values in self.series.items()}, "versions": dict(self.versions)}

    def save(self, path: Path) -> None:
        """Write inspection.json."""
        text = json.dumps(self.to_json(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Inspection:
        """What to_json wrote. Raises LookupError, TypeError or ValueError for anything else."""
        periods, best = data["periods"], data["best"]
        return cls(
            video=data["video"], reference=data["reference"], shift=data["shift"],
            series={name: tuple(values) for name, values in data["series"].items()},
            scores=Scores(periods["first"], tuple(periods["scores"]), periods["line"]),
            findings=tuple(map(Periodic.from_json, data["findings"])),
            hints=tuple(map(Periodic.from_json, data["hints"])),
            short=data["short"] and TooShort(**data["short"]), keys=tuple(data["keys"]),
            repeated=tuple(data["repeated"]), cuts=tuple(data["cuts"]), loop=data["loop"],
            best=best and (best[0], best[1], best[2]), detects=data["detects"], seam=Seam.from_json(data["seam"]),
            source_too=tuple(data["source_too"]),
            headline=tuple(Finding(each["case"], dict(each["params"])) for each in data["headline"]),
            versions=dict(data["versions"]))
