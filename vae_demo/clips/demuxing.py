"""A file through the demuxer that was chosen for it, and through no other."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import av

from vae_demo.clips.boxes import why_unopened
from vae_demo.clips.files import MediaFile
from vae_demo.clips.limits import Limits
from vae_demo.clips.sniff import Kind
from vae_demo.refusal import Refusal

# What FFmpeg reports about bad bytes; ValueError and RuntimeError come from PyAV itself.
DECODE_ERRORS = (av.FFmpegError, ValueError, RuntimeError, OverflowError)
_IO_BYTES = 1 << 18


def open_container(file: MediaFile, kind: Kind, limits: Limits) -> av.container.InputContainer:
    """Refusal where FFmpeg cannot open it."""
    options = {"max_pixels": str(limits.max_side**2), "protocol_whitelist": "none"}
    try:
        return av.open(
            _Nameless(file), format=kind.format, options=options, metadata_errors="replace",
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
    """The file without its name: demuxers that look at file names find nothing to act on."""

    name = "clip"

    def __init__(self, file: MediaFile) -> None:
        self.read, self.tell, self._seek = file.read, file.tell, file.seek

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        try:
            return self._seek(offset, whence)
        except (OSError, ValueError, OverflowError):  # a damaged file may ask for a place before its start
            return -errno.EINVAL


def _no_other_file(url: str, flags: int, options: dict) -> None:
    raise PermissionError("a media file may not open other files")
