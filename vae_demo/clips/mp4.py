"""What the boxes of an mp4 or QuickTime file (ISO/IEC 14496-12) say of its video tracks."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from vae_demo.clips.files import MediaFile
from vae_demo.clips.stored import NO_WINDOW, Track, Window, dolby_of

MOST_BOXES = 20_000
_ENTRY = 78  # bytes of a VisualSampleEntry in front of its own boxes
_DOLBY = (b"dvcC", b"dvvC", b"dvwC")
Box = tuple[int, int]  # where its body starts and ends


class Boxes:
    """The boxes of one file; looks at MOST_BOXES at most."""

    def __init__(self, file: MediaFile) -> None:
        self._file, self._left = file, MOST_BOXES
        self.whole: Box = (0, file.size)

    def inside(self, box: Box) -> Iterator[tuple[bytes, Box]]:
        at, end = box
        while at + 8 <= end and self._left > 0:
            self._left -= 1
            head = self._file.peek(at, 16)
            size, body = int.from_bytes(head[:4], "big"), at + 8
            if size == 1:  # the length does not fit and follows
                size, body = int.from_bytes(head[8:16], "big"), at + 16
            stop = end if size == 0 else at + size
            if stop < body:
                return
            yield head[4:8], (body, min(stop, end))
            at = stop

    def find(self, box: Box | None, *names: bytes) -> Box | None:
        """The first box of that name, inside the first of the name before, and so on."""
        for name in names:
            box = next((body for kind, body in self.inside(box) if kind == name), None) if box else None
        return box

    def data(self, box: Box, most: int) -> bytes:
        return self._file.peek(box[0], min(most, box[1] - box[0]))


def video_tracks(file: MediaFile) -> list[Track]:
    boxes = Boxes(file)
    movie = boxes.find(boxes.whole, b"moov")
    tracks = [_track(boxes, body) for kind, body in boxes.inside(movie) if kind == b"trak"] if movie else []
    return [track for track in tracks if track is not None]


def track_id(boxes: Boxes, head: Box) -> int:
    """From the body of a tkhd box."""
    fixed = boxes.data(head, 24)
    return int.from_bytes(fixed[20:24] if fixed[:1] == b"\1" else fixed[12:16], "big")


def _track(boxes: Boxes, trak: Box) -> Track | None:
    head, kind = boxes.find(trak, b"tkhd"), boxes.find(trak, b"mdia", b"hdlr")
    table = boxes.find(trak, b"mdia", b"minf", b"stbl", b"stsd")
    if head is None or kind is None or table is None or boxes.data(kind, 12)[8:] != b"vide":
        return None
    entry = next((body for _, body in boxes.inside((table[0] + 8, table[1]))), None)
    if entry is None:
        return None
    fixed, window, dolby = boxes.data(entry, _ENTRY), None, None
    width, height = int.from_bytes(fixed[24:26], "big"), int.from_bytes(fixed[26:28], "big")
    for kind, body in boxes.inside((entry[0] + _ENTRY, entry[1])):
        if kind == b"clap":
            window = _aperture(boxes.data(body, 32), width, height)
        elif kind in _DOLBY:
            dolby = dolby_of(boxes.data(body, 24))
    return Track(track_id(boxes, head), width, height, window, dolby)


def _aperture(clap: bytes, width: int, height: int) -> Window | None:
    """Section 12.1.4: the size of the part that is clean, and how far its centre is from the picture's.

    Its first and last pixel may have places with fractions, which are dropped, as FFmpeg does. None where all is clean.
    """
    parts = [int.from_bytes(clap[i:i + 4], "big", signed=True) for i in range(0, 32, 4)]
    if len(clap) < 32 or not all(parts[1::2]):
        return NO_WINDOW
    wide, high, right, down = (Fraction(parts[i], parts[i + 1]) for i in range(0, 8, 2))
    (left, n_columns), (top, n_rows) = _pixels(width, wide, right), _pixels(height, high, down)
    window = Window(left, top, n_columns, n_rows)
    return None if window == Window(0, 0, width, height) else window


def _pixels(side: int, clean: Fraction, moved: Fraction) -> tuple[int, int]:
    """The first of the clean pixels along a side, and how many there are."""
    centre = Fraction(side - 1, 2) + moved
    first, last = (floor(centre + half) for half in ((1 - clean) / 2, (clean - 1) / 2))
    return first, last + 1 - first
