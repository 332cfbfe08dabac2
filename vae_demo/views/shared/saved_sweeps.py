"""Sweeps saved with the app: for the tab that shows them, and for the lessons that tell of one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vae_demo.clips.whole import is_whole
from vae_demo.results.sweep import SWEEP_JSON, load_sweep
from vae_demo.views.shared.saved_examples import usable


def saved_sweep(folder: Path) -> dict | None:
    """The sweep saved in that folder, None where there is none or it cannot be used."""
    return usable(folder, lambda path: _saved(path, (path / SWEEP_JSON).stat().st_mtime))


@cache
def _saved(folder: Path, changed: float) -> dict:
    found = load_sweep(folder)
    if cut := [name for name in ("sweep.csv", "sweep.html") if not is_whole(folder / name)]:
        raise ValueError(f"{', '.join(cut)} of the saved sweep is missing or ended too early; run it again.")
    return found
