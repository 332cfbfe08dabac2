"""The Inspect tab: a video, and its source if there is one, in; what comes back every P frames out.

Lays out and wires; what may be looked at is in files.py, what is done with it in run.py. There is no Run: whatever the
controls say is looked at as soon as it can be. Controls and components tell each other what goes on through the event
`vd-inspect` of the window, without a request (inspect/desk.js).
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import gradio as gr
from gradio.context import Context

from vae_demo.views.inspect import asking
from vae_demo.views.inspect.figure import InspectDesk, InspectFigure, working_value
from vae_demo.views.inspect.files import BESIDE, NONE, OWN, known_files, menus, slot
from vae_demo.views.serving.reception import Reception
from vae_demo.views.serving.uploads import ClipUpload
from vae_demo.views.shared.clip_menu import Menu
from vae_demo.views.shared.component import COMPUTE, PRIVATE, in_browser
from vae_demo.views.shared.gate import Gate, resumed
from vae_demo.views.shared.history import History
from vae_demo.views.shared.language import word
from vae_demo.views.shared.running_tab import RunningTab

KEY = "inspect"
SCRIPTS = ("inspect/figure.js", "inspect/desk.js", "inspect/gate.js")
STYLES = ("shared/controls.css", "shared/player.css", "shared/desk.css", "shared/axis.css", "shared/narrow.css",
          "shared/history.css", "inspect/inspect.css", "inspect/figures.css", "inspect/axis.css", "inspect/narrow.css")
_in_form = partial(in_browser, "inspect/form.js")


def build(reception: Reception, key: gr.Textbox) -> None:
    """The tab's content, wired. key: the box that holds the visit's key."""
    tab = tab_of(reception)
    video_menu, source_menu = menus({}, NONE, NONE)
    with gr.Row(elem_id="vd-inspect-controls", elem_classes="vd-controls"):
        video = Menu(video_menu["choices"], value=NONE, label=word("inspect_video"), elem_id="vd-inspect-video",
                     filterable=False, min_width=140)
        upload = ClipUpload(word("control_upload"), elem_id="vd-inspect-upload", file_count="multiple", size="sm",
                            min_width=80)
        source = Menu(source_menu["choices"], value=NONE, label=word("inspect_source"), elem_id="vd-inspect-source",
                      filterable=False, min_width=120)
        give = ClipUpload(word("control_upload"), elem_id="vd-inspect-give", size="sm", min_width=80)
        swap = gr.Button(word("inspect_swap"), elem_id="vd-inspect-swap", size="sm", min_width=70)
        # No limits of Gradio's own on numbers: what is wrong with one is said in the visitor's language, by us.
        start = gr.Number(0, label=word("control_start"), precision=0, elem_id="vd-inspect-start", min_width=70)
        frames = gr.Number(None, label=word("control_frames"), precision=0, elem_id="vd-inspect-frames", min_width=70,
                           placeholder=word("inspect_all_frames"))
        stop = gr.Button(word("control_cancel"), elem_id="vd-inspect-cancel", min_width=70)
    desk = InspectDesk(elem_id="vd-inspect-desk")
    gate = Gate("inspect/gate.js", "startInspectGate", elem_id="vd-inspect-gate")
    figure = InspectFigure(os.environ.get("SPACE_HOST") and f"https://{os.environ['SPACE_HOST']}/" or "",
                           elem_id="vd-inspect")
    history = History(KEY, reception.runs, elem_id="vd-inspect-runs")
    controls = [video, source, start, frames]
    inputs, everything = [key, *controls], [*controls, desk, gate, figure]
    history.wire(lambda key, value: asking.reopened(tab, key, value), [*controls, desk, figure])

    async def run(key, asked: gr.EventData, request: gr.Request) -> AsyncIterator[dict]:
        values, order = asking.ordered(_told(asked).get("of")), _told(asked).get("order")
        async for value in tab.runs(key, None, lambda: asking.run_of(tab, key, values), resumed(asked), request):
            # Words of an order that another one has replaced come too late.
            yield {**value, "order": order}

    def uploaded(key: str, told: Any, *values: Any) -> tuple[Any, ...]:
        return asking.uploaded(tab, key, told, values)

    def given(key: str, told: Any, *values: Any) -> tuple[Any, ...]:
        return asking.given(tab, key, told, values)

    def picked(key: str, *values: Any) -> tuple[Any, ...]:
        return asking.begin(tab, key, values)

    def swapped(key: str, video: Any, source: Any, *numbers: Any) -> tuple[Any, ...]:
        files = (source, video) if source in (OWN, *BESIDE) else (video, source)
        return asking.begin(tab, key, (*files, *numbers))

    def opened(event: gr.EventData) -> tuple[Any, ...]:
        return asking.opened(tab, _told(event))

    def decoded(event: gr.EventData) -> tuple[Any, ...]:
        return asking.decoded(tab, _told(event))

    def promoted(key: str, *values: Any) -> tuple[Any, ...]:
        return asking.promoted(tab, key, values)

    def offered(key: str, *values: Any) -> tuple[Any, ...]:
        return menus(known_files(reception.visits, str(key)), *values[:2])

    page = Context.root_block
    gr.on([page.load, *(control.change for control in controls)], None, controls, None, js=_in_form("controls(v)"),
          **PRIVATE)
    # Gradio shows a number that is not given as 0.
    page.load(None, None, frames, js="() => [window.vdVisitHad?.inspect?.frames ?? null]", **PRIVATE)
    for asks in (video.input, source.input, desk.typed, desk.again):
        asks(picked, inputs, everything, **PRIVATE)
    desk.offer(offered, inputs, [video, source], **PRIVATE)
    upload.upload(uploaded, [key, upload, *controls], everything, **PRIVATE)
    give.upload(given, [key, give, *controls], everything, **PRIVATE)
    swap.click(swapped, inputs, everything, **PRIVATE)
    figure.open(opened, None, everything, **PRIVATE)
    figure.decode(decoded, None, everything, **PRIVATE)
    figure.promote(promoted, inputs, [*controls, desk], **PRIVATE)
    # "multiple": Gradio would drop an order that comes before it has noticed the end of a cancelled run.
    running = gate.submit(run, key, figure, api_visibility="private", show_progress="hidden",
                          trigger_mode="multiple", **COMPUTE)
    running.then(history.listed, key, history, **PRIVATE)
    stop.click(tab.stopped, key, figure, js=_tell("stopping"), cancels=[running], **PRIVATE)


def tab_of(reception: Reception) -> RunningTab:
    """This tab's share of the reception."""
    return RunningTab(reception, KEY, working_value, lambda value: "inspection" in value, tuple(map(slot, BESIDE)))


def _tell(phase: str) -> str:
    """Runs in the browser before the request, so that what was pressed shows at once."""
    return f'(...v) => {{ dispatchEvent(new CustomEvent("vd-inspect", {{detail: {{phase: "{phase}"}}}})); return v; }}'


def _told(event: gr.EventData) -> dict[str, Any]:
    return event._data if isinstance(event._data, dict) else {}
