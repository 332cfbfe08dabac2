"""What stands between the network and Gradio: only what this app offers passes, and a no is a sentence.

An ASGI middleware. It answers the sign of life of the page itself, looks at calls and uploads before Gradio does,
serves no file but results and our own, and knows whose streams are open.
"""

from __future__ import annotations

import asyncio
import errno
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs

from gradio.data_classes import _StaticFiles
from starlette.requests import ClientDisconnect

from vae_demo.clips import Limits
from vae_demo.refusal import Refusal
from vae_demo.views.serving import bodies
from vae_demo.views.serving.bodies import again, soon, whole_body
from vae_demo.views.serving.calls import checked_call
from vae_demo.views.serving.keys import checked_key, new_key
from vae_demo.views.serving.listeners import Listeners
from vae_demo.views.serving.messages import wrong_message
from vae_demo.views.serving.owners import HEADER, Owners
from vae_demo.views.serving.uploads import arriving, results_folder
from vae_demo.views.serving.visits import Visits

HERE = "/vd/here"
# Under this name a call of a tool finds the session it was given; Gradio has none for it.
LISTENER = "vd.listener"
_TOOLS = ("mcp", "mcp/http")
# Beside the file an upload has headers of its own.
_AROUND_A_FILE = 100_000
# How much of an upload comes between two looks at the disk, bytes.
_LOOK_BYTES = 16_000_000
# Every run has a place at once (page.py); where so many wait for one all the same, somebody floods us.
_MOST_JOINING = 100
# What Gradio offers and this app does not: state written to disk, requests to other hosts, tools for making apps.
_NOT_OFFERED = ("deep_link", "proxy=", "process_recording", "vibe-", "undo-vibe", "component_server", "stream/",
                "profiling", "run-history", "runs", "dev/", "monitoring")
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_STATUS = {"not_offered": 404, "tools_post": 405, "upload_size": 413, "no_room": 507}
log = logging.getLogger(__name__)

Send = Callable[[dict], Awaitable[None]]


class Answers(Protocol):
    """What a page asks past Gradio. paths: how the addresses that it answers end."""

    paths: tuple[str, ...]

    async def answer(self, path: str, body: bytes, send: Send) -> None: ...


