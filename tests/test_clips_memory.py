"""Memory of reading does not grow with the clip: the worker's own peak, as the system counted it."""

import re
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hostile_media import wide_gif
from media import encode

from vae_demo.clips import Limits, read_clip, reading
from vae_demo.clips.pool import Pool

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
SLOW = Limits(max_seconds=600)


@pytest.fixture
def one(monkeypatch):
    own = Pool(1)
    monkeypatch.setattr(reading, "pool", lambda: own)
    yield own
    own.close()


def peak(worker):
    """Megabytes."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{worker.pid}/status").read_text())[1]) / 1000


def grown(pool, path, **request):
    """Megabytes that reading `path` took at most, on top of what a worker has after a first small file."""
    encode(path.parent / "first.mp4", np.zeros((3, 64, 64, 3), np.uint8))
    read_clip(path.parent / "first.mp4").close()
    worker = pool._idle[0]
    before = peak(worker)
    with read_clip(path, limits=SLOW, **request) as clip:
        n_frames = clip.n_frames
    assert pool._idle == [worker]
    return n_frames, peak(worker) - before


def repeated(path, frame, n_frames):
    """`frame` n times as H.264, encoded once."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"preset": "ultrafast", "bf": "0", "refs": "1"})
        stream.height, stream.width = frame.shape[:2]
        stream.pix_fmt = "yuv420p"
        (coded,) = [*stream.encode(av.VideoFrame.from_ndarray(frame).reformat(format="yuv420p")), *stream.encode(None)]
        for at in range(n_frames):
            packet = av.Packet(bytes(coded))
            packet.stream, packet.time_base, packet.is_keyframe = stream, Fraction(1, 25), True
            packet.pts = packet.dts = at
            out.mux(packet)
    return path


def test_forty_frames_of_4k(one, tmp_path):
    """12 MB each as decoded: 500 if they stayed, besides the few that the decoder and its threads hold."""
    path = repeated(tmp_path / "a.mp4", np.full((2160, 3840, 3), 90, np.uint8), 40)
    n_frames, megabytes = grown(one, path)
    assert n_frames == 40 and megabytes < 250


@pytest.mark.long
def test_a_gif_of_kilobytes_with_a_wide_screen(one, tmp_path):
    """67 MB a frame and as much again for each step to RGB; eight of them would be 540."""
    path = wide_gif(tmp_path, 8)
    assert path.stat().st_size < 10_000
    n_frames, megabytes = grown(one, path)
    assert n_frames == 8 and megabytes < 400


@pytest.mark.long
def test_five_thousand_small_frames(one, tmp_path):
    frames = np.broadcast_to(np.full((64, 64, 3), 90, np.uint8), (5000, 64, 64, 3))
    path = encode(tmp_path / "a.avi", frames, "mpeg4")
    n_frames, megabytes = grown(one, path, start=4990)
    assert n_frames == 10 and megabytes < 12
