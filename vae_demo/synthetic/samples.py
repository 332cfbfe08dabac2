"""The table of sample clips, and the one way to their frames."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sample:
    """name is also the module in scenes and the mp4's stem; event_frame is the flash or the first after a cut.

    static says that every frame is the same.
    """

    name: str
    seed: int
    n_frames: int
    fps: int
    event_frame: int | None = None
    static: bool = False


_TABLE = (
    Sample("harbour", 7101, 85, 24),
    Sample("numbered", 7102, 85, 24),
    Sample("pan", 7103, 85, 24),
    Sample("fish", 7104, 102, 24),
    Sample("flash", 7105, 85, 24, event_frame=40),
    Sample("still", 7106, 85, 24, static=True),
    Sample("cut", 7107, 85, 24, event_frame=44),
)
SAMPLES: dict[str, Sample] = {sample.name: sample for sample in _TABLE}


def render_frame(name: str, index: int) -> np.ndarray:
    """Frame `index` of a sample: uint8 256 256 3. The same seed gives the same frame, in any order."""
    sample = SAMPLES[name]
    if not 0 <= index < sample.n_frames:
        raise IndexError(f"{name} has frames 0 to {sample.n_frames - 1}; asked for {index}.")
    scene = importlib.import_module(f"vae_demo.synthetic.scenes.{name}")
    event = () if sample.event_frame is None else (sample.event_frame,)
    return scene.frame(sample.seed, index, *event)


def render(name: str, frames: Iterable[int] | None = None) -> np.ndarray:
    """The frames asked for (all by default), in that order: uint8 T 256 256 3."""
    wanted = range(SAMPLES[name].n_frames) if frames is None else frames
    return np.stack([render_frame(name, index) for index in wanted])
