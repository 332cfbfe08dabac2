"""The Inspect tab: a video, and its source if there is one, in; what comes back every P frames out.

Lays out and wires; what may be looked at is in files.py, what is done with it in run.py. There is no Run: whatever the
controls say is looked at as soon as it can be. Controls and components tell each other what goes on through the event
`vd-inspect` of the window, without a request (inspect/desk.js).
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.context import Context

from vae_demo.inspection import Progress
from vae_demo.refusal import Refusal
from vae_demo.views.inspect import run as inspect_run
from vae_demo.views.inspect.explored import cut_out
from vae_demo.views.inspect.figure import InspectDesk, InspectFigure, inspect_value, working_value
from vae_demo.views.inspect.files import (
    BESIDE,
    GIVEN,
    MADE,
    MADE_SOURCE,
    NONE,
    OWN,
    SAMPLE,
    asked_of,
    check,
    known_files,
    menus,
    sample_files,
    slot,
)
from vae_demo.views.inspect.saved import sample_names, saved
from vae_demo.views.serving.reception import Reception
from vae_demo.views.serving.uploads import ClipUpload, accepted
from vae_demo.views.serving.visits import checked_key
from vae_demo.views.shared import samples
from vae_demo.views.shared.clip_menu import Menu, own_facts
from vae_demo.views.shared.component import COMPUTE, PRIVATE, in_browser
from vae_demo.views.shared.gate import Gate, answer, go_on, resumed
from vae_demo.views.shared.history import History
from vae_demo.views.shared.language import word
from vae_demo.views.shared.running_tab import RunningTab

KEY = "inspect"
SCRIPTS = ("inspect/figure.js", "inspect/desk.js", "inspect/gate.js")
STYLES = ("shared/controls.css", "shared/player.css", "shared/desk.css", "shared/axis.css", "shared/narrow.css",
          "shared/history.css", "inspect/inspect.css", "inspect/figures.css", "inspect/axis.css", "inspect/narrow.css")
# Of two files that come at once, which is the source.
SOURCE_NAMES = ("source", "orig", "reference", "gt", "input")
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
    history.wire(lambda key, value: _reopened(tab, key, value), [*controls, desk, figure])

    async def run(key, video, source, start, frames, asked: gr.EventData, request: gr.Request) -> AsyncIterator[dict]:
        values, order = (video, source, start, frames), _told(asked).get("order")
        async for value in tab.runs(key, None, lambda: _run(tab, key, values), resumed(asked), request):
            # Words of an order that another one has replaced come too late.
            yield {**value, "order": order}

    def uploaded(key: str, told: Any, *values: Any) -> tuple[Any, ...]:
        return _uploaded(tab, key, told, values)

    def given(key: str, told: Any, *values: Any) -> tuple[Any, ...]:
        return _given(tab, key, told, values)

    def picked(key: str, *values: Any) -> tuple[Any, ...]:
        return _begin(tab, key, values)

    def swapped(key: str, video: Any, source: Any, *numbers: Any) -> tuple[Any, ...]:
        return _begin(tab, key, (source, video, *numbers) if source in (OWN, *BESIDE) else (video, source, *numbers))

    def opened(event: gr.EventData) -> tuple[Any, ...]:
        return _opened(tab, _told(event))

    def decoded(event: gr.EventData) -> tuple[Any, ...]:
        return _decoded(tab, _told(event))

    def promoted(key: str, *values: Any) -> tuple[Any, ...]:
        return _promoted(tab, key, values)

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
    running = gate.submit(run, inputs, figure, api_visibility="private", show_progress="hidden",
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


def _find(tab: RunningTab, key: str, lent: bool = False) -> Callable[[str], Path]:
    """Gives the file of OWN or one of BESIDE; lent: as a run was given it. Raises Refusal where it is gone."""
    def find(name: str) -> Path:
        if name == OWN:
            return (tab.lent if lent else tab.own)(key)()
        visits, held = tab.reception.visits, slot(name)
        found = (lent and visits.held(key, tab.lent_name(held))) or visits.held(checked_key(key), held)
        if not found:
            raise Refusal("clip_gone", minutes=f"{tab.reception.bounds.grace_s / 60:g}")
        return found
    return find


def settings_of(tab: RunningTab, key: str, values: tuple) -> dict[str, Any]:
    """What the controls said, JSON types, and which files that was."""
    video, source, start, frames = values
    files = known_files(tab.reception.visits, key)
    return {"video": video, "source": source, "start": int(start or 0), "frames": int(frames or 0) or None,
            "ids": [files[name]["id"] if name in files else None for name in (video, source)]}


def _saved(name: str) -> dict | None:
    """The value for a sample's saved inspection."""
    found = saved(name)
    if found is None:
        return None
    source = SAMPLE if sample_files(name)[1] else NONE
    settings = {"video": name, "source": source, "start": 0, "frames": None, "ids": [None, None]}
    return inspect_value(*found, settings, sample=name, saved=True)


