"""Uploads that lie about their length, never come, are too large, or are asked for by somebody else."""

import shutil
import socket

from asking import CALLER, UPLOAD, raw, upload
from served import QUIET

from vae_demo.views import bodies
from vae_demo.views.bounds import Bounds
from vae_demo.views.visits import new_key

pytestmark = QUIET


def test_an_upload_is_never_served_and_a_result_is(address, places):
    given = upload(address, b"raw clip of a visitor")
    assert CALLER.get(f"{address}gradio_api/file={given['path']}").status_code == 404
    shown = places["assets"] / "examples" / "harbour" / "atlas.mp4"
    assert CALLER.get(f"{address}gradio_api/file={shown}").status_code == 200


def test_an_upload_is_no_longer_than_it_says(address, places):
    """With both headers the pieces count, and the length that was looked at means nothing."""
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.mp4"\r\n\r\n'
    body = head + b"long" * 1000 + b"\r\n--b--\r\n"
    pieces = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    before = {path for path in places["kept"].rglob("a.mp4")}
    answer = raw(address, UPLOAD + b"Content-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n", pieces)
    assert " 413 " in answer and {path for path in places["kept"].rglob("a.mp4")} == before


def test_a_body_that_never_comes_is_given_up_and_costs_nobody_a_result(address, monkeypatch):
    monkeypatch.setattr(bodies, "SILENT_S", 0.3)
    visits = address.reception.visits
    kept = visits.new_result(new_key(), "explore")
    monkeypatch.setattr(visits, "bounds", Bounds(max_disk_bytes=visits.used_bytes() + 150_000_000))
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    lines = [socket.create_connection((host, int(port)), timeout=30) for _ in range(5)]
    for line in lines:
        line.sendall(UPLOAD + b"Content-Length: 100000000\r\n\r\n--b")
    assert all(b" 400 " in line.recv(65536) for line in lines)
    for line in lines:
        line.close()
    assert kept.exists()
    for route in (b"gradio_api/queue/join", b"vd/here"):
        assert " 400 " in raw(address, b"POST /%s HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{" % route)


def test_an_upload_that_is_too_large_or_finds_no_room_is_a_sentence(address, monkeypatch):
    def told(length):
        sent = b"POST /gradio_api/upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n" + \
            b"Content-Length: " + length + b"\r\n\r\n"
        return raw(address, sent)

    assert " 413 " in told(b"300000000") and " 413 " in told(b"9" * 18)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000})())
    answer = CALLER.post(f"{address}gradio_api/upload", files={"files": ("a.mp4", b"x")})
    assert answer.status_code == 507 and answer.json()["said"]["zh"]
