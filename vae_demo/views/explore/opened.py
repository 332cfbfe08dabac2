"""A comparison that somebody brings, with its pictures where they came along: read strictly, kept like a run.

Of the names in the file none is followed. Pictures are the files that were brought beside it and are called what a
finished run calls them; each must be what the record makes of it, or it stays out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vae_demo.clips import Limits, probe
from vae_demo.clips.files import display_name
from vae_demo.clips.limits import HIGHEST_FPS, LOWEST_FPS
from vae_demo.media import MAX_SIDE, TAPE_ROWS, WEBP_SIDE
from vae_demo.refusal import Refusal
from vae_demo.report import FALLBACK_FPS, LAYERS
from vae_demo.results.comparison import COMPARISON_JSON, Comparison
from vae_demo.results.foreign import read_foreign
from vae_demo.results.form import media_misfit
from vae_demo.verdicts import judged
from vae_demo.views.explore.player import player_value
from vae_demo.views.explore.saved import settings_of
from vae_demo.views.shared.brought import NewFolder, in_new_folder, record_in, uploads

_ATLAS = re.compile(r"atlas(-[a-z]{1,9})?(-[0-9]{1,2})?\.mp4")
_TAPES = ("tapes.webp", "tapes.png")

def open_files(told: Any, new_folder: NewFolder) -> tuple[dict, Path]:
    """The player's value for files that a visitor brought, and the folder that new_folder gave for so many bytes.

    told: what the browser said of the uploads, one comparison.json among them. Raises Refusal.
    """
    with uploads(told) as paths:
        return _opened(paths, new_folder)


def _opened(paths: Sequence[Path], new_folder: NewFolder) -> tuple[dict, Path]:
    record = record_in(paths, COMPARISON_JSON)
    name = display_name(str(record))
    comparison, media = read_foreign(record, name)
    brought = {path.name: path for path in paths if path != record and (
        _ATLAS.fullmatch(path.name) or path.name in _TAPES)}
    comparison = judged(comparison)
    found = _media(comparison, media, brought)
    used = {panel["file"] for panel in found["panels"]} | ({found["tapes"]["file"]} if found["tapes"] else set())
    comparison = replace(comparison, media={**found, "downloads": {"json": COMPARISON_JSON}})
    folder = in_new_folder([brought[file] for file in sorted(used)], new_folder,
                           lambda folder: comparison.save(folder / COMPARISON_JSON))
    data = comparison.to_json()
    settings = {**settings_of(data, comparison.clip["name"]), "upload": True, "opened": True}
    value = player_value(data, folder, settings=settings)
    return {**value, "opened_from": name, "left_out": sorted(set(brought) - used)}, folder


def _media(comparison: Comparison, told: Any, brought: Mapping[str, Path]) -> dict:
    """The media entry: what the brought files can show, and no panels where they cannot show every picture."""
    clip, lengths = comparison.clip, {"source": comparison.clip["n_frames"],
                                      **{each.label: each.plan.frames_out for each in comparison.variants}}
    n_frames, size = max(lengths.values()), (clip["width"], clip["height"])
    nothing = {"fps": clip["fps"] or FALLBACK_FPS, "n_frames": n_frames, "tile": list(size), "panels": [],
               "tapes": None}
    if media_misfit({"media": told}) or told["tile"] != list(size) or told["n_frames"] != n_frames:
        return nothing
    if told["fps"] is None or not LOWEST_FPS <= told["fps"] <= HIGHEST_FPS:
        return nothing
    panels: list[dict] = []
    for layer in ("frames", *LAYERS):
        keys = [key for key in lengths if layer == "frames" or key != "source"]
        mine = [panel for panel in told["panels"] if panel["layer"] == layer]
        if _fit(mine, {key: lengths[key] for key in keys}, told, brought):
            panels += [{name: panel[name] for name in ("key", "layer", "file", "x", "y", "n_frames")} for panel in mine]
        elif layer == "frames":
            return nothing
    return {**nothing, "fps": float(told["fps"]), "panels": panels,
            "tapes": _tapes(told["tapes"], list(lengths), n_frames, size, brought)}


def _fit(panels: Sequence[Mapping], lengths: Mapping[str, int], media: Mapping, brought: Mapping[str, Path]) -> bool:
    """Whether these panels are one for every key, each inside a video of the right length that was brought."""
    if {panel["key"]: panel["n_frames"] for panel in panels} != lengths or len(panels) != len(lengths):
        return False
    width, height = media["tile"]
    for file in {panel["file"] for panel in panels}:
        if not _ATLAS.fullmatch(file) or file not in brought:
            return False
        try:
            info = probe(brought[file], Limits(max_side=MAX_SIDE))
        except Refusal:
            return False
        if (info.codec, info.n_frames) != ("h264", media["n_frames"]) or abs(info.fps / media["fps"] - 1) > 0.01:
            return False
        inside = (0 <= each["x"] <= info.width - width and 0 <= each["y"] <= info.height - height
                  for each in panels if each["file"] == file)
        if not all(inside):
            return False
    return True


def _tapes(
    told: Mapping, keys: Collection[str], n_frames: int, size: tuple[int, int], brought: Mapping[str, Path],
) -> dict | None:
    """The entry of the tapes; None where they were not brought, or are not those of this comparison."""
    rows, file = told["rows"], told["file"]
    if file not in _TAPES or file not in brought or told["keys"] != list(keys) or not 1 <= len(rows) <= TAPE_ROWS:
        return None
    if not all(0 <= row < size[1] for row in rows) or (told["width"], told["height"]) != (n_frames, size[0]):
        return None
    try:
        info = probe(brought[file], Limits(max_side=WEBP_SIDE))
    except Refusal:
        return None
    if (info.width, info.height) != (n_frames * len(rows), size[0] * len(keys)):
        return None
    return {"file": file, "rows": rows, "keys": list(keys), "width": n_frames, "height": size[0]}
