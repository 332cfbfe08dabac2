"""What a sweep is made of: frozen records of plain numbers that save to sweep.json."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from vae_demo.records import Finding, Seam, Series
from vae_demo.shapes import Maybe, misfit, read_json

FORMAT = 1
SWEEP_JSON = "sweep.json"
_FINDING = {"case": str, "params": dict}
_PART = {"frames": int, "psnr": Maybe(float), "psnr_worst": Maybe(float), "temporal_step": Maybe(float)}
_FORM = {
    "clip": {"name": str, "width": int, "height": int, "n_frames": int, "start": int, "notes": list, "source": dict},
    "model": str, "dtype": str, "device": str, "reference": str, "trained_lengths": [int],
    "baseline_psnr": Maybe(float), "findings": [_FINDING],
    "rows": [{
        "size": str, "first_alone": bool, "tail_first_alone": Maybe(bool), "n_chunks": int, "latents": int,
        "frames_out": int, "psnr": Maybe(float), "full": Maybe(_PART), "tail": Maybe(_PART), "seconds": dict,
        "seam": Maybe({"score": float, "p": float, "boundaries": int}), "seam_reason": Maybe(_FINDING),
        "psnr_by_frame": [Maybe(float)], "findings": [_FINDING]}]}


@dataclass(frozen=True)
class Part:
    """Scores of some frames of a round trip: PSNR in dB, temporal step in 8-bit units."""

    frames: int
    psnr: float | None
    psnr_worst: float | None
    temporal_step: float | None


@dataclass(frozen=True)
class SweepRow:
    """One size. `first_alone` is true where a full chunk opens with a single frame: sizes 1 + sk.

    full            the chunks of exactly this size (None where the clip is shorter)
    tail            what is left over (None where nothing is)
    psnr_by_frame   dB of every output frame
    findings        what this size comes to beside the declared one; see sweep_verdicts.py
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

    def to_json(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Sweep:
    """A finished sweep; `findings` is its headline, the first one the main sentence."""

    clip: dict
    model: str
    dtype: str
    device: str
    reference: str
    trained_lengths: tuple[int, int]
    baseline_psnr: float | None
    rows: tuple[SweepRow, ...]
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict:
        # Through JSON once, so that a live result is the very mapping a saved one loads as.
        return json.loads(json.dumps({"format": FORMAT, **asdict(self)}, allow_nan=False))

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
    if place := misfit(data, _FORM) or ("" if data["rows"] else "rows"):
        raise ValueError(f"{path.name} is not as it was written (at {place}); run it again.")
    if len(data["trained_lengths"]) != 2:
        raise ValueError(f"{path.name} is not as it was written (at trained_lengths); run it again.")
    return data
