"""sweep(): one clip, one model, a round trip at every chunk size; full chunks and the tail apart.

A size of 13 on 85 frames leaves a tail of 7: its score must not pass for the size, so every row
holds the scores of full chunks and those of the tail side by side. Frames are scored on raw arrays
and thrown away; only numbers stay.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vae_demo import metrics, stages
from vae_demo.clips import Clip
from vae_demo.experiment import COST, Meter, Progress, decode, judge_seam
from vae_demo.layout.plan import Plan, chunk_lengths, plan
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.text import size_label
from vae_demo.memory import batch_budget
from vae_demo.models.pipeline import VideoVAE
from vae_demo.records import mean
from vae_demo.store import FrameStore
from vae_demo.sweep_records import Part, Sweep, SweepRow
from vae_demo.sweep_verdicts import headline, row_findings

# Far below any difference that means something; keeps sweep.json readable.
DB_DIGITS = 3


@dataclass(frozen=True)
class RowDone:
    row: SweepRow


@dataclass(frozen=True)
class SweepFinished:
    sweep: Sweep


def sweep(
    clip: Clip, vae: VideoVAE, sizes: Sequence[int | None], directory: Path
) -> Iterator[Progress | RowDone | SweepFinished]:
    """Round trips at every size, reusing the spatial latents. None is `whole`.

    Raises Refusal before any work when a size cannot run.
    """
    plans = tuple(plan(clip.n_frames, size, size, vae.spec.rule) for size in sizes)
    budget = batch_budget(vae.device)
    h, w = clip.height // vae.spec.spatial_factor, clip.width // vae.spec.spatial_factor
    for each in plans:
        stages.check_fits(vae, each, h, w, budget)
    per_size = sum(COST[s] for s in ("temporal_encode", "temporal_decode", "spatial_decode", "score"))
    base = sum(COST[s] for s in ("spatial_encode", "baseline", "score"))
    meter = Meter(clip.n_frames * (base + per_size * len(plans)))

    spatial = yield from meter.track(
        "spatial_encode", None, clip.n_frames, stages.encode_spatial(vae, clip, None), {})
    baseline = yield from _score_spatial(clip, vae, spatial, directory, meter)
    rows = []
    for each in plans:
        row = yield from _row(clip, vae, spatial, each, budget, directory, meter)
        rows.append(row)
        yield RowDone(row)
    reference = str(vae.spec.reference_size)
    declared = next((row for row in rows if row.size == reference), None)
    judged = tuple(replace(row, findings=row_findings(row, declared, vae.spec.rule)) for row in rows)
    yield SweepFinished(Sweep(
        clip.describe(), vae.spec.name, str(vae.dtype).removeprefix("torch."), vae.device.type,
        reference, vae.spec.trained_lengths, baseline, judged,
        headline(judged, vae.spec.name, reference, vae.spec.trained_lengths)))


def _score_spatial(
    clip: Clip, vae: VideoVAE, spatial, directory: Path, meter: Meter
) -> Generator[Progress, None, float]:
    store = FrameStore(directory / "baseline.npy", clip.n_frames, clip.height, clip.width)
    try:
        yield from meter.track("baseline", None, clip.n_frames, stages.decode_spatial(vae, spatial, store), {})
        psnr, _ = yield from meter.track("score", None, clip.n_frames, metrics.score_fidelity(clip, store), {})
    finally:
        store.remove()
    return mean(psnr)


def _row(
    clip: Clip, vae: VideoVAE, spatial, each: Plan, budget: int, directory: Path, meter: Meter
) -> Generator[Progress, None, SweepRow]:
    label = size_label(each.encode)
    seconds: dict[str, float] = {}
    store = FrameStore(directory / "sweep.npy", each.frames_out, clip.height, clip.width)
    try:
        latents = yield from meter.track(
            "temporal_encode", label, clip.n_frames,
            stages.encode_temporal(vae, spatial, each.encode_chunks, budget, None), seconds)
        yield from decode(vae, latents, each, store, budget, meter, label, seconds)
        psnr, step = yield from meter.track(
            "score", label, each.frames_out, metrics.score_fidelity(clip, store), seconds)
    finally:
        store.remove()
    seam, reason = judge_seam(each, step)
    lengths = chunk_lengths(each.frames_in, each.encode)
    # A clip shorter than the size has no full chunk: its only chunk is a tail.
    n_full = sum(length == (each.encode or each.frames_in) for length in lengths)
    split = n_full * (each.encode or each.frames_in)
    tail = lengths[-1] if n_full < len(lengths) else None
    return SweepRow(
        size=label, first_alone=_first_alone(each.encode or each.frames_in, each.rule),
        tail_first_alone=None if tail is None else _first_alone(tail, each.rule),
        n_chunks=len(lengths), latents=each.latents, frames_out=each.frames_out, psnr=mean(psnr),
        full=_part(psnr, step, 0, split), tail=_part(psnr, step, split, each.frames_out),
        seam=seam, seam_reason=reason, seconds=seconds,
        psnr_by_frame=tuple(None if value is None else round(value, DB_DIGITS) for value in psnr))


def _first_alone(length: int, rule: FrameRule) -> bool:
    return rule.pads(length) == rule.stride - 1


def _part(psnr: Sequence[float | None], step: Sequence[float | None], start: int, stop: int) -> Part | None:
    known = [value for value in psnr[start:stop] if value is not None]
    if not known:
        return None
    return Part(stop - start, mean(known), min(known), mean(step[start:stop]))
