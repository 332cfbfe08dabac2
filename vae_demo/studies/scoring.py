"""The one task of a study: a clip that was read, through one model, cut in several ways; rows come out.

A plain loop calls it, and so does a worker of Ray.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from vae_demo import engine, memory
from vae_demo.clips import Clip, Limits, read_clip
from vae_demo.layout.variant import Variant
from vae_demo.memory import batch_budget
from vae_demo.models.model import VideoModel, device_name, dtype_name
from vae_demo.refusal import Refusal, shown
from vae_demo.results.comparison import Reconstruction
from vae_demo.studies import seen
from vae_demo.studies.lengths import common_length
from vae_demo.studies.rows import Failure
from vae_demo.studies.task import Maker, Settings, Unit, base_key, task_key, versions_here

# What is tried again with less at once: refusals that say how much memory there was, and not that something is wrong.
MEMORY_CASES = ("out_of_memory", "too_big", "too_big_frame", "too_big_clip", "too_big_any")


@dataclass(frozen=True)
class Read:
    """clip: the frames that every model is given. frames_read: how many there were before they were trimmed."""

    clip: Clip
    frames_read: int


@dataclass(frozen=True)
class Scored:
    """Rows of one variant of a unit. key: of the task. data: JSON types, what is kept of it."""

    of: tuple[tuple[str, int], str]
    variant: str
    key: str
    data: dict[str, Any]


def read(path: Path, start: int, settings: Settings, models: Sequence[str]) -> Read:
    """The frames of a clip that all `models` are given. Raises Refusal."""
    clip = read_clip(path, start, settings.frames, settings.size, settings.crop, Limits(multiple=settings.multiple))
    return Read(clip.first(common_length(clip.n_frames, models)), clip.n_frames)


def maker_of(model: VideoModel) -> Maker:
    """What rows of this model, here and now, are made by."""
    device, weights = model.device, model.weights
    return Maker(
        model.spec.name, weights.name if weights else None, weights.sha256 if weights else (), device.type,
        device_name(device), dtype_name(model), torch.get_num_threads() if device.type == "cpu" else None,
        versions_here())


def score(
    read: Read, unit: Unit, settings: Settings, model: VideoModel, maker: Maker, work: Path
) -> Iterator[Scored | Failure]:
    """Rows of each variant as soon as they are there, or why there are none. work: an empty folder."""
    try:
        source = seen.periodic(read.clip, read.clip.n_frames) if settings.inspect else ()
    except Exception as error:
        yield Failure.of(as_refusal(error), unit.name)
        return
    left, again = [], set[str]()
    for variant in unit.variants:
        if (failure := _hopeless(unit, model, variant, read.clip)) is None:
            left.append(variant)
        else:
            yield failure
    while left:
        try:
            for each, frames in _run(read.clip, left, settings, model, work, sharing=2 if left[0] in again else 1):
                found = seen.periodic(frames, each.plan.frames_out) if frames is not None else ()
                if frames is not None:
                    frames.remove()
                variant = left.pop(0)
                yield _scored(each, read, unit, settings, maker, variant, (found, source))
        except Exception as error:
            refusal = as_refusal(error)
            if refusal.case in MEMORY_CASES and left[0] not in again:
                again.add(left[0])  # with half as much at once
                continue
            yield Failure.of(refusal, unit.name, unit.model, left.pop(0))


def _hopeless(unit: Unit, model: VideoModel, variant: str, clip: Clip) -> Failure | None:
    """Why a variant cannot be run, which then stands in nobody's way."""
    try:
        plan = model.plan(clip.n_frames, Variant.read(variant))
        model.check(plan, clip.height, clip.width, batch_budget(model.device))
    except Exception as error:
        return Failure.of(as_refusal(error), unit.name, unit.model, variant)
    return None


def _run(
    clip: Clip, variants: Sequence[str], settings: Settings, model: VideoModel, work: Path, sharing: int
) -> Iterator[tuple[Reconstruction, Any]]:
    """Each variant as it is measured, and its frames where somebody will look at them."""
    jobs = engine.jobs_of(model, [Variant.read(each) for each in variants])
    before = memory.share_among(1)
    memory.share_among(before * sharing)
    try:
        for event in engine.run(clip, jobs, work, seed=settings.seed, scores=settings.scores,
                                keep_frames=settings.inspect, baseline=False, together=False):
            if isinstance(event, engine.VariantDone):
                yield event.reconstruction, event.frames
    finally:
        memory.share_among(before)


def as_refusal(error: Exception) -> Refusal:
    """What is said of anything that goes wrong in one task; the study goes on."""
    if isinstance(error, Refusal):
        return error
    if memory.ran_out(error):
        return Refusal("out_of_memory")
    text = str(error)
    if isinstance(error, OSError):
        text = error.strerror or text  # without the path that follows it
    return Refusal("study_task", reason=shown(f"{type(error).__name__}: {text}", 200))


def _scored(
    each: Reconstruction, read: Read, unit: Unit, settings: Settings, maker: Maker, variant: str, found: tuple
) -> Scored:
    base = base_key(unit.content, settings, unit.model, variant)
    key = task_key(base, maker)
    plan, clip, seam = each.plan, read.clip, each.seam
    row = {
        "model": unit.model, "variant": variant, "kind": maker.kind, "start": unit.content[1], "fps": clip.fps,
        "width": clip.width, "height": clip.height, "frames_read": read.frames_read, "frames": plan.frames_in,
        "frames_out": plan.frames_out, "latents": plan.latents, "pads_shown": plan.pads_shown,
        "frames_lost": len(plan.lost_frames), "clash": plan.is_clash,
        **{name: each.playback.means[name] for name in settings.scores},
        **{f"{name}_aligned": each.aligned.means[name] for name in settings.scores},
        "psnr_worst": each.playback.worst, "psnr_worst_frame": each.playback.worst_frame,
        "seam": seam.score if seam else None, "seam_p": seam.p if seam else None,
        "seam_borders": seam.boundaries if seam else None,
        "seam_reason": each.seam_reason.case if each.seam_reason else None,
        **(seen.columns(*found) if settings.inspect else {}),
        "device": maker.device_name, "dtype": maker.dtype, "threads": maker.threads,
        "halved": " ".join(f"{stage}={n}" for stage, n in sorted(each.provenance.halved.items())) or None,
        "weights": maker.weights, "weights_sha256": " ".join(maker.weights_sha256), "file_sha256": unit.content[0],
        "clip_sha256": each.provenance.clip_sha256, "task": key}
    return Scored(unit.key, variant, key, {
        "base": base, "maker": maker.to_json(), "row": row, "frames": _frame_columns(each, settings),
        "seconds": {name: round(value, 6) for name, value in each.seconds.items()}})


def _frame_columns(each: Reconstruction, settings: Settings) -> dict[str, list[Any]]:
    """By column one entry per frame that goes in or comes out."""
    plan = each.plan
    n, borders = max(plan.frames_in, plan.frames_out), set(plan.boundaries)

    def filled(values: Sequence[Any]) -> list[Any]:
        return [*values, *[None] * (n - len(values))]

    return {
        "frame": list(range(n)), "slot": filled(plan.slots),
        "border": filled([frame in borders for frame in range(plan.frames_out)]),
        **{name: filled(each.playback[name]) for name in settings.scores},
        **{f"{name}_aligned": filled(each.aligned[name]) for name in settings.scores}}
