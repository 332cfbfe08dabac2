"""The samples of the Inspect tab: clips of our own that do something every few frames, and one that does not.

The scenes run on past the end of the sample clips, for a period shows by its events; examples.py decodes, writes and
inspects them.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from vae_demo import assets
from vae_demo.models.spec import TINY_17, TINY_MIXED
from vae_demo.synthetic.samples import SAMPLES

N_FRAMES, SIDE = 136, 128
PERIOD, DARK_PERIOD, DARK_BY = 16, 17, 30
# 24 frames a second played at 25: every 25th frame is the one before it once more.
SLOW, FAST = 24, 25


@dataclass(frozen=True)
class Flicker:
    """name: as in ?sample=; file: of the mp4, without its ending.

    how     what was done to the scene; `pair` is two files of other samples, the decoded one and its source
    model   through which `decoded` went, in chunks of PERIOD frames
    gop     frames from one key frame to the next; fps: it is played at
    """

    name: str
    file: str
    how: Literal["plain", "decoded", "darker", "repeated", "pair"]
    scene: str = "harbour"
    model: str | None = None
    crf: float = 18
    gop: int = 250
    fps: int = SLOW
    files_of: tuple[str, str] | None = None


FLICKERS: dict[str, Flicker] = {each.name: each for each in (
    Flicker("ghost", "harbour-16", "decoded", model=TINY_17),
    Flicker("dark", "harbour-dark-17", "darker"),
    Flicker("two", "harbour-mixed-16", "decoded", model=TINY_MIXED),
    Flicker("repeated", "harbour-24to25", "repeated", fps=FAST),
    Flicker("keys", "fish-crf34", "plain", scene="fish", crf=34, gop=15),
    Flicker("nothing", "harbour", "plain"),
    Flicker("pair", "harbour-16", "pair", files_of=("ghost", "nothing")),
)}


def inspection_name(sample: str) -> str:
    """The folder among the saved examples that has a sample and its inspection."""
    return f"inspect-{sample}"


def flicker_file(sample: str) -> Path:
    """The mp4 of a sample that is one file."""
    return assets.EXAMPLES / inspection_name(sample) / f"{FLICKERS[sample].file}.mp4"


def scene_frames(scene: str) -> np.ndarray:
    """N_FRAMES of a scene, uint8 T SIDE SIDE 3, averaged over areas."""
    draw = importlib.import_module(f"vae_demo.synthetic.scenes.{scene}").frame
    return np.stack([np.asarray(Image.fromarray(draw(SAMPLES[scene].seed, t)).resize(
        (SIDE, SIDE), Image.Resampling.BOX)) for t in range(N_FRAMES)])


def darker(frames: np.ndarray) -> np.ndarray:
    """The last of each DARK_PERIOD frames is DARK_BY grey levels darker."""
    frames = frames.copy()
    some = frames[DARK_PERIOD - 1::DARK_PERIOD]
    some[:] = np.maximum(some.astype(np.int16) - DARK_BY, 0)
    return frames


def repeated(frames: np.ndarray) -> np.ndarray:
    """As many frames, SLOW a second played at FAST."""
    return frames[[t - (t + 1) // FAST for t in range(len(frames))]]
