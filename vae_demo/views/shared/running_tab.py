"""What tabs that run something have in common: a visitor's own clip, a run in the line, and Cancel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from vae_demo.refusal import Refusal
from vae_demo.views.serving.jobs import Waiting
from vae_demo.views.serving.keys import checked_key
from vae_demo.views.serving.reception import Reception
from vae_demo.views.serving.uploads import accepted
from vae_demo.views.shared import running, samples
from vae_demo.views.shared.clip_menu import own_facts, taken_in


@dataclass(frozen=True)
class RunningTab:
    """name: of the tab; says: makes a value of its component that only says how a run goes; lasting: which values of
    a run nobody may miss; beside: names of files beside the visit's clip that a run of this tab may need, too."""

    reception: Reception
    name: str
    says: Callable[..., dict]
    lasting: Callable[[dict], bool]
    beside: tuple[str, ...] = ()

    def own(self, key: Any) -> Callable[[], Path]:
        """Gives the visitor's own clip; calling that raises Refusal where it is gone."""
        return lambda: self.reception.own_clip(checked_key(key))

    def lent(self, key: Any) -> Callable[[], Path]:
        """The same for a run: the clip there was when it was asked for."""
        return lambda: self.reception.own_clip(checked_key(key), self.name)

    @contextmanager
    def over(self, key: Any) -> Iterator[None]:
        """A run that has ended gives back what it was lent; a later one of this tab keeps what that one was."""
        visits = self.reception.visits
        lent = {name: visits.held(key, name) for name in (self.name, *map(self.lent_name, self.beside))}
        try:
            yield
        finally:
            for name, file in lent.items():
                if file:
                    visits.drop(key, name, file)

    def lent_name(self, name: str) -> str:
        """Under which name a run is lent one of the files beside the clip."""
        return f"{self.name}-run-{name}"

    def uploaded(self, key: Any, told: Any) -> tuple[Any, dict | None, dict]:
        """The menu with the upload in it, what is known of it, and a value; facts are None where it is refused."""
        try:
            path, visit = accepted(told), checked_key(key)
            known = samples.clip_facts(path)
            # Only now: a file that is no use must not take the place of the one before it.
            menu, facts = taken_in(self.reception.visits.take(visit, path), known)
        except Refusal as error:
            return gr.skip(), None, self.says(error=error.said)
        return menu, facts, self.says()

    def known(self, key: Any) -> dict | None:
        """What is known of the visitor's own clip, None where there is none."""
        try:
            own = self.own(key)()
            return own_facts(own, samples.clip_facts(own))
        except Refusal:
            return None

    def back(self, key: Any, clip: Any) -> tuple[dict | None, dict | None, bool]:
        """What a page that was reloaded had: facts of its own clip, its last result, and whether its run goes on.

        clip: the name its menu showed. Raises Refusal where that was an upload and is gone.
        """
        visit = checked_key(key)
        self.reception.visits.seen(visit)
        facts = None
        if (clip and clip not in samples.sample_names()) or self.reception.visits.clip(visit):
            own = self.own(visit)()
            facts = own_facts(own, samples.clip_facts(own))
        return facts, self.reception.visits.kept(visit, self.name), self.reception.line.of(visit, self.name) is not None

    async def runs(
        self, key: Any, model: Any, steps: Callable[[], Iterator[dict]], resume: bool, request: gr.Request
    ) -> AsyncIterator[dict]:
        """Values of a new run of `model`, or with `resume` of the run that this visit has already. model: None where a
        run has none."""
        # Acknowledge first: reading a clip takes a moment, and the button must not look dead.
        yield self.says(fraction=0)
        try:
            visit = checked_key(key)
            async for _ in self.reception.weights(visit, model, request) if model is not None else _nothing():
                yield self.says(fraction=0, stage="fetching")
            if not resume:
                self.reception.visits.lend(visit, self.name)
                for name in self.beside:
                    self.reception.visits.lend(visit, self.lent_name(name), name)
            job = self.reception.line.of(visit, self.name) if resume else \
                self.reception.enter(visit, self.name, request, steps, self.lasting)
            if job is None:  # over since the page asked: what it came to is what the visit has
                yield self.reception.visits.kept(visit, self.name) or self.says()
                return
            async for value in self.reception.watch(job, request):
                yield self.says(**asdict(value)) if isinstance(value, Waiting) else value
        except Refusal as error:
            yield self.says(error=error.said)
        except Exception:
            yield self.says(error=running.failure())

    def stopped(self, key: Any) -> dict:
        """Cancel was pressed."""
        self.reception.line.stop(str(key), self.name)
        return self.says(stopped=True)


async def _nothing() -> AsyncIterator[None]:
    for _ in ():
        yield
