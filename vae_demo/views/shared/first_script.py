"""What runs in the browser before anything else: the language, the visit's key, and an ear on failed requests."""

from __future__ import annotations

import json

from vae_demo.views.shared.component import read_static
from vae_demo.words import script as words_script
from vae_demo.words import table

# The one refusal that the browser says by itself, when nobody has pressed anything.
_GONE = "error_clip_gone"
_FILES = ("shared/first.js", "shared/visit.js", "shared/joins.js")


def first_script(grace_s: float) -> str:
    """The <script> element. grace_s: how long the server keeps a visit of which it hears nothing, seconds."""
    constants = {"words": {**table("server"), _GONE: table("refusals")[_GONE]}, "graceMs": round(grace_s * 1000)}
    lines = [f"const {name} = {json.dumps(value, ensure_ascii=False)};" for name, value in constants.items()]
    code = "\n".join((*lines, words_script(), *(read_static(name) for name in _FILES)))
    # Nothing in it may end the element early.
    return "<script>(() => {\n" + code.replace("</", "<\\/") + "\n})();</script>"


class FirstScriptMiddleware:
    """ASGI middleware that puts the script into the page's HTML and leaves every other response alone."""

    def __init__(self, app, script: str) -> None:
        self.app, self._script = app, script.encode()

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
            page = body.replace(b"<head>", b"<head>" + self._script, 1)
            headers = [(k, v) for k, v in start["headers"] if k.lower() != b"content-length"]
            await send({**start, "headers": [*headers, (b"content-length", str(len(page)).encode())]})
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, collect)
