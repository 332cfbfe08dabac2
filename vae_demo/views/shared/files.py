"""Where a file of a result is for the browser: what came with the app stands still, what a visitor made goes again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from vae_demo import assets
from vae_demo.views.serving.kept import keep_file


def served(paths: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Name -> path becomes name -> {"url"}, in the page; of files that visitors made Gradio writes the address."""
    return {name: _served(path) for name, path in paths.items()}


def _served(path: str) -> dict[str, Any]:
    if Path(path).is_relative_to(assets.EXAMPLES):
        return {"url": keep_file(Path(path))}
    return gr.FileData(path=path).model_dump()
