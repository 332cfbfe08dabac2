"""The Explore tab: clip, model and variants in, one comparison out, on the component of player.py.

Lays out and wires; what happens when Run is pressed is in run.py, what the controls add up to in desk.py. The
browser always knows what the controls say (bus.js), so a changed size redraws the ruler without a request.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.context import Context

from vae_demo.layout.variant import DEFAULT_FRAMES, DEFAULT_VARIANTS, parse_variants
from vae_demo.models.spec import MODELS
from vae_demo.refusal import CLIP_CASES, Refusal
from vae_demo.views.explore import run as explore_run
from vae_demo.views.explore import saved
from vae_demo.views.explore.back import back, linked, reopened
from vae_demo.views.explore.desk import Desk
from vae_demo.views.explore.intro import Intro, intro_of
from vae_demo.views.explore.opened import open_files
from vae_demo.views.explore.player import ExplorePlayer, player_value, running_value
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
from vae_demo.views.shared.settings import MOST_VARIANTS, SIZES, Settings, size_and_crop, size_choice
from vae_demo.views.shared.trial import attempt
from vae_demo.views.zerogpu.borrowed import BORROWED

KEY = "explore"
SCRIPTS = ("explore/intro.js", "explore/app.js", "explore/desk.js", "explore/gate.js", "shared/clip_strip.js")
STYLES = ("explore/first.css", "explore/intro.css", "shared/controls.css", "shared/player.css", "shared/desk.css",
          "shared/axis.css", "shared/strip.css", "explore/ahead.css", "shared/whose.css", "shared/narrow.css",
          "explore/see.css", "explore/blind.css", "shared/bring.css", "shared/history.css", "shared/menu.css")
OFFERED = ("17", "16", "18", "17→16", "17→16 fit", "17→18", "13", "21", "33", "whole")
WHOLE_SIZES = (192, 256, 384)
_on_bus = partial(in_browser, "explore/bus.js")
# The control that a refusal is about, by the case of the error; see `_blamed`.
_BLAMED = {"start_beyond": "start", "start_range": "start", "clip_frames": "frames", "frames_range": "frames",
           "clip_size": "size", "no_model": "model", "model_closed": "model", "no_dtype": "dtype", "clip_gone": "clip",
           "too_much_work": "frames", "too_big_clip": "size", "too_big_any": "frames", "side_least": "size"}


def build(reception: Reception, key: gr.Textbox) -> None:
    """The tab's content, wired. key: the box that holds the visit's key."""
    first = samples.first_sample()
    shown = saved.saved_value(Settings(first)) if first else None
    Intro(shown["intro"] if shown else intro_of(None), elem_id="vd-intro")
    with gr.Row(elem_id="vd-controls"):
        clip = Menu(clip_choices(), value=first, label=word("control_clip"), elem_id="vd-clip",
                           filterable=False, min_width=120)
        # Any file may be chosen: what is wrong with it is said in the visitor's language, by us.
        upload = ClipUpload(word("control_upload"), elem_id="vd-upload", size="sm", min_width=80)
        model = Menu(OFFER.names(), value=next(iter(MODELS)), label=word("control_model"), elem_id="vd-model",
                            filterable=False, min_width=110)
        dtype = dtype_menu("vd-dtype")
        variants = Menu(
            list(OFFERED), value=[v.label for v in DEFAULT_VARIANTS], multiselect=True, allow_custom_value=True,
            max_choices=MOST_VARIANTS, label=word("control_variants"), elem_id="vd-variants")
        # No limits of Gradio's here: they speak English in a toast; `_checked` says it in the page's language.
        start = gr.Number(0, label=word("control_start"), precision=0, elem_id="vd-start", min_width=70)
        frames = gr.Number(DEFAULT_FRAMES, label=word("control_frames"), precision=0, elem_id="vd-frames", min_width=70)
        size = Menu(_size_choices(), value="256", label=word("control_size"), elem_id="vd-size",
                           filterable=False, min_width=80)
        go = gr.Button(word("control_run"), variant="primary", elem_id="vd-run", min_width=70)
        stop = gr.Button(word("control_cancel"), elem_id="vd-cancel", min_width=70)
    desk = Desk({}, samples.sample_facts(), kept_model.device(), elem_id="vd-desk")
    strip = ClipStrip(KEY, elem_id="vd-strip")
    gate = Gate("explore/gate.js", "startExploreGate", elem_id="vd-gate")
    # Inside a Space's frame the address bar is not ours; the Space says what its own address is.
    player = ExplorePlayer(
        shown, home=_home(), elem_id="vd-player")
    controls = [clip, model, variants, start, frames, size, dtype]
    inputs = [key, clip, variants, model, start, frames, size, dtype]
    tab = tab_of(reception)
    history = way_in(tab, key, [*controls, player], open_files, _cuts,
                     lambda key, value: reopened(tab, key, value))

    async def run(key, clip, variants, model, start, frames, size, dtype, asked: gr.EventData, request: gr.Request) \
            -> AsyncIterator[dict]:
        values = clip, variants, model, start, frames, size, dtype
        async for value in tab.runs(key, model, lambda: _run(tab, key, values), resumed(asked), request):
            yield value

    def uploaded(key: str, told: Any) -> tuple[Any, ...]:
        menu, facts, value = tab.uploaded(key, told)
        return menu, {"own": facts} if facts else {}, value

    def checked(key: str, *values: Any) -> dict:
        return _checked(tab, key, values)

    def paced() -> dict:
        return _pace(reception.line.idle)

    def opened(event: gr.EventData) -> tuple[Any, ...]:
        asked = event._data if isinstance(event._data, dict) else {}
        return back(tab, asked) if asked.get("back") else linked(tab, asked)

    page = Context.root_block
    gr.on([page.load, *(control.change for control in controls)], None, controls, None,
          js=_on_bus("bus.controls(v)"), **PRIVATE)
    desk.pace(paced, None, desk, **PRIVATE)
    desk.fill(None, None, variants, js=_on_bus("bus.taken()"), **PRIVATE)
    desk.rename(None, None, go, js=_on_bus("bus.named()"), **PRIVATE)
    strip.menu(None, None, clip, js=in_browser("shared/clip_strip.js", f'menuOf("{KEY}")'), **PRIVATE)
    strip.part(None, None, [start, frames], js=in_browser("shared/clip_strip.js", f'partOf("{KEY}")'), **PRIVATE)
    player.restore(None, None, controls, js=_on_bus("bus.restored()"), **PRIVATE)
    player.open(opened, None, [*controls, strip, gate, player], **PRIVATE)
    upload.upload(uploaded, [key, upload], [clip, strip, player], **PRIVATE)
    clip.input(_picked, clip, player, **PRIVATE)
    # What cannot run is refused before the line; the gate asks for what can.
    go.click(checked, inputs, gate, js=_on_bus("bus.asked(v)"), **PRIVATE)
    # "multiple": Gradio would drop an order that comes before it has noticed the end of a cancelled run.
    running = gate.submit(run, inputs, player, api_visibility="private", show_progress="hidden",
                          trigger_mode="multiple", **COMPUTE)
    running.then(_pace_known, None, desk, js=_on_bus("bus.over()"), **PRIVATE)
    running.then(history.listed, key, history, **PRIVATE)
    stop.click(tab.stopped, key, player, js=_on_bus("bus.stopping(...v)"), cancels=[running], **PRIVATE)


def tab_of(reception: Reception) -> RunningTab:
    """This tab's share of the reception."""
    return RunningTab(reception, KEY, running_value, lambda value: "comparison" in value)