class Door:
    """See the module. visits and listeners are those of the page behind it; answers: for what is asked past Gradio."""

    def __init__(self, app: Any, visits: Visits, listeners: Listeners, answers: Sequence[Answers]) -> None:
        self._app, self._visits, self._listeners, self._answers = app, visits, listeners, answers
        self._owners = Owners()

    async def __call__(self, scope: dict, receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        try:
            await self._pass(scope, receive, send)
        except Refusal as error:
            await _say(error, send)
        except ClientDisconnect:
            pass  # nobody is there to be told

    async def _pass(self, scope: dict, receive: Any, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if path.endswith(HERE):
            return await self._here(receive, send)
        for each in self._answers if method == "POST" else ():
            if path.endswith(each.paths):
                return await each.answer(path, await whole_body(receive), send)
        _, ours, route = path.partition("/gradio_api/")
        if ours and route.startswith(_NOT_OFFERED):
            raise Refusal("not_offered")
        if ours and route.startswith(("file=", "file/")):
            _check_served(route.removeprefix("file/").removeprefix("file="))
        elif ours and route.startswith("mcp") and route.rstrip("/") != "mcp/schema":
            return await self._tool(scope, route, receive, send)
        elif ours and method == "POST" and route.rstrip("/") == "upload":
            return await self._upload(scope, receive, send)
        elif ours and method == "POST" and route.startswith(("run/", "api/", "call/", "queue/join")):
            _check_crowd(scope, route)
            receive, body = await _checked(scope, route, receive)
            self._admit(scope, json.loads(body).get("session_hash"), first=True)
        elif ours and method == "POST" and route.startswith("cancel"):
            body = await whole_body(receive)
            self._admit(scope, _named_in(body))
            receive = again(body, receive)
        elif ours and method == "GET" and route.startswith("heartbeat/"):
            self._admit(scope, route.removeprefix("heartbeat/").rstrip("/"))
        elif ours and method == "GET" and route.startswith(("queue/data", "call/")):
            session = _session(scope, route)
            self._admit(scope, session)
            if not _is_known(scope, session, route):
                return await _tell_gone(route, send)
            with self._listeners.listening(session):
                return await self._app(scope, receive, send)
        await self._app(scope, receive, send)

    def _admit(self, scope: dict, session: str | None, first: bool = False) -> None:
        """Raises Refusal where the session is somebody else's."""
        key = dict(scope["headers"]).get(HEADER, b"").decode("latin-1")
        if not self._owners.admit(session, key or None, first):
            raise Refusal("not_offered")

    async def _here(self, receive: Any, send: Send) -> None:
        try:
            key = checked_key(json.loads(await whole_body(receive))["key"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Refusal("bad_call") from None
        await _answer(200, {"visit": self._visits.seen(key)}, send)

    async def _tool(self, scope: dict, route: str, receive: Any, send: Send) -> None:
        """A message to the tools. Each is answered in the reply to it: nothing of a client's is kept between them."""
        if route.rstrip("/") not in _TOOLS:
            raise Refusal("not_offered")
        if scope["method"] != "POST":
            raise Refusal("tools_post")
        body = await whole_body(receive)
        if told := wrong_message(body):
            return await _answer(200, told, send)
        # Its own server knows one spelling, and would send a client from the other one to it.
        scope["path"] = f"{scope['path'].rstrip('/')}/"
        scope[LISTENER] = f"tool-{new_key()}"
        with self._listeners.listening(scope[LISTENER]):
            await self._app(scope, again(body, receive), send)

    async def _upload(self, scope: dict, receive: Any, send: Send) -> None:
        length = dict(scope["headers"]).get(b"content-length", b"").decode("latin-1")
        most = Limits().max_bytes
        # Without a length nobody knows whether there is room for it.
        if not length.isdigit() or int(length) > most + _AROUND_A_FILE:
            raise Refusal("upload_size", megabytes=f"{most / 1e6:g}")
        await asyncio.to_thread(self._visits.make_room, int(length))
        try:
            with arriving():
                await self._app(scope, self._measured(receive, int(length)), send)
        except OSError as error:
            if error.errno not in _NO_SPACE:
                raise
            log.warning("An upload found no room: %s", error.strerror)
            raise Refusal("no_room") from None

    def _measured(self, receive: Any, length: int) -> Any:
        """`receive` for a body of at most `length` bytes, whatever its framing says, while there is room for it."""
        taken, looked, whole = 0, 0, False

        async def measured() -> dict:
            nonlocal taken, looked, whole
            message = await soon(receive, None if whole else bodies.SILENT_S)
            whole = not message.get("more_body")
            taken += len(message.get("body", b""))
            if taken > length:
                raise Refusal("upload_size", megabytes=f"{Limits().max_bytes / 1e6:g}")
            if taken - looked > _LOOK_BYTES:
                looked = taken
                await asyncio.to_thread(self._visits.make_room, 0)
            return message

        return measured


def _check_served(path: str) -> None:
    """Only results and files of the app itself. Raises Refusal."""
    try:
        real = Path(path).resolve()
        served = [results_folder(), *(Path(each).resolve() for each in _StaticFiles.all_paths)]
        allowed = any(real.is_relative_to(place) for place in served)
    except (OSError, ValueError, RuntimeError):
        allowed = False
    if not allowed:
        raise Refusal("not_offered")


def _check_crowd(scope: dict, route: str) -> None:
    """Gradio's own queue has no end, and no words for those in it."""
    waiting = len(scope["app"].get_blocks()._queue)
    if route.startswith(("call/", "queue/join")) and waiting >= _MOST_JOINING:
        raise Refusal("queue_full", waiting=waiting)


async def _checked(scope: dict, route: str, receive: Any) -> tuple[Any, bytes]:
    """`receive` for the same request, with a body that was looked at, and that body."""
    kind, _, name = route.strip("/").partition("/")
    body = checked_call(scope["app"].get_blocks(), name if kind != "queue" else None, await whole_body(receive))
    # FastAPI reads as JSON only what says that it is, and refuses the rest in words of its own.
    said = {b"content-length": str(len(body)).encode(), b"content-type": b"application/json"}
    scope["headers"] = [*(each for each in scope["headers"] if each[0].lower() not in said), *said.items()]
    return again(body, receive), body


def _named_in(body: bytes) -> str | None:
    """The session that a request to cancel names; Gradio says what is wrong with any other."""
    try:
        session = json.loads(body).get("session_hash")
    except (ValueError, AttributeError, RecursionError):
        return None
    return session if isinstance(session, str) else None


def _session(scope: dict, route: str) -> str:
    """The session whose events a stream tells; a call that names none goes by the number of its event."""
    if route.startswith("queue/data"):
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        return asked.get("session_hash", [""])[0]
    number = route.rstrip("/").rsplit("/", 1)[-1]
    event = scope["app"].get_blocks()._queue.event_ids_to_events.get(number)
    return event.session_hash if event else number


def _is_known(scope: dict, session: str, route: str) -> bool:
    """Whether Gradio has events of that session to tell."""
    queue, number = scope["app"].get_blocks()._queue, route.rstrip("/").rsplit("/", 1)[-1]
    return session in queue.pending_messages_per_session or \
        any(number in events for events in list(queue.pending_event_ids_session.values()))


async def _tell_gone(route: str, send: Send) -> None:
    """The stream of a session that is over or made up, as Gradio tells it, without the traceback it prints for each."""
    said = str(Refusal("run_gone"))
    if route.startswith("queue/data"):
        told = {"msg": "unexpected_error", "event_id": None, "message": said, "session_not_found": True,
                "success": False}
        body = f"data: {json.dumps(told)}\n\n".encode()
    else:
        body = f"event: error\ndata: {json.dumps(said)}\n\n".encode()
    headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _say(error: Refusal, send: Send) -> None:
    said = error.said
    # "error" and "detail" are where clients of Gradio look.
    await _answer(_STATUS.get(error.case, 400), {"error": said["en"], "detail": said["en"], "said": said}, send)


async def _answer(status: int, content: dict, send: Send) -> None:
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()),
               (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
