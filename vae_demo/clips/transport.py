"""MPEG transport streams, also where they were cut inside a packet: every packet begins with the same byte."""

from __future__ import annotations

_SYNC = b"\x47"
# As broadcast, with a time in front of each packet (camera files), with 16 bytes of error correction behind it
_PACKETS = (188, 192, 204)
_WHOLE = {(188, 0), (192, 4), (204, 0)}
_NEEDED, _NEEDED_INSIDE = 4, 5


def is_transport(head: bytes) -> bool:
    """Whether packets follow one another at one distance, from the first byte on or from any inside the first one."""
    for step in _PACKETS:
        for offset in range(step):
            needed = _NEEDED if (step, offset) in _WHOLE else _NEEDED_INSIDE
            starts = range(offset, offset + needed * step, step)
            if head[offset:starts[-1] + 1:step] == _SYNC * needed and all(
                    _is_header(head[start:start + 4]) for start in starts):
                return True
    return False


def _is_header(packet: bytes) -> bool:
    """ISO/IEC 13818-1, 2.4.3.2: no error was met on the way, and there is something in it."""
    return len(packet) == 4 and not packet[1] & 0x80 and bool(packet[3] & 0x30)
