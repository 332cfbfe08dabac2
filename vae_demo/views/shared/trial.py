"""A few seconds of a model at work, for a server that has not run it yet; no more than a first guess."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vae_demo import engine, report, scratch
from vae_demo.clips import Clip
from vae_demo.layout.variant import Variant
from vae_demo.models.model import VideoModel
from vae_demo.views.shared.pace import place_of
from vae_demo.views.shared.timed import COMPUTING, WRITING, Timed

# So many frames of so many pixels a side, so many times and seconds at least, after one time that does not count.
FRAMES, SIDE, TIMES, ENOUGH_S = 17, 128, 3, 2.0
# Pixels a side of a frame that a CPU computes alone (PIXELS_PER_CALL of models/video_vae.py).
LARGE = 512


def attempt(load: Callable[[], VideoModel], idle: Callable[[], bool]) -> list[Timed]:
    """Clocks of short runs; none where somebody needs the machine, as `idle` tells. Raises Refusal as `load` does."""
    if not idle():
        return []
    model, clip = load(), _moving()
    found: list[Timed] = []
    while len(found) <= TIMES or sum(sum(timed.seconds.values()) for timed in found[1:]) < ENOUGH_S:
        timed = _once(model, clip, idle)
        if timed is None:
            return []
        found.append(timed)
    return found[1:]  # the first one finds everything cold


def warm_up(model: VideoModel) -> None:
    """Short runs of everything by which graphs are told apart (models/compiled.py): several or one of frames, of chunks
    and of latents of a chunk; and a large frame alone, which oneDNN takes otherwise. What is compiled when it is first
    used is compiled then."""
    stride = model.spec.rule.stride
    several = [model.spec.own, Variant(stride, stride), Variant(None, None)]  # two chunks of the own size, one of 1
    for n_frames, side, variants in ((2 * FRAMES + 1, SIDE, several), (1, SIDE, several[:1]), (1, LARGE, several[:1])):
        with _moving(n_frames, side) as clip, scratch.work_folder() as work:
            engine.measure(clip, engine.jobs_of(model, variants), work)


def _once(model: VideoModel, clip: Clip, idle: Callable[[], bool]) -> Timed | None:
    plan = model.plan(clip.n_frames, model.spec.own)
    kind, pictures = (model.spec.name, place_of(model.device)), 2 * plan.frames_out
    timed = Timed(kind, clip.height * clip.width / 1e6, engine.work_of([plan], model.spec), pictures)
    with scratch.work_folder() as work:
        for event in timed.clocked(COMPUTING, engine.run(clip, engine.jobs_of(model, [model.spec.own]), work)):
            if not idle():
                return None
            if isinstance(event, engine.VariantDone):
                with timed.clock(WRITING):
                    report.save_so_far(event.so_far, {"source": clip, event.reconstruction.label: event.frames}, work)
    return timed


def _moving(n_frames: int = FRAMES, side: int = SIDE) -> Clip:
    """Waves that wander: neither as hard for a codec as noise nor as easy as a still."""
    t, y, x = np.ogrid[:n_frames, :side, :side]
    waves = [128 + 100 * np.sin((x + k * y) / (5 + 4 * k) + t / 3 + k) for k in range(3)]
    return Clip.from_array(np.stack(waves, -1).astype(np.uint8), 24, "waves")
