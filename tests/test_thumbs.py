"""Thumbnails of a clip: which frames they show, how much work they are, whose they are, and when they go."""

import asyncio
import base64
import io
import json
import shutil
import subprocess
import threading

import av
import numpy as np
import pytest
from PIL import Image
from served import reception_in
from uploaded_files import uploaded

from vae_demo import bundle
from vae_demo.clips import Limits, answers, read_clip, thumbs, write_video
from vae_demo.clips import strip as one_by_one
from vae_demo.clips.protocol import Broken
from vae_demo.refusal import Refusal
from vae_demo.views.serving import strips
from vae_demo.views.serving.keys import new_key
from vae_demo.views.shared.pictures import STILL, STRIP, Pictures

N, SIDE = 50, 32


def levels(n_frames, width=96, height=64):
    """Frames of one grey each, frame i of 4i."""
    return (np.full((height, width, 3), 4 * i, np.uint8) for i in range(n_frames))


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "mine.mp4"
    write_video(path, levels(N), 25, crf=8)
    return path


def told(steps):
    """[(frame, picture)], and what is known of the length."""
    found = []
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return found, end.value
        if step is not None:
            found.append(step)


def test_a_strip_is_spread_over_the_clip_and_shows_the_frames_it_names(clip):
    found, n_frames = told(thumbs(clip, 10, SIDE))
    assert n_frames == N and [frame for frame, _ in found] == list(range(0, N, 5))
    for frame, picture in found:
        assert picture.shape == (SIDE, SIDE, 3) and abs(picture.mean() - 4 * frame) < 4, frame
    few, _ = told(thumbs(clip, 200, SIDE))
    assert len(few) == N, "a short clip gives every frame once"


def test_of_a_long_clip_key_frames_do(clip, monkeypatch):
    monkeypatch.setattr(one_by_one, "MOST_PIXELS", 96 * 64 * 20)
    found, n_frames = told(one_by_one.thumbs_of(clip, 25, SIDE, Limits()))
    frames = [frame for frame, _ in found]
    with av.open(str(clip)) as container:
        keys = [round(packet.pts * packet.time_base * 25) for packet in container.demux(video=0) if packet.is_keyframe]
    assert n_frames is None and frames[0] == 0 and len(keys) < N / 5
    assert frames[-1] > N / 2 and set(frames[3:]) <= set(keys), "a decoder gives what it has begun"
    assert all(abs(picture.mean() - 4 * frame) < 4 for frame, picture in found)


def test_a_file_that_does_not_say_its_length_is_counted(tmp_path):
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w", options={"live": "1"}) as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for frame in levels(N):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode())
    found, n_frames = told(thumbs(path, 8, SIDE))
    frames = [frame for frame, _ in found]
    assert n_frames == N and frames[:9] == list(range(9)) and len(frames) < 24 and frames[-1] > 40


