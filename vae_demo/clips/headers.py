"""What the first bytes of pictures say that their decoders do not tell, or not before they have made room."""

from __future__ import annotations

HEADER_BYTES = 30


def header_size(format: str, head: bytes) -> tuple[int, int] | None:
    """(width, height) that a gif, apng, png or webp claims; None for other formats and for cut headers.

    `head` is at least HEADER_BYTES long, unless the file is shorter.
    """
    if len(head) < HEADER_BYTES:
        return None
    if format == "gif":
        return int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    if format in ("png", "apng") and head[12:16] == b"IHDR":
        return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    return _webp_size(head[12:16], head[20:30]) if format == "webp" else None


def avif_colours(head: bytes) -> tuple[int, int, int]:
    """Bits per colour, and primaries and transfer as in H.273 (2 where they are not given)."""
    bits, primaries, transfer = 8, 2, 2
    if (at := head.find(b"av1C") + 4) >= 4 and head[at + 2:at + 3]:  # AV1 in ISOBMFF, section 2.3.3
        bits = (8, 10, 8, 12)[head[at + 2] >> 5 & 3]
    if (at := head.find(b"colrnclx") + 8) >= 8:
        primaries, transfer = (int.from_bytes(head[i:i + 2], "big") for i in (at, at + 2))
    return bits, primaries, transfer


def _webp_size(chunk: bytes, body: bytes) -> tuple[int, int] | None:
    """RFC 9649, sections 2.5 to 2.7: the first chunk is one of three, each with its own packing."""
    if chunk == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    return None
