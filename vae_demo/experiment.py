"""compare(): one clip through one model, cut in several ways, measured as it goes.

A generator. It yields `Progress` after every bounded step, `VariantDone` as soon as a variant is
measured, and `Finished` at the end. Closing it (or the tab, or Ctrl-C) stops the work at the next
step and leaves nothing behind but the caller's own directory.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from vae_demo import metrics, stages
from vae_demo.clips import Clip
from vae_demo.layout.plan import Plan, plan_of
from vae_demo.layout.variant import Variant
from vae_demo.memory import batch_budget
from vae_demo.models.pipeline import VideoVAE
from vae_demo.records import Baseline, Comparison, Finding, Reconstruction, Seam
from vae_demo.store import FrameStore
from vae_demo.verdicts import headline, verdict

# Relative cost of one frame in each stage, measured with the tiny model on a CPU by
# benchmarks/stages.py. Only the time left on a progress bar rests on them.
COST = {"spatial_encode": 1.0, "baseline": 2.8, "temporal_encode": 0.4, "temporal_decode": 0.5,
        "spatial_decode": 2.8, "score": 0.7}

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """After one step: where the work is, how far, and how long the rest should take.

    fraction 0..1 of the whole run; seconds_left None until there is something to judge by.
    """

    stage: str
    label: str | None
    done: int
    total: int
    fraction: float
    seconds_left: float | None


@dataclass(frozen=True)
class VariantDone:
    """A measured variant and its frames; its verdict comes with Finished, once there is a reference."""

    reconstruction: Reconstruction
    frames: FrameStore


@dataclass(frozen=True)
class Finished:
    """The whole result. `frames` maps each variant's label to its decoded frames."""

    comparison: Comparison
    frames: dict[str, FrameStore]


Event = Progress | VariantDone | Finished


class Meter:
    """Turns steps counted in frames into Progress, weighted by what each stage costs."""

    def __init__(self, work: float) -> None:
        self._work = max(work, 1e-9)
        self._spent = 0.0
        self._began = time.perf_counter()

    def track(
        self, stage: str, label: str | None, total: int, steps: Generator[int, None, T], seconds: dict[str, float]
    ) -> Generator[Progress, None, T]:
        """Run `steps`, yield a Progress after each, add the wall time to `seconds[stage]`, return its result."""
        done = 0
        began = time.perf_counter()
        try:
            while True:
                try:
                    frames = next(steps)
                except StopIteration as end:
                    return end.value
                finally:
                    now = time.perf_counter()
                    seconds[stage] = seconds.get(stage, 0.0) + now - began
                done += frames
                self._spent += frames * COST[stage]
                yield self._progress(stage, label, done, total)
                began = time.perf_counter()
        finally:
            steps.close()

    def _progress(self, stage: str, label: str | None, done: int, total: int) -> Progress:
        fraction = min(self._spent / self._work, 1.0)
        elapsed = time.perf_counter() - self._began
        left = elapsed * (1 - fraction) / fraction if fraction > 0.02 else None
        return Progress(stage, label, done, total, fraction, left)


def plans_for(n_frames: int, variants: Sequence[Variant], vae: VideoVAE) -> tuple[Plan, ...]:
    """One plan per variant under the model's rule. Raises Refusal."""
    return tuple(plan_of(n_frames, variant, vae.spec.rule) for variant in variants)


def work_of(plans: Sequence[Plan]) -> float:
    """What a comparison of these plans costs, in frames of spatial encoding."""
    n_frames = plans[0].frames_in
    encodes = len({each.encode for each in plans})
    out = sum(each.frames_out for each in plans)
    scored = sum(sum(metrics.frames_scored(each)) for each in plans)
    return (n_frames * (COST["spatial_encode"] + COST["baseline"] + COST["score"])
            + encodes * n_frames * COST["temporal_encode"]
            + out * (COST["temporal_decode"] + COST["spatial_decode"]) + scored * COST["score"])


