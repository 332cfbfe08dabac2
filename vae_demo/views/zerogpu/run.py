"""A run on a borrowed card, as the server sees it: how long the card is asked for, and what comes back."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import gradio as gr

from vae_demo import engine
from vae_demo.clips import Clip
from vae_demo.models.model import dtype_name
from vae_demo.progress import Progress
from vae_demo.refusal import Refusal, shown
from vae_demo.views.shared import kept_model
from vae_demo.views.shared.timed import COMPUTING, Timed
from vae_demo.views.zerogpu.borrowed import BORROWED
from vae_demo.views.zerogpu.crossing import Began, ClipFile, Errand, Failed, Told
from vae_demo.views.zerogpu.queueing import impatient

log = logging.getLogger(__name__)
# Seconds a card is asked for: until the networks are on it, or read from their files first, and so many times what the
# run should take at most. Whoever asks for less waits less and needs less of a quota, of which only what was used is
# taken; but a run that takes longer than it asked for is ended.
START_S, READ_S, MARGIN = 10.0, 20.0, 1.5
# Seconds per unit of work (engine.work_of) and megapixel on a card that nobody has timed: a guess to the safe side.
FIRST_PACE = 0.1
# How `spaces` calls it when a worker ended before it was through.
_WORKER_ERROR = "ZeroGPU worker error"


def seconds_for(timed: Timed, built: bool = True) -> int:
    """How long to ask for a card. built: whether all networks are."""
    pace = kept_model.PACE.computing(timed.kind, timed.megapixels)
    slowest = pace[1] if pace else FIRST_PACE
    return math.ceil(START_S + (0 if built else READ_S) + MARGIN * slowest * timed.work * timed.megapixels)


def run(
    clip: Clip, jobs: Sequence[engine.Job], directory: Path, timed: Timed, **options: Any
) -> Iterator[engine.Event]:
    """engine.run() of models that are Away; closing it ends the worker's run at its next step.

    `timed` learns what the worker took, on which card. Raises Refusal.
    """
    waiting = Progress("gpu", None, 0, 1, 0.0, None)
    yield waiting
    wanted = tuple((job.model.spec.name, dtype_name(job.model), job.variant) for job in jobs)
    built = all((name, dtype) in BORROWED.networks for name, dtype, _ in wanted)
    errand = Errand(
        ClipFile.of(clip, directory / "clip.npy"), wanted, directory, options, seconds_for(timed, built))
    with closing(answers_to(errand)) as answers:
        for told in answers:
            if told is None:
                yield waiting
                continue
            if isinstance(told, Failed):
                raise told.error()
            if isinstance(told, Began):
                # Whoever waited for a card did not work.
                BORROWED.card, timed.kind = told.card, (timed.kind[0], told.card)
                timed.meter.restart()
                timed.meter.expect(timed.work)
                continue
            timed.seconds[COMPUTING] = told.seconds
            yield _metered(told, timed) if isinstance(told.event, Progress) else told.event


def _metered(told: Told, timed: Timed) -> Progress:
    """How far the whole run is, writing included, of which the worker knows nothing."""
    step = told.event
    return timed.meter.step(step.stage, step.label, step.done, step.total, told.work)


def answers_to(errand: Errand) -> Iterator[Began | Told | Failed | None]:
    """What a worker tells, and None while there is none; closing it stops the worker.

    Raises Refusal where there is no card, or not long enough.
    """
    assert BORROWED.task is not None
    try:
        yield from impatient(BORROWED.task(errand))
    except gr.Error as error:
        log.warning("No run on a card: %s: %s", error.title, error.message)
        if error.title == _WORKER_ERROR:
            raise Refusal("gpu_ended", seconds=errand.seconds) from None
        raise Refusal("no_gpu", reason=shown(error.message, 300).rstrip(". ")) from None
