"""What the page does when somebody presses something: ordinary functions and generators, no layout.

A run yields small values for the page while it works, a result that grows by one variant at a time, and the
whole result at the end. The frames it decodes lie in a temporary folder that is gone when it ends, is
cancelled or fails.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from vae_demo import assets, experiment, report, scratch
from vae_demo.clips import Clip, Limits, probe, read_steps
from vae_demo.clips.limits import check_request
from vae_demo.clips.whole import is_whole
from vae_demo.layout.plan import plan_of
from vae_demo.layout.variant import Variant, parse_variants
from vae_demo.models.loading import load_vae
from vae_demo.models.pipeline import VideoVAE
from vae_demo.models.spec import MODELS
from vae_demo.records import Comparison
from vae_demo.refusal import Refusal, shown
from vae_demo.store import FrameStore
from vae_demo.views.bounds import Bounds, check_work
from vae_demo.views.growing import Growing
from vae_demo.views.pace import Pace
from vae_demo.views.player import player_value, running_value
from vae_demo.views.saved_examples import usable
from vae_demo.views.settings import MOST_VARIANTS, Settings, size_choice
from vae_demo.words import LANGUAGES, say

FIRST = "harbour"
# Everything a visitor can get wrong; each carries one sentence, and the same as {case, params}.
log = logging.getLogger(__name__)
PACE = Pace()
_LOADING = threading.Lock()


@dataclass(frozen=True)
class Request:
    """One run as asked for. `clip` is a file; `variants` a list as typed; `size` the short side in pixels."""

    clip: Path
    variants: str = "17,16,18,17:16"
    model: str = "tiny-17"
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


def device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def vae_for(model: str, device: str) -> VideoVAE:
    """The model, kept between runs. One at a time: a free Space has no room for two."""
    with _LOADING:
        return _kept_vae(model, device)


@functools.lru_cache(maxsize=1)
def _kept_vae(model: str, device: str) -> VideoVAE:
    return load_vae(model, device=device, fetch=False)


def failure() -> dict[str, str]:
    """What a visitor is told of an error nobody foresaw, one sentence per language; the server's log has the rest."""
    log.exception("A run failed")
    return {lang: say(lang, "error_failed") for lang in LANGUAGES}


def check(request: Request, bounds: Bounds = Bounds(), limits: Limits = Limits()) -> None:
    """Refuse before the queue what cannot run. Raises Refusal; costs no decoding of frames."""
    variants = parse_variants(request.variants, most=MOST_VARIANTS)
    n_frames = check_clip(request, len(variants), bounds, limits)
    for variant in variants:
        plan_of(n_frames, variant, MODELS[request.model].rule)


def check_clip(request: Request, count: int, bounds: Bounds = Bounds(), limits: Limits = Limits()) -> int:
    """The frames that a run over `count` variants or sizes would take, as the file's header promises them.

    Raises Refusal for a model, a clip or an extent that cannot run here.
    """
    check_request(request.start, request.n_frames, request.size, request.crop, limits)
    if request.model not in MODELS:
        raise Refusal("no_model", name=shown(request.model), names=", ".join(MODELS))
    info = probe(request.clip, limits)
    n_frames = request.n_frames
    if info.n_frames is not None:
        if request.start >= max(info.n_frames, 1):
            raise Refusal("start_beyond", name=info.name, start=request.start, last=info.n_frames - 1,
                            n_frames=info.n_frames)
        n_frames = min(n_frames, max(info.n_frames, 1) - request.start)
    check_work((info.width, info.height), n_frames, request.size, request.crop, count, bounds)
    return n_frames


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
            vae = vae_for(request.model, device())
            yield from _compare(clip, vae, variants, work, new_folder, growing)
            plans = experiment.plans_for(clip.n_frames, variants, vae)
            PACE.learn(request.model, time.perf_counter() - began, plans, clip.height, clip.width)


def reading(request: Any, meanwhile: Any) -> Generator[Any, None, Clip]:
    """Read what a request asks for, a step at a time; yields `meanwhile` so that Cancel bites. Raises Refusal."""
    steps = read_steps(request.clip, request.start, request.n_frames, request.size, request.crop)
    try:
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return end.value
            yield meanwhile
    finally:
        steps.close()


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


def sample_path(name: str) -> Path:
    """A sample clip by name, from the folder of samples and nowhere else. Raises Refusal."""
    if name not in sample_names():
        raise Refusal("missing", name=shown(name))
    return assets.clip(name)


@functools.cache
def sample_names() -> tuple[str, ...]:
    """The sample clips that can be read, the one every visitor sees first in front."""
    return tuple(sorted(sample_facts(), key=lambda name: name != FIRST))


def first_sample() -> str | None:
    return next(iter(sample_names()), None)


@functools.cache
def sample_facts() -> dict[str, dict]:
    """What the planner needs to know about each sample; one that cannot be read is left out."""
    found = {path.stem: usable(path, _whole_facts) for path in sorted(assets.CLIPS.glob("*.mp4"))}
    return {name: facts for name, facts in found.items() if facts is not None}


def _whole_facts(path: Path) -> dict:
    # A probe reads the head alone.
    if not is_whole(path):
        raise ValueError("it ended too early; draw it again")
    return clip_facts(path)


def clip_facts(path: Path) -> dict:
    """Name, size, rate and length of a file, for the planner. Raises Refusal for what cannot be used."""
    info = probe(path)
    return {"name": info.name, "width": info.width, "height": info.height, "fps": info.fps, "n_frames": info.n_frames}


def saved_value(settings: Settings) -> dict | None:
    """The player's value for a saved result made with exactly these settings, None where there is none."""
    def value(folder: Path) -> dict | None:
        data = report.load_result(folder)
        if settings_of(data, settings.clip) != asked_of(settings):
            return None
        return player_value(data, folder, saved=True, frame=settings.frame, selected=settings.selected,
                            settings=asked_of(settings))

    return usable(assets.EXAMPLES / settings.clip, value) if settings.clip in sample_names() else None


def asked_of(settings: Settings) -> dict:
    """Settings as the page names them, JSON types."""
    return {"clip": settings.clip, "model": settings.model, "variants": settings.labels, "start": settings.start,
            "frames": settings.n_frames, "size": settings.size, "upload": False}


def settings_of(data: dict, clip: str) -> dict:
    """The settings that a saved result was made with."""
    info = data["clip"]
    crop = "square" if info["width"] == info["height"] else "none"
    return {"clip": clip, "model": data["model"], "variants": [v["label"] for v in data["variants"]],
            "start": info["start"], "frames": info["n_frames"],
            "size": size_choice(min(info["width"], info["height"]), crop), "upload": False}


def shown_name(path: str) -> str:
    """An upload's file name as the menu shows it: printable, short, and never a sample's name."""
    name = "".join(c for c in Path(path).name if c.isprintable())[:60]
    return f"{name} " if name in sample_names() else name or "upload"
