"""The page's HTML as it leaves: its head completed, a first picture of it in front, packed, and not sent twice."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import Protocol


class Opening(Protocol):
    """body: HTML that opens the body. still: the address of its picture, or None."""

    body: str
    still: str | None


class FrontMiddleware:
    """ASGI middleware for the page itself; every other response, streams above all, passes as it is.

    head: comes before everything. links: come last in the head, when Gradio's own files are asked for already.
    first: what stands in front of the page for a query, or None. covers: the element of the page that takes it away; a
    page without one gets nothing in front.
    """

    def __init__(self, app, head: str, links: str, first: Callable[[str], Opening | None],
                 covers: str) -> None:
        self._covered = f'"elem_id":"{covers}"'.encode()
        self.app, self._head, self._links, self._first = app, head, links, first
        self._made = lru_cache(maxsize=8)(self._complete)

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") not in ("", scope.get("root_path", "")):
            await self.app(scope, receive, send)
            return
        start, body = None, b""

        async def collect(message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                await self._answer(scope, start, body, send)

        await self.app(scope, receive, collect)

    async def _answer(self, scope: dict, start: dict, body: bytes, send) -> None:
        asked = dict(scope["headers"])
        headers = {name.lower(): value for name, value in start["headers"]}
        if b"</head>" in body and start["status"] == 200:
            query = scope.get("query_string", b"").decode("latin-1")
            first = self._first if self._covered in body else lambda query: None
            plain, packed, tag = await asyncio.to_thread(lambda: self._made(body, first(query)))
            zipped = b"gzip" in asked.get(b"accept-encoding", b"")
            body = packed if zipped else plain
            # A visitor who comes back gets the page again only when it has changed.
            headers |= {b"etag": tag, b"cache-control": b"no-cache", b"vary": b"accept-encoding"}
            if zipped:
                headers[b"content-encoding"] = b"gzip"
            if asked.get(b"if-none-match", b"").removeprefix(b"W/") == tag:
                start, body = {**start, "status": 304}, b""
        if start["status"] != 304:
            headers[b"content-length"] = str(len(body)).encode()
        else:
            headers.pop(b"content-length", None)
        await send({**start, "headers": list(headers.items())})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _complete(self, body: bytes, first: Opening | None) -> tuple[bytes, bytes, bytes]:
        """The page, the page packed, and its tag."""
        text = body.decode()
        still = f'<link rel="preload" as="image" fetchpriority="high" href="{first.still}">' \
            if first and first.still else ""
        text = text.replace("<head>", f"<head>{still}{self._head}", 1).replace("</head>", f"{self._links}</head>", 1)
        if first:
            before, opening, after = text.rpartition("<body")
            rest, end, inside = after.partition(">")
            text = f"{before}{opening}{rest}{end}{first.body}{inside}"
        plain = text.encode()
        return plain, gzip.compress(plain, 6, mtime=0), b'"' + sha256(plain).hexdigest()[:32].encode() + b'"'
