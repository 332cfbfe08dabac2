"""How long a run takes on this machine: measured, never assumed, and only ever said with "about"."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np

from vae_demo import experiment, scratch
from vae_demo.clips import Clip
from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import Variant
from vae_demo.models.pipeline import VideoVAE

PROBE_FRAMES, PROBE_SIDE = 17, 128


class Pace:
    """Seconds per unit of work (experiment.work_of) and megapixel, by model.

    A finished run is the best measure there is; before the first one a short clip of noise is.
    """

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._lock = threading.Lock()

    def learn(self, model: str, seconds: float, plans: Sequence[Plan], height: int, width: int) -> None:
        self._seconds[model] = seconds / (experiment.work_of(plans) * height * width / 1e6)

    def probe(self, model: str, load: Callable[[], VideoVAE]) -> None:
        """Measure once on a clip of noise, unless something is known already; loads the model."""
        with self._lock:
            if model in self._seconds:
                return
            vae = load()
            noise = np.random.default_rng(0).integers(0, 256, (PROBE_FRAMES, PROBE_SIDE, PROBE_SIDE, 3), np.uint8)
            variant = Variant(vae.spec.reference_size, vae.spec.reference_size)
            began = time.perf_counter()
            with scratch.work_folder() as work:
                clip = Clip.from_array(noise, 24, "noise")
                for event in experiment.compare(clip, vae, [variant], work):
                    if isinstance(event, experiment.VariantDone):
                        plans = (event.reconstruction.plan,)
            self.learn(model, time.perf_counter() - began, plans, PROBE_SIDE, PROBE_SIDE)

    def known(self) -> dict[str, float]:
        return dict(self._seconds)
