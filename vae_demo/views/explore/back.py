"""How Explore comes to show what somebody had or was sent: a link, another tab, a page that was reloaded."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vae_demo.refusal import Refusal
from vae_demo.views.explore import saved
from vae_demo.views.explore.intro import intro_of
from vae_demo.views.explore.player import running_value
from vae_demo.views.serving.keys import checked_key
from vae_demo.views.serving.offered import OFFER
from vae_demo.views.shared import samples
from vae_demo.views.shared.clip_menu import menu_with
from vae_demo.views.shared.gate import go_on
from vae_demo.views.shared.running_tab import RunningTab
from vae_demo.views.shared.settings import Settings, read_settings


def linked(tab: RunningTab, asked: dict) -> tuple[Any, ...]:
    """Values of the seven controls, the strip, the gate and the player for settings of unknown origin: the saved result
    where there is one made with exactly these. A clip of the `visit` may be named."""
    facts = tab.known(asked.get("visit"))
    own = facts["shown"] if facts else None
    settings, closed = _offered(_settings(asked, own))
    return *_filled(settings, own), {"own": facts} if facts else {}, gr.skip(), {**_saved(settings), **closed}


def back(tab: RunningTab, asked: dict) -> tuple[Any, ...]:
    """The same for a page that is back: its own clip, its last result, and its run where one still works.

    asked: its settings and its `visit`; see shared/visit.js.
    """
    try:
        facts, kept, works = tab.back(asked["visit"], asked.get("clip"))
    except Refusal as error:
        settings, _ = _offered(_settings(asked))
        gone = {**_saved(settings), **running_value(error=error.said)}
        return *_filled(settings), {"own": None}, gr.skip(), gone
    own = facts["shown"] if facts else None
    settings, closed = _offered(_settings(asked, own))
    shown = {**kept, "back": True} if kept else {**_saved(settings), **closed}
    return *_filled(settings, own), {"own": facts} if facts else {}, go_on() if works else gr.skip(), shown


def reopened(tab: RunningTab, key: Any, value: dict) -> tuple[Any, ...]:
    """Values of the seven controls and the player for a result of this visit. A clip that is not there any more, a
    model that nobody knows, and more variants than a page runs, leave their control as it is."""
    own = tab.reception.visits.clip(checked_key(key))
    name, asked = samples.shown_name(str(own)) if own else None, value["settings"]
    side, _, crop = asked["size"].partition(":")
    settings = _settings({**asked, "size": side, "crop": crop or "square"}, name)
    clip, model, variants, *others = _filled(settings, name)
    return (clip if settings.clip == asked["clip"] and "opened_from" not in value else gr.skip(),
            model if settings.model == asked["model"] and OFFER.has(settings.model) else gr.skip(),
            variants if variants == asked["variants"] else gr.skip(), *others, value)


def _settings(asked: dict, own: str | None = None) -> Settings:
    names = (*samples.sample_names(), *([own] if own else []))
    return read_settings(asked, names, samples.first_sample() or "")


def _filled(settings: Settings, own: str | None = None) -> tuple[Any, ...]:
    return (menu_with(own, settings.clip), settings.model, settings.labels, settings.start, settings.n_frames,
            settings.size, settings.dtype)


def _offered(settings: Settings) -> tuple[Settings, dict]:
    """The same where their model is offered here; else with the first one and what is compared with it, and what the
    player says about that."""
    try:
        OFFER.check(settings.model)
    except Refusal as error:
        own = Settings(settings.clip, start=settings.start, n_frames=settings.n_frames, size=settings.size)
        return own, running_value(error=error.said)
    return settings, {}


def _saved(settings: Settings) -> dict:
    rest = {"frame": settings.frame, "selected": settings.selected, "settings": saved.asked_of(settings),
            "look": settings.look}
    return saved.saved_value(settings) or {"opened": rest, "intro": intro_of(_planned(settings))}


def _planned(settings: Settings) -> dict:
    """As much of a comparison as is known before it is run."""
    return {"model": settings.model, "variants": [
        {"label": each.label, "encode": str(each.encode), "decode": str(each.decode)} for each in settings.variants]}
