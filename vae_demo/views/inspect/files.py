"""Which files the Inspect tab can look at, by the names its menus have for them: never a path from the page.

A visit has its own clip, which Explore and Sweep have too; beside it one more file that was given here, and a decode
out of Explore with its source.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from vae_demo.clips import probe
from vae_demo.inspection import LEAST_FRAMES
from vae_demo.refusal import Refusal
from vae_demo.synthetic.flickering import FLICKERS, flicker_file
from vae_demo.views.inspect.saved import sample_names
from vae_demo.views.serving.visits import Visits, content_of
from vae_demo.views.shared import samples
from vae_demo.views.shared.language import word

NONE, OWN, SAMPLE = "none", "own", "sample"
GIVEN, MADE, MADE_SOURCE = "given", "made", "made-source"
BESIDE = (GIVEN, MADE, MADE_SOURCE)
# Frames that a visitor may ask for are whole numbers that a file can have.
MOST = 10_000_000


@dataclass(frozen=True)
class Asked:
    """What the controls ask for, as files. n_frames: None for all there are."""

    video: Path
    reference: Path | None = None
    start: int = 0
    n_frames: int | None = None


def slot(name: str) -> str:
    """Under which name a visit keeps one of BESIDE."""
    return f"inspect-{name}"


def sample_files(name: str) -> tuple[Path, Path | None]:
    """Video and source of a sample. Raises Refusal for another name."""
    if name not in sample_names():
        raise Refusal("missing", name=samples.shown_name(name))
    video, source = FLICKERS[name].files_of or (name, None)
    return flicker_file(video), source and flicker_file(source)


def asked_of(find: Callable[[str], Path], values: tuple) -> Asked:
    """What the values of the controls ask for. find: gives the file of OWN or one of BESIDE. Raises Refusal."""
    video, source, start, frames = values
    first, count = (int(value or 0) if abs(value or 0) < MOST else -1 for value in (start, frames))
    if first < 0 or count < 0:
        raise Refusal("start_range", start=first) if first < 0 else Refusal("clip_frames", n_frames=count,
                                                                            max_frames=MOST)
    if not video or video == NONE:
        raise Refusal("no_file")
    if video not in (OWN, *BESIDE):
        path, reference = sample_files(str(video))
        return Asked(path, reference, first, count or None)
    reference = find(source) if source in (OWN, *BESIDE) and source != video else None
    return Asked(find(video), reference, first, count or None)


def check(asked: Asked) -> None:
    """Refuse before the line what cannot be looked at. Raises Refusal; no frame is decoded."""
    info = probe(asked.video)
    if asked.reference:
        probe(asked.reference)
    if info.n_frames is None:
        return
    if asked.start >= max(info.n_frames, 1):
        raise Refusal("start_beyond", name=info.name, start=asked.start, last=info.n_frames - 1, n_frames=info.n_frames)
    n = min(info.n_frames - asked.start, asked.n_frames or info.n_frames)
    if n < LEAST_FRAMES:
        raise Refusal("inspect_few", name=info.name, n=n, least=LEAST_FRAMES)


def known_files(visits: Visits, key: str) -> dict[str, dict[str, str]]:
    """{"shown", "id"} of each file that this visit has, by OWN and the names of BESIDE."""
    found = {OWN: visits.clip(key), **{name: visits.held(key, slot(name)) for name in BESIDE}}
    return {name: {"shown": samples.shown_name(str(path)), "id": content_of(path)}
            for name, path in found.items() if path}


def menus(files: dict[str, dict[str, str]], video: Any, source: Any) -> tuple[Any, Any]:
    """The two menus with what there is, and what is chosen of it."""
    mine = [(each["shown"], name) for name, each in files.items()]
    known = (*sample_names(), *files)
    video = video if video in known else NONE
    if video in sample_names():
        reference = sample_files(video)[1]
        offered = [(reference.name, SAMPLE)] if reference else []
        source = SAMPLE if reference else NONE
    else:
        offered, source = mine, source if source in files and source != video else NONE
    none = (word("inspect_menu_none"), NONE)
    titles = [(word(f"inspect_sample_{name}"), name) for name in sample_names()]
    return (gr.update(choices=[none, *mine, *titles], value=video), gr.update(choices=[none, *offered], value=source))
