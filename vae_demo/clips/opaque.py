"""Animations that lay one picture over another, without the transparency by which they do."""

from __future__ import annotations

_ALPHA_FLAG = 0x10  # of VP8X and, in the fifth byte, of VP8L
_PICTURE_HEAD = 16  # bytes of an ANMF chunk in front of its own chunks
_BLEND = 33  # where an fcTL chunk that begins a packet says how it is laid down


def apng_packet(data: bytes) -> bytes:
    """A picture of an animated PNG that covers what lies below instead of being blended with it."""
    return data[:_BLEND] + b"\0" + data[_BLEND + 1:] if data[4:8] == b"fcTL" and len(data) > _BLEND else data


def webp(data: bytes) -> bytes:
    """A WebP file (RFC 9649) whose pixels are all opaque, in the colours they would have."""
    body = b"WEBP" + _chunks(memoryview(data)[12:])
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _chunks(data: memoryview, inside: bool = False) -> bytes:
    out, at = bytearray(), 0
    while at + 8 <= len(data):
        kind, size = bytes(data[at:at + 4]), int.from_bytes(data[at + 4:at + 8], "little")
        body = bytearray(data[at + 8:at + 8 + size])
        at += 8 + size + size % 2
        if kind == b"ALPH":
            continue
        if kind == b"ANMF" and not inside:
            body = bytearray(body[:_PICTURE_HEAD] + _chunks(memoryview(body)[_PICTURE_HEAD:], inside=True))
        elif kind == b"VP8X" and body:
            body[0] &= ~_ALPHA_FLAG
        elif kind == b"VP8L" and len(body) > 4:
            body[4] &= ~_ALPHA_FLAG
        out += kind + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)
    return bytes(out)
