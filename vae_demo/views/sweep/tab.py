"""The Sweep tab: clip, model and a list of sizes in, one figure of all of them out.

Lays out and wires; what happens on an event is in run.py. Gradio's controls and the two components tell
each other what goes on through the event `vd-sweep` of the window, without a request (sweep/desk.js).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.context import Context

from vae_demo.clips import Limits
from vae_demo.layout.sizes import DEFAULT_SIZES
from vae_demo.layout.variant import DEFAULT_FRAMES
from vae_demo.models.spec import MODELS
from vae_demo.refusal import Refusal
from vae_demo.views.serving.offered import OFFER
from vae_demo.views.serving.reception import Reception
from vae_demo.views.serving.uploads import ClipUpload
from vae_demo.views.serving.visits import content_of
from vae_demo.views.shared import kept_model, samples
from vae_demo.views.shared.brought import keep, way_in
from vae_demo.views.shared.clip_menu import Menu, clip_choices, clip_path
from vae_demo.views.shared.clip_strip import ClipStrip
from vae_demo.views.shared.component import COMPUTE, PRIVATE, in_browser
from vae_demo.views.shared.dtype_menu import dtype_menu
from vae_demo.views.shared.gate import Gate, answer, resumed
from vae_demo.views.shared.language import word
from vae_demo.views.shared.running import Request
from vae_demo.views.shared.running_tab import RunningTab
from vae_demo.views.shared.settings import SIZES, size_and_crop, size_choice
from vae_demo.views.sweep import run as sweep_run
from vae_demo.views.sweep.back import back, reopened
from vae_demo.views.sweep.figure import SweepDesk, SweepFigure, sweep_value, working_value
from vae_demo.views.sweep.opened import open_files

KEY = "sweep"
SCRIPTS = ("sweep/figure.js", "sweep/desk.js", "sweep/gate.js", "shared/clip_strip.js")
STYLES = (
    "shared/controls.css", "shared/player.css", "shared/desk.css", "shared/strip.css", "shared/whose.css",
    "shared/narrow.css", "shared/history.css", "shared/bring.css", "sweep/sweep.css", "sweep/marks.css")
_in_form = partial(in_browser, "sweep/form.js")


def build(reception: Reception, key: gr.Textbox) -> None:
    """The tab's content, wired. key: the box that holds the visit's key."""
    first, model_1 = samples.first_sample(), next(iter(MODELS))
    with gr.Row(elem_id="vd-sweep-controls", elem_classes="vd-controls"):
        clip = Menu(clip_choices(), value=first, label=word("control_clip"), elem_id="vd-sweep-clip",
                           filterable=False, min_width=120)
        upload = ClipUpload(word("control_upload"), elem_id="vd-sweep-upload", size="sm", min_width=80)
        model = Menu(OFFER.names(), value=model_1, label=word("control_model"), elem_id="vd-sweep-model",
                            filterable=False, min_width=110)
        dtype = dtype_menu("vd-sweep-dtype")
        sizes = gr.Textbox(DEFAULT_SIZES, label=word("control_sizes"), elem_id="vd-sweep-sizes", max_lines=1,
                           min_width=140)
        # No limits of Gradio's own on numbers: what is wrong with one is said in the visitor's language, by us.
        start = gr.Number(0, label=word("control_start"), precision=0, elem_id="vd-sweep-start", min_width=70)
        frames = gr.Number(DEFAULT_FRAMES, label=word("control_frames"), precision=0, elem_id="vd-sweep-frames",
                           min_width=70)
        size = Menu([(f"{n}²", size_choice(n, "square")) for n in SIZES], value="256",
                           label=word("control_size"), elem_id="vd-sweep-size", filterable=False, min_width=80)
        go = gr.Button(word("control_run"), variant="primary", elem_id="vd-sweep-run", min_width=70)
        stop = gr.Button(word("control_cancel"), elem_id="vd-sweep-cancel", min_width=70)
    desk = SweepDesk(kept_model.device(), elem_id="vd-sweep-desk")
    strip = ClipStrip(KEY, elem_id="vd-sweep-strip")
    gate = Gate("sweep/gate.js", "startSweepGate", elem_id="vd-sweep-gate")
    figure = SweepFigure(_saved(first, model_1), elem_id="vd-sweep")
    inputs = [key, clip, model, sizes, start, frames, size, dtype]
    tab = tab_of(reception)
    history = way_in(tab, key, [*inputs[1:], figure], open_files, _cuts, lambda key, value: reopened(tab, key, value))

    async def run(key, clip, model, sizes, start, frames, size, dtype, asked: gr.EventData, request: gr.Request) \
            -> AsyncIterator[dict]:
        values = clip, model, sizes, start, frames, size, dtype
        async for value in tab.runs(key, model, lambda: _run(tab, key, values), resumed(asked), request):
            yield value

    def uploaded(key: str, told: Any) -> tuple[Any, ...]:
        menu, facts, value = tab.uploaded(key, told)
        return menu, {"own": facts} if facts else {}, value

    def planned(key: str, *values: Any) -> dict:
        return _planned(tab, key, values)

    def checked(key: str, *values: Any) -> dict:
        return _checked(tab, key, values)

    def opened(event: gr.EventData) -> tuple[Any, ...]:
        return back(tab, event._data if isinstance(event._data, dict) else {}, _saved)

    page = Context.root_block
    said = [page.load, *(control.change for control in (clip, model, sizes, start, frames, size, dtype))]
    # What the controls say is known at once, and kept over a reload, however long the server takes for the plan before.
    gr.on(said, None, inputs, None, js=_in_form("controls(v)"), **PRIVATE)
    gr.on(said, planned, inputs, desk, trigger_mode="always_last", **PRIVATE)
    desk.rename(None, None, go, js=_in_form("named()"), **PRIVATE)
    strip.menu(None, None, clip, js=in_browser("shared/clip_strip.js", f'menuOf("{KEY}")'), **PRIVATE)
    strip.part(None, None, [start, frames], js=in_browser("shared/clip_strip.js", f'partOf("{KEY}")'), **PRIVATE)
    figure.restore(None, None, inputs[1:], js=_in_form("restored()"), **PRIVATE)
    figure.open(opened, None, [*inputs[1:], strip, gate, figure], **PRIVATE)
    upload.upload(uploaded, [key, upload], [clip, strip, figure], **PRIVATE).then(planned, inputs, desk, **PRIVATE)
    gr.on([clip.input, model.input], _picked, [clip, model], figure, **PRIVATE)
    figure.select(_trimmed, None, frames, **PRIVATE)
    # What cannot run is refused before the line; the gate asks for what can.
    gr.on([go.click, sizes.submit], checked, inputs, gate, js=_tell("asked"), **PRIVATE)
    # "multiple": Gradio would drop an order that comes before it has noticed the end of a cancelled run.
    running = gate.submit(run, inputs, figure, api_visibility="private", show_progress="hidden",
                          trigger_mode="multiple", **COMPUTE)
    running.then(planned, inputs, desk, js=_tell("over"), **PRIVATE)
    running.then(history.listed, key, history, **PRIVATE)
    stop.click(tab.stopped, key, figure, js=_tell("stopping"), cancels=[running], **PRIVATE)


def tab_of(reception: Reception) -> RunningTab:
    """This tab's share of the reception."""
    return RunningTab(reception, KEY, working_value, lambda value: "sweep" in value)


