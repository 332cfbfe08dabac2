"""Edit lists of mp4 and QuickTime files with gaps between what they show.

FFmpeg knows a gap in front of the first picture, and shows pictures twice around any other. So those are taken out.
"""

from __future__ import annotations

from dataclasses import dataclass

from vae_demo.clips.files import MediaFile
from vae_demo.clips.mp4 import Boxes, track_id

MOST_BYTES = 1 << 20  # of one list
_NOTHING = -1  # the media time of an edit that shows nothing


@dataclass(frozen=True)
class Gaps:
    """What is left out of one track.

    seconds  in all
    place    of the list in the file, and the bytes that are to be read there
    """

    track: int
    seconds: float
    place: int
    instead: bytes


def gaps_of(file: MediaFile) -> list[Gaps]:
    """Of the tracks that have any behind their first picture."""
    boxes = Boxes(file)
    movie = boxes.find(boxes.whole, b"moov")
    head = boxes.find(movie, b"mvhd")
    if movie is None or head is None:
        return []
    fixed = boxes.data(head, 24)
    per_second = int.from_bytes(fixed[20:24] if fixed[:1] == b"\1" else fixed[12:16], "big")
    found = [_gaps(boxes, body, per_second) for kind, body in boxes.inside(movie) if kind == b"trak"]
    return [each for each in found if each is not None]


def _gaps(boxes: Boxes, trak: tuple[int, int], per_second: int) -> Gaps | None:
    edits, head = boxes.find(trak, b"edts", b"elst"), boxes.find(trak, b"tkhd")
    if edits is None or head is None or not per_second:
        return None
    data = boxes.data(edits, MOST_BYTES)
    if len(data) < edits[1] - edits[0] or boxes.data((edits[0] - 4, edits[0]), 4) != b"elst":  # long, in either way
        return None
    wide = 8 if data[:1] == b"\1" else 4
    size = 2 * wide + 4
    entries = [data[at:at + size] for at in range(8, len(data) - size + 1, size)][:int.from_bytes(data[4:8], "big")]
    shows = [int.from_bytes(entry[wide:2 * wide], "big", signed=True) != _NOTHING for entry in entries]
    first = shows.index(True) if True in shows else len(shows)
    kept = [entry for i, entry in enumerate(entries) if shows[i] or i < first]
    if len(kept) == len(entries):
        return None
    left_out = sum(int.from_bytes(entry[:wide], "big") for i, entry in enumerate(entries) if not shows[i] and i > first)
    shorter = data[:4] + len(kept).to_bytes(4, "big") + b"".join(kept)
    # The rest becomes a box of nothing: FFmpeg goes by the length of the list, not by its number of edits.
    instead = _box(b"elst", shorter) + _box(b"free", bytes(len(data) - len(shorter) - 8))
    return Gaps(track_id(boxes, head), left_out / per_second, edits[0] - 8, instead)


def _box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body
