"""The Learn tab: eight steps, one of which computes in the browser, a quiz and things to try, on saved results of the
bundled models. Lays out; the lessons are data."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import Any

from vae_demo import assets, report
from vae_demo.examples import LEARN_17, LEARN_CLIP, LEARN_MIXED, LIVE, sweep_name
from vae_demo.layout.text import groups_text
from vae_demo.live.parts import frames_of
from vae_demo.models.spec import TINY_17, TINY_MIXED
from vae_demo.refusal import Refusal
from vae_demo.report.sheets import load_sheets
from vae_demo.report.small_pictures import load_inspected
from vae_demo.results.inspection import Inspection
from vae_demo.synthetic.flickering import inspection_name
from vae_demo.views.learn import lessons
from vae_demo.views.learn.lesson import RULE, SIZE, Runs, Sentence, tell
from vae_demo.views.learn.quiz import ALONE, quiz
from vae_demo.views.learn.steps.find import SAMPLE
from vae_demo.views.learn.steps.further import further
from vae_demo.views.offline.lesson import MOST_BYTES, Lesson, lesson_file
from vae_demo.views.serving.kept import keep_made
from vae_demo.views.serving.live_files import live_addresses
from vae_demo.views.shared.component import Component, component_script
from vae_demo.views.shared.files import served
from vae_demo.views.shared.packed import packed
from vae_demo.views.shared.saved_examples import usable
from vae_demo.views.shared.saved_sweeps import saved_sweep

log = logging.getLogger(__name__)
KEY = "learn"
STYLES = ("shared/axis.css", "learn/learn.css", "learn/figures.css", "learn/live.css", "learn/narrow.css")
SCRIPTS = ("learn/learn.js",)
# The word files that its sentences are in.
WORDS = ("learn", "learn_live", "live_files", "glossary", "player", "verdicts", "notes")
# Of a variant, what the figures draw.
_DRAWN = ("label", "encode", "decode", "slots", "psnr", "frames_in", "frames_out", "latents", "encoded_latents",
          "boundaries", "pads_shown", "lost_frames", "encode_chunks", "decode_chunks", "rule", "latent_slots")


class LearnPage(Component):
    """Shows the lessons. value: see `learn_value`."""

    def __init__(self, value: dict | None = None, **kwargs: Any) -> None:
        super().__init__(value, learn_script(), **kwargs)

    def postprocess(self, value: dict | None) -> dict | None:
        if not value:
            return value
        return packed(value, _addressed(value["urls"]))


def _measured(runs: Runs) -> Sentence | None:
    """Which clip and models all of it comes from."""
    if not runs:
        return None
    clip = next(iter(runs.values()))["clip"]
    return tell("measured_on", clip=LEARN_CLIP, n=clip["n_frames"], width=clip["width"], height=clip["height"],
                        models=list(runs))


@cache
def learn_script() -> str:
    """The JavaScript of the component."""
    return component_script("learn/learn.js", "startLearn", WORDS, links=lessons.LINKS)


def lesson(value: Mapping[str, Any]) -> Lesson:
    """The tab for a file of its own. value: of saved_value."""
    return Lesson("learn_title", learn_script(), WORDS, STYLES, value)


def build() -> None:
    """The tab's content."""
    LearnPage(with_file(with_engine(saved_value())), elem_id="vd-learn")


def saved_value(
    examples: Path | None = None, saved: tuple[Path, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """The value for the results saved in that folder (default: the bundled ones); what is not there is left out.

    saved: for the live step, see learn_value.
    """
    examples, found = examples or assets.EXAMPLES, {}
    for name in (LEARN_17, LEARN_MIXED):
        found = usable(examples / name, partial(_with, found)) or found
    inspection = usable(examples / inspection_name(SAMPLE), lambda folder: load_inspected(folder)[0])
    saved = saved or usable(examples / LIVE, lambda folder: (folder, load_sheets(folder)))
    return learn_value(found, examples, saved_sweep(examples / sweep_name(LEARN_CLIP, TINY_17)), inspection, saved)


def with_engine(value: dict[str, Any]) -> dict[str, Any]:
    """A value and where the page finds what its engine is made of, as fetchLive of live/fetching.js takes it; as it is
    where a part of that is not there."""
    step = next(step for step in value["steps"] if step["key"] == "live")
    if not step["figure"]:
        return value
    try:
        return {**value, "live": {"parts": live_addresses(TINY_17, LEARN_CLIP, step["figure"]["height"])}}
    except (OSError, ValueError, Refusal) as error:
        log.warning("the live step of Learn shows saved results only: %s", error)
        return value


def with_file(value: dict[str, Any]) -> dict[str, Any]:
    """A value and where its page is as one file, made when somebody asks; as it is where that would lack the engine."""
    if not value["live"]:
        return value
    tab, size = lesson(value), next(step["figure"]["height"] for step in value["steps"] if step["key"] == "live")

    def made() -> bytes:
        return lesson_file(tab, TINY_17, frames_of(assets.clip(LEARN_CLIP), size=size))

    url = keep_made("lesson.html", tab.mark(_addressed(value["urls"])), made)
    return {**value, "file": {"url": url, "mb": round(MOST_BYTES / 1e6)}}


def _addressed(urls: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {model: served(files) for model, files in urls.items()}


def _with(found: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Those results and the one in that folder; whatever keeps the lessons from being told with it is raised."""
    results = {**found, folder.name: report.load_result(folder)}
    learn_value(results, folder.parent)
    return results


def learn_value(
    results: Mapping[str, Mapping[str, Any]], examples: Path, sweep: Mapping[str, Any] | None = None,
    inspection: Inspection | None = None, saved: tuple[Path, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Everything the page shows: lessons and quiz as sentences and numbers, and the pictures of each model.

    sweep: the saved sweep of the same clip through the first model, None where there is none. inspection: the saved one
    of a sample of the Inspect tab. saved: what report/sheets.py wrote for the live step, and its folder.
    """
    runs = lessons.runs_of(results)
    steps = lessons.lessons(runs, sweep, inspection, saved and saved[1])
    names = {TINY_17: LEARN_17, TINY_MIXED: LEARN_MIXED}
    sheets = {model: {key: run["media"][key] for key in ("stills", "chunk", "latents", "tapes")}
              for model, run in runs.items()}
    folders = {model: examples / names[model] for model in sheets}
    if saved:
        sheets["live"], folders["live"] = saved[1]["media"]["sheets"], saved[0]
    return {
        "title": tell("title"),
        "lede": tell("lede", groups=groups_text(SIZE, RULE)),
        "measured": _measured(runs),
        "steps": [{**asdict(step), "opens": step.opens} for step in steps],
        "quiz": {**(made := quiz(runs)), "questions": [{**each, "question": asdict(each["question"])}
                                                       for each in made["questions"]]},
        "further": further(ALONE),
        "clip": LEARN_CLIP, "glossary": list(lessons.GLOSSARY),
        "complete": len(runs) == len(names) and sweep is not None,
        "live": None,
        "runs": {model: {"clip": {k: run["clip"][k] for k in ("name", "n_frames", "width", "height")}, "model": model,
                         "variants": [{k: v[k] for k in _DRAWN} for v in run["variants"]]}
                 for model, run in runs.items()},
        "sheets": sheets,
        "urls": {name: {key: str(folders[name] / sheet["file"]) for key, sheet in found.items()}
                 for name, found in sheets.items()},
    }
