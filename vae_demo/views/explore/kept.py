"""What a visit keeps for the Explore tab: its finished runs, and the results that a visitor brought."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from vae_demo.refusal import Refusal
from vae_demo.views.explore.back import reopened
from vae_demo.views.explore.opened import open_files
from vae_demo.views.explore.player import ExplorePlayer, running_value
from vae_demo.views.serving.uploads import ClipUpload
from vae_demo.views.serving.visits import checked_key
from vae_demo.views.shared.history import PRIVATE, History
from vae_demo.views.shared.language import word
from vae_demo.views.shared.running_tab import RunningTab


def build(tab: RunningTab, key: gr.Textbox, controls: list[Any], player: ExplorePlayer) -> History:
    """The list of runs and the way in for files, wired. key: the box that holds the visit's key."""
    # Out of sight: the actions of the player open it, and what is dropped on the page ends in it (bring.js).
    with gr.Row(elem_id="vd-bring"):
        bring = ClipUpload(word("open_result"), file_count="multiple", elem_id="vd-open-result")
    history = History(tab.name, tab.reception.runs, elem_id="vd-explore-runs")

    def brought(key: str, told: Any) -> tuple[Any, ...]:
        try:
            value = _bring(tab, checked_key(key), told)
        except Refusal as error:
            return *(gr.skip() for _ in controls), running_value(error=error.said), gr.skip()
        return *reopened(tab, key, value), history.listed(key)

    bring.upload(brought, [key, bring], [*controls, player, history], **PRIVATE)
    history.wire(lambda key, value: reopened(tab, key, value), [*controls, player])
    return history


def keep(tab: RunningTab, key: str, value: dict, folder: Path) -> dict:
    """Keep a finished result in the list; gives its value as it is kept. Raises Refusal."""
    settings = value["settings"]
    about = {"clip": settings["clip"], "upload": bool(settings["upload"]), "model": settings["model"],
             "cuts": ", ".join(settings["variants"]), "opened": "opened_from" in value}
    return tab.reception.runs.add(key, tab.name, value, folder, about)


def _bring(tab: RunningTab, key: str, told: Any) -> dict:
    """The value of a result that a visitor brought, which the visit keeps like a run. Raises Refusal."""
    visits = tab.reception.visits
    value = keep(tab, key, *open_files(told, lambda n_bytes: visits.new_result(key, tab.name, n_bytes)))
    visits.keep(key, tab.name, value)
    # No run has ended with it.
    return {**value, "back": True}
