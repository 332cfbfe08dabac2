"""What compare and sweep share while they run: opening clip and model, and one progress bar."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from vae_demo.cli.weights import agreed, fetched
from vae_demo.clips import Clip, Limits, read_clip
from vae_demo.engine import Event, Progress
from vae_demo.layout.plan import Plan
from vae_demo.memory import SHARE, batch_budget
from vae_demo.models.hub import Place
from vae_demo.models.loading import load_model, placed, room_of
from vae_demo.models.model import VideoModel, dtype_name
from vae_demo.models.spec import MODELS
from vae_demo.progress import span
from vae_demo.results.provenance import Provenance

# A log file that catches stderr should not drown in bars.
REFRESH_S = 0.2
# What a stage is called where its name alone would not do.
STAGES = {"baseline": "2D baseline"}


@contextmanager
def open_inputs(
    args: argparse.Namespace, plans_of: Callable[[int], Sequence[Plan]]
) -> Iterator[tuple[Clip, VideoModel]]:
    """The clip before the model: it is the likelier mistake, and reading it costs less than a download. What the run
    needs is said between the two, and refused where it is too much. plans_of: of so many frames."""
    found = agreed(args)
    limits = Limits(multiple=MODELS[args.model].spatial_factor)
    with read_clip(args.clip, args.start, args.frames, args.size, args.crop, limits) as clip:
        for line in memory_note(args, found, plans_of(clip.n_frames), clip):
            if not args.json:
                print(line, flush=True)
        model = load_model(args.model, args.device, args.dtype, fetched(args, found), compiled=args.compiled)
        if isinstance(args.weights, str) and model.weights:
            # What was typed names a place on the hub; the folder in its cache would be nobody else's.
            model.weights = replace(model.weights, name=args.weights)
        yield clip, model


def print_notes(clip: Clip, model: VideoModel, args: argparse.Namespace) -> None:
    """Say what was done to the clip, and where the model runs; --json keeps standard output to itself."""
    if not args.json:
        for note in clip.notes:
            print(f"note: {note.text}", flush=True)
        compiled = getattr(model, "compiled", ()) and ", compiled"
        print(f"{model.spec.name} on {model.device.type} in {dtype_name(model)}{compiled or ''}", flush=True)


def memory_note(
    args: argparse.Namespace, found: Path | Place | None, plans: Sequence[Plan], clip: Clip
) -> list[str]:
    """A line of what the run needs, of models that can tell; none of the others, nor of a network on the hub that is
    not the model's own. found: what agreed() gave. Raises Refusal."""
    if isinstance(found, Place) and args.weights is not None:
        return []
    device, dtype = placed(MODELS[args.model], args.device, args.dtype)
    room = room_of(args.model, device, dtype, None if isinstance(found, Place) else found)
    if room is None:
        return []
    free = max(int(batch_budget(device) - SHARE * room.weights), 0)
    needed = room.foretold(plans, clip.height, clip.width, free)
    return [f"needs about {needed / 1e9:.2f} GB beside the weights; {free / 1e9:.1f} GB are free for it"]


def halved(made_by: Provenance) -> list[str]:
    """A line where memory ran out on the way; none where it did not."""
    told = ", ".join(f"{stage.replace('_', ' ')} {n}" for stage, n in made_by.halved.items())
    return [f"memory ran out; went on with fewer at once: {told}"] if told else []


def said_time(seconds: float) -> str:
    """No more precise than anybody knows: 25 s, 2.5 min."""
    time = span(seconds, seconds)
    return f"{time.high:g} {time.unit}"


class Bar:
    """A tqdm bar on stderr that counts the whole run in percent and names the stage."""

    def __enter__(self) -> Bar:
        self._shown = 0.0
        self._bar = tqdm(total=100, bar_format="{percentage:3.0f}%|{bar:24}| {desc} {elapsed}<{postfix}", leave=False)
        return self

    def on(self, event: Event) -> None:
        if isinstance(event, Progress):
            self.show(event, STAGES.get(event.stage, event.stage.replace("_", " ")))

    def show(self, progress: Progress, stage: str) -> None:
        now = time.monotonic()
        if now - self._shown < REFRESH_S:
            return
        self._shown = now
        self._bar.n = round(progress.fraction * 100, 1)
        self._bar.set_description_str(f"{progress.label or ''} {stage} {progress.done}/{progress.total}".strip(), False)
        left = progress.seconds_left
        self._bar.set_postfix_str("" if left is None else f"about {said_time(left)} left", False)
        self._bar.refresh()

    def __exit__(self, *exception: object) -> None:
        self._bar.close()
