"""The Plan tab: what a frame count gives, in every family, computed in the browser."""

from __future__ import annotations

from functools import cache

from vae_demo.clips import Limits
from vae_demo.models.spec import MODELS
from vae_demo.views.shared.component import Component, component_script
from vae_demo.views.shared.families import families_for_page

KEY = "plan"
STYLES = ("shared/player.css", "shared/axis.css", "plan/plan.css", "plan/narrow.css")
SCRIPTS = ("plan/plan.js",)


@cache
def plan_script() -> str:
    """The JavaScript of the tab, with everything it knows."""
    return component_script("plan/plan.js", "startPlan", ("plan", "families"), families=families_for_page(),
                            exploreModel=next(iter(MODELS)), exploreMost=Limits().max_frames)


def build() -> None:
    """The tab's content. It needs no events: nothing is asked of the server."""
    Component({}, plan_script(), elem_id="vd-plan")
