"""What a comparison is made of: frozen records that save to JSON and load back unchanged.

Live, cached and downloaded results all take this one path: compute yields these records, views and
reports draw them. Every list is plain numbers with None where nothing can be said; never NaN.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import Variant
from vae_demo.shapes import read_json

FORMAT = 1
Series = tuple[float | None, ...]




@dataclass(frozen=True)
class FrameErrors:
    """Scores per frame, one entry each, None where there is no frame to compare with.

    psnr            dB over all RGB samples, data range 255, capped at 100
    ssim            -1..1, Gaussian window (Wang et al. 2004), mean over RGB
    l1              mean absolute difference, 8-bit units
    temporal_step   mean |(R_t - R_t-1) - (X_t - X_t-1)|, 8-bit units; None at 0
    """

    psnr: Series
    ssim: Series
    l1: Series
    temporal_step: Series

    def __post_init__(self) -> None:
        for item in fields(self):
            series = tuple(None if v is None else float(v) for v in getattr(self, item.name))
            if any(v is not None and not math.isfinite(v) for v in series):
                raise ValueError(f"{item.name} holds a value that is not finite; use None where nothing is known")
            object.__setattr__(self, item.name, series)
        if len({len(getattr(self, item.name)) for item in fields(self)}) != 1:
            raise ValueError("all four series must have one entry per frame")

    @property
    def means(self) -> dict[str, float | None]:
        return {item.name: mean(getattr(self, item.name)) for item in fields(self)}

    @property
    def worst_frame(self) -> int | None:
        """Index of the lowest PSNR, the first one if several; None if no frame was compared."""
        known = [(value, index) for index, value in enumerate(self.psnr) if value is not None]
        return min(known)[1] if known else None

    def to_json(self) -> dict:
        return {item.name: [_rounded(v) for v in getattr(self, item.name)] for item in fields(self)}

    @classmethod
    def from_json(cls, data: dict) -> FrameErrors:
        return cls(*(tuple(data[item.name]) for item in fields(cls)))


def mean(series: Sequence[float | None]) -> float | None:
    """Mean of the known values, None if there is none."""
    known = [value for value in series if value is not None]
    return math.fsum(known) / len(known) if known else None


def _rounded(value: float | None) -> float | None:
    # Six decimals are far below any difference that means something, and keep files readable.
    return None if value is None else round(value, 6)


@dataclass(frozen=True)
class Seam:
    """Seam score of a variant: how much more chunk borders change than other frames do.

    control_minus / control_plus: the score of the same clip at the wrong periods (size -1, +1).
    """

    score: float
    p: float
    boundaries: int
    control_minus: float | None = None
    control_plus: float | None = None


@dataclass(frozen=True)
class Finding:
    """Something to say, as data: the sentence is made in the view from its string table."""

    case: str
    params: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Reconstruction:
    """One variant measured: its whole-number plan, its scores, and what they add up to.

    playback   by output frame: what a viewer sees, output frame i against source frame i
    aligned    by SOURCE frame, through the slot map: pads left out, None where the frame is lost
    seam       None with `seam_reason` set where no seam can be judged
    ghosts     per decode chunk: how many frames at its start fall 5 dB below the variant's median
    seconds    wall time by stage, on the device that ran it
    """

    variant: Variant
    plan: Plan
    playback: FrameErrors
    aligned: FrameErrors
    seam: Seam | None
    seam_reason: Finding | None
    ghosts: tuple[int, ...]
    seconds: dict[str, float]
    verdict: Finding | None = None

    @property
    def label(self) -> str:
        return self.variant.label

    def to_json(self) -> dict:
        plan = self.plan.to_json()
        return {
            "label": self.label,
            "spelling": self.variant.spelling,
            **plan,
            "encode": str(self.variant.encode),
            "decode": str(self.variant.decode),
            **self.playback.to_json(),
            "means": {**self.playback.means, "psnr_worst": _at(self.playback.psnr, self.playback.worst_frame)},
            "worst_frame": self.playback.worst_frame,
            "aligned": {
                **self.aligned.to_json(),
                "means": {**self.aligned.means, "psnr_worst": _at(self.aligned.psnr, self.aligned.worst_frame)},
                "worst_frame": self.aligned.worst_frame,
            },
            "seam": asdict(self.seam) if self.seam else None,
            "seam_reason": asdict(self.seam_reason) if self.seam_reason else None,
            "ghosts": list(self.ghosts),
            "seconds": self.seconds,
            "verdict": asdict(self.verdict) if self.verdict else None,
        }


def _at(series: Series, index: int | None) -> float | None:
    return None if index is None else series[index]


@dataclass(frozen=True)
class Baseline:
    """The spatial half alone: every frame through the 2D encoder and decoder, no temporal stage."""

    errors: FrameErrors
    seconds: float

    def to_json(self) -> dict:
        return {**self.errors.to_json(), "means": self.errors.means, "seconds": self.seconds}


@dataclass(frozen=True)
class Comparison:
    """A finished run. `media` says which files show it (see vae_demo.media); paths are relative."""

    clip: dict
    model: str
    dtype: str
    device: str
    reference: str
    seed: int | None
    variants: tuple[Reconstruction, ...]
    baseline_2d: Baseline | None
    seconds: dict[str, float]
    findings: tuple[Finding, ...] = ()
    media: dict = field(default_factory=dict)

    def to_json(self) -> dict:
        return {
            "format": FORMAT,
            "clip": self.clip,
            "model": self.model,
            "dtype": self.dtype,
            "device": self.device,
            "reference": self.reference,
            "seed": self.seed,
            "variants": [variant.to_json() for variant in self.variants],
            "baseline_2d": self.baseline_2d.to_json() if self.baseline_2d else None,
            "seconds": self.seconds,
            "findings": [asdict(finding) for finding in self.findings],
            "media": self.media,
        }

    def save(self, path: Path) -> None:
        """Write comparison.json; allow_nan=False makes a NaN an error here, not a surprise elsewhere."""
        text = json.dumps(self.to_json(), ensure_ascii=False, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8")


def load_comparison(path: Path) -> dict:
    """Read a saved comparison as the JSON mapping that views and reports draw.

    Raises ValueError with one sentence when the file is not one of ours or from another format.
    """
    try:
        data = read_json(path)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path.name} cannot be read as a saved comparison; run it again.") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"{path.name} is not a comparison of format {FORMAT}; run it again.")
    return data
