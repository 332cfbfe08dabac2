"""Open a file as whatever its bytes say it is: FFmpeg for videos, Pillow for the pictures FFmpeg does not read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from os import PathLike

from vae_demo.clips.files import MediaFile, open_media
from vae_demo.clips.headers import header_size
from vae_demo.clips.jpegs import is_stream
from vae_demo.clips.limits import Limits
from vae_demo.clips.sniff import FILM_OF_JPEGS, HEAD_BYTES, Kind, sniff
from vae_demo.clips.sources import Source, check_size
from vae_demo.clips.video import open_video


@contextmanager
def open_source(path: str | PathLike[str], limits: Limits) -> Iterator[Source]:
    """Open `path`; Refusal for everything that cannot be read."""
    with open_media(path, limits) as file:
        head = file.head(HEAD_BYTES)
        kind = sniff(head, file.name)
        if kind.format == "jpeg" and is_stream(file):
            kind = FILM_OF_JPEGS
        if claimed := header_size(kind.format, head):
            check_size(*claimed, file, limits)
        with _opened(file, kind, limits) as source:
            source.again = lambda opaque: _again(file, kind, limits, opaque)
            yield source


def _opened(
    file: MediaFile, kind: Kind, limits: Limits, opaque: bool = False
) -> AbstractContextManager[Source]:
    return (open_video if kind.decoder == "ffmpeg" else _open_picture)(file, kind, limits, opaque)


@contextmanager
def _again(file: MediaFile, kind: Kind, limits: Limits, opaque: bool) -> Iterator[Source]:
    with file.elsewhere(), _opened(file, kind, limits, opaque) as source:
        yield source


def _open_picture(file: MediaFile, kind: Kind, limits: Limits, opaque: bool) -> AbstractContextManager[Source]:
    # Imported late: Pillow is for whoever reads a picture.
    from vae_demo.clips.picture import open_picture

    return open_picture(file, kind, limits, opaque)
