"""What the Explore tab does when somebody presses Run: ordinary functions and generators, no layout.

A run yields small values for the page while it works, a result that grows by one variant at a time, and the
whole result at the end. The frames it decodes lie in a temporary folder that is gone when it ends, is
cancelled or fails.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from vae_demo import experiment, report, scratch
from vae_demo.clips import Clip, Limits
from vae_demo.layout.plan import plan_of
from vae_demo.layout.variant import Variant, parse_variants
from vae_demo.models.pipeline import VideoVAE
from vae_demo.models.spec import DEFAULT_MODEL, MODELS
from vae_demo.records import Comparison
from vae_demo.store import FrameStore
from vae_demo.views.explore.growing import Growing
from vae_demo.views.explore.player import running_value
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.shared import kept_model
from vae_demo.views.shared.running import check_clip, reading
from vae_demo.views.shared.settings import MOST_VARIANTS


@dataclass(frozen=True)
class Request:
    """One run as asked for. `clip` is a file; `variants` a list as typed; `size` the short side in pixels."""

    clip: Path
    variants: str = "17,16,18,17:16"
    model: str = DEFAULT_MODEL
    start: int = 0
    n_frames: int = 85
    size: int = 256
    crop: str = "square"


@dataclass(frozen=True)
class Update:
    """What a running comparison tells the page: how far it is. None while the clip is read."""

    progress: experiment.Progress | None

    def to_value(self) -> dict:
        """The player's value: numbers only, the last result stays on screen."""
        return running_value(**(asdict(self.progress) if self.progress else {"fraction": 0}))


@dataclass(frozen=True)
class Shown:
    """A result in a folder: the whole one, or what is measured so far."""

    comparison: Comparison
    directory: Path
    whole: bool


def check(request: Request, bounds: Bounds = Bounds(), limits: Limits = Limits()) -> None:
    """Refuse before the queue what cannot run. Raises Refusal; costs no decoding of frames."""
    variants = parse_variants(request.variants, most=MOST_VARIANTS)
    n_frames = check_clip(request, len(variants), bounds, limits)
    for variant in variants:
        plan_of(n_frames, variant, MODELS[request.model].rule)


def run(request: Request, new_folder: Callable[[], Path], growing: bool = True) -> Iterator[Update | Shown]:
    """Read the clip, compare, save; yields Updates, a Shown per variant where `growing`, and the whole result.

    new_folder: gives an empty folder for each Shown. Raises Refusal. Closing it stops at the next
    step and frees the frames on disk.
    """
    variants = parse_variants(request.variants, most=MOST_VARIANTS)
    with scratch.work_folder() as work:
        yield Update(None)
        with (yield from reading(request, Update(None))) as clip:
            began = time.perf_counter()
            vae = kept_model.vae_for(request.model, kept_model.device())
            yield from _compare(clip, vae, variants, work, new_folder, growing)
            plans = experiment.plans_for(clip.n_frames, variants, vae)
            kept_model.PACE.learn(request.model, time.perf_counter() - began, plans, clip.height, clip.width)


def _compare(
    clip: Clip, vae: VideoVAE, variants: tuple[Variant, ...], work: Path, new_folder: Callable[[], Path], growing: bool
) -> Iterator[Update | Shown]:
    so_far, frames = Growing(clip, vae, variants), dict[str, FrameStore]()
    for event in experiment.compare(clip, vae, variants, work):
        if isinstance(event, experiment.Progress):
            yield Update(event)
        elif isinstance(event, experiment.VariantDone):
            label = event.reconstruction.label
            so_far.add(event.reconstruction)
            frames[label] = event.frames
            if growing and len(frames) < len(variants):
                folder = new_folder()
                yield Shown(so_far.save(frames, folder), folder, whole=False)
        else:
            folder = new_folder()
            steps = report.save_steps(event.comparison, {"source": clip, **event.frames}, folder)
            yield Shown((yield from _saving(steps)), folder, whole=True)


def _saving(steps: Generator[tuple[int, int], None, Comparison]) -> Generator[Update, None, Comparison]:
    """Writing pictures and reports, step by step; the run itself is over."""
    while True:
        try:
            written, total = next(steps)
        except StopIteration as end:
            return end.value
        yield Update(experiment.Progress("saving", None, written, total, 1.0, None))
