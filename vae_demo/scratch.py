"""The one folder for everything this process keeps for a while: gone with the process, whichever way it ends.

A normal end and a SIGTERM delete it; after a SIGKILL or a power cut the next process to start does: the folder's name
says whose it was, and a lock inside that its owner holds as long as it lives says so across containers too, whose
processes have numbers of their own.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

try:
    import fcntl
except ImportError:  # Windows: the number of the process alone has to do
    fcntl = None

PREFIX = "vae-demo-"
# Below this age nothing nameless is taken for left behind: its owner may just have made it.
LEFT_BEHIND_S = 24 * 3600
_OWNED = re.compile(PREFIX + r"(\d+)-(\d+)-")
_lock = threading.Lock()
_mine: dict[int, Path] = {}
_held: dict[int, int | None] = {}
_LOCK = ".in-use"


def folder() -> Path:
    """The folder of this process below the system's temporary folder, made at the first call; mode 0700."""
    with _lock:
        pid = os.getpid()  # a forked child has one of its own
        if pid not in _mine or not _mine[pid].is_dir():
            _mine[pid] = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{pid}-{_born(pid)}-"))
            _held[pid] = _locked(_mine[pid])
            atexit.register(_remove, _mine[pid], pid)
        return _mine[pid]


@contextmanager
def work_folder(kind: str = "work") -> Iterator[Path]:
    """An empty folder inside folder(), deleted when the block is left."""
    made = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=folder()))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def sweep(older_than_s: float = LEFT_BEHIND_S) -> list[Path]:
    """Delete what processes that are gone have left; gives the folders that went.

    A folder goes when the process in its name has ended. One with this prefix that names no process, as earlier
    versions made them, goes when nothing was written to it for `older_than_s` seconds.
    """
    gone = []
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = _OWNED.match(path.name)
        with suppress(OSError):
            if path.is_symlink() or not path.is_dir():
                continue
            left = not _lives(int(owner[1]), int(owner[2])) if owner else time.time() - _touched(path) > older_than_s
            left = left and not _in_use(path)
            if left:
                shutil.rmtree(path, ignore_errors=True)
                gone.append(path)
    return gone


def clean_on_terminate() -> None:
    """From now on SIGTERM ends this process as `sys.exit` would: `finally` blocks run, temporary files go."""
    def leave(number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_IGN)  # once is enough: a second one must not cut the cleaning short
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)


def _remove(path: Path, pid: int) -> None:
    if os.getpid() == pid:
        shutil.rmtree(path, ignore_errors=True)


def _locked(path: Path) -> int | None:
    """A lock in the folder, held until this process ends, whichever way; None where there are no such locks."""
    if fcntl is None:
        return None
    descriptor = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def _in_use(path: Path) -> bool:
    """Whether somebody holds the lock of that folder."""
    if fcntl is None or not (path / _LOCK).is_file():
        return False
    descriptor = os.open(path / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _born(pid: int) -> int:
    """When a process began, in milliseconds: with the number of the process, a name that is never used again."""
    return int(psutil.Process(pid).create_time() * 1000)


def _lives(pid: int, born: int) -> bool:
    try:
        # The clock of the system may have been set meanwhile; a number is not used again within seconds.
        return abs(_born(pid) - born) < 10_000
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def _touched(path: Path) -> float:
    return max((each.lstat().st_mtime for each in (path, *path.rglob("*"))), default=0.0)
