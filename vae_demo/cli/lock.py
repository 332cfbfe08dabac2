"""One run at a time into an output folder: two would mix their files, and both say `written`."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from vae_demo.refusal import Refusal

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

NAME = ".vae-demo-lock"
_TRIES = 20
# How long a lock file may be empty: its owner has made it and not yet written who it is.
_NAMELESS_S = 5.0
# What a file system that cannot lock says.
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


@contextmanager
def only_run(directory: Path) -> Iterator[None]:
    """Hold `directory`, which exists, until the block is left; a process that ends lets go, whichever way it ends.

    Raises Refusal where another run holds it, or where nothing can be written there.
    """
    path = directory / NAME
    try:
        held = _by_system(path)
    except OSError as error:
        raise Refusal("out_unusable", folder=str(directory), reason=error.strerror or "unknown reason") from error
    if held is None:
        raise _taken(path, directory)
    try:
        yield
    finally:
        # While it is still held, so that nobody else's is deleted; Windows deletes no file that is open.
        deleted = _deleted(path)
        os.close(held)
        if not deleted:
            _deleted(path)


def _by_system(path: Path) -> int | None:
    """A descriptor that the system has locked for us, None where somebody else's is."""
    if fcntl is None:
        return _by_name(path)
    for _ in range(_TRIES):
        try:
            descriptor, ours = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), True
        except FileExistsError:
            try:
                descriptor, ours = os.open(path, os.O_RDWR), False
            except FileNotFoundError:
                continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _NO_LOCKS and ours:
                _sign(descriptor)
                return descriptor
            os.close(descriptor)
            if error.errno in _NO_LOCKS:
                return _by_name(path)
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                return None
            raise
        # Its last owner may have deleted the file between our two calls: a lock on what nobody finds is none.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                os.ftruncate(descriptor, 0)
                _sign(descriptor)
                return descriptor
        os.close(descriptor)
    return None


def _by_name(path: Path) -> int | None:
    """Where the system locks nothing: the file itself is the lock, as long as the process it names lives."""
    for _ in range(_TRIES):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if _owned(path):
                return None
            _deleted(path)
        else:
            _sign(descriptor)
            return descriptor
    return None


def _sign(descriptor: int) -> None:
    os.write(descriptor, f"{os.getpid()} {_born(os.getpid())}".encode())


def _owned(path: Path) -> bool:
    """Whether the process that a lock file names still lives."""
    try:
        pid, born = map(int, path.read_text(encoding="ascii").split())
        # The clock of the system may have been set meanwhile; a number is not used again within seconds.
        return abs(_born(pid) - born) < 10_000
    except (ValueError, OverflowError):
        with suppress(FileNotFoundError):
            return time.time() - path.stat().st_mtime < _NAMELESS_S
        return False
    except (FileNotFoundError, psutil.NoSuchProcess):
        return False
    except psutil.AccessDenied:
        return True


def _taken(path: Path, directory: Path) -> Refusal:
    """What to say of another run; it says its process where its file does."""
    with suppress(OSError, ValueError, IndexError):
        return Refusal("out_taken_by", folder=str(directory), pid=int(path.read_text(encoding="ascii").split()[0]))
    return Refusal("out_taken", folder=str(directory))


def _born(pid: int) -> int:
    """When a process began, in milliseconds."""
    return int(psutil.Process(pid).create_time() * 1000)


def _deleted(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
