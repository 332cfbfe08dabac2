"""What a comparison is made of: frozen records that save to JSON and load back unchanged.

Live, cached and downloaded results all take this one path: the engine yields these records, views and
reports draw them. Every list is plain numbers with None where nothing can be said; never NaN.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import Variant
from vae_demo.results.findings import Finding, Lagged, Seam
from vae_demo.results.provenance import Provenance
from vae_demo.results.rerun import command_line
from vae_demo.results.scores import Scores
from vae_demo.shapes import read_json

FORMAT = 1
COMPARISON_JSON = "comparison.json"


@dataclass(frozen=True)
class Baseline:
    """The spatial half alone: every frame through the 2D encoder and decoder, no temporal stage."""

    errors: Scores
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return {**self.errors.to_json(), "seconds": self.seconds}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Baseline | None:
        return None if data is None else cls(Scores.from_json(data), data["seconds"])


@dataclass(frozen=True)
class Reconstruction:
    """One variant measured: its whole-number plan, its scores, and what they add up to.

    playback   by output frame: what a viewer sees, output frame i against source frame i
    aligned    by SOURCE frame, through the slot map: pads left out, None where the frame is lost
    seam       None with `seam_reason` set where no seam can be judged
    ghosts     per decode chunk: how many frames at its start fall 5 dB below the variant's median
    seconds    wall time by stage, on the device that ran it
    baseline_2d, provenance   of the model that ran it
    lags       how its pieces lie in time; nothing where that was not measured
    """

    variant: Variant
    plan: Plan
    playback: Scores
    aligned: Scores
    seam: Seam | None
    seam_reason: Finding | None
    ghosts: tuple[int, ...]
    seconds: dict[str, float]
    provenance: Provenance
    baseline_2d: Baseline | None = None
    verdict: Finding | None = None
    lags: tuple[Lagged, ...] = ()

    @property
    def label(self) -> str:
        return self.variant.label

    @property
    def model(self) -> str:
        return self.provenance.model

    def to_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "spelling": self.variant.spelling,
            "model": self.model,
            **self.plan.to_json(),
            "encode": str(self.variant.encode),
            "decode": str(self.variant.decode),
            **self.playback.measured(),
            "aligned": self.aligned.measured(),
            "seam": asdict(self.seam) if self.seam else None,
            "seam_reason": asdict(self.seam_reason) if self.seam_reason else None,
            "ghosts": list(self.ghosts),
            **({"lags": [each.to_json() for each in self.lags]} if self.lags else {}),
            "seconds": self.seconds,
            "verdict": asdict(self.verdict) if self.verdict else None,
            "baseline_2d": self.baseline_2d.to_json() if self.baseline_2d else None,
            "provenance": self.provenance.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reconstruction:
        return cls(
            Variant.read(data["spelling"]), Plan.from_json(data), Scores.from_json(data),
            Scores.from_json(data["aligned"]), Seam.from_json(data["seam"]), Finding.from_json(data["seam_reason"]),
            tuple(data["ghosts"]), data["seconds"], Provenance.from_json(data["provenance"]),
            Baseline.from_json(data["baseline_2d"]), Finding.from_json(data["verdict"]),
            tuple(map(Lagged.from_json, data.get("lags", ()))))


@dataclass(frozen=True)
class Comparison:
    """A finished run. `media` says which files show it (see vae_demo.media); paths are relative.

    model, dtype, device, provenance and baseline_2d in the JSON are those of the first variant's model.
    """

    clip: dict
    dtype: str
    device: str
    reference: str
    variants: tuple[Reconstruction, ...]
    seconds: dict[str, float]
    findings: tuple[Finding, ...] = ()
    media: dict = field(default_factory=dict)

    @property
    def model(self) -> str:
        return self.variants[0].model

    @property
    def provenance(self) -> Provenance:
        return self.variants[0].provenance

    @property
    def baseline_2d(self) -> Baseline | None:
        return self.variants[0].baseline_2d

    def to_json(self) -> dict[str, Any]:
        data = {
            "format": FORMAT,
            "clip": self.clip,
            "model": self.model,
            "dtype": self.dtype,
            "device": self.device,
            "reference": self.reference,
            "seed": self.provenance.seed,
            "variants": [variant.to_json() for variant in self.variants],
            "baseline_2d": self.baseline_2d.to_json() if self.baseline_2d else None,
            "seconds": self.seconds,
            "findings": [asdict(finding) for finding in self.findings],
            "provenance": self.provenance.to_json(),
            "media": self.media,
        }
        data["provenance"]["command"] = command_line(data)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Comparison:
        """The record that to_json wrote. Raises LookupError, TypeError or ValueError for anything else."""
        return cls(
            data["clip"], data["dtype"], data["device"], data["reference"],
            tuple(Reconstruction.from_json(variant) for variant in data["variants"]), data["seconds"],
            tuple(Finding.from_json(finding) for finding in data["findings"]), data["media"])

    def save(self, path: Path) -> None:
        """Write comparison.json; allow_nan=False makes a NaN an error here, not a surprise elsewhere."""
        text = json.dumps(self.to_json(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
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
