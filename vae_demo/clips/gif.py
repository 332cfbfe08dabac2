"""GIF as browsers show it: where nothing was painted, or what was painted is cleared away, one sees through.

FFmpeg lays the file's background colour there, which it takes from the palette all pictures share; where there is none
it leaves the place transparent. So every picture is given that palette as its own.
"""

from __future__ import annotations

_HEADER, _DESCRIPTOR, _HAS_PALETTE, _PALETTE_BITS = 13, 10, 0x80, 0x07
_EXTENSION, _CONTROL, _PICTURE = 0x21, 0xF9, 0x2C


class GifPackets:
    """Rewrites the packets of one file, in their order.

    opaque  paints also what a picture leaves out as transparent, in the colour it would have
    """

    def __init__(self, opaque: bool = False) -> None:
        self._opaque, self._palette, self._bits = opaque, b"", 0

    def __call__(self, data: bytes) -> bytes:
        """The packet's bytes as FFmpeg is to have them; what is no GIF stays as it is."""
        out, at = bytearray(), 0
        if data.startswith((b"GIF87a", b"GIF89a")) and len(data) >= _HEADER:
            at = self._take_palette(data, out)
        while at < len(data):
            start = at
            if data[at] == _EXTENSION:
                at = _past_blocks(data, at + 2)
                block = bytearray(data[start:at])
                if self._opaque and len(block) > 3 and block[1] == _CONTROL:
                    block[3] &= ~1
                out += block
            elif data[at] == _PICTURE and at + _DESCRIPTOR <= len(data):
                at = self._give_palette(data, at, out)
                start, at = at, _past_blocks(data, at + 1)  # a byte for the codes, then blocks of them
                out += data[start:at]
            else:
                out += data[at:]
                break
        return bytes(out)

    def _take_palette(self, data: bytes, out: bytearray) -> int:
        flags, self._palette, end = data[10], b"", _HEADER
        if flags & _HAS_PALETTE:
            self._bits = flags & _PALETTE_BITS
            end += 3 * (2 << self._bits)
            self._palette = data[_HEADER:end]
        out += data[:10] + bytes([flags & ~_HAS_PALETTE]) + data[11:_HEADER]
        return min(end, len(data))

    def _give_palette(self, data: bytes, at: int, out: bytearray) -> int:
        flags, end = data[at + 9], at + _DESCRIPTOR
        if flags & _HAS_PALETTE:
            end += 3 * (2 << (flags & _PALETTE_BITS))
            out += data[at:end]
        elif self._palette:
            out += data[at:at + 9] + bytes([flags & ~_PALETTE_BITS | _HAS_PALETTE | self._bits]) + self._palette
        else:
            out += data[at:end]
        return min(end, len(data))


def _past_blocks(data: bytes, at: int) -> int:
    """Behind a chain of blocks, each with its length in front, that one of length 0 ends."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return min(at + 1, len(data))
