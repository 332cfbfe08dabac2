"""A component of the app's page as one file that needs no server and no network: from a memory stick, by mail, or on
any host of static files. The engine and a model are inside."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import vae_demo
from vae_demo import words
from vae_demo.bundle import bundle
from vae_demo.live.parts import Frames, engine_wasm, weights_file, worker_script
from vae_demo.refusal import Refusal
from vae_demo.views.offline.document import bytes_element, data_url, document, json_element
from vae_demo.views.serving import modules
from vae_demo.views.shared.colours import colours_css
from vae_demo.views.shared.component import read_source
from vae_demo.views.shared.header import HEADER
from vae_demo.views.shared.source import ROOT, source_address

# What still goes by mail.
MOST_BYTES = 12_000_000
# Bytes of a weight.
_HALF = 2
STYLES = ("shared/page.css", "offline/offline.css")
_LICENCE = ROOT / "LICENSE"
# As a component of the app's page runs (shared/component.py).
_BEGIN = "lesson.openLesson((element, props, watch = () => {}, trigger = () => {}) => {\n%s\n});"


@dataclass(frozen=True)
class Lesson:
    """The component. title: a key of the words; script: its own (component_script); said: the word files it says;
    styles: paths in views/; value: what it draws from, with paths of pictures under "urls", by model and name."""

    title: str
    script: str
    said: Sequence[str]
    styles: Sequence[str]
    value: Mapping[str, Any]

    def mark(self, pictures: Mapping[str, Any]) -> str:
        """Says all that its file is made of, beside the engine's parts. pictures: an address with a digest for each."""
        return repr((modules.digest(), self.script, _style(self.styles), self.value, pictures, _foot()))


def lesson_file(lesson: Lesson, model: str, frames: Frames) -> bytes:
    """The file, with a bundled model for the engine to run on those frames.

    Raises Refusal where that would be more than MOST_BYTES, OSError where the weights or the engine are not there.
    """
    parts = {"wasm": engine_wasm(), "weights": weights_file(model).read_bytes(), "script": worker_script(),
             "frames": frames.rgb}
    places = {name: {"id": f"vd-{name}", "bytes": len(content)} for name, content in parts.items()}
    places["weights"]["planes"] = _HALF
    places["frames"] |= frames.shape()
    value = {**lesson.value, "urls": _held(lesson.value["urls"]), "alone": True, "live": {"parts": places}}
    titles = {lang: f"{title} · 1+4k Lab" for lang, title in _both(lesson.title).items()}
    body = (_around('<main><div id="vd-learn"><div class="vd-root"></div></div></main>'),
            json_element("vd-words", {name: words.table(name) for name in lesson.said}),
            json_element("vd-titles", titles), json_element("vd-value", value))
    script = bundle("views/offline/offline.js", "lesson") + _BEGIN % lesson.script
    found = document(titles["en"], _LICENCE.read_text(encoding="utf-8"), _style(lesson.styles), body, [script],
                     [bytes_element(places[name]["id"], content, places[name].get("planes", 1))
                      for name, content in parts.items()])
    if len(found) > MOST_BYTES:
        raise Refusal("lesson_size", megabytes=len(found) / 1e6, most=MOST_BYTES / 1e6)
    return found


def _held(urls: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, dict[str, str]]]:
    """Name -> path becomes name -> {"url"}, as `served` gives it, with the picture inside."""
    return {model: {name: {"url": data_url("image/webp", Path(path).read_bytes())} for name, path in found.items()}
            for model, found in urls.items()}


def _around(main: str) -> str:
    unscripted = "".join(f'<p lang="{lang}">{text}</p>' for lang, text in _both("offline_unscripted").items())
    return (f'<div class="gradio-container"><div id="vd-header">{HEADER}</div>{main}<noscript>{unscripted}</noscript>'
            f'<footer class="vd-offline-foot">{_foot()}</footer></div>')


def _foot() -> str:
    """The same in every language."""
    source = escape(source_address(os.environ) or "")
    link = f' · <a href="{source}" rel="noopener noreferrer">{source.removeprefix("https://")}</a>' if source else ""
    return f"1+4k Lab {vae_demo.__version__} · MIT{link}"


def _style(styles: Sequence[str]) -> str:
    return "\n".join([colours_css(), *map(read_source, (*STYLES, *styles))])


def _both(key: str) -> dict[str, str]:
    return {lang: words.say(lang, key) for lang in words.LANGUAGES}
