"""The Plan tab: what a frame count gives, in every family, computed in the browser."""

from __future__ import annotations

from functools import cache
from typing import Any

from vae_demo.clips import Limits
from vae_demo.families import FAMILIES
from vae_demo.families.catalogue import raw
from vae_demo.models.spec import MODELS
from vae_demo.views.component import Component, component_script

KEY = "plan"
STYLES = ("player.css", "axis.css", "plan.css", "plan_narrow.css")
SCRIPTS = ("dom.js", "format.js", "axis.js", "frames.js", "families.js", "plan_words.js", "plan_drawing.js",
           "plan_choices.js", "source_link.js", "plan_table.js", "plan.js")
_START = "\nstartPlan({element, words, families, exploreModel, exploreMost});\n"


@cache
def plan_script() -> str:
    """The JavaScript of the tab, with everything it knows."""
    return component_script(SCRIPTS, _START, ("plan", "families"), families=families_for_page(),
                            exploreModel=next(iter(MODELS)), exploreMost=Limits().max_frames)


def families_for_page() -> list[dict[str, Any]]:
    """families.json as the browser reads it: each family also with the address of its source."""
    return [{**entry, "url": FAMILIES[entry["key"]].source_url} for entry in raw()["families"]]


def build() -> None:
    """The tab's content. It needs no events: nothing is asked of the server."""
    Component({}, plan_script(), elem_id="vd-plan")
