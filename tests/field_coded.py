"""H.264 in which each picture is a field: bits written by hand, for no encoder here writes such. Every block is PCM, so
what is decoded is what was put in."""

import av
import numpy as np

BLOCK = 16


class Bits:
    """What a NAL unit holds, bit by bit."""

    def __init__(self, bits=""):
        self.bits = bits

    def u(self, value, count=1):
        self.bits += f"{value:0{count}b}"
        return self

    def ue(self, *values):
        """Exponential Golomb, of each value."""
        for value in values:
            code = f"{value + 1:b}"
            self.bits += "0" * (len(code) - 1) + code
        return self

    def aligned(self):
        self.bits += "0" * (-len(self.bits) % 8)
        return self

    def data(self):
        return int("1" + self.bits, 2).to_bytes(len(self.bits) // 8 + 1, "big")[1:]


def nal(kind, body):
    """One unit, with bytes in between that keep it from looking like the start of the next."""
    out, zeros = bytearray([3 << 5 | kind]), 0
    for byte in body:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = 0 if byte else zeros + 1
    return bytes(out)


def parameters(width, height):
    """SPS and PPS: Main profile, fields, order of showing = order of decoding."""
    sps = Bits().u(77, 8).u(0, 8).u(30, 8).ue(0, 0, 2, 1).u(0).ue(width // BLOCK - 1, height // (2 * BLOCK) - 1)
    pps = Bits().ue(0, 0).u(0, 2).ue(0, 0, 0).u(0, 3).ue(0, 0, 0).u(0b100, 3)
    return [nal(kind, bits.u(0 if kind == 8 else 0b00100, 0 if kind == 8 else 5).u(1).aligned().data())
            for kind, bits in ((7, sps), (8, pps))]


def field(number, bottom, luma, chroma):
    """One field as a slice of PCM blocks; luma H W, chroma (H/2 W/2) twice, uint8."""
    first = number == 0 and not bottom
    head = Bits().ue(0, 7, 0).u(number % 16, 4).u(1).u(bottom)
    head = head.ue(0).u(0, 2) if first else head.u(0)
    head.ue(0, 1)  # the quantiser stays, no deblocking
    out, at_start = bytearray(), head.bits
    for top in range(0, luma.shape[0], BLOCK):
        for left in range(0, luma.shape[1], BLOCK):
            out += Bits(at_start).ue(25).aligned().data()
            out += luma[top:top + BLOCK, left:left + BLOCK].tobytes()
            half = slice(top // 2, (top + BLOCK) // 2), slice(left // 2, (left + BLOCK) // 2)
            out += b"".join(plane[half].tobytes() for plane in chroma)
            at_start = ""
    return nal(5 if first else 1, bytes(out) + b"\x80")


def fields_of(frames):
    """[(top, bottom)] of RGB frames, NAL units."""
    pairs = []
    for number, picture in enumerate(frames):
        yuv = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format="yuv420p").to_ndarray()
        height, width = picture.shape[:2]
        chroma = yuv[height:].reshape(2, height // 2, width // 2)
        pairs.append(tuple(field(number, bottom, np.ascontiguousarray(yuv[bottom:height:2]), chroma[:, bottom::2])
                           for bottom in (0, 1)))
    return pairs


def configuration(sps, pps):
    """avcC, for units with four bytes of length in front."""
    head = bytes([1, *sps[1:4], 0xFF, 0xE1])
    return head + len(sps).to_bytes(2, "big") + sps + b"\1" + len(pps).to_bytes(2, "big") + pps
