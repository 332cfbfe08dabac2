"""What the tests of the door ask the app for, without the page's manners."""

import socket
import time

import httpx

from vae_demo.views.serving.bounds import Bounds

BOUNDS = Bounds(unheard_s=1.0, grace_s=60.0, waiting=2, waiting_per_visit=2)
SESSIONS = 20
FILE = {"meta": {"_type": "gradio.FileData"}}
# One connection for many requests; what a visitor sends comes through connections of their own all the same.
CALLER = httpx.Client(timeout=60)
UPLOAD = (b"POST /gradio_api/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
          b"Content-Type: multipart/form-data; boundary=b\r\n")


def usual(kind):
    return {"number": 1, "uploadbutton": None}.get(kind, "")


def post(address, route, body):
    return CALLER.post(f"{address}gradio_api/{route}", json=body)


def upload(address, content, name="clip.mp4"):
    sent = CALLER.post(f"{address}gradio_api/upload", files={"files": (name, content)})
    assert sent.status_code == 200, sent.text
    return {"path": sent.json()[0], **FILE}


def raw(address, *pieces):
    """What comes first of the answer to bytes as they are."""
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        for piece in pieces:
            line.sendall(piece)
        return line.recv(65536).decode()


def compare(address, data, session=None):
    body = {"data": data, **({"session_hash": session} if session else {})}
    return post(address, "call/compare", body).json()["event_id"]


def hear(address, number, seconds=60):
    """All that a call says; a sign of life every now and then is no answer for ever."""
    deadline, heard = time.monotonic() + seconds, []
    with CALLER.stream("GET", f"{address}gradio_api/call/compare/{number}", timeout=seconds) as answer:
        for piece in answer.iter_text():
            assert time.monotonic() < deadline, heard
            heard.append(piece)
    return "".join(heard)


def asked(address, places):
    clip = (places["assets"] / "clips" / "pan.mp4").read_bytes()
    return [upload(address, clip), "17", "tiny-17", 0, 5, 64, "square"]


def in_line(address):
    """How many runs wait or work."""
    return len(address.reception.line._jobs)
