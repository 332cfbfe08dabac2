"""The page's JavaScript modules, each a file of its own address: /vd/js/<digest of them all>/views/explore/app.js.

The digest makes an address mean one content for ever, so a browser keeps what it has and a page of one version never
meets files of another. The links below let it fetch all of them at once instead of one import after the other.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import PurePosixPath

from vae_demo import bundle

FOLDERS = ("views", "words")
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
    """Of names and contents of all scripts."""
    return sha256(repr(sorted(module_files().items())).encode()).hexdigest()[:16]


def address(path: str = "") -> str:
    """Where a module is, beside the page: relative, so that it holds behind any proxy."""
    return f".{_PLACE}{digest()}/{path}"


def preload_links(entries: Iterable[str]) -> str:
    """Elements for the page's head that fetch the entries and all they import."""
    paths = dict.fromkeys(module.path for entry in entries for module in bundle.needed(entry))
    return "".join(f'<link rel="modulepreload" href="{escape(address(path))}">' for path in paths)


class ModuleFiles:
    """ASGI middleware that serves the modules and hands everything else on."""

    def __init__(self, app) -> None:
        self.app = app
        self._packed = {path: gzip.compress(content, mtime=0) for path, content in module_files().items()}

    async def __call__(self, scope, receive, send) -> None:
        ours = scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and _PLACE in scope["path"]
        if not ours:
            await self.app(scope, receive, send)
            return
        version, _, path = scope["path"].partition(_PLACE)[2].partition("/")
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
        found = path in self._packed and version == digest()
        packed = found and b"gzip" in accepted
        body = self._packed[path] if packed else module_files()[path] if found else b""
        headers = [(b"content-type", b"text/javascript; charset=utf-8"), (b"content-length", str(len(body)).encode()),
                   (b"cache-control", _KEEP if found else b"no-store"), (b"vary", b"accept-encoding"),
                   (b"x-content-type-options", b"nosniff")]
        if packed:
            headers.append((b"content-encoding", b"gzip"))
        await send({"type": "http.response.start", "status": 200 if found else 404, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
