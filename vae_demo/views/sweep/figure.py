"""The components of the Sweep tab: the line below the controls, and the figure with its table.

Both draw from `value` alone, the same mapping for saved, live and downloaded results (figure.js, desk.js).
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from vae_demo.clips import Limits
from vae_demo.models.spec import MODELS
from vae_demo.results.rerun import placed, sweep_client_call, sweep_command_line
from vae_demo.views.shared.clip_strip import models_in_forms
from vae_demo.views.shared.component import Component, component_script
from vae_demo.views.shared.files import served
from vae_demo.views.shared.packed import packed
from vae_demo.views.shared.samples import SAMPLES

# Columns that still can be told apart; a longer list is a job for the command line.
MOST_SIZES = 64
FILES = ("sweep.csv", "sweep.json", "sweep.html")


class SweepDesk(Component):
    """value: what the controls come to, {"n", "frames", "seconds", "upload"} or {"error": sentence by language}, and
    `of`, what they say."""

    def __init__(self, device: str, **kwargs: Any) -> None:
        script = component_script(
            "sweep/desk.js", "startSweepDesk",
            ("sweep", "desk", "page", "whose", "refusals", "refusals_clips", "server"), device=device,
            models=models_in_forms(), most=Limits().max_bytes)
        super().__init__(None, script, ("rename",), **kwargs)


@cache
def figure_script() -> str:
    """The JavaScript of the figure."""
    rules = {name: asdict(spec.rule) for name, spec in MODELS.items()}
    return component_script(
        "sweep/figure.js", "startSweep", ("sweep", "page", "player", "whose", "verdicts", "notes"), rules=rules,
        models=models_in_forms())


class SweepFigure(Component):
    """Shows a sweep. value: see `sweep_value` and `working_value`; None shows nothing yet."""

    def __init__(self, value: dict | None = None, **kwargs: Any) -> None:
        super().__init__(value, figure_script(), ("open", "select", "restore"), **kwargs)

    def postprocess(self, value: dict | None) -> dict | None:
        if not value or "urls" not in value:
            return value
        return packed(value, served(value["urls"]))


def sweep_value(
    sweep: dict, directory: Path, other: dict | None, sample: str | None, saved: bool = False,
    settings: dict | None = None,
) -> dict:
    """The whole value for a finished sweep and the folder of its files.

    other: the dashed line, see sweep_run.other_model. sample: the sample clip's name, None for an upload.
    settings: what the controls said, see sweep_run.asked.
    stamp tells one result from the next, so that progress of a run does not redraw what is on screen.
    """
    urls = {name: str(directory / name) for name in FILES if (directory / name).exists()}
    lines = placed(sweep, SAMPLES) if sample else sweep
    # The API sweeps no more than the page.
    runs = len(sweep["rows"]) <= MOST_SIZES
    calls = {"cli": sweep_command_line(lines), "client": sweep_client_call(lines) if runs else None}
    return {"sweep": sweep, "urls": urls, "other": other, "sample": sample, "saved": saved, "calls": calls,
            "settings": settings,
            "stamp": uuid.uuid4().hex, "running": None}


def working_value(**running: Any) -> dict:
    """A value that only says how a run goes; the last result stays until a column of the new one is there."""
    return {"running": running}
