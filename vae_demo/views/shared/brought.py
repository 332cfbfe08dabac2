"""Results that a visitor brings as files: whose turn it is, which file is the record, where what is kept of them goes,
and the way in on the page."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr

from vae_demo.models.spec import DTYPES
from vae_demo.refusal import Refusal
from vae_demo.views.serving.calls import MOST_FILES
from vae_demo.views.serving.keys import checked_key
from vae_demo.views.serving.runs import MOST_BYTES
from vae_demo.views.serving.uploads import ClipUpload, accepted
from vae_demo.views.shared.component import PRIVATE
from vae_demo.views.shared.history import History
from vae_demo.views.shared.language import word
from vae_demo.views.shared.running_tab import RunningTab

# Records are large once they are read: few at a time, and nobody waits for that much longer than for a clip.
_turn, TURN_S = threading.Semaphore(2), 20.0

NewFolder = Callable[[int], Path]
# The value that shows what was brought, and the folder that NewFolder gave for so many bytes. Raises Refusal.
OpenFiles = Callable[[Any, NewFolder], tuple[dict, Path]]


@contextmanager
def uploads(told: Any) -> Iterator[list[Path]]:
    """The files that the browser says were uploaded, while it is this visitor's turn. Raises Refusal."""
    if not _turn.acquire(timeout=TURN_S):
        raise Refusal("busy")
    try:
        told = getattr(told, "root", told)
        yield [accepted(each) for each in (told if isinstance(told, list) else [told])[:MOST_FILES]]
    finally:
        _turn.release()


def record_in(paths: Sequence[Path], name: str) -> Path:
    """The file that is the record: so called, or the only JSON. Raises Refusal."""
    found = [path for path in paths if path.suffix.lower() == ".json"]
    called = [path for path in found if path.name == name]
    if not found or (len(found) > 1 and len(called) != 1):
        raise Refusal("no_result", file=name)
    return called[0] if called else found[0]


def in_new_folder(files: Sequence[Path], new_folder: NewFolder, write: Callable[[Path], None]) -> Path:
    """A new folder with a copy of each and what `write` puts there. Raises Refusal where they are too large for a
    result, or gone by now, and leaves nothing then."""
    folder = None
    try:
        n_bytes = sum(file.stat().st_size for file in files)
        if n_bytes > MOST_BYTES:
            raise Refusal("result_files", megabytes=f"{n_bytes / 1e6:.0f}", most=f"{MOST_BYTES / 1e6:g}")
        folder = new_folder(n_bytes)
        for file in files:
            shutil.copyfile(file, folder / file.name)
        write(folder)
    except OSError as error:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        raise Refusal("not_uploaded" if isinstance(error, FileNotFoundError) else "no_room") from None
    return folder


def keep(tab: RunningTab, key: str, value: dict, folder: Path, cuts: str) -> dict:
    """Keep a finished or brought result in the visit's list; gives its value as it is kept. Raises Refusal.

    cuts: what the clip was cut into, as the list says it.
    """
    settings = value["settings"]
    model = settings["model"] if settings["dtype"] == DTYPES[0] else f"{settings['model']} {settings['dtype']}"
    about = {"clip": settings["clip"], "upload": bool(settings["upload"]), "model": model, "cuts": cuts,
             "opened": "opened_from" in value}
    return tab.reception.runs.add(key, tab.name, value, folder, about)


def way_in(
    tab: RunningTab, key: gr.Textbox, shows: Sequence[Any], open_files: OpenFiles, cuts_of: Callable[[dict], str],
    shown: Callable[[str, dict], tuple[Any, ...]],
) -> History:
    """The list of a tab's runs and the way in for files, wired. key: the box that holds the visit's key.

    shows: the controls and, last, what shows a result. shown: what they become for a visit and the value of a result.
    """
    # Out of sight: a button opens it, and what is dropped on the page ends in it (shared/bring.js).
    with gr.Row(elem_classes=["vd-bring", f"vd-bring-{tab.name}"]):
        bring = ClipUpload(word("open_result"), file_count="multiple")
    history = History(tab.name, tab.reception.runs, elem_id=f"vd-{tab.name}-runs")

    def brought(key: str, told: Any) -> tuple[Any, ...]:
        visits = tab.reception.visits
        try:
            visit = checked_key(key)
            value, folder = open_files(told, lambda n_bytes: visits.new_result(visit, tab.name, n_bytes))
            value = keep(tab, visit, value, folder, cuts_of(value["settings"]))
            visits.keep(visit, tab.name, value)
        except Refusal as error:
            return *(gr.skip() for _ in shows[1:]), tab.says(error=error.said), gr.skip()
        # "back": no run has ended with it.
        return *shown(key, {**value, "back": True}), history.listed(key)

    bring.upload(brought, [key, bring], [*shows, history], **PRIVATE)
    history.wire(shown, [*shows])
    return history