def test_what_is_no_clip_gives_a_sentence_and_what_is_cut_gives_its_beginning(tmp_path, clip):
    (tmp_path / "x.mp4").write_bytes(b"nothing")
    with pytest.raises(Refusal):
        told(thumbs(tmp_path / "x.mp4", 8, SIDE))
    path = tmp_path / "cut.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"x264-params": "keyint=5"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for frame in levels(N):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode())
    path.write_bytes(path.read_bytes()[:path.stat().st_size // 2])
    found, n_frames = told(thumbs(path, 8, SIDE))
    assert n_frames is None and found[0][0] == 0


@pytest.mark.parametrize("frame", [3, 2, -1, None, True, "4", 1.5, 2**70])
def test_a_worker_may_not_go_back_nor_make_up_numbers(frame):
    assert answers.thumb({"say": "thumb", "frame": 4}, 3) == 4
    with pytest.raises(Broken):
        answers.thumb({"say": "thumb", "frame": frame}, 3)


# Whose they are

@pytest.fixture
def reception(tmp_path, monkeypatch):
    return reception_in(tmp_path, monkeypatch)


def asked(reception, place, **body):
    """What the door answers: its content, or raises what it refuses."""
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(Pictures(reception.visits, reception.strips).answer(place, json.dumps(body).encode(), send))
    assert sent[0]["status"] == 200 and (b"cache-control", b"no-store") in sent[0]["headers"]
    return b"".join(message.get("body", b"") for message in sent)


def image(jpeg):
    return np.asarray(Image.open(io.BytesIO(jpeg)))


def test_a_visit_sees_its_own_clip_and_nobody_else_does(reception, tmp_path, clip):
    key, path = new_key(), uploaded(tmp_path / "gradio", "mine.mp4")
    shutil.copyfile(clip, path)
    mine = reception.visits.take(key, path)
    *told, last = [json.loads(line) for line in asked(reception, STRIP, key=key, clip="mine.mp4").splitlines()]
    assert last == {"n_frames": N} and [each["frame"] for each in told] == list(range(0, N, 3))
    assert abs(image(base64.b64decode(told[3]["jpeg"])).mean() - 36) < 5
    still = image(asked(reception, STILL, key=key, clip="mine.mp4", frame=30, size="256:none"))
    with read_clip(clip, 30, 1, 256, "none") as read:
        assert still.shape == read.frames(0, 1)[0].shape and abs(still.mean() - 120) < 4
    for stranger in ({"key": new_key(), "clip": "mine.mp4"}, {"key": key, "clip": "other.mp4"},
                     {"key": key, "clip": str(path)}, {"key": key, "clip": "../mine.mp4"}, {"key": "x", "clip": "a"},
                     {"clip": "mine.mp4"}, {"key": key}):
        with pytest.raises(Refusal):
            asked(reception, STRIP, **stranger)
    for odd in ({"frame": -1}, {"frame": "x"}, {"frame": 10**30}, {"size": "4000"}, {"frame": 99}, {"frame": [1]}):
        with pytest.raises(Refusal):
            asked(reception, STILL, key=key, clip="mine.mp4", **odd)
    assert list(reception.strips._strips) == [mine]
    reception.visits.end(key)
    assert not reception.strips._strips, "nothing made of a clip outlives it"


def test_what_is_made_once_is_not_made_again_and_too_many_wait_for_nothing(reception, tmp_path, clip, monkeypatch):
    key, path = new_key(), uploaded(tmp_path / "gradio", "mine.mp4")
    shutil.copyfile(clip, path)
    reception.visits.take(key, path)
    first = asked(reception, STRIP, key=key, clip="mine.mp4")
    monkeypatch.setattr("vae_demo.views.serving.strips.thumbs", lambda *_: pytest.fail("made again"))
    monkeypatch.setattr("vae_demo.views.serving.strips.WAITING", 0)
    assert asked(reception, STRIP, key=key, clip="mine.mp4") == first
    with pytest.raises(Refusal) as error:
        asked(reception, STILL, key=key, clip="mine.mp4")
    assert error.value.case == "busy"


def test_a_visit_waits_for_the_frame_it_asked_for_last_and_takes_nobodys_place(clip, tmp_path, monkeypatch):
    """What it asked for before is given up, what others wait for is not; a strip is left to those who share it."""
    go_on = threading.Event()
    made = []

    def still(clip, frame, size, crop):
        go_on.wait(30)
        made.append(frame)
        return b"jpeg"

    monkeypatch.setattr(strips, "_still", still)
    waiting = strips.Strips()

    async def asking():
        first = asyncio.create_task(waiting.still(clip, 1, 64, "none", "me"))
        other = asyncio.create_task(waiting.still(clip, 2, 64, "none", "you"))
        while sum(each.is_alive() for each in threading.enumerate() if each.name == "strips") < 2:
            await asyncio.sleep(0.01)
        later = [asyncio.create_task(waiting.still(clip, frame, 64, "none", "me")) for frame in range(10, 50)]
        await asyncio.sleep(0.1)
        go_on.set()
        return await asyncio.gather(first, other, *later, return_exceptions=True)

    mine, yours, *later = asyncio.run(asking())
    assert (mine, yours, later[-1]) == (b"jpeg",) * 3 and sorted(made) == [1, 2, 49]
    assert {getattr(each, "case", each) for each in later[:-1]} == {"busy"} and not waiting._begun


def test_one_visit_has_few_strips_made_at_once(tmp_path, monkeypatch):
    go_on = threading.Event()

    def slow(*_):
        go_on.wait(30)
        yield None
        return 7

    monkeypatch.setattr(strips, "thumbs", slow)
    waiting = strips.Strips()

    async def ends(name, who):
        return [line async for line in waiting.lines(tmp_path / name, who)]

    async def asking():
        many = [asyncio.create_task(ends(f"{number}.mp4", "me")) for number in range(strips.WAITING_PER_VISIT + 1)]
        other = asyncio.create_task(ends("other.mp4", "you"))
        await asyncio.sleep(0.1)
        go_on.set()
        return await asyncio.gather(*many, other, return_exceptions=True)

    *mine, last, other = asyncio.run(asking())
    assert last.case == "busy" and all(each == [b'{"n_frames": 7}\n'] for each in (*mine, other)) and not waiting._begun


def test_a_thread_that_is_not_to_be_had_leaves_its_place(clip, monkeypatch):
    class None_:
        def __init__(self, **_):
            pass

        def start(self):
            raise RuntimeError("can't start new thread")

    monkeypatch.setattr(strips.threading, "Thread", None_)
    waiting = strips.Strips()
    with pytest.raises(Refusal) as error:
        asyncio.run(waiting.still(clip, 1, 64, "none", "me"))
    assert error.value.case == "busy" and not waiting._begun


# Handles

ASK = """
const {usedPart, movedPart, keyedTo} = ours, P = (start, stop, total) => ({start, stop, total});
const parts = [usedPart({start: 0, frames: 85}, 93, 408), usedPart({start: 20, frames: 85}, 93, 408),
  usedPart({start: 0, frames: 900}, 1000, 408), usedPart({start: 500, frames: 10}, 93, 408),
  usedPart({start: 5, frames: 30}, null, 408), usedPart({start: 0, frames: 0}, 93, 408)];
const moves = [["in", 10], ["in", 99], ["in", -5], ["out", 90], ["out", 5], ["out", 200], ["all", 30], ["all", -9],
  ["all", 99]].map(([end, to]) => movedPart(P(20, 60, 93), end, to, 408));
const long = [["in", 0], ["out", 999]].map(([end, to]) => movedPart(P(500, 600, 1000), end, to, 408));
const keys = ["ArrowLeft", "ArrowUp", "PageUp", "PageDown", "Home", "End", "x"].flatMap((key) =>
  ["in", "out"].map((end) => keyedTo(P(20, 60, 93), end, key, 24)));
const plain = (part) => [part.start, part.stop, part.total];
console.log(JSON.stringify([parts.map(plain), moves.map(plain), long.map(plain), keys]));"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the page's script")
def test_handles_stay_inside_the_clip_and_a_run():
    script = bundle.bundle("views/shared/clip_part.js", "ours") + ASK
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    parts, moves, long, keys = json.loads(done.stdout)
    assert parts == [[0, 85, 93], [20, 93, 93], [0, 408, 1000], [92, 93, 93], [5, 35, 35], [0, 1, 93]]
    assert moves == [[10, 60, 93], [59, 60, 93], [0, 60, 93], [20, 90, 93], [20, 21, 93], [20, 93, 93], [30, 70, 93],
                     [0, 40, 93], [53, 93, 93]]
    assert long == [[0, 408, 1000], [591, 999, 1000]], "what a run takes at most goes along"
    assert keys == [19, 59, 21, 61, 44, 84, -4, 36, 0, 21, 59, 93, None, None]
