"""What the Explore tab does when somebody presses Run: ordinary functions and generators, no layout.

A run yields small values for the page while it works, a result that grows by one variant at a time, and the
whole result at the end. The frames it decodes lie in a temporary folder that is gone when it ends, is
cancelled or fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from vae_demo import engine, report, scratch
from vae_demo.clips import Clip, Limits
from vae_demo.layout.variant import parse_variants
from vae_demo.models.spec import MODELS
from vae_demo.report.costs import pictures_of, pictures_per_run
from vae_demo.results.comparison import Comparison
from vae_demo.steps import mapped
from vae_demo.store import FrameSource
from vae_demo.verdicts import WAITING
from vae_demo.views.explore.player import running_value
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.shared import kept_model
from vae_demo.views.shared.computing import compute, foreseen
from vae_demo.views.shared.needs import NEEDS, Need
from vae_demo.views.shared.running import Request, check_clip, reading
from vae_demo.views.shared.settings import MOST_VARIANTS
from vae_demo.views.shared.timed import WRITING, Timed


@dataclass(frozen=True)
class Update:
    """What a running comparison tells the page: how far it is. None while the clip is read."""

    progress: engine.Progress | None

    def to_value(self) -> dict:
        """The player's value: numbers only, the last result stays on screen."""
        return running_value(**(asdict(self.progress) if self.progress else {"fraction": 0}))


@dataclass(frozen=True)
class Shown:
    """A result in a folder: the whole one, or what is measured so far, which is nothing while only the source shows."""

    comparison: Comparison
    directory: Path
    whole: bool

    @property
    def measured(self) -> bool:
        return any(each.verdict != WAITING for each in self.comparison.variants)


def check(request: Request, bounds: Bounds = Bounds(), limits: Limits = Limits()) -> Need | None:
    """Refuse before the queue what cannot run; what a run needs, where that can be told. Raises Refusal; costs no
    decoding of frames."""
    variants = parse_variants(request.cuts, most=MOST_VARIANTS)
    extent = check_clip(request, len(variants), bounds, limits)
    plans = [MODELS[request.model].plan(extent.n_frames, variant) for variant in variants]
    return NEEDS.check(request, extent, plans)


def run(request: Request, new_folder: Callable[[], Path], growing: bool = True) -> Iterator[Update | Shown]:
    """Read the clip, compare, save; yields Updates, the whole result, and before it, where `growing`, a Shown of the
    source at once and one more per variant.

    new_folder: gives an empty folder for each Shown. Raises Refusal. Closing it stops at the next
    step and frees the frames on disk.
    """
    variants = parse_variants(request.cuts, most=MOST_VARIANTS)
    with scratch.work_folder() as work, NEEDS.during_a_run():
        yield Update(None)
        with (yield from reading(request, Update(None))) as clip:
            model = kept_model.model_for(request.model, kept_model.device(), request.dtype)
            plans = [model.plan(clip.n_frames, variant) for variant in variants]
            timed = kept_model.PACE.begin(model, plans, clip, pictures=pictures_per_run(plans, growing))
            yield from _compare(clip, engine.jobs_of(model, variants), work, new_folder, growing, timed)
            kept_model.PACE.learn(timed)


def _compare(
    clip: Clip, jobs: tuple[engine.Job, ...], work: Path, new_folder: Callable[[], Path], growing: bool, timed: Timed
) -> Iterator[Update | Shown]:
    sources: dict[str, FrameSource] = {"source": clip}
    each = timed.pictures / pictures_of(len(jobs), growing)

    def so_far(comparison: Comparison) -> Shown:
        folder = new_folder()
        with timed.clock(WRITING):
            shown = report.save_so_far(comparison, sources, folder)
        timed.wrote(len(sources) * each)
        return Shown(shown, folder, whole=False)

    if growing and (coming := foreseen(clip, jobs)):
        yield so_far(coming)
    for event in compute(clip, jobs, work, timed):
        if isinstance(event, engine.Progress):
            yield Update(event)
        elif isinstance(event, engine.VariantDone):
            sources[event.reconstruction.label] = event.frames
            if growing and len(sources) <= len(jobs):
                yield so_far(event.so_far)
        else:
            folder = new_folder()
            written = timed.clocked(WRITING, report.save_steps(event.comparison, sources, folder, report_video=True))
            steps = mapped(written, lambda files: Update(timed.wrote_file(*files)))
            yield Shown((yield from steps), folder, whole=True)
