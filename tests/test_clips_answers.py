"""A worker that a file has taken over is not believed."""

import json
import struct

import pytest
from media import barcode_frames, encode

from vae_demo.clips import Limits, answers, probe, process, protocol, read_clip, reading
from vae_demo.clips.pool import Pool
from vae_demo.clips.protocol import Broken
from vae_demo.refusal import Refusal

LIMITS = Limits()
INFO = {"say": "info", "name": "a.mp4", "width": 640, "height": 360, "fps": 25.0, "n_frames": 12, "codec": "h264",
        "notes": [["still", {}], ["bit_depth", {"bits": 10}]]}
DONE = {"say": "done", "name": "a.mp4", "rate": [25, 1], "notes": [],
        "facts": {"container": "MP4", "codec": "h264", "n_frames": None}}
ERROR = {"say": "error", "case": "damaged", "params": {"name": "a.mp4", "container": "MP4"}}


def test_what_a_worker_says_is_taken_as_it_is():
    found = answers.info(INFO, "a.mp4", LIMITS)
    assert (found.width, found.height, found.fps, found.n_frames, found.codec) == (640, 360, 25.0, 12, "h264")
    assert [note.text for note in found.notes] == ["A still image: a clip of one frame.",
                                                   "10 bits per colour in the file, 8 here."]
    assert answers.reading(DONE, "a.mp4", 3).rate == 25
    assert answers.refusal(ERROR, "a.mp4").case == "damaged"
    assert answers.shape({"height": 256, "width": 448}, LIMITS) == (256, 448, 3)


@pytest.mark.parametrize("change", [
    {"name": "other.mp4"}, {"width": 0}, {"width": -8}, {"width": 10**9}, {"width": "640"}, {"width": True},
    {"width": 640.0}, {"height": None}, {"fps": 25}, {"fps": 0.0}, {"fps": 1e9}, {"fps": "25"}, {"n_frames": -1},
    {"n_frames": 2**70}, {"n_frames": []}, {"codec": "<b>"}, {"codec": "x" * 50}, {"codec": "a\nb"}, {"codec": None},
    {"notes": None}, {"notes": [["nonsense", {}]]}, {"notes": [["still"]]}, {"notes": [["still", {"extra": 1}]]},
    {"notes": [["bit_depth", {}]]}, {"notes": [["bit_depth", {"bits": [1]}]]}, {"notes": [["still", {}]] * 99},
    {"notes": [[["still"], {}]]}, {"notes": [["bit_depth", {"bits": "a\x1b[31m"}]]},
    {"notes": [["bit_depth", {"bits": "x" * 1000}]]},
])
def test_other_infos_are_refused(change):
    with pytest.raises(Broken):
        answers.info({**INFO, **change}, "a.mp4", LIMITS)


@pytest.mark.parametrize("change", [
    {"name": "b"}, {"rate": [25]}, {"rate": [25, 0]}, {"rate": [0, 1]}, {"rate": [10**6, 1]}, {"rate": 25},
    {"rate": [25.0, 1]}, {"rate": [2**70, 2**70]}, {"facts": None}, {"facts": {}},
    {"facts": {**DONE["facts"], "more": 1}},
    {"facts": {**DONE["facts"], "container": "<script>"}}, {"facts": {**DONE["facts"], "n_frames": 1.5}},
])
def test_other_endings_are_refused(change):
    with pytest.raises(Broken):
        answers.reading({**DONE, **change}, "a.mp4", 3)


def test_an_ending_without_frames_is_refused():
    with pytest.raises(Broken):
        answers.reading(DONE, "a.mp4", 0)


@pytest.mark.parametrize("change", [
    {"case": "nonsense"}, {"case": None}, {"case": ["damaged"]}, {"params": None}, {"params": {}},
    {"params": {"name": "b.mp4", "container": "MP4"}}, {"params": {"name": "a.mp4", "container": "MP4", "case": "x"}},
    {"case": "file_size", "params": {"name": "a.mp4", "megabytes": "many", "max_megabytes": 1}},
    {"case": "file_size", "params": {"name": "a.mp4", "megabytes": True, "max_megabytes": 1}},
])
def test_other_refusals_are_refused(change):
    with pytest.raises(Broken):
        answers.refusal({**ERROR, **change}, "a.mp4")


@pytest.mark.parametrize("change", [{"height": 4104}, {"height": 0}, {"height": 8.0}, {"width": None}])
def test_other_shapes_are_refused(change):
    with pytest.raises(Broken):
        answers.shape({"height": 256, "width": 256, **change}, LIMITS)


@pytest.mark.parametrize("data, expected", [(bytes(11), True), (bytes(13), True), (bytes(12), False)])
def test_other_frames_are_refused(data, expected):
    with pytest.raises(Broken):
        answers.frame(bytearray(data), (2, 2, 3), expected)


@pytest.mark.parametrize("data", [
    b"X\0\0\0\1a", struct.pack("!cI", b"P", 2**32 - 1), struct.pack("!cI", b"J", 2**20)])
def test_no_room_is_made_for_a_false_length(data):
    rest = bytearray(data)

    def read_into(view):
        n = min(len(view), len(rest))
        view[:n] = rest[:n]
        del rest[:n]
        return n

    with pytest.raises(Broken):
        protocol.receive(read_into, 100, [])


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"say": 1}', b'{"say": "info", "fps": NaN}', b"\xff", b"[" * 9999])
def test_other_json_is_refused(data):
    with pytest.raises(Broken):
        protocol.parsed(data)


EVIL = """
import json, struct, sys, time
def say(kind, body):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    sys.stdout.buffer.write(struct.pack("!cI", kind, len(body)) + body)
    sys.stdout.buffer.flush()
say(b"J", {"say": "ready", "limited": True})
sys.stdin.readline()
for kind, body in ANSWERS:
    say(kind.encode(), bytes(body) if isinstance(body, int) else body)
time.sleep(60)
"""
SHAPE = {"say": "shape", "height": 8, "width": 8}


@pytest.mark.parametrize("read", [probe, read_clip])
@pytest.mark.parametrize("said", [
    [["J", {"say": "nonsense"}]], [["P", 192]], [["J", SHAPE], ["P", 191]], [["J", SHAPE], ["J", SHAPE]],
    [["J", SHAPE], ["J", DONE]], [["J", {"say": "bug", "trace": 5}]], [["J", {**SHAPE, "height": 10**9}]],
    [["J", SHAPE], *[["P", 192]] * 86],
], ids=str)
def test_a_worker_that_lies_is_one_sentence(read, said, tmp_path, monkeypatch):
    (tmp_path / "evil_worker.py").write_text(f"ANSWERS = {json.loads(json.dumps(said))!r}\n{EVIL}")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(process, "MODULE", "evil_worker")
    own = Pool(1)
    monkeypatch.setattr(reading, "pool", lambda: own)
    path = encode(tmp_path / "a.mp4", barcode_frames(3))
    with pytest.raises(Refusal) as caught:
        read(path)
    assert caught.value.case == "crashed"
    own.close()
