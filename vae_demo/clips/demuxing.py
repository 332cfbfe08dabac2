"""A file through the demuxer that was chosen for it, and through no other."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import av

from vae_demo.clips.boxes import why_unopened
from vae_demo.clips.edits import gaps_of
from vae_demo.clips.files import MediaFile
from vae_demo.clips.limits import Limits
from vae_demo.clips.sniff import Kind
from vae_demo.refusal import Refusal

# What FFmpeg reports about bad bytes; ValueError and RuntimeError come from PyAV itself.
DECODE_ERRORS = (av.FFmpegError, ValueError, RuntimeError, OverflowError)
_IO_BYTES = 1 << 18


def open_container(file: MediaFile, kind: Kind, limits: Limits) -> av.container.InputContainer:
    """Refusal where FFmpeg cannot open it."""
    changes = [(gaps.place, gaps.instead) for gaps in gaps_of(file)] if kind.format == "mov" else []
    options = {"max_pixels": str(limits.max_side**2), "protocol_whitelist": "none"}
    try:
        return av.open(
            _Nameless(file, changes), format=kind.format, options=options, metadata_errors="replace",
            buffer_size=_IO_BYTES, io_open=_no_other_file)
    except (Refusal, MemoryError):
        raise
    except DECODE_ERRORS as error:
        if kind.format == "mov" and isinstance(error, av.InvalidDataError) and (case := why_unopened(file)):
            raise Refusal(case, name=file.name) from None
        raise Refusal("damaged", name=file.name, container=kind.title) from None


@contextmanager
def open_again(file: MediaFile, kind: Kind, limits: Limits) -> Iterator[av.container.InputContainer]:
    """The same file once more, from its start, while somebody else reads it."""
    with file.elsewhere(), open_container(file, kind, limits) as container:
        yield container


class _Nameless:
    """The file without its name: demuxers that look at file names find nothing to act on.

    changes  (place, bytes) that are read there instead of what the file has
    """

    name = "clip"

    def __init__(self, file: MediaFile, changes: list[tuple[int, bytes]]) -> None:
        self.tell, self._read, self._seek, self._changes = file.tell, file.read, file.seek, changes

    def read(self, count: int = -1) -> bytes:
        start = self.tell() if self._changes else 0
        data = self._read(count)
        for place, instead in self._changes:
            first, last = max(place, start), min(place + len(instead), start + len(data))
            if first < last:
                data = data[:first - start] + instead[first - place:last - place] + data[last - start:]
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        try:
            return self._seek(offset, whence)
        except (OSError, ValueError, OverflowError):  # a damaged file may ask for a place before its start
            return -errno.EINVAL


def _no_other_file(url: str, flags: int, options: dict) -> None:
    raise PermissionError("a media file may not open other files")
