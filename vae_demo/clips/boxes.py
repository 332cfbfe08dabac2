"""Why FFmpeg finds no video in a file that begins like an mp4: its boxes, one after another."""

from __future__ import annotations

from typing import Literal

from vae_demo.clips.files import MediaFile

MOST_BOXES = 10_000
# Boxes that only a video has; "free", "skip", "wide" and "uuid" may hold anything, also what looks like boxes.
_TELLING = {b"ftyp", b"styp", b"mdat", b"moof", b"sidx", b"pnot"}


def why_unopened(file: MediaFile) -> Literal["no_index", "no_head"] | None:
    """The Refusal case of a file without an index (moov); None where it has one.

    Only boxes of the top level count. What lies inside a "free" box is nothing, whatever it looks like.
    """
    kinds = _top_level(file)
    if b"moov" in kinds:
        return None
    return "no_index" if kinds & _TELLING else "no_head"


def _top_level(file: MediaFile) -> set[bytes]:
    kinds, offset, here = set(), 0, file.tell()
    for _ in range(MOST_BOXES):
        if offset + 8 > file.size:
            break
        file.seek(offset)
        head = file.read(16)
        size = int.from_bytes(head[:4], "big")
        if size == 1:  # the length does not fit and follows
            size = int.from_bytes(head[8:16], "big")
        if not head[4:8].isalnum() or (size and size < 8):
            break
        kinds.add(head[4:8])
        if not size:  # to the end of the file
            break
        offset += size
    file.seek(here)
    return kinds
