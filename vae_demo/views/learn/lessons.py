"""The lessons of the Learn tab as data: sentences, predictions and answers, all taken from saved results.

A sentence is [key, params] into words/learn.json. Every number in it is read from the results or counted by
layout/, and which sentence is said, and which option of a prediction is right, is decided by those numbers:
weights trained again may change the page, but cannot make it say what was not measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vae_demo.examples import LEARN_17, LEARN_MIXED
from vae_demo.models.spec import TINY_17, TINY_MIXED
from vae_demo.results.inspection import Inspection
from vae_demo.views.learn.lesson import Lesson, Runs
from vae_demo.views.learn.steps.borders import borders
from vae_demo.views.learn.steps.breaks import breaks
from vae_demo.views.learn.steps.clash import clash
from vae_demo.views.learn.steps.compress import compress
from vae_demo.views.learn.steps.find import find
from vae_demo.views.learn.steps.group import group
from vae_demo.views.learn.steps.live import live
from vae_demo.views.learn.steps.mixed import mixed

# Where the issues and their answers were read.
LINKS = {"issue_536": "https://github.com/hpcaitech/Open-Sora/issues/536",
         "issue_490": "https://github.com/hpcaitech/Open-Sora/issues/490",
         "report": "https://github.com/hpcaitech/Open-Sora/blob/v1.2.0/docs/report_03.md"}
GLOSSARY = ("latent", "chunk", "border", "group", "slot", "pad", "tail", "seam", "ghost", "clash")


def runs_of(results: Mapping[str, Mapping[str, Any]]) -> Runs:
    """The results by model, from results by name of the saved example."""
    names = {TINY_17: LEARN_17, TINY_MIXED: LEARN_MIXED}
    return {model: results[name] for model, name in names.items() if name in results}


def lessons(
    runs: Runs, sweep: Mapping[str, Any] | None = None, inspection: Inspection | None = None,
    saved: Mapping[str, Any] | None = None,
) -> tuple[Lesson, ...]:
    """The steps in their order. Where a run is missing, its steps keep their text and have neither question nor figure.

    sweep: the saved sweep of the same clip through the first model, None where there is none. inspection: see find().
    saved: see live().
    """
    return (compress(runs), group(runs), breaks(runs, sweep), live(saved), clash(runs), borders(runs),
            mixed(runs), find(inspection))
