"""A finished comparison as one small sheet of pictures for each variant, all frames in a row: what the live step of
Learn shows where the visitor's own browser does not compute it.

A browser fetches the sheets it shows and no others; comparison.json has the numbers of all.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from vae_demo.media import frame_size
from vae_demo.report.stills import JSON, picture_sheet
from vae_demo.results.comparison import Comparison, load_comparison
from vae_demo.results.form import record_misfit
from vae_demo.shapes import misfit
from vae_demo.store import FrameSource

# Numbers are of the frames themselves; the pictures only show them.
QUALITY = 70
_SHEET = {"file": str, "tile": [int], "keys": [str], "frames": [int]}


def save_sheets(comparison: Comparison, sources: Mapping[str, FrameSource], directory: Path) -> Comparison:
    """Write `comparison` and a sheet for each of its sources into `directory`; returns it with `media` filled in.

    sources: "source" and the label of every variant -> its frames, uint8 T H W 3. Nothing changes before all of it is
    written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=directory) as name:
        part, sheets = Path(name), {}
        for key in ("source", *(variant.label for variant in comparison.variants)):
            source, side = sources[key], min(frame_size(sources[key]))
            file = part / f"{key.replace('→', '-')}.webp"
            sheets[key] = picture_sheet({key: source}, range(source.n_frames), side, file, QUALITY)
        finished = replace(comparison, media={"sheets": sheets})
        finished.save(part / JSON)
        (directory / JSON).unlink(missing_ok=True)
        for path in sorted(part.iterdir(), key=lambda path: path.name == JSON):
            os.replace(path, directory / path.name)
    return finished


def load_sheets(directory: Path) -> dict:
    """The JSON mapping of what save_sheets wrote. Raises ValueError with one sentence where it is not whole."""
    data = load_comparison(directory / JSON)
    media = data.get("media")
    sheets = media.get("sheets") if isinstance(media, dict) else None
    if place := record_misfit(data) or _sheets_misfit(sheets):
        raise ValueError(f"The saved sheets are not as they were written (at {place}); make them again.")
    labels = ["source", *(variant["label"] for variant in data["variants"])]
    missing = sorted({*labels} - {*sheets}) or sorted(
        name for name in sheet_files(data) if os.path.basename(name) != name or not (directory / name).is_file())
    if missing:
        raise ValueError(f"The saved sheets lack {', '.join(missing)}; make them again.")
    return data


def sheet_files(data: Mapping) -> set[str]:
    """Names of all files that save_sheets wrote."""
    return {JSON, *(sheet["file"] for sheet in data["media"]["sheets"].values())}


def _sheets_misfit(sheets: object) -> str | None:
    if not isinstance(sheets, dict):
        return "media.sheets"
    return next((f"media.sheets.{key}" for key, sheet in sheets.items() if misfit(sheet, _SHEET)), None)
