"""What the live step of a lesson shows of a clip of one's own until a browser computes, and compares with what it
computes: the same of this clip as `make examples` saves of the sample."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from vae_demo import engine
from vae_demo.clips import Clip
from vae_demo.examples import EXAMPLES, LIVE, make_sheets
from vae_demo.models.loading import load_model
from vae_demo.report.sheets import load_sheets


def saved_of(clip: Clip, model: str, out: Path, on: Callable[[engine.Event], object]) -> dict[str, Any]:
    """Runs a bundled model and saves into `out`; gives the record. `on` sees how far it is."""
    # In float32, as the engine in a browser computes.
    make_sheets(load_model(model, "cpu"), clip, EXAMPLES[LIVE].variants, out, on=on, baseline=False)
    return load_sheets(out)
