"""What a study will take, before it is begun: tasks, frames, and seconds by what a few frames take here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from vae_demo import engine, scratch
from vae_demo.clips import Clip
from vae_demo.models.model import VideoModel
from vae_demo.refusal import Refusal
from vae_demo.studies.kept import Kept
from vae_demo.studies.lengths import common_length
from vae_demo.studies.loop import loaded
from vae_demo.studies.plan import Planned, frames_there, plans_of, work_of_plans
from vae_demo.studies.rows import Failure
from vae_demo.studies.scoring import maker_of
from vae_demo.studies.task import Unit

# Frames of the trial, and how often it is timed: the first run finds everything cold.
TRIAL_FRAMES, TRIALS = 17, 2


@dataclass(frozen=True)
class Estimate:
    """tasks, left: of clip, model and variant, whole and not kept yet. frames: to be decoded for those that are left.
    seconds: of one worker like this machine, None where there is nothing to do. failures: what cannot be done."""

    clips: int
    tasks: int
    left: int
    frames: int
    seconds: float | None
    failures: tuple[Failure, ...]


def estimated(plan: Planned, kept: Kept) -> Estimate:
    """Looks at every clip and runs a few frames of noise through every model. Raises Refusal."""
    failures, left, frames, seconds = list(plan.failures), 0, 0, 0.0
    there: dict[tuple[str, int], int | None] = {}
    for model in plan.protocol.models:
        units = [unit for unit in plan.units if unit.model == model]
        if not units:
            continue
        network = loaded(plan.protocol, model)
        maker, work = maker_of(network), 0.0
        for unit, n_frames in _seen(units, there, failures):
            asked = plan.settings.frames or n_frames or 1
            length = common_length(min(asked, n_frames or asked), plan.protocol.models)
            unit = plan.missing(unit, maker, kept)
            plans = plans_of(unit, length)
            left += len(plans)
            frames += sum(each.frames_out for each in plans)
            work += work_of_plans(plan, unit, plans)
        if work:
            seconds += work * _seconds_per_work(plan, network)
    return Estimate(len({unit.content for unit in plan.units}), plan.n_tasks, left, frames,
                    seconds if left else None, tuple(failures))


def _seen(
    units: list[Unit], there: dict[tuple[str, int], int | None], failures: list[Failure]
) -> Iterator[tuple[Unit, int | None]]:
    """Units whose clips open, with the frames that they have."""
    for unit in units:
        if unit.content not in there:
            try:
                there[unit.content] = frames_there(unit)
            except Refusal as error:
                failure = Failure.of(error, unit.name)
                failures += [failure] if failure not in failures else []
                continue
        yield unit, there[unit.content]


def _seconds_per_work(plan: Planned, model: VideoModel) -> float:
    """Of one unit of engine.work_of, on this machine, at the study's size in a square."""
    settings = plan.settings
    side = max(settings.size // settings.multiple, 1) * settings.multiple
    noise = np.random.default_rng(0).integers(0, 256, (TRIAL_FRAMES, side, side, 3), np.uint8)
    length = common_length(TRIAL_FRAMES, [model.spec.name])
    clip, own = Clip.from_array(noise[:length], 24, "trial"), replace(model.spec.own)
    times = []
    for _ in range(TRIALS):
        with scratch.work_folder("trial") as work:
            began = time.perf_counter()
            engine.measure(clip, engine.jobs_of(model, [own]), work, scores=settings.scores,
                           keep_frames=settings.inspect, baseline=False, together=False)
            times.append(time.perf_counter() - began)
    return min(times) / engine.work_of([model.plan(length, own)], model.spec, settings.scores, baseline=False)
