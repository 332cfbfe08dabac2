"""Where the runs of the page and of the API compute: in this process, or on a card that is borrowed for each."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from vae_demo import engine
from vae_demo.clips import Clip
from vae_demo.results.comparison import Comparison
from vae_demo.views.shared.timed import COMPUTING, Timed
from vae_demo.views.zerogpu import run as borrowed_run
from vae_demo.views.zerogpu.borrowed import BORROWED


def compute(
    clip: Clip, jobs: Sequence[engine.Job], directory: Path, timed: Timed, **options: Any
) -> Generator[engine.Event, None, None]:
    """engine.run(), its time in `timed`; options: those that pickle. Raises Refusal."""
    if BORROWED.on:
        return borrowed_run.run(clip, jobs, directory, timed, **options)
    return timed.clocked(COMPUTING, engine.run(clip, jobs, directory, meter=timed.meter, **options))


def foreseen(clip: Clip, jobs: Sequence[engine.Job]) -> Comparison | None:
    """The comparison that will come, before anything of it is measured; None where that is known to a worker alone."""
    return None if BORROWED.on else engine.foreseen(clip, jobs)
