"""Inspections saved with the app: those of its samples, and what a card of each shows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from vae_demo import assets
from vae_demo.report.small_pictures import load_inspected
from vae_demo.results.inspection import INSPECTION_JSON, SIGNALS, Inspection
from vae_demo.synthetic.flickering import FLICKERS, inspection_name
from vae_demo.views.inspect.drawn import folded
from vae_demo.views.serving.kept import keep
from vae_demo.views.shared.saved_examples import usable

CARD = "card.webp"
CARD_ROWS, CARD_COLUMNS = 5, 17


def sample_names() -> tuple[str, ...]:
    """The samples whose inspection is there, in the order of the page."""
    return tuple(name for name in FLICKERS if saved(name) is not None)


def saved(name: str) -> tuple[Inspection, dict[str, Any], Path] | None:
    """Record, pictures and folder of a sample's inspection; None where it cannot be used."""
    folder = assets.EXAMPLES / inspection_name(name) if name in FLICKERS else None
    return folder and usable(folder, lambda path: _loaded(path, (path / INSPECTION_JSON).stat().st_mtime_ns))


@cache
def _loaded(folder: Path, changed: int) -> tuple[Inspection, dict[str, Any], Path]:
    return *load_inspected(folder), folder


def cards() -> list[dict[str, Any]]:
    """What the page shows of each sample before it is opened: a picture of an event, and its signal folded."""
    return [_card(name, *saved(name)) for name in sample_names()]


def _card(name: str, record: Inspection, pictures: dict[str, Any], folder: Path) -> dict[str, Any]:
    picture = folder / CARD
    # Of two periods the long one, told by the signal that the short one shows: there both can be seen.
    told = max(record.findings, key=lambda each: each.period, default=None)
    shown = min(record.findings, key=lambda each: each.period, default=None)
    signal = shown.signal if shown else (record.best or ("step",))[0]
    period, way = (told.period, shown.shown.deviation) if told and shown else (16, SIGNALS[signal].matters * 2)
    rows = folded(record, signal, way, period)[:CARD_ROWS]
    # The event's own column is seen, wherever in a long period it is.
    late = told is not None and told.phase >= CARD_COLUMNS
    ink = [row[-CARD_COLUMNS:] if late else row[:CARD_COLUMNS] for row in rows]
    return {"name": name, "picture": keep(CARD, picture.read_bytes()) if picture.is_file() else None, "ink": ink}
