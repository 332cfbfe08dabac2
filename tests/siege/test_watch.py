"""The watch of the siege: it sees a file opened, a port called, memory taken; so its silence means something."""

import socket
import subprocess
import sys
import time
from contextlib import suppress

import av
import pytest
from hostile import CATALOGUE
from watch import MemoryWatch, high_water, targets_under_watch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify and /proc")

ANY_FILE = {"allowed_extensions": "ALL", "extension_picky": "0"}
ANY_PLACE = {**ANY_FILE, "protocol_whitelist": "file,tcp,http,udp,rtmp"}
# What FFmpeg does with our files when it is asked for their format and nobody holds it back.
TRUSTING = {
    "joined, absolute.mp4": ("concat", {"safe": "0"}),
    "playlist, absolute.m3u8": ("hls", ANY_FILE),
    "playlist, http.m3u8": ("hls", ANY_PLACE),
    "playlist.mp4": ("hls", ANY_PLACE),
    "pixels elsewhere, alias.mov": ("mov", {"enable_drefs": "1", "use_absolute_path": "1"}),
    "pixels elsewhere, alias by steps.mov": ("mov", {"enable_drefs": "1"}),
}


@pytest.mark.parametrize("name", TRUSTING)
def test_a_trusting_reader_touches_the_canary(name, tmp_path):
    """The files do point where they say: a reader with less care opens the canary or calls the port."""
    demuxer, options = TRUSTING[name]
    with targets_under_watch(tmp_path) as (targets, contacts):
        path = CATALOGUE[f"pointing elsewhere: {name}"].into(tmp_path, targets)
        assert contacts() == 0
        with suppress(av.FFmpegError), av.open(str(path), format=demuxer, options=options, timeout=(0.4, 0.4)):
            pass
        assert contacts() > 0


def test_the_watch_sees_a_file_opened(tmp_path):
    with targets_under_watch(tmp_path) as (targets, contacts):
        assert contacts() == 0
        targets.canary.read_text()
        assert contacts() >= 2 and contacts() == 0


def test_the_watch_sees_what_a_child_opens(tmp_path):
    with targets_under_watch(tmp_path) as (targets, contacts):
        subprocess.run(["cat", targets.canary], capture_output=True, check=True)
        assert contacts() >= 2


def test_the_watch_sees_calls(tmp_path):
    with targets_under_watch(tmp_path) as (targets, contacts):
        socket.create_connection(("127.0.0.1", targets.tcp)).close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"hello", ("127.0.0.1", targets.udp))
        assert contacts() == 2 and contacts() == 0


def test_the_watch_sees_the_memory_of_a_child():
    """Also what it has given back by the time somebody looks."""
    code = "data = bytearray(b'1' * 100_000_000); data = None; print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        with MemoryWatch() as memory:
            deadline = time.monotonic() + 10
            while child.pid not in memory.peaks and time.monotonic() < deadline:
                time.sleep(0.01)
        child.communicate(b"\n")
    assert 100_000_000 < memory.peaks[child.pid] < 400_000_000
    assert high_water(2**22 + 1) == 0  # no such process
