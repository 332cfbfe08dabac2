"""What compare and sweep share while they run: opening clip and model, and one progress bar."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from vae_demo.clips import Clip, read_clip
from vae_demo.experiment import Progress
from vae_demo.models.loading import load_vae
from vae_demo.models.pipeline import VideoVAE

# A log file that catches stderr should not drown in bars.
REFRESH_S = 0.2


@contextmanager
def open_inputs(args: argparse.Namespace) -> Iterator[tuple[Clip, VideoVAE]]:
    """The clip first: it is the likelier mistake, and reading it costs less than a model."""
    with read_clip(args.clip, start=args.start, n_frames=args.frames, size=args.size, crop=args.crop) as clip:
        yield clip, load_vae(args.model, device=args.device, weights=args.weights)


def print_notes(clip: Clip, args: argparse.Namespace) -> None:
    """Say what was done to the clip before the run begins; --json keeps standard output to itself."""
    if not args.json:
        for note in clip.notes:
            print(f"note: {note.text}", flush=True)


class Bar:
    """A tqdm bar on stderr that counts the whole run in percent and names the stage."""

    def __enter__(self) -> Bar:
        self._shown = 0.0
        self._bar = tqdm(total=100, bar_format="{percentage:3.0f}%|{bar:24}| {desc} {elapsed}<{postfix}", leave=False)
        return self

    def show(self, progress: Progress, stage: str) -> None:
        now = time.monotonic()
        if now - self._shown < REFRESH_S and progress.fraction < 1:
            return
        self._shown = now
        self._bar.n = round(progress.fraction * 100, 1)
        self._bar.set_description_str(f"{progress.label or ''} {stage} {progress.done}/{progress.total}".strip(), False)
        left = progress.seconds_left
        self._bar.set_postfix_str("" if left is None else f"{left:.0f} s left", False)
        self._bar.refresh()

    def __exit__(self, *exception: object) -> None:
        self._bar.close()
