"""A still JPEG, or a film of JPEGs one behind the other."""

from __future__ import annotations

import re

from vae_demo.clips.files import MediaFile

MOST_BYTES = 1 << 25  # of a file that are looked at: more than two JPEGs of the largest size take
_START, _END, _SCAN, _APP2 = 0xD8, 0xD9, 0xDA, 0xE2
_NO_LENGTH = {0x01, *range(0xD0, 0xD8)}
_SIZES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Inside a scan 0xFF is followed by 0 or by the number of a restart.
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_PADDING = re.compile(rb"[\0\r\n ]*\xff*")
_LONGEST_PADDING = 1 << 20


def is_stream(file: MediaFile) -> bool:
    """Whether the JPEG at the start of `file` is followed by another of its size.

    Photos hold further pictures too: previews and depths have another size, the other eye and other exposures are
    listed in the first (CIPA DC-007, "MPF").
    """
    data = file.head(MOST_BYTES)
    first = _picture(data, 0)
    if first is None or first[0] >= len(data):
        return False
    padding = _PADDING.match(data, first[0], first[0] + _LONGEST_PADDING)
    start = padding.end() - 1 if padding and padding.end() > first[0] else first[0]
    start += data[start] != 0xFF
    second = _picture(data, start)
    return second is not None and second[1] == first[1]


def ends_whole(file: MediaFile) -> bool:
    """Whether the last picture of a stream reaches its end; what fills up a last block does not count."""
    return file.tail(1 << 16).rstrip(b"\0\xff\r\n ").endswith(bytes([0xFF, _END]))


def _picture(data: bytes, at: int) -> tuple[int, bytes] | None:
    """Where the JPEG at `at` ends, at most the end of `data`, and its height and width; None where none starts."""
    if data[at:at + 2] != bytes([0xFF, _START]):
        return None
    size, at = None, at + 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _NO_LENGTH:
            at += 2
        elif marker == _END:
            return (at + 2, size) if size else None
        else:
            body = data[at + 4:at + 9]
            if marker == _APP2 and body[:4] == b"MPF\0":
                return None
            if marker in _SIZES:
                size = body[1:5]
            at += 2 + int.from_bytes(data[at + 2:at + 4], "big")
            if marker == _SCAN:
                found = _MARKER.search(data, at)
                at = found.start() if found else len(data)
    if data[at:at + 2] == bytes([0xFF, _END]):
        at += 2
    return (min(at, len(data)), size) if size else None
