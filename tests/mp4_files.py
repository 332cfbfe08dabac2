"""Boxes put into mp4 and QuickTime files, where no muxer here writes them."""

import struct

from hostile_media import box
from matroska_files import dolby_record

SAMPLE_ENTRY = ("moov", "trak", "mdia", "minf", "stbl", "stsd")
_BEFORE_BOXES = {"stsd": 8}  # bytes of a body in front of the boxes in it
_ENTRY = 78


def clean_aperture(width, height, right=(0, 1), down=(0, 1)):
    """clap, of fractions (numerator, denominator)."""
    return box(b"clap", *(struct.pack(">ii", *fraction) for fraction in (width, height, right, down)))


def boxes_in(data, start, end):
    while start + 8 <= end:
        size = int.from_bytes(data[start:start + 4], "big") or end - start
        yield data[start + 4:start + 8].decode("latin-1"), start, start + size
        start += size


def with_boxes(path, added, track=0):
    """Put boxes behind those of the first sample entry of a track. The index must be behind the pictures, or empty."""
    data, start, end, parents = bytearray(path.read_bytes()), 0, None, []
    for name in SAMPLE_ENTRY:
        found = [place for place in boxes_in(data, start, end or len(data)) if place[0] == name]
        _, head, end = found[track if name == "trak" else 0]
        parents.append(head)
        start = head + 8 + _BEFORE_BOXES.get(name, 0)
    _, head, end = next(boxes_in(data, start, end))
    for place in (*parents, head):
        data[place:place + 4] = struct.pack(">I", int.from_bytes(data[place:place + 4], "big") + len(added))
    data[end:end] = added
    path.write_bytes(data)
    return path


def with_edits(path, edits, track=0):
    """Give a track the edits (milliseconds, media time or -1 for a gap), instead of any it has."""
    data = bytearray(path.read_bytes())
    _, movie, movie_end = next(found for found in boxes_in(data, 0, len(data)) if found[0] == "moov")
    _, trak, trak_end = [found for found in boxes_in(data, movie + 8, movie_end) if found[0] == "trak"][track]
    inside = list(boxes_in(data, trak + 8, trak_end))
    entries = b"".join(struct.pack(">iihh", *edit, 1, 0) for edit in edits)
    added = box(b"edts", box(b"elst", struct.pack(">II", 0, len(edits)), entries))
    kept = b"".join(data[start:end] for kind, start, end in inside if kind != "edts")
    data[trak + 8:trak_end] = kept + added
    for place in (movie, trak):
        size = int.from_bytes(data[place:place + 4], "big") + len(kept + added) - (trak_end - trak - 8)
        data[place:place + 4] = struct.pack(">I", size)
    path.write_bytes(data)
    return path


def dolby_box(profile, compatible):
    return box(b"dvcC", dolby_record(profile, compatible))
