"""One run and its clock: what it computes and what it writes, apart, and how far it is."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, TypeVar

from vae_demo.progress import Meter, Progress
from vae_demo.report.costs import PER_PICTURE

T = TypeVar("T")
Y = TypeVar("Y")
COMPUTING, WRITING = "computing", "writing"


class Timed:
    """The clock of one run, which stands while somebody else has to do with its steps.

    kind: model and place, see pace.py. work, pictures: what the run is, in units of engine.work_of and in pictures to
    write (report/costs.py). expected: seconds per unit and megapixel, and per picture and megapixel, None where not
    known.
    """

    def __init__(
        self, kind: tuple[str, str], megapixels: float, work: float, pictures: int,
        expected: tuple[float | None, float | None] = (None, None),
    ) -> None:
        self.kind, self.megapixels, self.work, self.pictures = kind, megapixels, work, pictures
        self.seconds = {COMPUTING: 0.0, WRITING: 0.0}
        per_work, per_picture = expected
        self._per_picture = per_picture / per_work if per_work and per_picture else PER_PICTURE
        self._to_write = float(pictures)
        whole = work + pictures * self._per_picture
        self.meter = Meter(per_work and whole * per_work * megapixels)
        self.meter.expect(pictures * self._per_picture)

    @property
    def paces(self) -> dict[str, float]:
        """Seconds per unit of work and per picture, each per megapixel; of a run that is over."""
        counts = {COMPUTING: self.work, WRITING: self.pictures}
        return {what: self.seconds[what] / (count * self.megapixels) for what, count in counts.items() if count}

    @contextmanager
    def clock(self, what: str) -> Generator[None, None, None]:
        """The block is part of the run. what: COMPUTING or WRITING."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[what] += time.perf_counter() - began

    def clocked(self, what: str, steps: Generator[Y, Any, T]) -> Generator[Y, None, T]:
        """The same steps, each of them part of the run."""
        try:
            while True:
                with self.clock(what):
                    try:
                        step = next(steps)
                    except StopIteration as end:
                        return end.value
                yield step
        finally:
            steps.close()

    def wrote(self, pictures: float, done: int = 1, total: int = 1) -> Progress:
        """So many pictures are written; it is file `done` of `total`."""
        self._to_write -= pictures
        return self.meter.step("saving", None, done, total, pictures * self._per_picture)

    def wrote_file(self, done: int, total: int) -> Progress:
        """File `done` of the last `total` ones is written."""
        return self.wrote(self._to_write / (total - done + 1), done, total)
