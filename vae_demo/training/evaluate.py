"""How good a bundled model is on real footage it never saw, measured through the app's own compare().

Posterior mean, float32, 51 frames at 256 x 256. Numbers are by playback index unless they say aligned.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from vae_demo import assets
from vae_demo.clips import read_clip
from vae_demo.engine import jobs_of, measure
from vae_demo.layout.variant import parse_variants
from vae_demo.models.model import VideoModel
from vae_demo.results.comparison import Comparison, Reconstruction
from vae_demo.scratch import work_folder
from vae_demo.training.footage import FOOTAGE, Footage, open_footage
from vae_demo.training.machine import machine

log = logging.getLogger("vae_demo.training")
SOFT_VARIANTS = "17,16,18"
VARIANTS = "13,16,17,18,21,whole,17:16,17:16:fit,17:18"
# Sizes whose frames are also averaged by their place in the chunk.
SLOT_SIZES = (16, 17, 18)
PIN_CLIP, PIN_FRAMES, PIN_SIZE, PIN_VARIANTS = "flash", 35, 128, "17,16,18,17:16"
_VAE_STAGES = ("temporal_encode", "temporal_decode", "spatial_decode")


def evaluate(
    model: VideoModel, footage: Sequence[Footage] = FOOTAGE, variants: str = VARIANTS, soft: Sequence[Footage] = ()
) -> dict:
    """Compare every variant on every clip; on `soft`, which stays out of the means, 17, 16 and 18 alone.

    JSON types only: {model, clips: [...], soft: [...], means: {...}, slots: {...}}.
    """
    results = _judged(model, footage, variants)
    comparisons = [comparison for _, comparison in results]
    labels = [variant.label for variant in comparisons[0].variants]
    clips = [_clip_row(each, comparison) for each, comparison in results]
    return {
        "model": model.spec.name,
        "dtype": comparisons[0].dtype,
        "machine": machine(model.device.type),
        "seconds": round(float(np.mean([round_trip_seconds(each) for each in comparisons])), 2),
        "clips": clips,
        "soft": [_clip_row(each, comparison) for each, comparison in _judged(model, soft, SOFT_VARIANTS)],
        "means": {label: _mean_of([clip["variants"][label] for clip in clips]) for label in ("2D only", *labels)},
        "pins": pins(model),
        "slots": {str(size): by_slot(comparisons, size) for size in SLOT_SIZES if str(size) in labels},
    }


def _judged(model: VideoModel, footage: Sequence[Footage], variants: str) -> list[tuple[Footage, Comparison]]:
    results = []
    for each in footage:
        comparison = _compare(model, each, variants)
        results.append((each, comparison))
        log.info("%s: %s", each.name, _line(comparison))
    return results


def _compare(model: VideoModel, footage: Footage, variants: str) -> Comparison:
    with work_folder("judge") as folder, open_footage(footage) as clip:
        return measure(clip, jobs_of(model, parse_variants(variants)), folder).comparison


def pins(model: VideoModel) -> dict:
    """Scores on a short piece of our own sample clip, for tests that notice when weights or arithmetic change.

    JSON types only: {clip, frames, size, psnr: {label: mean dB by playback index}}.
    """
    with work_folder("judge") as folder, read_clip(
            assets.clip(PIN_CLIP), n_frames=PIN_FRAMES, size=PIN_SIZE) as clip:
        finished = measure(clip, jobs_of(model, parse_variants(PIN_VARIANTS)), folder).comparison
    psnr = {"2D only": finished.baseline_2d.errors.means["psnr"]}
    psnr |= {each.label: each.playback.means["psnr"] for each in finished.variants}
    return {"clip": PIN_CLIP, "frames": PIN_FRAMES, "size": PIN_SIZE,
            "psnr": {label: round(value, 3) for label, value in psnr.items()}}


def round_trip_seconds(comparison: Comparison) -> float:
    """Wall time of one encode and decode at the reference size, scoring left out."""
    own = next(each for each in comparison.variants if each.label == comparison.reference).seconds
    return comparison.seconds["spatial_encode"] + sum(own[stage] for stage in _VAE_STAGES)


def _clip_row(footage: Footage, comparison: Comparison) -> dict:
    base = comparison.baseline_2d.errors
    rows = {"2D only": {"frames_out": len(base["psnr"]), "psnr": base.means["psnr"], "ssim": base.means["ssim"],
                        "worst": base.worst, "aligned_psnr": base.means["psnr"], "border_ratio": None}}
    rows |= {each.label: _variant_row(each) for each in comparison.variants}
    return {"name": footage.name, "source": footage.words,
            "variants": {label: _rounded(row) for label, row in rows.items()}}


def _variant_row(each: Reconstruction) -> dict:
    return {
        "frames_out": each.plan.frames_out,
        "psnr": each.playback.means["psnr"],
        "ssim": each.playback.means["ssim"],
        "worst": each.playback.worst,
        "aligned_psnr": each.aligned.means["psnr"],
        "border_ratio": border_ratio(each.playback["temporal_step"], each.plan.boundaries),
    }


def border_ratio(steps: Sequence[float | None], boundaries: Iterable[int]) -> float | None:
    """Mean temporal step error at chunk borders over the mean elsewhere; None without borders."""
    at = set(boundaries)
    known = [(index in at, value) for index, value in enumerate(steps) if value is not None]
    border, inside = ([value for is_border, value in known if is_border is wanted] for wanted in (True, False))
    if not border or not inside or not np.mean(inside):
        return None
    return float(np.mean(border) / np.mean(inside))


def by_slot(comparisons: Sequence[Comparison], size: int) -> list[float]:
    """Mean PSNR of frame k of a full chunk, k = 0..size-1, over all full chunks of all clips."""
    rows = []
    for comparison in comparisons:
        found = next(each for each in comparison.variants if each.label == str(size))
        spans = [(chunk.start, chunk.stop) for chunk in found.plan.decode_chunks]
        rows += [found.playback["psnr"][start:stop] for start, stop in spans if stop - start == size]
    return [round(float(value), 2) for value in np.mean(rows, axis=0)]


def _mean_of(rows: Sequence[dict]) -> dict:
    means = {}
    for key in rows[0]:
        known = [row[key] for row in rows if row[key] is not None]
        means[key] = float(np.mean(known)) if known else None
    return _rounded(means)


def _rounded(row: dict) -> dict:
    return {key: None if value is None else round(value, 4 if key == "ssim" else 2) for key, value in row.items()}


def _line(comparison: Comparison) -> str:
    scores = {"2D only": comparison.baseline_2d.errors.means["psnr"]}
    scores |= {each.label: each.playback.means["psnr"] for each in comparison.variants}
    return ", ".join(f"{label} {value:.1f}" for label, value in scores.items())


def save(result: dict, directory: Path) -> Path:
    path = directory / f"{result['model']}.evaluation.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