def _cuts(settings: dict) -> str:
    return ", ".join(settings["variants"])


def _home() -> str:
    """The address links are made of, from a Space's own environment; empty for the address bar's."""
    host = os.environ.get("SPACE_HOST", "")
    return f"https://{host}/" if host else ""


def _size_choices() -> list[tuple[Any, str]]:
    squares = [(f"{size}²", size_choice(size, "square")) for size in SIZES]
    return [*squares, *((word(f"size_whole_{size}"), size_choice(size, "none")) for size in WHOLE_SIZES)]


def _pace(idle: Callable[[], bool]) -> dict:
    """How fast this machine is; the first to ask has it tried. That also warms the first model up."""
    name, device = next(iter(MODELS)), kept_model.device()
    try:
        # A card that is borrowed is no visitor's to pay for before they ask for something.
        if not BORROWED.on:
            kept_model.PACE.tried(
                (name, kept_model.place()), lambda: attempt(lambda: kept_model.model_for(name, device), idle))
    except Refusal:
        pass  # said when somebody presses Run
    return _pace_known()


def _pace_known() -> dict:
    return {"pace": kept_model.PACE.known(kept_model.place())}


def _picked(name: str) -> Any:
    """A sample that has a saved result shows it at once."""
    return (saved.saved_value(Settings(name)) if name in samples.sample_names() else None) or gr.skip()


def _checked(tab: RunningTab, key: str, values: tuple) -> dict:
    """Whether this can run: an order for the gate, or the sentence that says what is wrong, and where."""
    return answer(lambda: explore_run.check(_request(tab.own(key), *values), tab.reception.bounds),
                  at=_blamed)


def _blamed(error: Refusal) -> str:
    """The control that a refusal is about, by the end of its name in the page."""
    return _BLAMED.get(error.case, "clip" if error.case in CLIP_CASES else "variants")


def _request(
    own: Callable[[], Path], clip: str, variants: list[str] | None, model: str, start: float | None,
    frames: float | None, size: str, dtype: str,
) -> Request:
    """What the controls ask for; own: gives the visitor's own clip. Raises Refusal."""
    whole = int(start or 0), int(frames or 0)
    return Request(
        clip_path(clip, own), ",".join(variants or ()), str(model), *whole, *size_and_crop(size), str(dtype))


def _run(tab: RunningTab, key: str, values: tuple) -> Iterator[dict]:
    """How far it is, what is measured so far, and the result, which the visit keeps."""
    with tab.over(key):
        visits, request = tab.reception.visits, _request(tab.lent(key), *values)
        explore_run.check(request, tab.reception.bounds)
        settings = saved.asked_of(Settings(
            values[0], request.model, parse_variants(request.cuts), request.start, request.n_frames, *values[-2:]))
        settings["upload"] = values[0] not in samples.sample_names() and content_of(request.clip)
        for event in explore_run.run(request, lambda: visits.new_result(key, KEY)):
            if isinstance(event, explore_run.Shown):
                value = player_value(event.comparison.to_json(), event.directory, settings=settings, whole=event.whole)
                if event.whole:
                    value = keep(tab, key, value, event.directory, _cuts(settings))
                if event.measured:  # a page that is loaded again has more of the last result than of the bare source
                    visits.keep(key, KEY, value)
                yield value
            else:
                yield event.to_value()
