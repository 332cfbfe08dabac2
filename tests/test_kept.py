"""Files that mean one content for ever, and the page's HTML as it leaves."""

import asyncio
import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from vae_demo import assets
from vae_demo.views.serving.front import FrontMiddleware
from vae_demo.views.serving.kept import KeptFiles, keep, keep_file, keep_made
from vae_demo.views.shared.files import served

PAGE = (b'<!doctype html><html><head><title>x</title>{"elem_id":"player"}</head>\n'
        b"<body class='a'>\n<gradio-app></gradio-app></body></html>")
STREAM = [b"data: one\n\n", b"data: two\n\n"]


@dataclass(frozen=True)
class Opening:
    body: str
    still: str | None = None


async def behind(scope, receive, send):
    """Gradio: a page, a stream of events, a JSON."""
    kind = {"/": b"text/html", "/stream": b"text/event-stream"}.get(scope["path"], b"application/json")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    parts = {"/": [PAGE[:30], PAGE[30:]], "/stream": STREAM}.get(scope["path"], [b"{}" * 5000])
    for index, part in enumerate(parts):
        await send({"type": "http.response.body", "body": part, "more_body": index < len(parts) - 1})


def ask(app, path, query="", method="GET", **headers):
    """(status, headers, [parts of the body])."""
    told = []

    async def send(message):
        told.append(message)

    async def receive():
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "root_path": "",
             "asgi": {"spec_version": "2.4"},
             "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]}
    asyncio.run(app(scope, receive, send))
    start, *body = told
    return (start["status"], {name.decode().lower(): value.decode() for name, value in start["headers"]},
            [message["body"] for message in body if message["type"] == "http.response.body"])


def front(first=lambda query: None, covers="player"):
    return FrontMiddleware(behind, "<style>s</style>", "<link>", first, covers)


def test_what_is_kept_is_served_by_its_digest_for_ever(tmp_path):
    text, path = keep("LICENSE", "frei — free".encode()), tmp_path / "a.webp"
    path.write_bytes(b"RIFF" * 100)
    picture = keep_file(path)
    assert text.startswith("./vd/kept/") and text.endswith("/LICENSE") and picture != text
    status, headers, body = ask(KeptFiles(behind), text[1:])
    assert status == 200 and b"".join(body).decode() == "frei — free"
    assert "immutable" in headers["cache-control"] and headers["content-type"] == "text/plain; charset=utf-8"
    status, headers, body = ask(KeptFiles(behind), f"/behind/a/proxy{picture[1:]}", accept_encoding="gzip")
    assert status == 200 and b"".join(body) == path.read_bytes() and headers["content-type"] == "image/webp"
    assert "content-encoding" not in headers
    _, headers, body = ask(KeptFiles(behind), text[1:], accept_encoding="gzip")
    assert headers["content-encoding"] == "gzip" and gzip.decompress(b"".join(body)).decode() == "frei — free"


@pytest.mark.parametrize("path", ["/vd/kept/0123456789abcdef/LICENSE", "/vd/kept/", "/vd/kept/../../etc/passwd"])
def test_nothing_else_is_kept(path):
    status, headers, body = ask(KeptFiles(behind), path)
    assert status == 404 and b"".join(body) == b"" and headers["cache-control"] == "no-store"


def test_another_content_has_another_address(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("{}")
    first = keep_file(path)
    path.write_text('{"a": 1}')
    second = keep_file(path)
    assert second != first and keep("a.json", b"{}") == first
    path.unlink()
    assert ask(KeptFiles(behind), second[1:])[0] == 404


def test_what_is_made_is_made_once_when_somebody_asks():
    made = []

    def make():
        made.append(time.sleep(0.05))
        return b"<p>a lesson</p>" * 9

    address = keep_made("lesson.html", "of this and that", make)
    assert made == [] and address == keep_made("lesson.html", "of this and that", make) != keep_made(
        "lesson.html", "of something else", make)
    with ThreadPoolExecutor(4) as several:
        found = [*several.map(lambda _: ask(KeptFiles(behind), address[1:], accept_encoding="gzip"), range(4))]
    assert len(made) == 1 and {status for status, *_ in found} == {200}
    assert {gzip.decompress(b"".join(body)) for *_, body in found} == {b"<p>a lesson</p>" * 9}
    _, headers, body = ask(KeptFiles(behind), address[1:])
    assert b"".join(body) == b"<p>a lesson</p>" * 9 and headers["content-type"] == "text/html; charset=utf-8"


def test_only_what_came_with_the_app_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "EXAMPLES", tmp_path / "examples")
    (tmp_path / "examples").mkdir()
    for path in (ours := tmp_path / "examples" / "a.mp4", theirs := tmp_path / "b.mp4"):
        path.write_bytes(b"x")
    found = served({"a": str(ours), "b": str(theirs)})
    assert found["a"] == {"url": keep_file(ours)} and found["b"]["path"] == str(theirs)


def test_the_page_is_completed_and_packed():
    app = front(lambda query: Opening(f"<i>{query}</i>", "./s.webp") if query else None)
    status, headers, (plain,) = ask(app, "/", "a=1")
    text = plain.decode()
    assert status == 200 and int(headers["content-length"]) == len(plain) and headers["vary"] == "accept-encoding"
    assert text.index('href="./s.webp"') < text.index("<style>s</style>") < text.index("<title>")
    assert "<link></head>" in text and "<body class='a'><i>a=1</i>\n<gradio-app>" in text
    _, headers, (packed,) = ask(app, "/", "a=1", accept_encoding="gzip")
    assert headers["content-encoding"] == "gzip" and gzip.decompress(packed) == plain
    other = front(lambda query: Opening("<i>"), covers="another")
    assert b"<i>" not in ask(app, "/")[2][0] and b"<i>" not in ask(other, "/", "a=1")[2][0]
    assert ask(app, "/", method="HEAD")[2] == [b""]


def test_it_is_not_sent_twice():
    app = front()
    _, headers, _ = ask(app, "/")
    status, again, body = ask(app, "/", if_none_match=headers["etag"])
    assert status == 304 and body == [b""] and "content-length" not in again and again["etag"] == headers["etag"]
    assert ask(app, "/", if_none_match='"other"')[0] == 200


def test_streams_and_everything_else_pass_as_they_are():
    status, headers, parts = ask(front(), "/stream", accept_encoding="gzip")
    assert status == 200 and parts == STREAM and "content-encoding" not in headers
    _, headers, parts = ask(front(), "/config", accept_encoding="gzip")
    assert parts == [b"{}" * 5000] and set(headers) == {"content-type"}


@pytest.mark.parametrize(("accepted", "packed"), [
    ("gzip", True), ("gzip, br", True), ("deflate,GZIP;q=0.5", True), ("br, gzip ; q=1.0", True), ("", False),
    ("br", False), ("gzip;q=0", False), ("gzip; q=0.000, br", False), ("gzip;q=0.001", True), ("x-gzipped", False)])
def test_it_is_packed_for_who_takes_it(tmp_path, accepted, packed):
    url = keep("a.json", b'{"a": 1}' * 9)
    _, told, _ = ask(KeptFiles(behind), url[1:], accept_encoding=accepted)
    assert (told.get("content-encoding") == "gzip") is packed and told["vary"] == "accept-encoding"
