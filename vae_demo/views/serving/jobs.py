"""Runs, one at a time, in the order they were asked for, each for somebody who listens.

A run works in a thread of its own, apart from the events that watch it: a connection that breaks takes its watcher
away, not the run, and the page watches on when it is back. A run that nobody watches for a while is stopped, and so
is one that takes too long; whoever is told why reads it in a sentence.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from vae_demo.refusal import Refusal
from vae_demo.views.serving.bounds import Bounds

# How often a watcher looks, in seconds: often enough for a picture to show at once, seldom enough to cost nothing.
LOOK_S = 0.05
# How often it passes on how far a run is: the page copies its whole result every time, on the cores that compute the
# next one where somebody runs this at home.
PROGRESS_S = 0.25
# Who watches one run: a page and one that was just loaded in its place. Each takes one of Gradio's few places.
WATCHERS = 2
_END = object()


@dataclass(frozen=True)
class Waiting:
    """A run that has not begun: it is number `position` of `size`."""

    position: int
    size: int


@dataclass(eq=False)
class Job:
    """One run. steps: makes its generator; a value for which `lasting` holds is never skipped by a watcher."""

    visit: str
    tab: str
    address: str | None
    steps: Callable[[], Iterator[Any]]
    lasting: Callable[[Any], bool]
    asked: Any = None
    stopped: bool = False
    working: bool = False
    ended: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    watching: list[object] = field(default_factory=list)
    unheard_since: float = field(default_factory=time.monotonic)
    _shown: list[Any] = field(default_factory=list)
    _told: Any = None
    _n_told: int = 0
    # On whose behalf a GPU is asked for goes along into the thread.
    context: contextvars.Context = field(default_factory=contextvars.copy_context)

    @property
    def watchers(self) -> int:
        return len(self.watching)

    def tell(self, value: Any) -> None:
        if self.lasting(value):
            # Progress from before it is no news any more.
            self._shown.append(value)
        self._told, self._n_told = value, self._n_told + 1


class Line:
    """All runs of one server: those that wait, the one that works, and who watches them."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._jobs: list[Job] = []  # the first one works
        self._lock = threading.RLock()
        self._worker: threading.Thread | None = None

    def enter(self, job: Job) -> Job:
        """Put a run into the line. Raises Refusal where the server, the visit or its address has too many."""
        most = self._bounds
        with self._lock:
            self._tidy()
            if len(self._jobs) > most.waiting:
                raise Refusal("queue_full", waiting=most.waiting)
            # A run that somebody stopped still has to notice.
            mine = [each for each in self._jobs if each.visit == job.visit and not each.stopped]
            if len(mine) >= most.waiting_per_visit:
                raise Refusal("waiting_visit", most=most.waiting_per_visit)
            near = [each for each in self._jobs if job.address is not None and each.address == job.address]
            if len(near) >= most.waiting_per_address:
                raise Refusal("waiting_address", most=most.waiting_per_address)
            if self._worker is None:
                worker = threading.Thread(target=self._work, name="runs", daemon=True)
                worker.start()  # looks for the run under the lock that we hold; where it fails, nothing was entered
                self._worker = worker
            self._jobs.append(job)
        return job

    def of(self, visit: str, tab: str) -> Job | None:
        """The run of a visit that still works or waits in this tab, the latest one."""
        with self._lock:
            found = [job for job in self._jobs if (job.visit, job.tab) == (visit, tab) and not job.stopped]
        return found[-1] if found else None

    def idle(self) -> bool:
        """Whether nobody's run works or waits."""
        return not self._jobs

    def stop(self, visit: str, tab: str) -> None:
        """Stop the runs of a visit in this tab, at their next step."""
        with self._lock:
            for job in self._jobs:
                if (job.visit, job.tab) == (visit, tab):
                    job.stopped = True
            self._tidy()

    async def watch(self, job: Job, heard: Callable[[], bool] = lambda: True) -> AsyncIterator[Any]:
        """What a run tells: Waiting, then its lasting values as they come, the last one again for a new watcher, and of
        the others the newest, now and then.

        heard: whether anybody receives this. Raises what the run raised. Closing it leaves the run alone for
        `unheard_s` seconds. Ends early for who has watched longest where more than WATCHERS do.
        """
        n_shown, n_told, place, silent, me = max(len(job._shown) - 1, 0), 0, None, time.monotonic(), object()
        news = 0.0
        job.watching[:] = [*job.watching, me][-WATCHERS:]
        try:
            while me in job.watching:
                now = time.monotonic()
                silent = now if heard() else silent
                if now - silent > self._bounds.unheard_s:
                    return
                over = job.ended.is_set()
                waits = None if over else self._place(job)
                if waits and waits != place:
                    place = waits
                    yield waits
                while n_shown < len(job._shown):
                    n_shown += 1
                    yield job._shown[n_shown - 1]
                if job._n_told > n_told and (over or now >= news):
                    n_told = job._n_told
                    if not job.lasting(job._told):
                        news = now + PROGRESS_S
                        yield job._told
                if over:
                    break
                await asyncio.sleep(LOOK_S)
            if job.error is not None and me in job.watching:
                raise job.error
        finally:
            job.watching[:] = [each for each in job.watching if each is not me]
            job.unheard_since = time.monotonic()

    def _place(self, job: Job) -> Waiting | None:
        with self._lock:
            # The first of all is about to work, if it does not yet.
            waiting = self._jobs[1:]
            return Waiting(waiting.index(job) + 1, len(waiting)) if job in waiting else None

    def _work(self) -> None:
        while True:
            with self._lock:
                self._tidy()
                if not self._jobs:
                    # Under the lock: whoever enters next sees no worker and starts one.
                    self._worker = None
                    return
                job = self._jobs[0]
                job.working = True
            try:
                self._run(job)
            except BaseException as error:  # whatever it is: the next run must have its turn
                job.error = error if isinstance(error, Exception) else RuntimeError(repr(error))
            with self._lock:
                self._leave(job)

    def _run(self, job: Job) -> None:
        limit = time.monotonic() + self._bounds.run_s
        steps = job.steps()
        try:
            while (value := job.context.run(next, steps, _END)) is not _END:
                job.tell(value)
                if self._given_up(job):
                    return
                if time.monotonic() > limit:
                    raise Refusal("run_time", minutes=f"{self._bounds.run_s / 60:g}")
        finally:
            job.context.run(steps.close)

    def _given_up(self, job: Job) -> bool:
        unheard = job.watchers == 0 and time.monotonic() - job.unheard_since > self._bounds.unheard_s
        job.stopped = job.stopped or unheard
        return job.stopped

    def _tidy(self) -> None:
        """Whoever waits no longer leaves the line."""
        for job in [each for each in self._jobs if not each.working and self._given_up(each)]:
            self._leave(job)

    def _leave(self, job: Job) -> None:
        self._jobs.remove(job)
        job.ended.set()
