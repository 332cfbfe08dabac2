"""How the Sweep tab comes to show again what somebody had before a reload or a change of language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from vae_demo.layout.sizes import DEFAULT_SIZES, parse_sizes
from vae_demo.refusal import Refusal
from vae_demo.views.serving.offered import OFFER
from vae_demo.views.shared import samples
from vae_demo.views.shared.clip_menu import menu_with
from vae_demo.views.shared.gate import go_on
from vae_demo.views.shared.running_tab import RunningTab
from vae_demo.views.shared.settings import LONGEST_TEXT, Settings, read_settings
from vae_demo.views.sweep.figure import MOST_SIZES, working_value


def back(tab: RunningTab, asked: dict, saved: Callable[[str, str], dict | None]) -> tuple[Any, ...]:
    """Values of the seven controls, the strip, the gate and the figure.

    asked: the settings of the page and its `visit`; see shared/visit.js.
    saved: gives the saved sweep of a sample and a model.
    """
    try:
        facts, kept, works = tab.back(asked.get("visit"), asked.get("clip"))
    except Refusal as error:
        clip, *others = _controls(asked, known := _known(asked))
        # With what it fills in by itself: that is no change of the visitor's, and takes no sentence away.
        told = working_value(error=error.said, filling=[known.clip, *others])
        return clip, *others, {"own": None}, gr.skip(), told
    own = facts["shown"] if facts else None
    known = _known(asked, own)
    shown = kept or saved(known.clip, known.model) or gr.skip()
    return *_controls(asked, known, own), {"own": facts} if facts else {}, go_on() if works else gr.skip(), shown


def reopened(tab: RunningTab, key: Any, value: dict) -> tuple[Any, ...]:
    """Values of the seven controls and the figure for a sweep of this visit. A clip that is not there any more, and
    more sizes than a page runs, leave their control as it is."""
    facts, asked = tab.known(key), value["settings"]
    own = facts["shown"] if facts else None
    known = _known(asked, own)
    clip, *others = _controls(asked, known, own)
    model, sizes, *others = others
    return (clip if known.clip == asked["clip"] and "opened_from" not in value else gr.skip(), model,
            sizes if sizes == asked["sizes"] and _runs(sizes) else gr.skip(), *others, value)


def _runs(sizes: str) -> bool:
    try:
        return bool(parse_sizes(sizes, most=MOST_SIZES))
    except Refusal:
        return False


def _known(asked: dict, own: str | None = None) -> Settings:
    names = (*samples.sample_names(), *([own] if own else []))
    return read_settings(asked, names, samples.first_sample() or "")


def _controls(asked: dict, known: Settings, own: str | None = None) -> tuple[Any, ...]:
    sizes = asked.get("sizes")
    listed = sizes if isinstance(sizes, str) and len(sizes) <= LONGEST_TEXT else DEFAULT_SIZES
    model = known.model if OFFER.has(known.model) else Settings.model
    return menu_with(own, known.clip), model, listed, known.start, known.n_frames, known.size, known.dtype
