"""A few seconds of a model at work, for a server that has not run it yet; no more than a first guess."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vae_demo import engine, report, scratch
from vae_demo.clips import Clip
from vae_demo.models.model import VideoModel
from vae_demo.views.shared.pace import place_of
from vae_demo.views.shared.timed import COMPUTING, WRITING, Timed

# So many frames of so many pixels a side, so many times and seconds at least, after one time that does not count.
FRAMES, SIDE, TIMES, ENOUGH_S = 17, 128, 3, 2.0


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
    """One short run, which compiles what is compiled when it is first used."""
    _once(model, _moving(), lambda: True)


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


def _moving() -> Clip:
    """Waves that wander: neither as hard for a codec as noise nor as easy as a still."""
    t, y, x = np.ogrid[:FRAMES, :SIDE, :SIDE]
    waves = [128 + 100 * np.sin((x + k * y) / (5 + 4 * k) + t / 3 + k) for k in range(3)]
    return Clip.from_array(np.stack(waves, -1).astype(np.uint8), 24, "waves")
