"""What a worker does with the card it was lent: one run, told event by event."""

from __future__ import annotations

import time
from collections.abc import Iterator

from vae_demo import engine
from vae_demo.models.model import device_name
from vae_demo.progress import Meter, Progress
from vae_demo.views.zerogpu.borrowed import BORROWED
from vae_demo.views.zerogpu.crossing import Began, Errand, Failed, Told


class _Noting(Meter):
    """Notes what a step cost: how far the whole run is only the server can say."""

    noted = 0.0

    def step(self, stage: str, label: str | None, done: int, total: int, work: float) -> Progress:
        self.noted = work
        return super().step(stage, label, done, total, work)


def work(errand: Errand) -> Iterator[Began | Told | Failed]:
    """The run, step by step: it can be stopped after each. Raises nothing."""
    try:
        yield from _run(errand)
    except Exception as error:
        yield Failed.of(error)


def _run(errand: Errand) -> Iterator[Began | Told]:
    models = {(name, dtype): BORROWED.network(name, dtype) for name, dtype, _ in errand.jobs}
    yield Began(device_name(next(iter(models.values())).device))
    jobs = tuple(engine.Job(models[name, dtype], variant) for name, dtype, variant in errand.jobs)
    meter, seconds, began = _Noting(), 0.0, time.perf_counter()
    with errand.clip.clip() as clip:
        # How much memory there is, is asked in here, where the card is.
        for event in engine.run(clip, jobs, errand.directory, meter=meter, **errand.options):
            seconds += time.perf_counter() - began
            yield Told(event, meter.noted, seconds)
            began = time.perf_counter()
