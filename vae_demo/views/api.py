"""The API of the app: /compare and /plan, callable with gradio_client."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import gradio as gr

from vae_demo import frames
from vae_demo.models.spec import MODELS
from vae_demo.views import handlers


def compare(
    clip: gr.FileData,
    variants: str = "17,16,18,17:16",
    model: str = "tiny-17",
    start: int = 0,
    frames: int = 85,
    size: int = 256,
    crop: str = "square",
) -> dict[str, Any]:
    """Reconstruct a clip at several micro-batch sizes and measure every frame.

    Parameters:
        clip: a video, GIF or picture
        variants: sizes, comma-separated: 17, 16, 17:16 (encode:decode), 17:16:fit, whole
        model: name of a model, for example tiny-17
        start: first frame to use
        frames: how many frames to use; a shorter clip is used whole
        size: short side in pixels
        crop: square cuts the centre, none keeps the whole picture
    Returns:
        the content of comparison.json
    """
    path = clip["path"] if isinstance(clip, dict) else clip.path
    if model not in MODELS:
        raise gr.Error(f"There is no such model; choose one of {', '.join(MODELS)}.")
    request = handlers.Request(Path(path), variants, model, start, frames, size, crop)
    try:
        handlers.check(request)
        with tempfile.TemporaryDirectory(prefix="vae-demo-result-") as out:
            for event in handlers.run(request, lambda: Path(out), growing=False):
                if isinstance(event, handlers.Shown):
                    return event.comparison.to_json()
    except handlers.BAD_INPUT as error:
        raise gr.Error(str(error), print_exception=False) from error
    raise gr.Error("The run ended without a result; try again.")


def plan(
    n_frames: int, encode: str = "17", decode: str = "17", fit: bool = False, model: str = "tiny-17"
) -> dict[str, Any]:
    """What comes back for a frame count: latents, frames out, pads shown, frames lost, slots.

    Parameters:
        n_frames: frames in the clip
        encode: encode size, or whole
        decode: decode size, or whole
        fit: decode only as many latents as a pipeline set to the decode size would ask for
        model: whose frame rule
    Returns:
        the same mapping as `python -m vae_demo plan --json`
    """
    if model not in MODELS:
        raise gr.Error(f"There is no such model; choose one of {', '.join(MODELS)}.")
    try:
        sizes = [None if text.strip() == "whole" else int(text) for text in (encode, decode)]
        return frames.plan(n_frames, *sizes, rule=MODELS[model].rule, fit=fit).to_json()
    except frames.FrameCountError as error:
        raise gr.Error(str(error), print_exception=False) from error
    except ValueError as error:
        raise gr.Error("A size is a whole number, or the word whole.", print_exception=False) from error
