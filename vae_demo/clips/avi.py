"""The chunks of an AVI, one a frame. At one that is empty, players show the frame before once more; FFmpeg skips it."""

from __future__ import annotations

from collections.abc import Iterator

from vae_demo.clips.files import MediaFile

MOST_CHUNKS = 1_000_000
_LISTS = {(b"RIFF", b"AVI "), (b"RIFF", b"AVIX"), (b"LIST", b"movi"), (b"LIST", b"rec ")}
_PICTURES = {b"dc", b"db"}


def frame_sizes(file: MediaFile, index: int) -> Iterator[int]:
    """Bytes of the frames of stream `index`, in the order of the file; ends where the file is cut."""
    stream, at = b"%02d" % index, 0
    for _ in range(MOST_CHUNKS):
        file.deadline.check()
        head = file.peek(at, 12)
        if len(head) < 8:
            return
        kind, size = head[:4], int.from_bytes(head[4:8], "little")
        if (kind, head[8:12]) in _LISTS:
            at += 12  # what is in a list comes next
            continue
        if kind[:2] == stream and kind[2:] in _PICTURES:
            yield size
        at += 8 + size + size % 2
