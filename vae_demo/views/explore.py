"""The Explore tab: clip, model and variants in, one comparison out, on the component of player.py.

Lays out and wires; what happens on an event is in handlers.py.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from vae_demo.clips import Limits
from vae_demo.models.spec import MODELS
from vae_demo.records import DEFAULT_FRAMES, DEFAULT_VARIANTS, Comparison
from vae_demo.views import handlers
from vae_demo.views.component import COMPUTE
from vae_demo.views.language import word
from vae_demo.views.player import ExplorePlayer, player_value, running_value

KEY = "explore"
STYLES = ("controls.css", "player.css", "axis.css", "narrow.css")
SIZES = (128, 192, 256, 320, 384, 512)
OFFERED = ("17", "16", "18", "17→16", "17→16 fit", "17→18", "13", "21", "33", "whole")


def build() -> None:
    """The tab's content, wired."""
    samples = handlers.sample_names()
    first = handlers.first_sample()
    upload_path = gr.State(None)
    with gr.Row(elem_id="vd-controls"):
        clip = gr.Dropdown(list(samples), value=first, label=word("control_clip"), elem_id="vd-clip", filterable=False,
                           min_width=120)
        upload = gr.UploadButton(word("control_upload"), file_types=["video", "image"], elem_id="vd-upload",
                                 size="sm", min_width=80)
        model = gr.Dropdown(list(MODELS), value="tiny-17", label=word("control_model"), elem_id="vd-model",
                            filterable=False, min_width=110)
        variants = gr.Dropdown(
            list(OFFERED), value=[v.label for v in DEFAULT_VARIANTS], multiselect=True, allow_custom_value=True,
            max_choices=handlers.MOST_VARIANTS, label=word("control_variants"), elem_id="vd-variants")
        start = gr.Number(0, label=word("control_start"), precision=0, minimum=0, elem_id="vd-start", min_width=70)
        frames = gr.Number(DEFAULT_FRAMES, label=word("control_frames"), precision=0, minimum=1,
                           maximum=Limits().max_frames, elem_id="vd-frames", min_width=70)
        size = gr.Dropdown(list(SIZES), value=256, label=word("control_size"), elem_id="vd-size", filterable=False,
                           min_width=80)
        go = gr.Button(word("control_run"), variant="primary", elem_id="vd-run", min_width=70)
        stop = gr.Button(word("control_cancel"), visible="hidden", elem_id="vd-cancel", min_width=70)
    player = ExplorePlayer(handlers.saved_value(first), elem_id="vd-player")

    upload.upload(_uploaded, [upload], [clip, upload_path], queue=False, api_visibility="private")
    clip.input(_picked, [clip], [player, upload_path], queue=False, api_visibility="private", show_progress="hidden")
    run = go.click(
        _run, [clip, upload_path, variants, model, start, frames, size], [player, go, stop],
        api_visibility="private", show_progress="hidden", **COMPUTE)
    stop.click(_stopped, None, [player, go, stop], cancels=[run], queue=False, api_visibility="private",
               show_progress="hidden")


def _uploaded(path: str) -> tuple[dict, str]:
    """The clip menu shows the upload's name; its path stays on the server side."""
    name = handlers.shown_name(path)
    return gr.update(choices=[*handlers.sample_names(), name], value=name), path


def _picked(name: str) -> tuple[Any, Any]:
    """A sample that has a saved result shows it at once; the last upload is forgotten with it."""
    saved = handlers.saved_value(name)
    return (saved or gr.skip()), (None if name in handlers.sample_names() else gr.skip())


def _buttons(running: bool) -> tuple[dict, dict]:
    return gr.update(visible="hidden" if running else True), gr.update(visible=True if running else "hidden")


def _stopped() -> tuple[dict, dict, dict]:
    return running_value(stopped=True), *_buttons(False)


def _run(
    clip: str, upload: str | None, variants: list[str], model: str, start: float, frames: float, size: int
) -> Iterator[tuple[Any, ...]]:
    out = Path(tempfile.mkdtemp(prefix="vae-demo-result-"))
    try:
        # Acknowledge first: reading a clip takes a moment, and the button must not look dead.
        yield running_value(fraction=0), *_buttons(True)
        path = Path(upload) if upload else handlers.sample_path(clip)
        request = handlers.Request(path, ",".join(variants or ()), model, int(start or 0), int(frames or 0), int(size))
        handlers.check(request)
        for event in handlers.run(request, out):
            if isinstance(event, Comparison):
                yield player_value(event.to_json(), out), *_buttons(False)
            else:
                yield event.to_value(), gr.skip(), gr.skip()
    except handlers.BAD_INPUT as error:
        yield running_value(error=handlers.error_of(error)), *_buttons(False)
    finally:
        # Gradio serves its own copy, made when the value left.
        shutil.rmtree(out, ignore_errors=True)
