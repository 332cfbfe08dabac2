"""The API of the app: /compare, /sweep and /plan, callable with gradio_client."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from vae_demo import families, frames
from vae_demo.models.spec import MODELS
from vae_demo.sizes import DEFAULT_SIZES
from vae_demo.views import handlers, sweep_run


def compare(
    clip: gr.FileData,
    variants: str = "17,16,18,17:16",
    model: str = "tiny-17",
    start: int = 0,
    frames: int = 85,
    size: int = 256,
    crop: str = "square",
) -> Iterator[dict[str, Any]]:
    """Reconstruct a clip at several micro-batch sizes and measure every frame.

    Yields how far it is after every step, so that a cancelled call stops at the next one; the last value is the result.

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
    request = handlers.Request(
        uploaded(clip), str(variants), str(model), *_whole(start, frames, size), str(crop))
    try:
        handlers.check(request)
        with tempfile.TemporaryDirectory(prefix="vae-demo-result-") as out:
            for event in handlers.run(request, lambda: Path(out), growing=False):
                if isinstance(event, handlers.Shown):
                    yield event.comparison.to_json()
                elif event.progress:
                    yield {"progress": round(event.progress.fraction, 3), "stage": event.progress.stage}
    except handlers.BAD_INPUT as error:
        raise refused(str(error)) from error


def sweep(
    clip: gr.FileData,
    sizes: str = DEFAULT_SIZES,
    model: str = "tiny-17",
    start: int = 0,
    frames: int = 85,
    size: int = 256,
    crop: str = "square",
) -> Iterator[dict[str, Any]]:
    """Measure a round trip at every chunk size, full chunks and the tail apart.

    Yields how far it is, several times a second, so that a cancelled call stops; the last value is the result.

    Parameters:
        clip: a video, GIF or picture
        sizes: frames per chunk, comma-separated: 4-40,whole or 13,17,21
        model: name of a model, for example tiny-17
        start: first frame to use
        frames: how many frames to use; a shorter clip is used whole
        size: short side in pixels
        crop: square (the middle) or none
    Returns:
        the content of sweep.json
    """
    request = sweep_run.Request(uploaded(clip), str(sizes), str(model), *_whole(start, frames, size), str(crop))
    try:
        sweep_run.check(request)
        with tempfile.TemporaryDirectory(prefix="vae-demo-result-") as out:
            for event in sweep_run.run(request, lambda: Path(out)):
                if isinstance(event, sweep_run.Done):
                    yield event.sweep.to_json()
                elif event.progress:
                    yield {"progress": round(event.progress.fraction, 3), "stage": event.progress.stage}
    except sweep_run.BAD_INPUT as error:
        raise refused(str(error)) from error


def uploaded(clip: Any) -> Path:
    """The file a caller uploaded. A path of the server's own is refused: it would let anybody read any file."""
    path = clip.get("path") if isinstance(clip, dict) else getattr(clip, "path", None)
    if not isinstance(path, str) or not Path(path).resolve().is_relative_to(Path(get_upload_folder()).resolve()):
        raise refused("Give the clip as an uploaded file; handle_file(path) of gradio_client does that.")
    return Path(path)


def refused(sentence: str) -> gr.Error:
    """What the caller is told; nothing goes wrong on the server, so nothing is printed there."""
    return gr.Error(sentence, print_exception=False)


def _whole(*numbers: Any) -> list[int]:
    if any(not isinstance(n, int | float) or n % 1 for n in numbers):
        raise refused("Frames, start and size are whole numbers.")
    return [int(n) for n in numbers]


def plan(
    n_frames: int, encode: str = "17", decode: str = "17", fit: bool = False, model: str = "tiny-17"
) -> dict[str, Any]:
    """What comes back for a frame count: latents, frames out, pads shown, frames lost, slots.

    Parameters:
        n_frames: frames in the clip
        encode: encode size, or whole
        decode: decode size, or whole
        fit: decode only as many latents as a pipeline set to the decode size would ask for
        model: whose frame rule: a model, or a family such as wan-2.1 or cosmos/time-4, which has no sizes to choose
    Returns:
        the same mapping as `python -m vae_demo plan --json`: of a family counts with their source
    """
    length, = _whole(n_frames)
    if str(model) not in MODELS:
        return _family_plan(length, str(model))
    try:
        sizes = [None if str(size).strip() == "whole" else int(str(size)) for size in (encode, decode)]
        return frames.plan(length, *sizes, rule=MODELS[model].rule, fit=bool(fit)).to_json()
    except frames.FrameCountError as error:
        raise refused(str(error)) from error
    except ValueError as error:
        raise refused("A size is a whole number, or the word whole.") from error


def _family_plan(length: int, name: str) -> dict[str, Any]:
    setting = families.find(name)
    if setting is None:
        raise refused(f"There is no such model; choose one of {', '.join(MODELS)}, or a family of the Models tab, "
                      "for example wan-2.1 or cosmos/time-4.")
    try:
        return families.to_json(families.answer(length, setting), setting)
    except frames.FrameCountError as error:
        raise refused(str(error)) from error
