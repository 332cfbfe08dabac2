"""How long a run takes on this machine: measured, never assumed, and only ever said with "about"."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np

from vae_demo import engine, scratch
from vae_demo.clips import Clip
from vae_demo.layout.plan import Plan
from vae_demo.models.model import VideoModel
from vae_demo.models.spec import ModelSpec
from vae_demo.results.scores import SCORES

PROBE_FRAMES, PROBE_SIDE = 17, 128


class Pace:
    """Seconds per unit of work (engine.work_of) and megapixel, by model.

    A finished run is the best measure there is; before the first one a short clip of noise is.
    """

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._lock = threading.Lock()

    def learn(
        self, spec: ModelSpec, seconds: float, plans: Sequence[Plan], clip: Clip, scores: Sequence[str] = tuple(SCORES)
    ) -> None:
        work = engine.work_of(plans, spec, scores)
        self._seconds[spec.name] = seconds / (work * clip.height * clip.width / 1e6)

    def probe(self, name: str, load: Callable[[], VideoModel]) -> None:
        """Measure once on a clip of noise, unless something is known already; loads the model."""
        with self._lock:
            if name in self._seconds:
                return
            model = load()
            noise = np.random.default_rng(0).integers(0, 256, (PROBE_FRAMES, PROBE_SIDE, PROBE_SIDE, 3), np.uint8)
            clip = Clip.from_array(noise, 24, "noise")
            began = time.perf_counter()
            with scratch.work_folder() as work:
                engine.measure(clip, engine.jobs_of(model, [model.spec.own]), work)
            plan = model.plan(clip.n_frames, model.spec.own)
            self.learn(model.spec, time.perf_counter() - began, [plan], clip)

    def known(self) -> dict[str, float]:
        return dict(self._seconds)
