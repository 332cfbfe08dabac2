"""Every file that cannot be a clip ends in one clear sentence, leaves nothing behind and never hangs."""

import errno
import os
import subprocess
import sys
import tempfile
import traceback

import numpy as np
import pytest
from bad_media import BAD
from in_process import read_here
from media import barcode_frames, encode, flat
from PIL import Image

from vae_demo.clips import Limits, clip, demuxing, files, probe, read_clip
from vae_demo.clips.decoding import look_at
from vae_demo.refusal import CLIP_CASES, Refusal


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """A temporary folder of our own that must be empty at the end, and no file left open."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert not list(folder.iterdir())


def open_files():
    """But for pipes: workers come and go."""
    found = (os.readlink(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")
             if os.path.exists(f"/proc/self/fd/{number}"))
    return sorted(name for name in found if not name.startswith("pipe:"))


def check_sentence(error, case):
    text = str(error)
    assert error.case == case, text
    assert "\n" not in text and text.isprintable()
    assert text.endswith(".") and 20 < len(text) < 260
    assert "Errno" not in text and "av." not in text and "Error" not in text
    # Printed as a traceback, it would show no second exception behind it.
    assert "During handling" not in "".join(traceback.format_exception(error))


@pytest.mark.timeout(20)
@pytest.mark.parametrize("what", BAD)
def test_bad_file_is_one_sentence(what, tmp_path, scratch):
    make, case = BAD[what]
    path = make(tmp_path)
    before = open_files() if sys.platform == "linux" else []
    for read in (probe, read_clip):
        with pytest.raises(Refusal) as caught:
            read(path)
        check_sentence(caught.value, case)
    if sys.platform == "linux":
        assert open_files() == before


def test_the_table_is_long_enough():
    assert len(BAD) >= 25


REQUESTS = {
    "negative start": ({"start": -1}, "start_range"),
    "no frames": ({"n_frames": 0}, "clip_frames"),
    "too many frames": ({"n_frames": 409}, "clip_frames"),
    "size of nothing": ({"size": 8}, "clip_size"),
    "giant size": ({"size": 5000}, "clip_size"),
    "unknown crop": ({"crop": "round"}, "crop_unknown"),
    "start past the end": ({"start": 12}, "start_beyond"),
    "start far past the end": ({"start": 10**9}, "start_beyond"),
    "no time": ({"limits": Limits(max_seconds=-1)}, "too_slow"),
    "no space allowed": ({"limits": Limits(max_temp_bytes=200_000)}, "too_much"),
    "too wide for the limits": ({"size": 64, "limits": Limits(max_side=100)}, "too_wide"),
    "too small after scaling": ({"size": 20, "limits": Limits(min_side=20)}, "too_small_after"),
}


@pytest.mark.parametrize("what", REQUESTS)
def test_impossible_request_is_one_sentence(what, tmp_path, scratch):
    request, case = REQUESTS[what]
    path = encode(tmp_path / "a.mp4", barcode_frames(12))
    with pytest.raises(Refusal) as caught:
        read_clip(path, **request)
    check_sentence(caught.value, case)


def test_start_past_the_end_says_how_long_the_clip_is(tmp_path):
    path = encode(tmp_path / "a.mp4", barcode_frames(12))
    with pytest.raises(Refusal) as caught:
        read_clip(path, start=40)
    assert caught.value.params["n_frames"] == 12
    assert "frame 11 " in str(caught.value) and "12" in str(caught.value)


def test_unreadable_file(tmp_path, monkeypatch, scratch):
    """Permissions do not stop root, so the refusal itself is put in place of the open."""
    path = encode(tmp_path / "a.mp4", flat())

    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(files.os, "open", refuse)
    with pytest.raises(Refusal) as caught:
        look_at(path, Limits())
    check_sentence(caught.value, "unreadable")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file_for_real(tmp_path):
    path = encode(tmp_path / "a.mp4", flat())
    path.chmod(0)
    with pytest.raises(Refusal, match="Permission denied"):
        probe(path)


def test_file_swapped_for_a_pipe_after_the_look(tmp_path, monkeypatch):
    """Between stat and open the path may change: the open must not wait for a writer."""
    good = encode(tmp_path / "a.mp4", flat())
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    seen = os.stat(good)
    monkeypatch.setattr(files.os, "stat", lambda path: seen)
    with pytest.raises(Refusal) as caught:
        look_at(fifo, Limits())
    check_sentence(caught.value, "special")


def test_disk_full(tmp_path, monkeypatch, scratch):
    path = encode(tmp_path / "a.mp4", flat())

    class Full:
        def write(self, data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def close(self):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(clip.tempfile, "TemporaryFile", lambda **options: Full())
    with pytest.raises(Refusal) as caught:
        read_clip(path)
    check_sentence(caught.value, "no_space")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_disk_full_for_real(tmp_path, monkeypatch):
    path = encode(tmp_path / "a.mp4", flat(40))
    monkeypatch.setattr(clip.tempfile, "TemporaryFile", lambda **options: open("/dev/full", "wb"))
    with pytest.raises(Refusal) as caught:
        read_clip(path)
    check_sentence(caught.value, "no_space")


def test_deadline_stops_a_read_in_progress(tmp_path, monkeypatch, scratch):
    path = encode(tmp_path / "a.mp4", barcode_frames(30))
    clock = iter(range(10_000))
    monkeypatch.setattr("vae_demo.clips.limits.time.monotonic", lambda: next(clock))
    with pytest.raises(Refusal) as caught:
        read_here(path, limits=Limits(max_seconds=25))
    check_sentence(caught.value, "too_slow")
    assert 25 < next(clock) < 40


def test_a_bug_still_shows_and_still_leaves_nothing(tmp_path, monkeypatch, scratch):
    """Only what is wrong with the file becomes a Refusal; and the temporary file goes either way."""
    path = encode(tmp_path / "a.mp4", barcode_frames(5))
    monkeypatch.setattr("vae_demo.clips.render.Geometry.cut", lambda self, image: 1 / 0)
    before = open_files()
    with pytest.raises(ZeroDivisionError):
        read_here(path)
    assert open_files() == before


def test_no_container_may_open_another_file():
    with pytest.raises(PermissionError):
        demuxing._no_other_file("file:///etc/hostname", 1, {})


def test_only_containers_that_carry_their_own_data_are_allowed():
    """The list is what keeps playlists out, so it is spelt out: growing it takes a second thought."""
    import re
    from pathlib import Path

    from vae_demo.clips import sniff

    source = Path(sniff.__file__).read_text()
    assert set(re.findall(r'Kind\("ffmpeg", "(\w+)"', source)) == {
        "mov", "matroska", "avi", "gif", "flv", "ogg", "asf", "mpeg", "yuv4mpegpipe", "mpegts", "apng", "mjpeg"}


HOSTILE = {
    "-rf.mp4": "-rf.mp4",
    "a\nb\tc.mp4": "a b c.mp4",
    "100%d %s.mp4": "100%d %s.mp4",
    "quote\"s 'n' <b>{0}$x`.mp4": "quote\"s 'n' <b>{0}$x`.mp4",
    "\u202egpj.mp4": "gpj.mp4",
    "\x1b[31mred.mp4": "[31mred.mp4",
    "视频 🎬.mp4": "视频 🎬.mp4",
    "\u200b.mp4": ".mp4",
    "x" * 200 + ".mp4": "x" * 53 + "…" + "x" * 22 + ".mp4",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name, tmp_path, monkeypatch):
    """They open like any other, and what is shown is one printable line of at most 80 characters."""
    monkeypatch.chdir(tmp_path)
    os.replace(encode(tmp_path / "plain.mp4", barcode_frames(3)), tmp_path / name)
    with read_clip(name, crop="none") as found:
        assert found.name == HOSTILE[name] and found.n_frames == 3
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(Refusal) as caught:
        read_clip(name)
    check_sentence(caught.value, "empty")


def test_undecodable_bytes_in_a_name(tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.mp4"
    with open(path, "wb"):
        pass
    with pytest.raises(Refusal, match='"caf.mp4"'):
        read_clip(path)


def test_errors_are_data_too(tmp_path):
    """A view builds its own sentence from case and params; the English one comes from the same table."""
    with pytest.raises(Refusal) as caught:
        read_clip(tmp_path / "nowhere.mp4")
    error = caught.value
    assert isinstance(error, ValueError)
    assert str(error) == error.sentence("en") == CLIP_CASES[error.case].format(**error.params)


def test_bomb_takes_no_memory(tmp_path):
    """In its own process, under a ceiling that a 60000 x 60000 picture would break 30 times over."""
    Image.fromarray(np.zeros((20, 20, 3), np.uint8)).save(tmp_path / "warm.png")
    bomb = BAD["png bomb"][0](tmp_path)
    code = (
        "import resource, sys\n"
        "from vae_demo.clips import Limits\nfrom vae_demo.refusal import Refusal\n"
        "from vae_demo.clips.decoding import look_at\n"
        "look_at(sys.argv[1], Limits())\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024"
        " + 300_000_000,) * 2)\n"
        "try:\n    look_at(sys.argv[2], Limits())\n"
        "except Refusal as error:\n    print(error.case)\n")
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "warm.png"), str(bomb)],
                          capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "too_wide", done.stderr
    assert done.stderr == ""
