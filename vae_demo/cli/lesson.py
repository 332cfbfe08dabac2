"""`lesson`: the Learn tab as one file, which needs neither server nor network."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EISDIR
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from vae_demo import assets
from vae_demo.models.spec import TINY_17, TINY_MIXED
from vae_demo.refusal import Refusal

if TYPE_CHECKING:
    from vae_demo.clips import Clip

NAME = "lesson"
HELP = "write the Learn tab, with a model that runs in the reader's browser, into one file"
# So small that the engine in a browser runs them, and in this repository.
LIVE = (TINY_17, TINY_MIXED)
# What fits into one file.
SIZES = range(64, 113, 8)
# One frame more than a chunk of 17: what the lesson is about happens where chunks meet.
LEAST_FRAMES = 18


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write, lesson.html say")
    parser.add_argument("--model", choices=LIVE, default=TINY_17, help=f"what runs in the browser (default {TINY_17})")
    parser.add_argument("--clip", type=Path, metavar="FILE",
                        help="video or animation to run it on (default: the sample clip of the lessons)")
    parser.add_argument("--size", type=int, choices=SIZES, default=96, metavar="PX",
                        help=f"its side in pixels, {SIZES[0]} to {SIZES[-1]} in steps of {SIZES.step} (default 96)")


def run(args: argparse.Namespace) -> None:
    # Before anything is computed: a wrong path costs no run. The file is whole, or what was there stays.
    with _writing(args.out):
        if args.out.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        beside = TemporaryDirectory(prefix=".writing-", dir=args.out.parent)
    with beside as folder:
        content, said = _made(args)
        part = Path(folder) / "lesson.html"
        with _writing(args.out):
            part.write_bytes(content)
            os.replace(part, args.out)
    print(f"written to {args.out}: {len(content) / 1e6:.1f} MB, {said} inside")


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refusal("write_failed", name=out.name, reason=error.strerror or "unknown reason") from error


def _made(args: argparse.Namespace) -> tuple[bytes, str]:
    """The file, and what it runs on, in words."""
    from vae_demo import clips
    clips.start_early()
    from vae_demo import scratch
    from vae_demo.examples import LEARN_CLIP
    from vae_demo.live.parts import N_FRAMES, SIZE, Frames
    from vae_demo.views.learn.tab import lesson, saved_value
    from vae_demo.views.offline.lesson import lesson_file

    with clips.read_clip(args.clip or assets.clip(LEARN_CLIP), n_frames=N_FRAMES, size=args.size) as clip, \
            scratch.work_folder() as folder:
        if clip.n_frames < LEAST_FRAMES:
            raise Refusal("lesson_short", name=clip.name, n=clip.n_frames, least=LEAST_FRAMES)
        usual = (args.clip, args.model, args.size) == (None, TINY_17, SIZE)
        frames, saved = Frames.of(clip), None if usual else (folder, _measured(clip, args.model, folder))
        content = lesson_file(lesson(saved_value(saved=saved)), args.model, frames)
    return content, f"{frames.frames} frames of {frames.name}"


def _measured(clip: Clip, model: str, folder: Path) -> dict[str, Any]:
    """What a browser's own results are compared with, and shown until then."""
    from vae_demo.cli.progress import Bar
    from vae_demo.views.offline.saved import saved_of

    with Bar() as bar:
        return saved_of(clip, model, folder, bar.on)
