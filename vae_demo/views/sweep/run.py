"""What the Sweep tab does when somebody presses something: ordinary functions and generators, no layout."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vae_demo import assets, experiment, scratch, sweep
from vae_demo.clips import Clip, probe
from vae_demo.clips.whole import is_whole
from vae_demo.layout.plan import Plan, plan
from vae_demo.layout.sizes import DEFAULT_SIZES, parse_sizes
from vae_demo.layout.text import size_label
from vae_demo.models.pipeline import VideoVAE
from vae_demo.models.spec import DEFAULT_MODEL, MODELS
from vae_demo.report.sweep import save_sweep
from vae_demo.sweep_records import SWEEP_JSON, Sweep, SweepRow, load_sweep
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.shared import kept_model, running, samples
from vae_demo.views.shared.saved_examples import usable

# Columns that still can be told apart; a longer list is a job for the command line.
MOST_SIZES = 64
# How often a run reports, in seconds: often enough for a Cancel to bite, seldom enough to cost nothing.
REPORT_S = 0.1


@dataclass(frozen=True)
class Request:
    """One sweep as asked for. `clip` is a file; `sizes` a list as typed; `size` the short side in pixels."""

    clip: Path
    sizes: str = DEFAULT_SIZES
    model: str = DEFAULT_MODEL
    start: int = 0
    n_frames: int = 85
    size: int = 256
    crop: str = "square"


@dataclass(frozen=True)
class Working:
    """How far a sweep is. `so_far` is what is measured, in the fields of sweep.json, None while the clip is read."""

    progress: experiment.Progress | None = None
    so_far: dict | None = None


@dataclass(frozen=True)
class Done:
    """The whole result and the folder that holds its files."""

    sweep: Sweep
    directory: Path


def check(request: Request, bounds: Bounds = Bounds()) -> tuple[Plan, ...]:
    """Refuse before the queue what cannot run; the plans where all is well. Raises Refusal."""
    sizes = parse_sizes(request.sizes, most=MOST_SIZES)
    n_frames = running.check_clip(request, len(sizes), bounds)
    return tuple(plan(n_frames, size, size, MODELS[request.model].rule) for size in sizes)


def estimate(request: Request, plans: tuple[Plan, ...]) -> float | None:
    """Seconds the sweep will take here, None until this machine's pace is known."""
    pace = kept_model.PACE.known().get(request.model)
    if pace is None:
        return None
    info = probe(request.clip)
    short = min(request.size, info.width, info.height)
    ratio = 1 if request.crop == "square" else max(info.width, info.height) / min(info.width, info.height)
    return experiment.work_of(plans) * short * short * ratio / 1e6 * pace


def run(request: Request, new_folder: Callable[[], Path]) -> Iterator[Working | Done]:
    """Read the clip, measure every size, save. Raises Refusal.

    Closing it stops at the next step; the frames it decodes lie in a folder that is gone by then.
    """
    sizes = parse_sizes(request.sizes, most=MOST_SIZES)
    with scratch.work_folder() as work:
        yield Working()
        with (yield from running.reading(request, Working())) as clip:
            began = time.perf_counter()
            vae = kept_model.vae_for(request.model, kept_model.device())
            yield from _measure(clip, vae, sizes, work, new_folder)
            plans = [plan(clip.n_frames, size, size, vae.spec.rule) for size in sizes]
            kept_model.PACE.learn(request.model, time.perf_counter() - began, plans, clip.height, clip.width)


def _measure(
    clip: Clip, vae: VideoVAE, sizes: tuple[int | None, ...], work: Path, new_folder: Callable[[], Path]
) -> Iterator[Working | Done]:
    rows: list[SweepRow] = []
    told = 0.0
    for event in sweep.sweep(clip, vae, sizes, work):
        if isinstance(event, sweep.RowDone):
            rows.append(event.row)
        elif isinstance(event, sweep.SweepFinished):
            folder = new_folder()
            save_sweep(event.sweep, folder)
            yield Done(event.sweep, folder)
        elif time.monotonic() - told >= REPORT_S:
            told = time.monotonic()
            yield Working(event, _so_far(clip, vae, sizes, rows))


def _so_far(clip: Clip, vae: VideoVAE, sizes: tuple[int | None, ...], rows: list[SweepRow]) -> dict:
    return {"clip": clip.describe(), "model": vae.spec.name, "reference": str(vae.spec.reference_size),
            "trained_lengths": list(vae.spec.trained_lengths), "device": vae.device.type,
            "dtype": str(vae.dtype).removeprefix("torch."), "findings": [],
            "sizes": [size_label(size) for size in sizes], "rows": [row.to_json() for row in rows]}


def saved_folder(clip: str, model: str) -> Path:
    return assets.EXAMPLES / f"sweep-{clip}-{model}"


@cache
def _saved(folder: Path, changed: float) -> dict:
    found = load_sweep(folder)
    if cut := [name for name in ("sweep.csv", "sweep.html") if not is_whole(folder / name)]:
        raise ValueError(f"{', '.join(cut)} of the saved sweep is missing or ended too early; run it again.")
    return found


def saved(clip: str | None, model: str) -> dict | None:
    """The saved sweep of a sample clip, None where there is none."""
    folder = saved_folder(clip, model) if clip in samples.sample_names() and model in MODELS else None
    return None if folder is None else usable(folder, lambda path: _saved(path, (path / SWEEP_JSON).stat().st_mtime))


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
