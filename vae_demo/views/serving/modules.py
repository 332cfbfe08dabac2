"""The page's JavaScript: two files of its own address, /vd/js/<digest of all scripts and words>/first.js and rest.js,
and its words, one file per language.

What Explore and the frame around all tabs need is in the first; the rest comes with the first other tab. The digest
makes an address mean one content for ever, so a browser keeps what it has and a page of one version never meets files
of another.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import PurePosixPath

from vae_demo import bundle, words

FOLDERS = ("live", "views", "words")
# What begins in workers (live/parts.py) and in a lesson that is one file; the page has of it what it imports.
ELSEWHERE = ("live/", "views/offline/")
FIRST, REST = "first.js", "rest.js"
_PLACE = "/vd/js/"
_KEEP = b"public, max-age=31536000, immutable"


@cache
def module_files() -> dict[str, bytes]:
    """Path inside vae_demo -> content, of every script."""
    return {path: place.read_bytes() for folder in FOLDERS
            for path, place in _scripts(files("vae_demo") / folder, PurePosixPath(folder))}


def _scripts(folder, name: PurePosixPath) -> Iterable[tuple[str, object]]:
    for place in sorted(folder.iterdir(), key=lambda each: each.name):
        if place.is_dir():
            yield from _scripts(place, name / place.name)
        elif place.name.endswith(".js"):
            yield str(name / place.name), place


@cache
def digest() -> str:
    """Of names and contents of all scripts, and of all words."""
    return sha256(repr((sorted(module_files().items()), words.table())).encode()).hexdigest()[:16]


def address(path: str = "") -> str:
    """Where a file is, beside the page: relative, so that it holds behind any proxy."""
    return f".{_PLACE}{digest()}/{path}"


def preload_link() -> str:
    """For the page's head: the first file at once; the rest is fetched when there is nothing else to fetch."""
    return f'<link rel="modulepreload" href="{address(FIRST)}">'


def page_files(first: Sequence[str]) -> dict[str, bytes]:
    """Name -> content of what is served. first: paths in views/ of what the page begins with."""
    entries = [f"views/{name}" for name in first]
    known = list({module.path: module for entry in entries for module in bundle.needed(entry)}.values())
    rest = sorted(path for path in module_files() if not path.startswith(ELSEWHERE))
    made = {FIRST: bundle.library(entries), REST: bundle.library(rest, known, f"./{FIRST}")}
    return {name: text.encode() for name, text in made.items()} | {
        words_file(lang): _words(lang) for lang in words.LANGUAGES}


def words_file(lang: str) -> str:
    return f"words.{lang}.js"


def _words(lang: str) -> bytes:
    """What the page says, by word file: {file: {key: {lang: form}}}, in one language."""
    said = {name: {key: {lang: forms[lang]} for key, forms in words.table(name).items()} for name in words.names()}
    return f"export const words = {json.dumps(said, ensure_ascii=False, separators=(',', ':'))};\n".encode()


class ModuleFiles:
    """ASGI middleware that serves those files and hands everything else on. first: see page_files."""

    def __init__(self, app, first: Sequence[str]) -> None:
        self.app, self._files = app, page_files(first)
        self._packed = {path: gzip.compress(content, mtime=0) for path, content in self._files.items()}

    async def __call__(self, scope, receive, send) -> None:
        ours = scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and _PLACE in scope["path"]
        if not ours:
            await self.app(scope, receive, send)
            return
        version, _, path = scope["path"].partition(_PLACE)[2].partition("/")
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
        found = path in self._packed and version == digest()
        packed = found and b"gzip" in accepted
        body = self._packed[path] if packed else self._files[path] if found else b""
        headers = [(b"content-type", b"text/javascript; charset=utf-8"), (b"content-length", str(len(body)).encode()),
                   (b"cache-control", _KEEP if found else b"no-store"), (b"vary", b"accept-encoding"),
                   (b"x-content-type-options", b"nosniff")]
        if packed:
            headers.append((b"content-encoding", b"gzip"))
        await send({"type": "http.response.start", "status": 200 if found else 404, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