def compare(
    clip: Clip,
    vae: VideoVAE,
    variants: Sequence[Variant],
    directory: Path,
    seed: int | None = None,
) -> Iterator[Event]:
    """Run every variant on `clip` and measure it.

    directory: an existing folder for the decoded frames (uint8, on disk); the caller removes it.
    seed: None for the posterior mean of both stages; a number samples both, keyed by (seed, frame or chunk).

    Raises Refusal before any work when a variant cannot run.
    """
    plans = plans_for(clip.n_frames, variants, vae)
    budget = batch_budget(vae.device)
    h, w = clip.height // vae.spec.spatial_factor, clip.width // vae.spec.spatial_factor
    for each in plans:
        stages.check_fits(vae, each, h, w, budget)

    meter = Meter(work_of(plans))
    shared: dict[str, float] = {}
    spatial = yield from meter.track(
        "spatial_encode", None, clip.n_frames, stages.encode_spatial(vae, clip, seed), shared)
    baseline = yield from _baseline(clip, vae, spatial, directory, meter)

    latents: dict[int | None, Any] = {}
    encode_seconds: dict[int | None, float] = {}
    last_use = {each.encode: index for index, each in enumerate(plans)}
    done: list[Reconstruction] = []
    stores: dict[str, FrameStore] = {}
    for index, (variant, each) in enumerate(zip(variants, plans, strict=True)):
        seconds: dict[str, float] = {}
        if each.encode not in latents:
            latents[each.encode] = yield from meter.track(
                "temporal_encode", variant.label, clip.n_frames,
                stages.encode_temporal(vae, spatial, each.encode_chunks, budget, seed), seconds)
            encode_seconds[each.encode] = seconds["temporal_encode"]
        seconds["temporal_encode"] = encode_seconds[each.encode]
        store = FrameStore(directory / f"variant{index}.npy", each.frames_out, clip.height, clip.width)
        read = latents[each.encode][:, :, :each.latents]
        yield from decode(vae, read, each, store, budget, meter, variant.label, seconds)
        if last_use[each.encode] == index:
            del latents[each.encode], read
        reconstruction = yield from _measure(clip, variant, each, store, meter, seconds)
        done.append(reconstruction)
        stores[variant.label] = store
        yield VariantDone(reconstruction, store)

    yield Finished(_comparison(clip, vae, seed, done, baseline, shared), stores)


def decode(
    vae: VideoVAE, latents: Any, each: Plan, store: FrameStore, budget: int,
    meter: Meter, label: str, seconds: dict[str, float],
) -> Generator[Progress, None, None]:
    """Latents -> frames in `store`: temporal decode in chunks, crop, spatial decode."""
    decoded = yield from meter.track(
        "temporal_decode", label, each.frames_out,
        stages.decode_temporal(vae, latents, each.decode_chunks, each.rule.stride, budget), seconds)
    yield from meter.track(
        "spatial_decode", label, each.frames_out, stages.decode_spatial(vae, decoded, store), seconds)


def _baseline(
    clip: Clip, vae: VideoVAE, spatial: Any, directory: Path, meter: Meter
) -> Generator[Progress, None, Baseline]:
    seconds: dict[str, float] = {}
    store = FrameStore(directory / "baseline.npy", clip.n_frames, clip.height, clip.width)
    try:
        yield from meter.track(
            "baseline", None, clip.n_frames, stages.decode_spatial(vae, spatial, store), seconds)
        errors = yield from meter.track(
            "score", None, clip.n_frames, metrics.score_playback(clip, store), seconds)
    finally:
        store.remove()
    return Baseline(errors, seconds["baseline"])


def _measure(
    clip: Clip, variant: Variant, each: Plan, store: FrameStore, meter: Meter, seconds: dict[str, float]
) -> Generator[Progress, None, Reconstruction]:
    n_playback, n_aligned = metrics.frames_scored(each)
    playback = yield from meter.track(
        "score", variant.label, n_playback, metrics.score_playback(clip, store), seconds)
    aligned = yield from meter.track(
        "score", variant.label, n_aligned, metrics.score_aligned(clip, store, each, playback), seconds)
    seam, reason = judge_seam(each, playback.temporal_step)
    starts = [chunk.start for chunk in each.decode_chunks]
    ghosts = tuple(metrics.ghost_runs(playback.psnr, starts))
    return Reconstruction(variant, each, playback, aligned, seam, reason, ghosts, seconds)


def judge_seam(each: Plan, steps: Sequence[float | None]) -> tuple[Seam | None, Finding | None]:
    """A seam score where one can be judged, else the reason, as data."""
    if each.is_clash:
        return None, Finding("clash")
    if len(each.decode_chunks) == 1:
        return None, Finding("one_chunk")
    judged = metrics.seam_score(steps, each.boundaries, period=each.decode)
    if isinstance(judged, metrics.SeamRefusal):
        return None, Finding(judged.case, dict(judged.params))
    return Seam(judged.score, judged.p, judged.boundaries, judged.control_minus, judged.control_plus), None


def _comparison(
    clip: Clip, vae: VideoVAE, seed: int | None, done: list[Reconstruction], baseline: Baseline,
    seconds: dict[str, float],
) -> Comparison:
    # The size the model declares is the reference; without it, the first variant is.
    own = Variant(vae.spec.reference_size, vae.spec.reference_size)
    reference = next((each for each in done if each.variant == own), done[0])
    judged = tuple(replace(each, verdict=verdict(each, reference)) for each in done)
    reference = judged[done.index(reference)]
    return Comparison(
        clip=clip.describe(), model=vae.spec.name, dtype=str(vae.dtype).removeprefix("torch."),
        device=vae.device.type, reference=reference.label, seed=seed, variants=judged, baseline_2d=baseline,
        seconds=seconds, findings=headline(judged, reference))
