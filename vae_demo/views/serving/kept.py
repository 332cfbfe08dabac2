"""Files that mean one content for ever: ./vd/kept/<digest of the content>/<name>, which a browser never asks for twice.

Only what was given to `keep`, `keep_file` or `keep_made` is served, and only by its digest: texts and small pictures of
the page, saved results, Plotly, what the engine in the page is made of. What a visitor made is served by Gradio.
"""

from __future__ import annotations

import asyncio
import gzip
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import file_digest, sha256
from pathlib import Path
from threading import Lock

from starlette.responses import FileResponse, PlainTextResponse, Response

_PLACE = "/vd/kept/"
KEEP = "public, max-age=31536000, immutable"
# What a browser must know, whatever this machine's own list of endings says.
# A browser shows Markdown to nobody, as a plain text to everybody.
_KINDS = {".md": "text/plain", ".js": "text/javascript", ".wasm": "application/wasm",
          ".safetensors": "application/octet-stream", ".rgb": "application/octet-stream"}
# As somebody takes it: not with a weight of nothing.
_GZIP = re.compile(rb"(?:^|[\s,])gzip\s*(?!\s*;\s*q\s*=\s*0(?:\.0*)?\s*(?:,|$))(?:[;,]|$)", re.I)
_PACKED = ("text/", "application/json", *set(_KINDS.values()))


@dataclass(frozen=True)
class _Entry:
    name: str
    content: bytes | Path | Callable[[], bytes]
    lock: Lock = field(default_factory=Lock, compare=False)

    @property
    def kind(self) -> str:
        # Licences and citation files have no ending that a browser knows.
        return _KINDS.get(Path(self.name).suffix) or mimetypes.guess_type(self.name)[0] or "text/plain"

    @property
    def is_ready(self) -> bool:
        return "packed" in vars(self)

    def ready(self) -> None:
        """Make and pack it, once, however many ask at the same time."""
        with self.lock:
            _ = self.packed

    @cached_property
    def made(self) -> bytes | Path:
        return self.content() if callable(self.content) else self.content

    @cached_property
    def packed(self) -> bytes | None:
        """The content as it travels to who understands gzip; None for what is packed by nature."""
        if not self.kind.startswith(_PACKED):
            return None
        return gzip.compress(self.made if isinstance(self.made, bytes) else self.made.read_bytes(), mtime=0)


_ENTRIES: dict[str, _Entry] = {}


def keep(name: str, content: bytes) -> str:
    """The address of a content, beside the page: relative, so that it holds behind any proxy."""
    return _put(sha256(content).hexdigest(), _Entry(name, content))


def keep_file(path: Path) -> str:
    """The same for a file, which must not change while the app runs."""
    facts = path.stat()
    return _put(_digest(path, facts.st_size, facts.st_mtime_ns), _Entry(path.name, path))


def keep_made(name: str, mark: str, make: Callable[[], bytes]) -> str:
    """The same for what is made when somebody first asks for it. mark: says all that it is made of."""
    return _put(sha256(mark.encode()).hexdigest(), _Entry(name, make))


@cache
def _digest(path: Path, size: int, changed: int) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _put(digest: str, entry: _Entry) -> str:
    address = f"{digest[:16]}/{entry.name}"
    _ENTRIES.setdefault(address, entry)
    return f".{_PLACE}{address}"


class KeptFiles:
    """ASGI middleware that serves what is kept and hands everything else on."""

    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or _PLACE not in scope["path"]:
            return await self.app(scope, receive, send)
        entry = _ENTRIES.get(scope["path"].partition(_PLACE)[2])
        if entry is not None and isinstance(entry.content, Path) and not entry.content.is_file():
            entry = None
        # Who waits for what is made now keeps nobody from what is there.
        if entry is not None and not entry.is_ready:
            await asyncio.to_thread(entry.ready)  # of a large file it takes a moment
        await self._answer(entry, scope)(scope, receive, send)

    def _answer(self, entry: _Entry | None, scope: dict) -> Response:
        if entry is None:
            return PlainTextResponse("", status_code=404, headers={"cache-control": "no-store"})
        headers = {"cache-control": KEEP, "x-content-type-options": "nosniff"}
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
        if entry.packed is not None:
            headers["vary"] = "accept-encoding"
            if _GZIP.search(accepted):
                return Response(entry.packed, media_type=entry.kind, headers={**headers, "content-encoding": "gzip"})
        if isinstance(entry.made, Path):
            return FileResponse(entry.made, media_type=entry.kind, headers=headers)
        return Response(entry.made, media_type=entry.kind, headers=headers)
