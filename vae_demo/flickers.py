"""Makes the samples of the Inspect tab: draws, decodes and writes them, and looks at them as at anybody's file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from vae_demo import engine
from vae_demo.clips import Clip, read_clip, write_video
from vae_demo.inspection import inspect_steps
from vae_demo.layout.variant import Variant
from vae_demo.report.small_pictures import save_inspected, save_pictures
from vae_demo.results.inspection import Inspection
from vae_demo.results.scores import SWEPT
from vae_demo.steps import drain
from vae_demo.synthetic.flickering import PERIOD, Flicker, darker, flicker_file, repeated, scene_frames

if TYPE_CHECKING:
    from vae_demo.models.model import VideoModel

CARD, CARD_QUALITY = "card.webp", 80


def make_inspection(flicker: Flicker, model: VideoModel | None, out: Path) -> None:
    """Write the files of one sample into `out`: its mp4, but of a pair, its inspection, and the picture of its card."""
    if flicker.files_of is None:
        video, source = out / f"{flicker.file}.mp4", None
        write_video(video, iter(_frames(flicker, model)), flicker.fps, crf=flicker.crf, gop=flicker.gop)
    else:
        video, source = map(flicker_file, flicker.files_of)
    pictures: dict[str, Any] = {}

    def keep(name: str, clip: Clip, order: range) -> Iterator[None]:
        return save_pictures(name, clip, order, out, pictures)

    record = drain(inspect_steps(video, source, keep=keep))
    for told, name in zip(pictures.values(), flicker.files_of or (), strict=False):
        _shared(told, name, out)
    save_inspected(record, pictures, out)
    with read_clip(video, _event(record), 1, None, "none") as clip:
        Image.fromarray(clip.frames(0, 1)[0]).save(out / CARD, quality=CARD_QUALITY, method=6)


def _frames(flicker: Flicker, model: VideoModel | None) -> np.ndarray:
    frames = _scene(flicker.scene)
    if model is None:
        return {"plain": lambda same: same, "darker": darker, "repeated": repeated}[flicker.how](frames)
    variant = Variant(PERIOD, PERIOD)
    with tempfile.TemporaryDirectory() as folder, Clip.from_array(frames, flicker.fps, flicker.scene) as clip:
        found = engine.measure(clip, engine.jobs_of(model, (variant,)), Path(folder), scores=SWEPT, baseline=False)
        return np.array(found.frames[variant.label].frames(0, len(frames)))


# Several samples show one scene, and drawing takes a minute.
_scene = cache(scene_frames)


def _event(record: Inspection) -> int:
    """The frame that stands for a sample: an event in its middle."""
    period, phase = (record.findings[0].period, record.findings[0].phase) if record.findings else (PERIOD, 0)
    return phase + (record.n_frames - phase) // (2 * period) * period


def _shared(told: dict[str, Any], folder: str, out: Path) -> None:
    """The pictures of a pair's files are those of the samples they are: kept once, under the samples' names."""
    theirs = flicker_file(folder).parent
    files = [*told["files"], told["tape"]]
    names = [file.replace("source-", "video-") for file in files]
    if all((theirs / name).read_bytes() == (out / file).read_bytes() for name, file in zip(names, files, strict=True)):
        for file in files:
            (out / file).unlink()
        told.update(folder=theirs.name, files=names[:-1], tape=names[-1])
