"""What stands between a pressed Run and the queue: a refusal at once, or an order to go.

A validator of Gradio's would lose its answer when somebody types before it comes, speak one language, and leave
an error in the browser's console. So the button asks `answer`, and the gate asks for the run (shared/gate.js).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import gradio as gr

from vae_demo.refusal import Refusal
from vae_demo.views.shared.component import Component, component_script


def answer(check: Callable[[], object], **blamed: Callable[[Refusal], Any]) -> dict:
    """{"go": an order that is like no other}, or {"refused": sentence by language} where check raises Refusal.

    blamed: more to say about a refusal, each made of the error.
    """
    try:
        check()
    except Refusal as error:
        return {"refused": error.said, **{name: say(error) for name, say in blamed.items()}}
    return {"go": uuid.uuid4().hex}


def go_on() -> dict:
    """An order to watch a run again that this visit has already."""
    return {"go": uuid.uuid4().hex, "resume": True}


def resumed(event: gr.EventData) -> bool:
    """Whether the order that the gate hands on was such a one."""
    return isinstance(event._data, dict) and event._data.get("resume") is True


class Gate(Component):
    """value: see `answer`. Asks for the run with the event `submit`. A component of its own: two values that reach
    one component in the same moment are one, and the first of them is never seen.

    module, start: what begins it in the browser; each tab knows in its own way whether Run still waits.
    """

    def __init__(self, module: str, start: str, **kwargs: Any) -> None:
        super().__init__(None, component_script(module, start), ("submit",), **kwargs)
