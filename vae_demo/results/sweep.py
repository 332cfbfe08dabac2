"""A sweep: a comparison of round trips, each size told as its full chunks and what is left over.

A size of 13 on 85 frames leaves a tail of 7: its score must not pass for the size, so every row holds the scores of
full chunks and those of the tail side by side. Saves to sweep.json.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vae_demo.layout.chunks import chunk_lengths
from vae_demo.layout.plan import Came, Plan
from vae_demo.results.comparison import Comparison, Reconstruction
from vae_demo.results.findings import Finding, Seam
from vae_demo.results.form import SELDOM, sweep_misfit
from vae_demo.results.provenance import Provenance
from vae_demo.results.rerun import sweep_command_line
from vae_demo.results.scores import Series, mean
from vae_demo.shapes import read_json

FORMAT = 1
SWEEP_JSON = "sweep.json"
# Far below any difference that means something; keeps sweep.json readable.
DB_DIGITS = 3


@dataclass(frozen=True)
class Part:
    """Scores of some frames of a round trip: PSNR in dB, temporal step in 8-bit units."""

    frames: int
    psnr: float | None
    psnr_worst: float | None
    temporal_step: float | None

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Part | None:
        return None if data is None else cls(**data)


@dataclass(frozen=True)
class SweepRow:
    """One size. `first_alone` is true for sizes 1 + sk, whose full chunks open with a single frame.

    Where a size loses frames, those that come back are scored against the source frames they show.

    full            the chunks of exactly this size (None where the clip is shorter)
    tail            what is left over (None where nothing is)
    psnr_by_frame   dB of every frame, by its place in the source
    findings        what this size comes to beside the model's own; see verdicts/sizes.py
    lost, pads      source frames that do not come back, and pads that play as frames; one may hide the other in
                    frames_out
    came            counts that came back where they are others than planned
    """

    size: str
    first_alone: bool
    tail_first_alone: bool | None
    n_chunks: int
    latents: int
    frames_out: int
    psnr: float | None
    full: Part | None
    tail: Part | None
    seam: Seam | None
    seam_reason: Finding | None
    seconds: dict[str, float]
    psnr_by_frame: Series = ()
    findings: tuple[Finding, ...] = ()
    lost: int = 0
    pads: int = 0
    came: Came | None = None

    @classmethod
    def of(cls, measured: Reconstruction) -> SweepRow:
        """The row of a measured round trip."""
        plan = measured.plan
        scores = measured.aligned if plan.is_clash else measured.playback
        psnr, step = scores["psnr"], scores["temporal_step"]
        facts, split = facts_of(plan)
        return cls(
            **facts, psnr=mean(psnr), full=_part(psnr, step, 0, split),
            tail=_part(psnr, step, split, len(psnr)),
            seam=measured.seam, seam_reason=measured.seam_reason, seconds=measured.seconds,
            psnr_by_frame=tuple(None if value is None else round(value, DB_DIGITS) for value in psnr))

    def to_json(self) -> dict[str, Any]:
        data = {name: value for name, value in asdict(self).items() if value or name not in SELDOM}
        return {**data, "came": self.came.to_json()} if self.came else data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SweepRow:
        known = {name: data.get(name, getattr(cls, name)) if name in SELDOM else data[name]
                 for name in cls.__dataclass_fields__}
        return cls(**{
            **known, "full": Part.from_json(data["full"]), "tail": Part.from_json(data["tail"]),
            "came": Came.from_json(data["came"]) if "came" in data else None,
            "seam": Seam.from_json(data["seam"]), "seam_reason": Finding.from_json(data["seam_reason"]),
            "psnr_by_frame": tuple(data["psnr_by_frame"]),
            "findings": tuple(Finding.from_json(finding) for finding in data["findings"])})


@dataclass(frozen=True)
class Sweep:
    """A finished sweep; `findings` is its headline, the first one the main sentence.

    trained_lengths: shortest and longest chunk seen in training, None where nobody knows.
    """

    clip: dict
    model: str
    dtype: str
    device: str
    reference: str
    trained_lengths: tuple[int, int] | None
    baseline_psnr: float | None
    rows: tuple[SweepRow, ...]
    provenance: Provenance
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(
        cls, comparison: Comparison, reference: str, trained: tuple[int, int] | None, rows: Sequence[SweepRow]
    ) -> Sweep:
        """rows: of its variants. reference: the model's own size, measured or not."""
        base = comparison.baseline_2d
        return cls(
            comparison.clip, comparison.model, comparison.dtype, comparison.device, reference, trained,
            base.errors.means["psnr"] if base else None, tuple(rows), comparison.provenance)

    def to_json(self) -> dict[str, Any]:
        # Through JSON once, so that a live result is the very mapping a saved one loads as.
        record = {"format": FORMAT, **asdict(self), "rows": [row.to_json() for row in self.rows],
                  "provenance": self.provenance.to_json()}
        data = json.loads(json.dumps(record, allow_nan=False))
        data["provenance"]["command"] = sweep_command_line(data)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Sweep:
        """The record that to_json wrote. Raises LookupError, TypeError or ValueError for anything else."""
        known = {name: data[name] for name in cls.__dataclass_fields__}
        trained = data["trained_lengths"]
        return cls(**{
            **known, "trained_lengths": None if trained is None else tuple(trained),
            "rows": tuple(SweepRow.from_json(row) for row in data["rows"]),
            "provenance": Provenance.from_json(data["provenance"]),
            "findings": tuple(Finding.from_json(finding) for finding in data["findings"])})

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.to_json(), ensure_ascii=False) + "\n", encoding="utf-8")


def load_sweep(directory: Path) -> dict:
    """The JSON mapping of a saved sweep. Raises ValueError with one sentence when it is none of ours."""
    path = directory / SWEEP_JSON
    try:
        data = read_json(path)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path.name} cannot be read as a saved sweep; run it again.") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT or "rows" not in data:
        raise ValueError(f"{path.name} is not a sweep of format {FORMAT}; run it again.")
    if place := sweep_misfit(data):
        raise ValueError(f"{path.name} is not as it was written (at {place}); run it again.")
    return data


def facts_of(plan: Plan) -> tuple[dict[str, Any], int]:
    """What of a round trip's row is whole numbers, by its names, and how many source frames are in full chunks."""
    size = plan.encode.size or plan.frames_in
    lengths = chunk_lengths(plan.frames_in, plan.encode.size)
    # A clip shorter than the size has no full chunk: its only chunk is a tail.
    n_full = sum(length == size for length in lengths)
    tail = lengths[-1] if n_full < len(lengths) else None
    return {
        "size": str(plan.encode), "first_alone": plan.rule.first_alone(size),
        "tail_first_alone": None if tail is None else plan.rule.first_alone(tail),
        "n_chunks": len(lengths), "latents": plan.latents, "frames_out": plan.frames_out,
        "lost": len(plan.lost_frames), "pads": plan.pads_shown, "came": plan.came}, n_full * size


def _part(psnr: Sequence[float | None], step: Sequence[float | None], start: int, stop: int) -> Part | None:
    known = [value for value in psnr[start:stop] if value is not None]
    if not known:
        return None
    return Part(stop - start, mean(known), min(known), mean(step[start:stop]))
