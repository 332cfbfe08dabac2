"""The Explore component: one comparison as columns, transport, ruler, chart and tapes on one clock.

Everything it draws comes from `value`, the same mapping for saved, live and downloaded results.
"""

from __future__ import annotations

import uuid
from functools import cache
from pathlib import Path
from typing import Any

import plotly

from vae_demo.results.rerun import client_call, command_line, placed
from vae_demo.results.scores import SCORES
from vae_demo.views.explore.intro import intro_of
from vae_demo.views.serving.kept import keep_file
from vae_demo.views.shared.clip_strip import models_in_forms
from vae_demo.views.shared.colours import light_values
from vae_demo.views.shared.component import Component, component_script
from vae_demo.views.shared.files import served
from vae_demo.views.shared.packed import packed
from vae_demo.views.shared.samples import SAMPLES
from vae_demo.views.shared.settings import MOST_VARIANTS

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


@cache
def player_script(home: str = "") -> str:
    """The JavaScript of the component. home: the address links are made of, empty for the address bar's."""
    return component_script(
        "explore/app.js", "startExplore",
        ("page", "player", "keys", "see", "strip", "whose", "glossary", "verdicts", "notes"),
        plotly=keep_file(PLOTLY), home=home, models=models_in_forms(), light=light_values(),
        scores={name: {"digits": score.digits, "higher": score.higher} for name, score in SCORES.items()})


class ExplorePlayer(Component):
    """Shows a comparison. value: see `player_value` and `running_value`; None shows nothing yet."""

    def __init__(self, value: dict | None = None, home: str = "", **kwargs: Any) -> None:
        super().__init__(value, player_script(home), ("open", "restore"), **kwargs)

    def postprocess(self, value: dict | None) -> dict | None:
        if not value or "urls" not in value:
            return value
        return packed(value, served(value["urls"]))


def player_value(
    comparison: dict, directory: Path, saved: bool = False, frame: int | None = None, selected: str | None = None,
    settings: dict | None = None, whole: bool = True,
) -> dict:
    """The whole value for a result folder: its JSON mapping and the files it names.

    frame and selected say where to rest; None is the first border of the variant that shows most.
    settings: what the controls said, for the link; whole: False while variants are still to come.
    stamp tells one result from the next, so that progress of a run does not redraw what is on screen.
    """
    media = comparison["media"]
    sample = settings is not None and not settings["upload"]
    names = {panel["file"] for panel in media["panels"]} | set(media["downloads"].values())
    names |= {media["tapes"]["file"]} if media["tapes"] else set()
    urls = {name: str(directory / name) for name in sorted(names)}
    return {"comparison": comparison, "intro": intro_of(comparison), "urls": urls, "saved": saved, "frame": frame,
            "selected": selected, "settings": settings, "whole": whole, "calls": calls(comparison, sample),
            "stamp": uuid.uuid4().hex, "running": None}


def calls(comparison: dict, sample: bool) -> dict[str, str | None]:
    """The lines that repeat this run: in a shell, and against this page's API ({home} stands for its address), None
    where that would refuse it.

    Those of a sample run as they stand in a checkout; where an upload lies is the visitor's to know.
    """
    comparison = placed(comparison, SAMPLES) if sample else comparison
    runs = len(comparison["variants"]) <= MOST_VARIANTS
    return {"cli": command_line(comparison), "client": client_call(comparison) if runs else None}


def running_value(**running: Any) -> dict:
    """A value that only says how a run goes; the last result stays on screen."""
    return {"running": running}
