"""Moving pictures inside the report: comparison.mp4 again, small enough for a file that people mail."""

from __future__ import annotations

import base64
import tempfile
from dataclasses import dataclass
from pathlib import Path

from vae_demo.report.text import both, say_both, shown
from vae_demo.report.video import write_comparison
from vae_demo.results.comparison import Comparison
from vae_demo.store import FrameSource

# Of text in the report: a video of three quarters of it.
MOST_BYTES = 4_000_000
# What is tried in turn where the video of full size has too many bytes: (crf, how often its pictures are smaller).
SMALLER = ((28, 1), (30, 2), (34, 4))


@dataclass(frozen=True)
class Moving:
    """uri: a data: URI of H.264 in mp4, None where no size was small enough."""

    uri: str | None


def moving_pictures(
    comparison: Comparison, sources: dict[str, FrameSource], fps: float, full: Path, most: int = MOST_BYTES,
) -> Moving:
    """The moving pictures of a comparison within `most` bytes of base64.

    full: comparison.mp4, which is taken as it is where it is small enough; it need not be there.
    Raises Refusal where the video cannot be written.
    """
    if full.is_file() and (uri := _uri(full, most)):
        return Moving(uri)
    with tempfile.TemporaryDirectory(prefix=".moving-", dir=full.parent) as name:
        path = Path(name) / "moving.mp4"
        for crf, shrink in SMALLER:
            write_comparison(comparison, sources, fps, path, crf, shrink)
            if uri := _uri(path, most):
                return Moving(uri)
    return Moving(None)


def _uri(path: Path, most: int) -> str | None:
    if path.stat().st_size * 4 / 3 > most:
        return None
    return f"data:video/mp4;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def moving_section(found: Moving | None) -> str:
    """The section of the page; empty where nobody asked for it."""
    if found is None:
        return ""
    if found.uri is None:
        inner = say_both("report_moving_left_out", megabytes=f"{MOST_BYTES / 1e6:g}")
    else:
        # It waits for the reader's press: no motion that nobody asked for.
        inner = say_both("report_moving_help") + (
            f'<video class="moving" controls="controls" loop="loop" muted="muted" playsinline="playsinline" '
            f'preload="metadata" src="{shown(found.uri)}"></video>')
    return f"<section><h2>{both('report_moving')}</h2>{inner}</section>"
