"""What every scripted component of the page is made of: a module, what it is given, the events it asks for.

A component draws from its `value` alone. Its script begins one exported function of a module (views/**/*.js, fetched
once for the whole page) with the words it says, in the page's language, and its constants; templates are static, and
whatever a visitor typed reaches the page as text nodes only. The page's language is `window.vdLang` (see language.py).
"""

from __future__ import annotations

import json
from functools import partial
from importlib.resources import files
from typing import Any

import gradio as gr
from gradio.events import EventListener

from vae_demo.views.shared.packed import UNPACKED

# An event that runs something only watches it (jobs.py); the line of runs is where one waits for another.
COMPUTE = {"concurrency_limit": None, "concurrency_id": "compute"}
# For what answers at once, and only to the page.
PRIVATE = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}
_VIEWS = files("vae_demo.views")


def read_source(name: str) -> str:
    """A script or style by its path in views/."""
    return (_VIEWS / name).read_text(encoding="utf-8")


def component_script(module: str, start: str, words: tuple[str, ...] = (), **constants: Any) -> str:
    """The JavaScript of a component: calls a module's function with the element and all it needs, as one object.

    module: its path in views/. start: the function's name; it is given `element`, `value()`, `watch`, `trigger`,
    `words` and the constants. words: names of the word files it says. constants: JSON values by name.
    """
    given = json.dumps(constants, ensure_ascii=False)
    return (f"window.vdStart(element, {json.dumps(module)}, {json.dumps(words)}, (module, words) => module.{start}("
            f"{{element, value: {UNPACKED}, watch, trigger, words, ...{given}}}));")


def in_browser(module: str, call: str) -> str:
    """The `js` of an event that asks a module: `call` is of what it exports, and `v` is what the event carries."""
    return f"async (...v) => (await window.vdModule({json.dumps(module)})).{call}"


class Component(gr.HTML):
    """An empty root element that a script fills from `value`. events: those that the script triggers."""

    def __init__(self, value: Any, script: str, events: tuple[str, ...] = (), html: str = '<div class="vd-root"></div>',
                 **kwargs: Any) -> None:
        self._events = events
        super().__init__(value=value, html_template=html, css_template="", js_on_load=script, apply_default_css=False,
                         **kwargs)

    def preprocess(self, payload: Any) -> Any:
        return payload

    def postprocess(self, value: Any) -> Any:
        return value

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}

    def __getattr__(self, name: str) -> Any:
        """Listeners of the events. Gradio would take every word quoted in the script for one, and so arguments of ours
        for events that are set: what the browser gets of a component would hold all components."""
        if name in self.__dict__.get("_events", ()):
            return partial(EventListener(event_name=name).listener, self)
        raise AttributeError(f"{type(self).__name__} has no {name}")
