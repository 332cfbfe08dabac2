"""Where visitors, their runs and their results meet: one for a page, shared by its tabs and its API."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr

from vae_demo import scratch
from vae_demo.refusal import Refusal
from vae_demo.views.serving import uploads
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.serving.fetches import Fetches
from vae_demo.views.serving.jobs import Job, Line
from vae_demo.views.serving.listeners import Listeners
from vae_demo.views.serving.runs import Runs
from vae_demo.views.serving.strips import Strips
from vae_demo.views.serving.sweeper import Sweeper
from vae_demo.views.serving.visits import Visits

_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass
class Reception:
    """bounds: what is given at most. Makes its folders; `close` ends every visit."""

    bounds: Bounds = field(default_factory=Bounds)

    def __post_init__(self) -> None:
        self.visits = Visits(self.bounds, scratch.folder() / "visits", uploads.results_folder())
        self.runs = Runs(self.visits)
        self.strips = Strips()
        self.visits.dropped = self.strips.forget
        self.line = Line(self.bounds)
        self.listeners = Listeners()
        self.fetches = Fetches(self.bounds.waiting, self.bounds.unheard_s)
        self.sweeper = Sweeper(self.visits, self.bounds)

    def key_box(self) -> gr.Textbox:
        """The visit's key as an input of events; the page fills it when it has loaded (shared/visit.js)."""
        return gr.Textbox("", visible="hidden", elem_id="vd-visit-key", container=False)

    def enter(self, key: str, tab: str, request: gr.Request, steps: Callable[[], Iterator[Any]],
              lasting: Callable[[Any], bool]) -> Job:
        """Put a run into the line. Raises Refusal where there are too many."""
        return self.line.enter(Job(key, tab, self._address(request), lambda: self._for(key, steps), lasting))

    async def weights(self, key: str, model: Any, request: gr.Request) -> AsyncIterator[None]:
        """Yields while the weights of a model are fetched. Raises Refusal; see Fetches.wait."""
        async for _ in self.fetches.wait(str(model), self._heard(request, key)):
            yield

    async def watch(self, job: Job, request: gr.Request) -> AsyncIterator[Any]:
        """See Line.watch; ends when nobody has received it for a while."""
        async for value in self.line.watch(job, self._heard(request, job.visit)):
            yield value

    def own_clip(self, key: str, to: str | None = None) -> Path:
        """The visitor's own file, or what `to` was lent of it. Raises Refusal where it is gone."""
        found = self.visits.clip(key, to)
        if found is None:
            raise Refusal("clip_gone", minutes=f"{self.bounds.grace_s / 60:g}")
        return found

    def _for(self, key: str, steps: Callable[[], Iterator[Any]]) -> Iterator[Any]:
        """The steps of a run; while it works its visit goes on, and a full disk is a sentence."""
        running = steps()
        try:
            for value in running:
                self.visits.seen(key)
                yield value
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise Refusal("no_room") from None
        finally:
            running.close()

    def _heard(self, request: gr.Request, key: str) -> Callable[[], bool]:
        """Whether a request has a listener; while it has, its visit goes on, also where it only waits."""
        session = str(request.session_hash)
        return lambda: self.listeners.any(session) and (self.visits.seen(key) or True)

    def _address(self, request: gr.Request) -> str | None:
        """Where a request comes from, None where that is not known: behind a proxy all have the proxy's address."""
        if not self.bounds.trust_forwarded:
            return None
        # The last one is what the proxy in front of us saw; those before it are what somebody said.
        told = request.headers.get("x-forwarded-for", "").split(",")[-1].strip()
        return told or (request.client.host if request.client else None)
