"""What runs in the browser before anything else: the language, the way to the modules, the visit's key, an ear on
failed requests. It is our one inline script: Gradio asks for the language before any module could be there."""

from __future__ import annotations

import json

from vae_demo.bundle import bundle, inline
from vae_demo.views.serving import modules
from vae_demo.words import table

# The one refusal that the browser says by itself, when nobody has pressed anything.
_GONE = "error_clip_gone"


def first_script(grace_s: float) -> str:
    """The <script> element. grace_s: how long the server keeps a visit of which it hears nothing, seconds."""
    given = {"words": {**table("server"), _GONE: table("refusals")[_GONE]}, "graceMs": round(grace_s * 1000),
             "modules": modules.address("views/")}
    code = bundle("views/shared/first_script.js", "first") + f"first.begin({json.dumps(given, ensure_ascii=False)});"
    return "<script>(() => {\n" + inline(code) + "\n})();</script>"


class HeadMiddleware:
    """ASGI middleware that completes the head of the page's HTML and leaves every other response alone.

    script: comes before everything. links: come last, when Gradio's own files are asked for already.
    """

    def __init__(self, app, script: str, links: str) -> None:
        self.app, self._script, self._links = app, script.encode(), links.encode()

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
            if message.get("more_body"):
                return
            head, end, rest = body.partition(b"</head>")
            page = head.replace(b"<head>", b"<head>" + self._script, 1) + (self._links + end if end else b"") + rest
            headers = [(k, v) for k, v in start["headers"] if k.lower() != b"content-length"]
            await send({**start, "headers": [*headers, (b"content-length", str(len(page)).encode())]})
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, collect)
