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
    what: str
    what_zh: str
    event_frame: int | None = None
    static: bool = False


_TABLE = (
    Sample("harbour", 7101, 85, 24,
           "A harbour at dusk: a boat, birds, waves and a slow pan; watch the glints and the rigging.",
           "黄昏的港口：帆船、海鸟、波光，镜头缓缓横移；请留意闪光与桅索。"),
    Sample("numbered", 7102, 85, 24,
           "Each frame carries its number, a dial hand and a sliding ruler: a repeated, lost or blended frame shows.",
           "每帧都有编号、转动的指针和滑动的标尺：重复、丢失或混叠的帧一目了然。"),
    Sample("pan", 7103, 85, 24,
           "A steady move along a bookshelf: sharp spines everywhere, each frame the same step on.",
           "镜头沿书架匀速横移：处处是清晰的书脊，每帧移动相同的距离。"),
    Sample("fish", 7104, 102, 24,
           "Fish pass in front of one another and behind the weed: look for holes and ghosts at their edges.",
           "鱼儿彼此遮挡、穿过水草：请留意边缘处的空洞与残影。"),
    Sample("flash", 7105, 85, 24,
           "A quiet lake with lightning in exactly one frame: it must stay one frame, and stay in its place.",
           "宁静的湖面，闪电只出现在一帧：重建后应仍是一帧，且位置不变。", event_frame=40),
    Sample("still", 7106, 85, 24,
           "A still life in which nothing moves: whatever changes from frame to frame was added by the model.",
           "完全静止的静物：任何帧间变化都是模型带来的。", static=True),
    Sample("cut", 7107, 85, 24,
           "A hard cut from day to night: the last frame before it and the first after it must not mix.",
           "从白天硬切到夜晚：切换前后的两帧不应混在一起。", event_frame=44),
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
