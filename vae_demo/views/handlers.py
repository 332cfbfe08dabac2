"""What the page does when somebody presses something: ordinary functions and generators, no layout.

A run yields small values for the player while it works and the whole result at the end. Everything a
run writes lives in temporary folders that are gone when it ends, is cancelled or fails; what the page
shows is Gradio's own copy.
"""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from vae_demo import experiment, report
from vae_demo.clips import ClipError, Limits, probe, read_clip
from vae_demo.frames import FrameCountError, plan
from vae_demo.models.loading import WeightsError, load_vae
from vae_demo.models.pipeline import VideoVAE
from vae_demo.models.spec import MODELS
from vae_demo.records import Comparison, Variant, VariantError, parse_variants
from vae_demo.stages import TooBigError
from vae_demo.views.player import player_value, running_value
from vae_demo.words import LANGUAGES
from vae_demo.words.sentences import error_sentence

MOST_VARIANTS = 6
ASSETS = Path(__file__).parents[2] / "assets"
CLIPS, EXAMPLES = ASSETS / "clips", ASSETS / "examples"
FIRST = "harbour"
# Everything a visitor can get wrong; each carries one sentence, and the same as {case, params}.
BAD_INPUT = (ClipError, FrameCountError, VariantError, TooBigError, WeightsError)


@dataclass(frozen=True)
class Request:
    """One run as asked for. `clip` is a file; `variants` a list as typed; `size` the short side in pixels."""

    clip: Path
    variants: str = "17,16,18,17:16"
    model: str = "tiny-17"
    start: int = 0
    n_frames: int = 85
    size: int = 256


@dataclass(frozen=True)
class Update:
    """What a running comparison tells the page: how far it is, and which variants are measured."""

    progress: experiment.Progress | None
    done: tuple[dict, ...]

    def to_value(self) -> dict:
        """The player's value: numbers only, the last result stays on screen."""
        shown = asdict(self.progress) if self.progress else {"fraction": 0}
        return running_value(**shown, finished=list(self.done))


def device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


@functools.lru_cache(maxsize=1)
def vae_for(model: str, device: str) -> VideoVAE:
    """The model, kept between runs. One at a time: a free Space has no room for two."""
    return load_vae(model, device=device)


def error_of(error: Exception) -> dict[str, str]:
    """The error as one sentence per language."""
    return {lang: error_sentence(lang, error) for lang in LANGUAGES}


def check(request: Request, limits: Limits = Limits()) -> None:
    """Refuse before the queue what cannot run. Raises one of BAD_INPUT; costs no decoding of frames."""
    variants = parse_variants(request.variants, most=MOST_VARIANTS)
    info = probe(request.clip, limits)
    n_frames = request.n_frames if info.n_frames is None else min(request.n_frames, max(info.n_frames, 1))
    for variant in variants:
        plan(n_frames, variant.encode, variant.decode, MODELS[request.model].rule, variant.fit)


def run(request: Request, out: Path) -> Iterator[Update | Comparison]:
    """Read the clip, compare, save into `out`; yields Updates and finally the saved Comparison.

    Raises one of BAD_INPUT. Closing it stops at the next step and frees the frames on disk.
    """
    variants = parse_variants(request.variants, most=MOST_VARIANTS)
    work = Path(tempfile.mkdtemp(prefix="vae-demo-"))
    try:
        yield Update(None, ())
        with read_clip(request.clip, start=request.start, n_frames=request.n_frames, size=request.size) as clip:
            yield Update(None, ())
            yield from _compare(clip, vae_for(request.model, device()), variants, work, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _compare(
    clip, vae: VideoVAE, variants: tuple[Variant, ...], work: Path, out: Path
) -> Iterator[Update | Comparison]:
    done: list[dict] = []
    for event in experiment.compare(clip, vae, variants, work):
        if isinstance(event, experiment.Progress):
            yield Update(event, tuple(done))
        elif isinstance(event, experiment.VariantDone):
            measured = event.reconstruction
            done.append({"label": measured.label, "frames_in": measured.plan.frames_in,
                         "frames_out": measured.plan.frames_out, "psnr": measured.playback.means["psnr"]})
        else:
            steps = report.save_steps(event.comparison, {"source": clip, **event.frames}, out)
            yield (yield from _saving(steps, tuple(done)))


def _saving(steps: Generator[tuple[int, int], None, Comparison], done: tuple[dict, ...]) -> Generator:
    """Writing pictures and reports, step by step; the run itself is over."""
    while True:
        try:
            written, total = next(steps)
        except StopIteration as end:
            return end.value
        yield Update(experiment.Progress("saving", None, written, total, 1.0, None), done)


def sample_path(name: str) -> Path:
    """A sample clip by name, from the folder of samples and nowhere else. Raises ClipError."""
    if name not in sample_names():
        raise ClipError("missing", name=str(name)[:40])
    return CLIPS / f"{name}.mp4"


@functools.cache
def sample_names() -> tuple[str, ...]:
    """The sample clips, the one every visitor sees first in front."""
    names = sorted(path.stem for path in CLIPS.glob("*.mp4"))
    return tuple(sorted(names, key=lambda name: name != FIRST))


def first_sample() -> str | None:
    return next(iter(sample_names()), None)


def saved_value(name: str | None) -> dict | None:
    """The player's value for a sample's saved result, None where there is none."""
    if name not in sample_names() or not (EXAMPLES / name / "comparison.json").exists():
        return None
    return player_value(report.load_result(EXAMPLES / name), EXAMPLES / name, saved=True)


def shown_name(path: str) -> str:
    """An upload's file name as the menu shows it: printable, short, and never a sample's name."""
    name = "".join(c for c in Path(path).name if c.isprintable())[:60]
    return f"{name} " if name in sample_names() else name or "upload"
