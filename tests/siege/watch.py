"""Who touches the canary: a file that reports being opened or read, and ports that report being called."""

import ctypes
import itertools
import os
import socket
import struct
import threading
from contextlib import contextmanager

import psutil
from material import Targets

IN_ACCESS, IN_OPEN = 0x1, 0x20
LOOK_S, LOOKS_PER_SEARCH = 0.02, 5


class Canary:
    """A file under inotify; contacts() says how often it was opened or read."""

    def __init__(self, path):
        self.path = path
        path.write_text("nobody reads this\n")
        libc = ctypes.CDLL(None, use_errno=True)
        self._inotify = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        watching = libc.inotify_add_watch(self._inotify, os.fsencode(path), IN_ACCESS | IN_OPEN)
        assert self._inotify >= 0 and watching >= 0, os.strerror(ctypes.get_errno())

    def contacts(self):
        """Events since the last call."""
        n_events = 0
        try:
            while data := os.read(self._inotify, 1 << 16):
                while data:
                    data = data[16 + struct.unpack("=iIII", data[:16])[3]:]
                    n_events += 1
        except BlockingIOError:
            return n_events

    def close(self):
        os.close(self._inotify)


class Ports:
    """A TCP and a UDP port of the loopback that count who calls."""

    def __init__(self):
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self.tcp, self.udp = self._tcp.getsockname()[1], self._udp.getsockname()[1]
        for port in (self._tcp, self._udp):
            port.setblocking(False)

    def contacts(self):
        """Connections and packets since the last call; the kernel keeps them until we look."""
        n_calls = 0
        for take in (lambda: self._tcp.accept()[0].close(), lambda: self._udp.recv(1)):
            try:
                while True:
                    take()
                    n_calls += 1
            except BlockingIOError:
                pass
        return n_calls

    def close(self):
        self._tcp.close()
        self._udp.close()


@contextmanager
def targets_under_watch(folder):
    """(Targets, contacts): contacts() counts what was touched since it was last called."""
    canary, ports = Canary(folder / "canary.txt"), Ports()
    try:
        yield Targets(canary.path, ports.tcp, ports.udp), lambda: canary.contacts() + ports.contacts()
    finally:
        canary.close()
        ports.close()


class MemoryWatch:
    """The most memory that each child had, and that this process gained: peaks {process: bytes}, gained.

    Sampled, but of each child the kernel's own high-water mark, so a peak between two looks is seen, too. New
    children are looked for less often, as that means going through all processes there are.
    """

    def __init__(self):
        self.peaks, self.gained, self._stop = {}, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._stop.set()
        self._thread.join(10)

    @property
    def highest_child(self):
        return max(self.peaks.values(), default=0)

    def _watch(self):
        own, children = psutil.Process(), []
        before = own.memory_info().rss
        for i in itertools.count():
            if i % LOOKS_PER_SEARCH == 0:
                children = own.children(recursive=True)
            for child in children:
                self.peaks[child.pid] = max(self.peaks.get(child.pid, 0), high_water(child.pid))
            self.gained = max(self.gained, own.memory_info().rss - before)
            if self._stop.wait(LOOK_S):
                return


def high_water(number):
    """The most memory process `number` ever had, bytes; 0 when it is gone."""
    try:
        with open(f"/proc/{number}/status") as status:
            return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")), 0)
    except (FileNotFoundError, ProcessLookupError):
        return 0
