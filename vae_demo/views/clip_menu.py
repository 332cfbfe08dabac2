"""The clip menu of Explore and Sweep: our samples, and beside them what a visitor has uploaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from vae_demo.clips import ClipError
from vae_demo.views import handlers
from vae_demo.views.language import word
from vae_demo.words import known


def clip_choices() -> list[tuple[Any, str]]:
    """(label, value) of every sample; the label is in the page's language where it has a name there."""
    return [(word(f"sample_{name}") if known(f"sample_{name}") else name, name) for name in handlers.sample_names()]


def clip_path(clip: str, upload: str | None) -> Path:
    """The visitor's own file where the menu shows one, else the sample of that name.

    Raises ClipError for a clip that is not there.
    """
    return Path(upload) if upload and clip not in handlers.sample_names() else handlers.sample_path(clip)


def taken_in(path: Path) -> tuple[Any, dict]:
    """The menu with an upload's name in it and chosen, and {shown, n_frames, fps, ...} of the file.

    Raises ClipError for a file that cannot be read; it is deleted then. Its path stays on the server's side.
    """
    try:
        facts = handlers.clip_facts(path)
    except ClipError:
        path.unlink(missing_ok=True)
        raise
    name = handlers.shown_name(str(path))
    return gr.update(choices=[*clip_choices(), (name, name)], value=name), {**facts, "shown": name}
