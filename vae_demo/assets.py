"""Where the files lie that come with the app. Asked for as `assets.CLIPS`, so that a test can lay others out."""

from __future__ import annotations

from pathlib import Path

CLIPS, EXAMPLES, WEIGHTS = (Path(__file__).resolve().parents[1] / "assets" / name
                            for name in ("clips", "examples", "weights"))


def clip(name: str) -> Path:
    """The sample clip of that name; whether there is one is for whoever opens it."""
    return CLIPS / f"{name}.mp4"
