"""What every scripted component of the page is made of: script files, the words it says, one start line.

A component draws from its `value` alone. Its script is files of views/ in order, inlined, after the words
it needs in both languages; templates are static, and whatever a visitor typed reaches the page as text
nodes only. The page's language is `window.vdLang` (see language.py).
"""

from __future__ import annotations

import json
from functools import partial
from importlib.resources import files
from typing import Any

import gradio as gr

from vae_demo.words import script as words_script
from vae_demo.words import table

# An event that runs something only watches it (jobs.py); the line of runs is where one waits for another.
COMPUTE = {"concurrency_limit": None, "concurrency_id": "compute"}
_VIEWS = files("vae_demo.views")


def read_static(name: str) -> str:
    """A script or style by its path in views/."""
    return (_VIEWS / name).read_text(encoding="utf-8")


def component_script(scripts: tuple[str, ...], start: str, words: tuple[str, ...] = (), **constants: Any) -> str:
    """The JavaScript of a component.

    scripts: files of views/, in order. start: the line that begins it; `element`, `props`, `watch` and
    `trigger` are in reach. words: names of the word files it says, none for all. constants: JSON values by name.
    """
    lines = [f"const {name} = {json.dumps(value, ensure_ascii=False)};\n" for name, value in
             {"words": table(*words), **constants}.items()]
    return "".join(lines) + words_script() + "\n".join(read_static(name) for name in scripts) + start


class Component(gr.HTML):
    """An empty root element that a script fills from `value`."""

    def __init__(self, value: Any, script: str, **kwargs: Any) -> None:
        super().__init__(value=value, html_template='<div class="vd-root"></div>', css_template="", js_on_load=script,
                         apply_default_css=False, **kwargs)

    def preprocess(self, payload: Any) -> Any:
        return payload

    def postprocess(self, value: Any) -> Any:
        return value

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}

    def get_config(self) -> dict[str, Any]:
        """What the browser gets of the component.

        Gradio takes every word quoted in the script for an event, and so an argument of ours of that name for one
        that is set. As a value that event holds the component, and through it the whole page and its queue, all of
        which Gradio would copy at every visit.
        """
        return {name: value for name, value in super().get_config().items() if not isinstance(value, partial)}
