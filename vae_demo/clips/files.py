"""From a path someone gave us to the bytes of one regular file, and to nothing else.

FFmpeg never sees the path: it gets an open file object, cannot open anything itself, and so neither a
file name nor the content of a file can make it read another file or a web address.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from vae_demo.clips.limits import Deadline, Limits
from vae_demo.refusal import Refusal

NAME_LENGTH = 80
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|data:")
_SPECIAL = (
    (stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
)


def display_name(path: str) -> str:
    """The last part of `path`, safe on one line of a terminal or page.

    Control, formatting (also the ones that reverse text) and undecodable characters are removed, runs
    of blanks become one, and the middle of a long name gives way to an ellipsis.
    """
    return _one_line(os.path.basename(path.rstrip("/")) or path)


def _one_line(text: str) -> str:
    kept = "".join(" " if char in "\r\n\t" else char for char in text)
    # So: an emoji joined by U+200D falls apart into its parts, which is still readable.
    kept = "".join(char for char in kept if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    kept = " ".join(kept.split()) or "clip"
    if len(kept) <= NAME_LENGTH:
        return kept
    tail = NAME_LENGTH // 3
    return kept[: NAME_LENGTH - tail - 1] + "\u2026" + kept[-tail:]


def absolute(path: str | os.PathLike[str] | None) -> str:
    """A path that means the same from every folder; Refusal where there is none, or an address."""
    text = os.fspath(path) if path is not None else ""
    if not isinstance(text, str):
        text = os.fsdecode(text)
    if not text:
        raise Refusal("no_file")
    if _URL.match(text) and not os.path.lexists(text):
        raise Refusal("url", name=_one_line(text))
    try:
        # Not abspath(): what ".." means behind a link is for the system to say.
        return os.path.join(os.getcwd(), text)
    except FileNotFoundError:  # the current folder has been deleted
        raise Refusal("missing", name=display_name(text)) from None


class MediaFile:
    """A regular file as FFmpeg and Pillow read it: read, seek and tell, with the deadline in every read.

    name  for display only, see display_name()
    size  bytes
    """

    def __init__(self, descriptor: int, name: str, size: int, deadline: Deadline) -> None:
        self._raw = open(descriptor, "rb")
        self.name, self.size, self.deadline = name, size, deadline

    def read(self, count: int = -1) -> bytes:
        self.deadline.check()
        return self._raw.read(count)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def head(self, count: int) -> bytes:
        """The first `count` bytes; the position stays."""
        return self.peek(0, count)

    def tail(self, count: int) -> bytes:
        """The last `count` bytes; the position stays."""
        return self.peek(max(0, self.size - count), count)

    def peek(self, offset: int, count: int) -> bytes:
        """At most `count` bytes from `offset` on; the position stays."""
        with self.elsewhere(offset):
            return self.read(count)

    @contextmanager
    def elsewhere(self, offset: int = 0) -> Iterator[None]:
        """For somebody else to read from `offset` on; then the position is what it was."""
        here = self.tell()
        self.seek(offset)
        try:
            yield
        finally:
            self.seek(here)

    def close(self) -> None:
        self._raw.close()


def _refuse_kind(mode: int, name: str) -> None:
    if stat.S_ISDIR(mode):
        raise Refusal("folder", name=name)
    for matches, kind in _SPECIAL:
        if matches(mode):
            raise Refusal("special", name=name, kind=kind)


def _descriptor(path: str, name: str) -> tuple[int, os.stat_result]:
    """Open for reading without ever waiting: what is no regular file is not opened at all, and should it
    be swapped for a pipe in between, O_NONBLOCK keeps the open from hanging."""
    try:
        _refuse_kind(os.stat(path).st_mode, name)
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            raise Refusal("missing", name=name) from None
        raise Refusal("unreadable", name=name, reason=error.strerror or "unknown reason") from None
    except Refusal:
        raise
    except ValueError:  # a NUL character, or one that no file name here can hold
        raise Refusal("missing", name=name) from None
    try:
        found = os.fstat(descriptor)
        _refuse_kind(found.st_mode, name)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, found


@contextmanager
def open_media(path: str | os.PathLike[str], limits: Limits) -> Iterator[MediaFile]:
    """Open a regular, non-empty file within the size limit; anything else is a Refusal."""
    text = absolute(path)
    name = display_name(text)
    descriptor, found = _descriptor(text, name)
    file = MediaFile(descriptor, name, found.st_size, Deadline(limits.max_seconds, name))
    try:
        if not found.st_size:
            raise Refusal("empty", name=name)
        if found.st_size > limits.max_bytes:
            raise Refusal(
                "file_size", name=name, megabytes=found.st_size / 1e6, max_megabytes=limits.max_bytes / 1e6)
        yield file
    finally:
        file.close()
