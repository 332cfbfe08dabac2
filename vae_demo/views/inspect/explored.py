"""A variant out of a result of Explore as a file to inspect, with the source beside it.

Both are cut out of the result's own pictures: the same frames, the same size, whatever part of a clip was run.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vae_demo import media
from vae_demo.clips import Limits, read_clip, write_video
from vae_demo.clips.files import display_name
from vae_demo.layout.variant import Variant
from vae_demo.refusal import Refusal
from vae_demo.views.explore.saved import saved_value
from vae_demo.views.inspect.files import MADE, MADE_SOURCE, slot
from vae_demo.views.serving.reception import Reception
from vae_demo.views.shared import samples
from vae_demo.views.shared.settings import read_settings

# It takes a moment of a whole core: one at a time, and nobody waits for that much longer than for a clip.
_turn, TURN_S = threading.Semaphore(1), 20.0
# As fine as the pictures they are cut from.
CRF, GOP = media.FRAMES_CRF, 250


def cut_out(reception: Reception, key: str, asked: dict[str, Any]) -> None:
    """Write the two files into the visit.

    asked: `run`, one of this visit's runs of Explore, or the settings of a saved result; `label` of a variant. It comes
    from the page, and names what the server has: no path. Raises Refusal.
    """
    if not _turn.acquire(timeout=TURN_S):
        raise Refusal("busy")
    try:
        _cut_out(reception, key, asked)
    finally:
        _turn.release()


def _cut_out(reception: Reception, key: str, asked: dict[str, Any]) -> None:
    value = reception.runs.value(key, "explore", asked["run"]) if asked.get("run") else _saved(asked)
    comparison, label = value["comparison"], str(asked.get("label"))
    panels = {panel["key"]: panel for panel in comparison["media"]["panels"] if panel["layer"] == "frames"}
    if label not in panels or "source" not in panels:
        raise Refusal("run_not_kept")
    # A record that somebody brought may call its clip anything; a file name has 255 bytes.
    stem = Path(display_name(comparison["clip"]["name"])).stem.encode()[:200].decode(errors="ignore") or "clip"
    names = {MADE: f"{stem}-{Variant.read(label).spelling.replace(':', 'to').replace('/', 'by')}.mp4",
             MADE_SOURCE: f"{stem}.mp4"}
    for name, panel in ((MADE, panels[label]), (MADE_SOURCE, panels["source"])):
        path = reception.visits.place(key, slot(name), names[name])
        write_video(path, _tiles(Path(value["urls"][panel["file"]]), panel, comparison["media"]), comparison["media"][
            "fps"], crf=CRF, gop=GOP)


def _saved(asked: dict[str, Any]) -> dict[str, Any]:
    settings = read_settings(asked, samples.sample_names(), samples.first_sample() or "")
    found = saved_value(settings)
    if found is None:
        raise Refusal("run_not_kept")
    return found


def _tiles(path: Path, panel: dict[str, Any], told: dict[str, Any]) -> Iterator[np.ndarray]:
    """The frames of one panel, uint8 H W 3, read as any file is: in a process of its own."""
    width, height = told["tile"]
    limits = replace(Limits(), max_frames=max(Limits().max_frames, told["n_frames"]), multiple=1)
    with read_clip(path, 0, panel["n_frames"], None, "none", limits) as clip:
        for t in range(panel["n_frames"]):
            frame = clip.frames(t, t + 1)[0]
            yield frame[panel["y"]:panel["y"] + height, panel["x"]:panel["x"] + width]
