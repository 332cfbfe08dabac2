"""The components of the Inspect tab: the line below its controls, and the figure.

The figure draws from `value` alone, the same mapping for saved and live inspections (figure.js, desk.js).
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from vae_demo.clips import Limits
from vae_demo.report.small_pictures import picture_files
from vae_demo.results.inspection import Inspection
from vae_demo.results.rerun import inspect_command_line
from vae_demo.synthetic.flickering import FLICKERS, inspection_name
from vae_demo.views.inspect.drawn import drawn
from vae_demo.views.inspect.saved import cards, sample_names
from vae_demo.views.shared.component import Component, component_script
from vae_demo.views.shared.files import served
from vae_demo.views.shared.packed import packed

# Where saved examples are in a checkout.
EXAMPLES = "assets/examples"
FILES = ("inspection.csv", "inspection.json", "inspection.html")
WORDS = ("inspect", "inspect_page", "page", "player", "keys", "refusals", "notes", "verdicts")


class InspectDesk(Component):
    """value: {"of": the values that the controls had when the server acted on them, "own": `own_facts` of the visit's
    clip where they changed, "paired": {"source": a file's name, "why": see pairing.py} where two files came}."""

    def __init__(self, **kwargs: Any) -> None:
        script = component_script(
            "inspect/desk.js", "startInspectDesk", (*WORDS, "desk", "refusals_clips", "server"),
            most=Limits().max_bytes, samples=list(sample_names()))
        super().__init__(None, script, ("typed", "offer", "again"), **kwargs)


class InspectFigure(Component):
    """Shows an inspection, or what can be inspected. value: see `inspect_value` and `working_value`."""

    def __init__(self, home: str = "", **kwargs: Any) -> None:
        script = component_script("inspect/figure.js", "startInspect", (*WORDS, "runs"), samples=cards(), home=home)
        super().__init__(None, script, ("open", "decode", "promote"), **kwargs)

    def postprocess(self, value: dict | None) -> dict | None:
        if not value or "urls" not in value:
            return value
        return packed(value, served(value["urls"]))


def inspect_value(
    record: Inspection, pictures: dict[str, Any], folder: Path, settings: dict, sample: str | None = None,
    saved: bool = False,
) -> dict:
    """The whole value for an inspection and the folder of its files.

    settings: what the controls said, see asking.settings_of. sample: its name, None for files of a visitor; `scene` is
    the sample clip of Explore that it was made of.
    stamp tells one result from the next, so that progress of a run does not redraw what is on screen.
    """
    data = record.to_json()
    files = {name: folder / name for name in FILES if (folder / name).exists()}
    urls = {name: str(path) for name, path in {**files, **picture_files(pictures, folder)}.items()}
    series = data.pop("series")
    return {"inspection": data, "drawn": drawn(record), "signals": list(series), "pictures": pictures, "urls": urls,
            "settings": settings, "sample": sample,
            "scene": FLICKERS[sample].scene if sample else None, "saved": saved,
            "calls": {"cli": inspect_command_line(_placed(data, sample))},
            "stamp": uuid.uuid4().hex, "running": None}


def _placed(data: dict, sample: str | None) -> dict:
    """A sample's files by where they are in a checkout, for a line that runs as it stands; where other files lie is the
    visitor's to know."""
    if sample is None:
        return data
    names = FLICKERS[sample].files_of or (sample,)
    places = [f"{EXAMPLES}/{inspection_name(name)}/{FLICKERS[name].file}.mp4" for name in names]
    files = dict(zip(("video", "reference"), places, strict=False))
    return {**data, **{key: {**data[key], "name": place} for key, place in files.items()}}


def working_value(**running: Any) -> dict:
    """A value that only says how a run goes; the last result stays on screen."""
    return {"running": running}
