"""Bodies of requests: read whole within limits of size and time, and handed on as if nobody had read them."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from starlette.requests import ClientDisconnect

from vae_demo.refusal import Refusal

# Settings are numbers and short texts; a clip travels as an upload.
MOST_BYTES = 1_000_000
# A body of which nothing comes for so long, in seconds, never will.
SILENT_S = 30.0


async def soon(receive: Any, seconds: float | None) -> dict:
    """The next piece of a body. Somebody who sends none holds a connection, and is taken for gone. Raises Refusal."""
    try:
        return await asyncio.wait_for(receive(), seconds)
    except TimeoutError:
        raise Refusal("bad_call") from None


async def whole_body(receive: Any) -> bytes:
    """All of a body. Raises Refusal for one that is too long or too slow, ClientDisconnect where it breaks off."""
    body, end = b"", time.monotonic() + 2 * SILENT_S
    while True:
        message = await soon(receive, min(SILENT_S, end - time.monotonic()))
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise Refusal("bad_call")
        if not message.get("more_body"):
            return body


def again(body: bytes, receive: Any) -> Any:
    """A `receive` that gives `body` first."""
    sent = False

    async def given() -> dict:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return given
