"""The sample clips, and what a file is called and known by beside them."""

from __future__ import annotations

import functools
from pathlib import Path

from vae_demo import assets
from vae_demo.clips import probe
from vae_demo.clips.whole import is_whole
from vae_demo.refusal import Refusal, shown
from vae_demo.views.shared.saved_examples import usable

FIRST = "harbour"
# Where they are in a checkout, for lines that a visitor may copy.
SAMPLES = "assets/clips"


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


def shown_name(path: str) -> str:
    """An upload's file name as the menu shows it: printable, short, and never a sample's name."""
    name = "".join(c for c in Path(path).name if c.isprintable())[:60]
    return f"{name} " if name in sample_names() else name or "upload"
