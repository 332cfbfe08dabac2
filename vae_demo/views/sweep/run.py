"""What the Sweep tab does when somebody presses something: ordinary functions and generators, no layout."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from vae_demo import assets, engine, scratch
from vae_demo.clips import Clip
from vae_demo.examples import sweep_name
from vae_demo.layout.plan import Plan
from vae_demo.layout.sizes import parse_sizes, spelled_sizes
from vae_demo.models.model import dtype_name
from vae_demo.models.spec import MODELS
from vae_demo.report.sweep import save_sweep
from vae_demo.results.findings import Finding
from vae_demo.results.scores import SWEPT
from vae_demo.results.sweep import Sweep, SweepRow
from vae_demo.sweeping import taken
from vae_demo.verdicts import swept
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.shared import kept_model, running, samples
from vae_demo.views.shared.computing import compute
from vae_demo.views.shared.needs import NEEDS, Need
from vae_demo.views.shared.pace import kind_of
from vae_demo.views.shared.running import Extent, Request
from vae_demo.views.shared.saved_sweeps import saved_sweep
from vae_demo.views.shared.settings import size_choice
from vae_demo.views.shared.timed import Timed
from vae_demo.views.sweep.figure import MOST_SIZES

# How often a run reports, in seconds: often enough for a Cancel to bite, seldom enough to cost nothing.
REPORT_S = 0.1


@dataclass(frozen=True)
class Working:
    """How far a sweep is. `so_far` is what is measured, in the fields of sweep.json, None while the clip is read."""

    progress: engine.Progress | None = None
    so_far: dict | None = None


@dataclass(frozen=True)
class Done:
    """The whole result and the folder that holds its files."""

    sweep: Sweep
    directory: Path


def check(request: Request, bounds: Bounds = Bounds()) -> Need | None:
    """Refuse before the queue what cannot run; what a run needs, where that can be told. Raises Refusal."""
    extent, plans = planned(request, bounds)
    return NEEDS.check(request, extent, plans)


def planned(request: Request, bounds: Bounds = Bounds()) -> tuple[Extent, tuple[Plan, ...]]:
    """What a run would take, and its plans. Raises Refusal where it cannot be, but for want of memory."""
    sizes = _sizes(request)
    extent = running.check_clip(request, len(sizes), bounds)
    spec, n_frames = MODELS[request.model], extent.n_frames
    return extent, tuple(spec.plan(n_frames, variant) for variant in taken(spec, n_frames, sizes).variants)


def estimate(request: Request, extent: Extent, plans: tuple[Plan, ...]) -> tuple[float, float] | None:
    """Seconds the sweep will take here, from and to; None where nothing is known of it."""
    megapixels = extent.height * extent.width / 1e6
    pace = kept_model.PACE.computing(kind(request), megapixels)
    work = engine.work_of(plans, MODELS[request.model], SWEPT) * megapixels
    return pace and (work * pace[0], work * pace[1])


def kind(request: Request) -> tuple[str, str]:
    """Whose pace a sweep has."""
    return kind_of(MODELS[request.model], torch.device(kept_model.device()), request.dtype)


def run(request: Request, new_folder: Callable[[], Path]) -> Iterator[Working | Done]:
    """Read the clip, measure every size, save. Raises Refusal.

    Closing it stops at the next step and leaves nothing.
    """
    with scratch.work_folder() as work, NEEDS.during_a_run():
        yield Working()
        with (yield from running.reading(request, Working())) as clip:
            model = kept_model.model_for(request.model, kept_model.device(), request.dtype)
            takes = taken(model.spec, clip.n_frames, _sizes(request))
            plans = [model.plan(clip.n_frames, variant) for variant in takes.variants]
            timed = kept_model.PACE.begin(model, plans, clip, SWEPT)
            yield from _measure(clip, engine.jobs_of(model, takes.variants), takes.left_out, work, new_folder, timed)
            kept_model.PACE.learn(timed)


def _sizes(request: Request) -> tuple[int | None, ...]:
    return parse_sizes(request.cuts, most=MOST_SIZES)


def _measure(
    clip: Clip, jobs: tuple[engine.Job, ...], left_out: tuple[Finding, ...], work: Path,
    new_folder: Callable[[], Path], timed: Timed,
) -> Iterator[Working | Done]:
    rows: list[SweepRow] = []
    told, spec = 0.0, jobs[0].model.spec
    for event in compute(clip, jobs, work, timed, scores=SWEPT, keep_frames=False):
        if isinstance(event, engine.VariantDone):
            rows.append(SweepRow.of(event.reconstruction))
        elif isinstance(event, engine.Finished):
            folder = new_folder()
            sweep = swept(event.comparison, spec.own.label, spec.trained_lengths, left_out)
            save_sweep(sweep, folder)
            yield Done(sweep, folder)
        elif time.monotonic() - told >= REPORT_S:
            told = time.monotonic()
            yield Working(event, _so_far(clip, jobs, rows))


def _so_far(clip: Clip, jobs: tuple[engine.Job, ...], rows: list[SweepRow]) -> dict:
    model = jobs[0].model
    spec, trained = model.spec, model.spec.trained_lengths
    return {"clip": clip.describe(), "model": spec.name, "reference": spec.own.label,
            "trained_lengths": trained and list(trained), "device": model.device.type, "dtype": dtype_name(model),
            "findings": [], "sizes": [job.variant.label for job in jobs], "rows": [row.to_json() for row in rows]}


def saved_folder(clip: str, model: str) -> Path:
    return assets.EXAMPLES / sweep_name(clip, model)


def asked(request: Request, clip: str, upload: str | bool) -> dict:
    """What the controls said, JSON types. clip: as the menu named it; upload: which clip of the visitor's, or False."""
    return {"clip": clip, "upload": upload, "model": request.model, "sizes": request.cuts, "start": request.start,
            "frames": request.n_frames, "size": size_choice(request.size, request.crop),
            "dtype": request.dtype}


def settings_of(data: dict, clip: str | None) -> dict:
    """The same of a saved sweep of a sample."""
    info = data["clip"]
    sizes = spelled_sizes([None if row["size"] == "whole" else int(row["size"]) for row in data["rows"]])
    # Saved sweeps are of squares.
    dtype = kept_model.in_words(data["model"], kept_model.device(), data["dtype"])
    return asked(Request(Path(), sizes, data["model"], info["start"], info["n_frames"], info["height"], dtype=dtype),
                 clip or "", False)


def saved(clip: str | None, model: str) -> dict | None:
    """The saved sweep of a sample clip, None where there is none."""
    folder = saved_folder(clip, model) if clip in samples.sample_names() and model in MODELS else None
    return None if folder is None else saved_sweep(folder)


def other_model(clip: str | None, shown: dict) -> dict | None:
    """What another model scored on this very clip, from a saved sweep: the dashed line of the figure."""
    for model in MODELS:
        found = saved(clip, model) if model != shown["model"] else None
        if found and _extent(found) == _extent(shown):
            return {"model": model, "trained_lengths": found["trained_lengths"],
                    "worst": {row["size"]: row["full"]["psnr_worst"] for row in found["rows"] if row["full"]}}
    return None


def _extent(data: dict) -> tuple:
    return tuple(data["clip"][name] for name in ("name", "start", "n_frames", "width", "height"))
