"""A finished comparison on disk: numbers, pictures, downloads, in one folder that needs nothing else.

comparison.json is written last, so a folder that has it is complete.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Generator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from vae_demo import media
from vae_demo.clips.files import display_name
from vae_demo.clips.whole import is_whole
from vae_demo.refusal import Refusal
from vae_demo.report.moving import moving_pictures
from vae_demo.report.page import report_page
from vae_demo.report.pictures import pictures
from vae_demo.report.table import write_csv
from vae_demo.report.video import write_comparison
from vae_demo.results.comparison import COMPARISON_JSON, Comparison, load_comparison
from vae_demo.results.form import comparison_misfit
from vae_demo.steps import drain, mapped, side_by_side
from vae_demo.store import FrameSource

DOWNLOADS = {"mp4": "comparison.mp4", "csv": "frames.csv", "json": COMPARISON_JSON, "html": "report.html"}
LAYERS = {"error": media.AbsoluteError, "delta": media.StepError}
FALLBACK_FPS = 24.0
# How many files are written at once: a video keeps one core busy and half of another.
AT_ONCE = 2


def save_result(
    comparison: Comparison, sources: Mapping[str, FrameSource], directory: Path, *,
    layers: Collection[str] = tuple(LAYERS), downloads: Collection[str] = tuple(DOWNLOADS), language: str = "en",
    report_video: bool = False,
) -> Comparison:
    """Write everything that shows `comparison` into `directory`; returns it with `media` filled in.

    sources: "source" and the label of every variant -> its frames, uint8 T H W 3, all of one size.
    layers: which differences to render as well, each into a video of its own. downloads: keys of DOWNLOADS; "json" is
    always written.
    language: which of the two the report shows first. report_video: whether it holds moving pictures.

    Files of an earlier result are replaced; other files stay. Nothing changes before all of it is written.
    Raises Refusal "write_failed" where the folder cannot be written.
    """
    return drain(save_steps(
        comparison, sources, directory, layers=layers, downloads=downloads, language=language,
        report_video=report_video))


def save_steps(
    comparison: Comparison, sources: Mapping[str, FrameSource], directory: Path, *,
    layers: Collection[str] = tuple(LAYERS), downloads: Collection[str] = tuple(DOWNLOADS), language: str = "en",
    report_video: bool = False,
) -> Generator[tuple[int, int], None, Comparison]:
    """save_result as a generator: yields (files written, files in all) after each; closing it undoes all of it."""
    try:
        return (yield from _save(comparison, sources, directory, layers, downloads, language, report_video))
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise Refusal("write_failed", name=display_name(str(directory)), reason=reason) from error


def _save(
    comparison: Comparison, sources: Mapping[str, FrameSource], directory: Path, layers: Collection[str],
    downloads: Collection[str], language: str, report_video: bool,
) -> Generator[tuple[int, int], None, Comparison]:
    order = {key: sources[key] for key in ("source", *(variant.label for variant in comparison.variants))}
    fps = _fps(comparison)
    named = {kind: file for kind, file in DOWNLOADS.items() if kind == "json" or kind in downloads}
    last = [kind for kind in LAST if kind in downloads]
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=directory) as name:
        part = Path(name)
        videos = [partial(write_comparison, comparison, order, fps, part / DOWNLOADS["mp4"])] * ("mp4" in downloads)
        works = [*videos, *_atlases(order, fps, part, layers), partial(media.write_tapes, order, part)]
        total = len(works) + len(last) + 1
        found = yield from mapped(side_by_side(works, AT_ONCE), lambda done: (done, total))
        atlas, *others, tapes = found[len(videos):]
        panels = [panel for each in (atlas, *others) for panel in each["panels"]]
        finished = replace(comparison, media={**atlas, "panels": panels, "tapes": tapes, "downloads": named})
        for done, kind in enumerate(last, len(works) + 1):
            LAST[kind](finished, order, part, language, report_video)
            yield done, total
        finished.save(part / DOWNLOADS["json"])
        _move(part, directory)
    yield total, total
    return finished


def save_so_far(comparison: Comparison, sources: Mapping[str, FrameSource], directory: Path) -> Comparison:
    """Write pictures and tapes of a run that still works into `directory`, quickly rather than small; returns the
    comparison with its `media`.

    sources: "source" and the labels of the variants that are measured -> their frames, uint8 T H W 3.
    """
    n_frames = max(comparison.clip["n_frames"], *(variant.plan.frames_out for variant in comparison.variants))
    panels = [(key, "frames", source) for key, source in sources.items()]
    found = media.write_atlas(panels, _fps(comparison), directory, n_frames=n_frames)
    return replace(comparison, media={
        **found, "tapes": media.write_tapes(dict(sources), directory, quick=True), "downloads": {}})


def _fps(comparison: Comparison) -> float:
    return comparison.clip["fps"] or FALLBACK_FPS


def _atlases(
    sources: dict[str, FrameSource], fps: float, directory: Path, layers: Collection[str]
) -> list[Callable[[], dict]]:
    """What writes the tiled videos, of the frames and of each layer; each returns its media entry."""
    n_frames = max(source.n_frames for source in sources.values())
    frames = [(key, "frames", source) for key, source in sources.items()]
    works = [partial(media.write_atlas, frames, fps, directory, n_frames=n_frames)]
    for layer in layers:
        panels = [(key, layer, LAYERS[layer](source, sources["source"]))
                  for key, source in sources.items() if key != "source"]
        works.append(partial(
            media.write_atlas, panels, fps, directory, f"atlas-{layer}", media.ERRORS_CRF, n_frames))
    return works


def _csv(comparison: Comparison, sources: dict[str, FrameSource], directory: Path, *about: object) -> None:
    write_csv(comparison, directory / DOWNLOADS["csv"])


def _html(
    comparison: Comparison, sources: dict[str, FrameSource], directory: Path, language: str, report_video: bool,
) -> None:
    fps, full = comparison.media["fps"], directory / DOWNLOADS["mp4"]
    moves = moving_pictures(comparison, sources, fps, full) if report_video else None
    page = report_page(comparison.to_json(), pictures(comparison, sources), language, moves)
    (directory / DOWNLOADS["html"]).write_text(page, encoding="utf-8")


# What is written when the rest is there.
LAST = {"csv": _csv, "html": _html}


def _move(part: Path, directory: Path) -> None:
    """Into place one by one, the JSON last: a reader never finds a result that lacks a file."""
    last = DOWNLOADS["json"]
    (directory / last).unlink(missing_ok=True)
    for path in sorted(part.iterdir(), key=lambda path: path.name == last):
        os.replace(path, directory / path.name)


def load_result(directory: Path) -> dict:
    """The JSON mapping of a saved result whose files are all there, each to its end.

    Raises ValueError with one sentence where that is not so.
    """
    data = load_comparison(directory / DOWNLOADS["json"])
    if place := comparison_misfit(data):
        raise ValueError(f"The saved result is not as it was written (at {place}); run it again.")
    missing = sorted(name for name in result_files(data) if not (directory / name).is_file())
    if missing:
        raise ValueError(f"The saved result lacks {', '.join(missing)}; run it again.")
    cut = sorted(name for name in result_files(data) if not is_whole(directory / name))
    if cut:
        raise ValueError(f"{', '.join(cut)} of the saved result ended too early; run it again.")
    return data


def result_files(data: Mapping) -> set[str]:
    """Names of all files a saved result consists of. Raises ValueError for a name that leaves its folder."""
    found = data["media"]
    names = {panel["file"] for panel in found["panels"]} | {found["tapes"]["file"], *found["downloads"].values()}
    names |= {found[sheet]["file"] for sheet in ("stills", "chunk", "latents") if sheet in found}
    for name in names:
        if name != os.path.basename(name) or name in ("", ".", ".."):
            raise ValueError("The saved result names a file outside its folder; run it again.")
    return names


def copy_result(source: Path, target: Path) -> None:
    """Copy the files of a saved result, and only those."""
    target.mkdir(parents=True, exist_ok=True)
    for name in sorted(result_files(load_result(source)), key=lambda name: name == DOWNLOADS["json"]):
        shutil.copyfile(source / name, target / name)
