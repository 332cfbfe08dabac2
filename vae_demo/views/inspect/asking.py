"""What the events of the Inspect tab come to: ordinary functions of a visit and of what the controls say, no layout.

Most give values of the four controls, the desk, the gate and the figure, in that order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from vae_demo.inspection import Progress
from vae_demo.refusal import Refusal
from vae_demo.views.inspect import run as inspect_run
from vae_demo.views.inspect.explored import cut_out
from vae_demo.views.inspect.figure import inspect_value, working_value
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
from vae_demo.views.inspect.live import Live
from vae_demo.views.inspect.pairing import source_of
from vae_demo.views.inspect.saved import sample_names, saved
from vae_demo.views.serving.keys import checked_key
from vae_demo.views.serving.uploads import accepted
from vae_demo.views.shared import samples
from vae_demo.views.shared.clip_menu import own_facts
from vae_demo.views.shared.gate import answer, go_on
from vae_demo.views.shared.running_tab import RunningTab

KEY = "inspect"


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


def begin(
    tab: RunningTab, key: Any, values: tuple, own: dict | None = None, paired: dict | None = None
) -> tuple[Any, ...]:
    """Values of the controls, the desk, the gate and the figure once the controls say this: a saved inspection, an
    order to run, or what is wrong. own: facts of the visit's clip where it is a new one. paired: which of two new files
    was taken for the source, and why."""
    try:
        files = known_files(tab.reception.visits, checked_key(key))
    except Refusal:
        files = {}
    video_menu, source_menu = menus(files, *values[:2])
    video, source, (start, frames) = video_menu["value"], source_menu["value"], values[2:]
    values = (video, source, start, frames)
    tab.reception.line.stop(str(key), KEY)  # what was asked for before is no longer wanted
    told = {"of": list(values), **({"own": own} if own else {}), **({"paired": paired} if paired else {})}
    shown = (video_menu, source_menu, start, frames, told)
    if video in sample_names() and not start and not frames:
        return *shown, gr.skip(), _saved(video)
    if video == NONE:
        return *shown, gr.skip(), {"empty": True}
    # With the order goes what it is for: the controls may not say so yet when it comes back.
    asked = {**answer(lambda: check(asked_of(_find(tab, key), values))), "of": list(values)}
    if "refused" in asked:
        return *shown, gr.skip(), working_value(error=asked["refused"])
    return *shown, asked, gr.skip()


def _refused(values: tuple, error: Refusal) -> tuple[Any, ...]:
    """The same where nothing changes but what is said."""
    return *(gr.skip() for _ in values), gr.skip(), gr.skip(), working_value(error=error.said)


def uploaded(tab: RunningTab, key: Any, told: Any, values: tuple) -> tuple[Any, ...]:
    """One file is the video; of two one is the source, see pairing.py."""
    visits = tab.reception.visits
    try:
        told = getattr(told, "root", told)
        paths = [accepted(each) for each in (told if isinstance(told, list) and told else [told])[:2]]
        facts = [samples.clip_facts(path) for path in paths]
        visit, source, own, paired = checked_key(key), values[1], None, None
        if len(paths) == 2:
            of_two, why = source_of(paths)
            paired = {"source": samples.shown_name(str(paths[of_two])), "why": why}
            own = own_facts(visits.take(visit, paths[1 - of_two]), facts[1 - of_two])
            visits.hold(visit, paths[of_two], slot(GIVEN))
            video, source = OWN, GIVEN
        elif source == OWN:  # the source stays what it is
            visits.hold(visit, paths[0], slot(GIVEN))
            video = GIVEN
        else:
            own = own_facts(visits.take(visit, paths[0]), facts[0])
            video, source = OWN, source if source == GIVEN else NONE
    except Refusal as error:
        return _refused(values, error)
    return begin(tab, key, (video, source, 0, None), own, paired)


def given(tab: RunningTab, key: Any, told: Any, values: tuple) -> tuple[Any, ...]:
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
    return begin(tab, key, (video, source, *values[2:]), own)


def decoded(tab: RunningTab, asked: dict[str, Any]) -> tuple[Any, ...]:
    """A variant of a result of Explore, against the source that it was made of."""
    key = asked.get("visit")
    try:
        cut_out(tab.reception, checked_key(key), asked)
    except Refusal as error:
        return _refused((None,) * 4, error)
    return begin(tab, key, (MADE, MADE_SOURCE, 0, None))


def promoted(tab: RunningTab, key: Any, values: tuple) -> tuple[Any, ...]:
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


def opened(tab: RunningTab, asked: dict[str, Any]) -> tuple[Any, ...]:
    """A sample, or what somebody had before a reload or a change of language."""
    key = asked.get("visit")
    if asked.get("sample") in sample_names():
        return begin(tab, key, (asked["sample"], NONE, 0, None))
    values = (asked.get("video"), asked.get("source"), *(_number(asked.get(name)) for name in ("start", "frames")))
    try:
        visit = checked_key(key)
        tab.reception.visits.seen(visit)
        if values[0] in (OWN, *BESIDE) and values[0] not in known_files(tab.reception.visits, visit):
            raise Refusal("clip_gone", minutes=f"{tab.reception.bounds.grace_s / 60:g}")
        kept = tab.reception.visits.kept(visit, KEY)
    except Refusal as error:
        told = {"of": [NONE, NONE, 0, None]}
        return *menus({}, NONE, NONE), 0, None, told, gr.skip(), working_value(error=error.said)
    facts = tab.known(key)
    if tab.reception.line.of(visit, KEY) is None and not (kept and kept["settings"] == settings_of(tab, visit, values)):
        return begin(tab, key, values, facts)
    shown = menus(known_files(tab.reception.visits, visit), *values[:2])
    told = {"of": [each["value"] for each in shown] + list(values[2:]), **({"own": facts} if facts else {})}
    going = tab.reception.line.of(visit, KEY) is not None
    return *shown, *values[2:], told, go_on() if going else gr.skip(), {**kept, "back": True} if kept else gr.skip()


def ordered(of: Any) -> tuple[Any, ...]:
    """The values of the controls that an order is for, as the page says."""
    video, source, *numbers = of if isinstance(of, list) and len(of) == 4 else (NONE, NONE, 0, None)
    return str(video), str(source), *map(_number, numbers)


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and value == value and abs(value) < 1e9 else None


def reopened(tab: RunningTab, key: Any, value: dict) -> tuple[Any, ...]:
    """Values of the controls, the desk and the figure for an inspection of this visit. Files that are not there any
    more leave the controls as they are."""
    asked = value["settings"]
    values = (asked["video"], asked["source"], asked["start"], asked["frames"])
    if settings_of(tab, str(key), values) != asked:
        return *(gr.skip() for _ in values), gr.skip(), value
    return *menus(known_files(tab.reception.visits, str(key)), *values[:2]), *values[2:], {"of": list(values)}, value


def run_of(tab: RunningTab, key: str, values: tuple) -> Iterator[dict]:
    """How far it is, and the result, which the visit keeps."""
    with tab.over(key):
        visits, asked = tab.reception.visits, asked_of(_find(tab, key, lent=True), values)
        settings = settings_of(tab, key, values)
        sample, live = values[0] if values[0] in sample_names() else None, Live()
        for event in inspect_run.run(asked, lambda: visits.new_result(key, KEY)):
            if isinstance(event, Progress):
                yield working_value(fraction=event.fraction, frames=event.frames, of=event.of, live=live.told(event))
                continue
            value = inspect_value(event.record, event.pictures, event.directory, settings, sample)
            name = event.record.video["name"]
            about = {"clip": name, "upload": sample is None, "model": "", "cuts": "", "opened": False}
            value = tab.reception.runs.add(key, KEY, value, event.directory, about)
            visits.keep(key, KEY, value)
            yield value
