"""The runs of a visit on the page: a component without a face of its own that tells the lists what the server keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from vae_demo.refusal import Refusal
from vae_demo.views.serving.runs import LONGEST_NAME, Runs
from vae_demo.views.shared.component import PRIVATE, Component, component_script


class History(Component):
    """value: what `Runs.listed` says of one tab, with an `error` by language where something could not be done.

    The page asks with the events; what they carry names the visit and the run.
    """

    def __init__(self, tab: str, runs: Runs, **kwargs: Any) -> None:
        script = component_script("shared/history.js", "startHistory", ("runs",), tab=tab, most=LONGEST_NAME)
        super().__init__(None, script, ("list", "show", "rename", "throw", "fetch"), **kwargs)
        self._runs, self._tab = runs, tab

    def wire(self, shown: Callable[[str, dict], tuple[Any, ...]], outputs: list[Any]) -> None:
        """Connect the events. shown: what `outputs` become for a visit and the value of one of its runs."""
        self.list(self._listed, None, self, **PRIVATE)
        self.rename(self._doing(lambda key, run, asked: self._runs.rename(key, self._tab, run, asked.get("name"))),
                    None, self, **PRIVATE)
        self.throw(self._doing(lambda key, run, asked: self._runs.throw(key, self._tab, run)), None, self, **PRIVATE)
        self.fetch(self._doing(lambda key, run, asked: self._runs.fetch_back(key, self._tab, run)), None, self,
                   **PRIVATE)

        def show(event: gr.EventData) -> tuple[Any, ...]:
            key, run, _ = _asked(event)
            try:
                value = self._runs.value(key, self._tab, run)
            except Refusal as error:
                return *(gr.skip() for _ in outputs), self._said(key, error)
            # "back": it is not the end of a run that may be going on.
            return *shown(key, {**value, "back": True}), self._said(key)

        self.show(show, None, [*outputs, self], **PRIVATE)

    def listed(self, key: Any) -> dict:
        """Its value for a visit."""
        return self._said(str(key))

    def _listed(self, event: gr.EventData) -> dict:
        return self._said(_asked(event)[0])

    def _doing(self, act: Callable[[str, Any, dict], None]) -> Callable[[gr.EventData], dict]:
        def done(event: gr.EventData) -> dict:
            key, run, asked = _asked(event)
            try:
                act(key, run, asked)
            except Refusal as error:
                return self._said(key, error)
            return self._said(key)
        return done

    def _said(self, key: str, error: Refusal | None = None) -> dict:
        return {**self._runs.listed(key, self._tab), "error": error.said if error else None}


def _asked(event: gr.EventData) -> tuple[str, Any, dict]:
    """Whose, which run, and the rest of what the page says; of any origin."""
    asked = event._data if isinstance(event._data, dict) else {}
    return str(asked.get("visit")), asked.get("run"), asked