def _begin(tab: RunningTab, key: Any, values: tuple, own: dict | None = None) -> tuple[Any, ...]:
    """Values of the controls, the desk, the gate and the figure once the controls say this: a saved inspection, an order
    to run, or what is wrong. own: facts of the visit's clip where it is a new one."""
    try:
        files = known_files(tab.reception.visits, checked_key(key))
    except Refusal:
        files = {}
    video_menu, source_menu = menus(files, *values[:2])
    video, source, (start, frames) = video_menu["value"], source_menu["value"], values[2:]
    values = (video, source, start, frames)
    tab.reception.line.stop(str(key), KEY)  # what was asked for before is no longer wanted
    told = {"of": list(values), **({"own": own} if own else {})}
    shown = (video_menu, source_menu, start, frames, told)
    if video in sample_names() and not start and not frames:
        return *shown, gr.skip(), _saved(video)
    if video == NONE:
        return *shown, gr.skip(), {"empty": True}
    asked = answer(lambda: check(asked_of(_find(tab, key), values)))
    if "refused" in asked:
        return *shown, gr.skip(), working_value(error=asked["refused"])
    return *shown, asked, gr.skip()


def _refused(values: tuple, error: Refusal) -> tuple[Any, ...]:
    """The same where nothing changes but what is said."""
    return *(gr.skip() for _ in values), gr.skip(), gr.skip(), working_value(error=error.said)


def _uploaded(tab: RunningTab, key: Any, told: Any, values: tuple) -> tuple[Any, ...]:
    """One file is the video; of two the one that is called so is the source."""
    visits = tab.reception.visits
    try:
        told = getattr(told, "root", told)
        paths = [accepted(each) for each in (told if isinstance(told, list) else [told])[:2]]
        facts = [samples.clip_facts(path) for path in paths]
        visit, source, own = checked_key(key), values[1], None
        if len(paths) == 2:
            first = _source_first(paths)
            own = own_facts(visits.take(visit, paths[1 if first else 0]), facts[1 if first else 0])
            visits.hold(visit, paths[0 if first else 1], slot(GIVEN))
            video, source = OWN, GIVEN
        elif source == OWN:  # the source stays what it is
            visits.hold(visit, paths[0], slot(GIVEN))
            video = GIVEN
        else:
            own = own_facts(visits.take(visit, paths[0]), facts[0])
            video, source = OWN, source if source == GIVEN else NONE
    except Refusal as error:
        return _refused(values, error)
    return _begin(tab, key, (video, source, 0, None), own)


def _source_first(paths: list[Path]) -> bool:
    """Whether of two files the first is the source, by its name alone."""
    named = [any(word in path.stem.lower() for word in SOURCE_NAMES) for path in paths]
    return named == [True, False]


def _given(tab: RunningTab, key: Any, told: Any, values: tuple) -> tuple[Any, ...]:
    """A file as the source of the video that is there."""
    visits = tab.reception.visits
    try:
        path, visit, own = accepted(told), checked_key(key), None
        facts = samples.clip_facts(path)
        if values[0] == GIVEN:
            own, source = own_facts(visits.take(visit, path), facts), OWN
        else:
            visits.hold(visit, path, slot(GIVEN))
            source = GIVEN
    except Refusal as error:
        return _refused(values, error)
    video = values[0] if values[0] in (OWN, *BESIDE) else NONE
    return _begin(tab, key, (video, source, *values[2:]), own)