def _cuts(settings: dict) -> str:
    return settings["sizes"]


def _tell(phase: str) -> str:
    """Runs in the browser before the request, so that what was pressed shows at once. Enter in the list of sizes asks
    too, and is not heard while a sweep works: the gate takes the answer for nobody's."""
    busy = 'document.body.classList.contains("vd-sweeping")' if phase == "asked" else "false"
    said = f'dispatchEvent(new CustomEvent("vd-sweep", {{detail: {{phase: "{phase}"}}}}));'
    return f"(...v) => {{ if (!({busy})) {said} return v; }}"


def _saved(clip: str | None, model: str) -> dict | None:
    data = sweep_run.saved(clip, model)
    if data is None:
        return None
    return sweep_value(data, sweep_run.saved_folder(clip, model), sweep_run.other_model(clip, data), clip, saved=True,
                       settings=sweep_run.settings_of(data, clip))


def _picked(clip: str, model: str) -> Any:
    """A sample and a model that have a saved sweep show it at once."""
    return _saved(clip, model) or gr.skip()


def _trimmed(event: gr.EventData) -> Any:
    """The figure asks for another number of frames."""
    frames = event._data.get("frames") if isinstance(event._data, dict) else None
    return frames if isinstance(frames, int) and 1 <= frames <= Limits().max_frames else gr.skip()


def _planned(tab: RunningTab, key: str, values: tuple) -> dict:
    """What the controls come to: how many sizes, about how long; or what is wrong with them."""
    of = {"of": list(values)}
    try:
        request = _request(tab.own(key), *values)
        extent, plans = sweep_run.planned(request, tab.reception.bounds)
        seconds = sweep_run.estimate(request, extent, plans)
        tried = kept_model.PACE.tried_only(sweep_run.kind(request))
    except Refusal as error:
        return {**of, "error": error.said}
    return {**of, "n": len(plans), "frames": plans[0].frames_in, "seconds": seconds, "tried": tried,
            "upload": values[0] not in samples.sample_names()}


def _checked(tab: RunningTab, key: str, values: tuple) -> dict:
    """Whether this can run: an order for the gate, or the sentence that says what is wrong."""
    return answer(lambda: sweep_run.check(_request(tab.own(key), *values), tab.reception.bounds))


def _request(
    own: Callable[[], Path], clip: str, model: str, sizes: str, start: float | None, frames: float | None, size: str,
    dtype: str,
) -> Request:
    """What the controls ask for; own: gives the visitor's own clip. Raises Refusal."""
    return Request(
        clip_path(clip, own), sizes or "", str(model), int(start or 0), int(frames or 0), *size_and_crop(size),
        str(dtype))


def _run(tab: RunningTab, key: str, values: tuple) -> Iterator[dict]:
    """How far it is, what is measured so far, and the result, which the visit keeps."""
    with tab.over(key):
        visits, request = tab.reception.visits, _request(tab.lent(key), *values)
        sweep_run.check(request, tab.reception.bounds)
        sample = values[0] if values[0] in samples.sample_names() else None
        settings = sweep_run.asked(request, values[0], sample is None and content_of(request.clip))
        for event in sweep_run.run(request, lambda: visits.new_result(key, KEY)):
            if isinstance(event, sweep_run.Done):
                data = event.sweep.to_json()
                value = sweep_value(data, event.directory, sweep_run.other_model(sample, data), sample,
                                    settings=settings)
                value = keep(tab, key, value, event.directory, _cuts(settings))
                visits.keep(key, KEY, value)
                yield value
            else:
                progress = asdict(event.progress) if event.progress else {"fraction": 0}
                yield working_value(**progress, so_far=event.so_far, sample=sample, settings=settings)