def _decoded(tab: RunningTab, asked: dict[str, Any]) -> tuple[Any, ...]:
    """A variant of a result of Explore, against the source that it was made of."""
    key = asked.get("visit")
    try:
        cut_out(tab.reception, checked_key(key), asked)
    except Refusal as error:
        return _refused((None,) * 4, error)
    return _begin(tab, key, (MADE, MADE_SOURCE, 0, None))


def _promoted(tab: RunningTab, key: Any, values: tuple) -> tuple[Any, ...]:
    """The source that was given becomes the visit's clip, so that Explore can run it; the video takes its place."""
    video, source, *numbers = values
    if source not in BESIDE:
        return *(gr.skip() for _ in values), gr.skip()
    tab.reception.visits.exchange(checked_key(key), slot(source))
    swapped = {OWN: source, source: OWN}
    values = (swapped.get(video, video), swapped[source], *numbers)
    facts = tab.known(key)
    files = known_files(tab.reception.visits, checked_key(key))
    return *menus(files, *values[:2]), *numbers, {"of": list(values), "own": facts, "promoted": True}


def _opened(tab: RunningTab, asked: dict[str, Any]) -> tuple[Any, ...]:
    """A sample, or what somebody had before a reload or a change of language."""
    key = asked.get("visit")
    if asked.get("sample") in sample_names():
        return _begin(tab, key, (asked["sample"], NONE, 0, None))
    values = (asked.get("video"), asked.get("source"), *(_number(asked.get(name)) for name in ("start", "frames")))
    try:
        visit = checked_key(key)
        tab.reception.visits.seen(visit)
        if values[0] in (OWN, *BESIDE) and values[0] not in known_files(tab.reception.visits, visit):
            raise Refusal("clip_gone", minutes=f"{tab.reception.bounds.grace_s / 60:g}")
        kept = tab.reception.visits.kept(visit, KEY)
    except Refusal as error:
        video_menu, source_menu = menus({}, NONE, NONE)
        return video_menu, source_menu, 0, None, {"of": [NONE, NONE, 0, None]}, gr.skip(), working_value(error=error.said)
    facts = tab.known(key)
    if tab.reception.line.of(visit, KEY) is None and not (kept and kept["settings"] == settings_of(tab, visit, values)):
        return _begin(tab, key, values, facts)
    shown = menus(known_files(tab.reception.visits, visit), *values[:2])
    told = {"of": [each["value"] for each in shown] + list(values[2:]), **({"own": facts} if facts else {})}
    going = tab.reception.line.of(visit, KEY) is not None
    return *shown, *values[2:], told, go_on() if going else gr.skip(), {**kept, "back": True} if kept else gr.skip()


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and value == value and abs(value) < 1e9 else None


def _reopened(tab: RunningTab, key: Any, value: dict) -> tuple[Any, ...]:
    """Values of the controls, the desk and the figure for an inspection of this visit. Files that are not there any more
    leave the controls as they are."""
    asked = value["settings"]
    values = (asked["video"], asked["source"], asked["start"], asked["frames"])
    if settings_of(tab, str(key), values) != asked:
        return *(gr.skip() for _ in values), gr.skip(), value
    return *menus(known_files(tab.reception.visits, str(key)), *values[:2]), *values[2:], {"of": list(values)}, value


def _run(tab: RunningTab, key: str, values: tuple) -> Iterator[dict]:
    """How far it is, and the result, which the visit keeps."""
    with tab.over(key):
        visits, asked = tab.reception.visits, asked_of(_find(tab, key, lent=True), values)
        settings = settings_of(tab, key, values)
        sample = values[0] if values[0] in sample_names() else None
        for event in inspect_run.run(asked, lambda: visits.new_result(key, KEY)):
            if isinstance(event, Progress):
                yield working_value(fraction=event.fraction, frames=event.frames, of=event.of)
                continue
            value = inspect_value(event.record, event.pictures, event.directory, settings, sample)
            name = event.record.video["name"]
            about = {"clip": name, "upload": sample is None, "model": "", "cuts": "", "opened": False}
            value = tab.reception.runs.add(key, KEY, value, event.directory, about)
            visits.keep(key, KEY, value)
            yield value
