"""Makers of files with transparency: marked in every pixel by nobody, or meant; and GIFs written by hand."""

import io
import struct
import zlib

import numpy as np
from media import barcode_frames, encode
from PIL import Image

N = 12
GREYS = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)


def with_alpha(name, codec, pixels, alpha=None, **options):
    """barcode_frames() with `alpha` in every pixel, or else opaque on the left and transparent from column 80 on."""
    def make(folder):
        frames = barcode_frames(N)
        plane = np.full((*frames.shape[:3], 1), 255 if alpha is None else alpha, np.uint8)
        if alpha is None:
            plane[:, 80:] = 0
        return encode(folder / name, np.concatenate([frames, plane], -1), codec, pixels, **options)
    return make


def apng_laid_over(folder):
    """Fully transparent pictures that are to be blended with what lies below, as many writers do."""
    path = with_alpha("over.png", "apng", "rgba", alpha=0, container="apng")(folder)
    data, at = bytearray(path.read_bytes()), 0
    while (at := data.find(b"fcTL", at + 1)) > 0:
        data[at + 29] = 1
        data[at + 30:at + 34] = struct.pack(">I", zlib.crc32(data[at:at + 30]))
    path.write_bytes(data)
    return path


def webp_unset(lossless):
    """An animated WebP, each picture with colours behind an alpha of 0: Pillow would write black ones."""
    def make(folder):
        pictures = b""
        for frame in barcode_frames(N):
            made, (height, width) = io.BytesIO(), frame.shape[:2]
            rgba = np.concatenate([frame, np.zeros_like(frame[:, :, :1])], -1)
            Image.fromarray(rgba).save(made, "webp", lossless=lossless, exact=True)
            chunks = made.getvalue()[12:]
            head = bytes(6) + _u24(width - 1) + _u24(height - 1) + _u24(40) + b"\0"
            pictures += _chunk(b"ANMF", head + (chunks[18:] if chunks[:4] == b"VP8X" else chunks))
        screen = _chunk(b"VP8X", bytes([0x12, 0, 0, 0]) + _u24(width - 1) + _u24(height - 1))
        body = b"WEBP" + screen + _chunk(b"ANIM", bytes(6)) + pictures
        (folder / "unset.webp").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
        return folder / "unset.webp"
    return make


def _u24(number):
    return number.to_bytes(3, "little")


def _chunk(kind, body):
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def gif(screen, pictures, palette=GREYS, background=5, delay=5):
    """The bytes of a GIF89a.

    screen    width, height
    pictures  (x, y, indices H W, disposal, transparent index or None, palette of its own or None)
    palette   uint8 N 3, N a power of two; None leaves it out
    """
    bits = 8 if palette is None else int(np.log2(len(palette)))
    flags = (0 if palette is None else 0x80) | 0x70 | bits - 1
    out = b"GIF89a" + struct.pack("<HHBBB", *screen, flags, background, 0)
    out += b"" if palette is None else palette.tobytes()
    for x, y, indices, disposal, transparent, own in pictures:
        control = disposal << 2 | (transparent is not None)
        out += b"\x21\xf9\x04" + struct.pack("<BHBB", control, delay, transparent or 0, 0)
        out += b"\x2c" + struct.pack("<HHHHB", x, y, *indices.shape[::-1], 0 if own is None else 0x87)
        out += b"" if own is None else own.tobytes()
        out += _codes(indices, bits if own is None else 8)
    return out + b";"


def _codes(indices, bits):
    """LZW that says "start anew" before its codes could grow: nothing is packed."""
    width, start, room = bits + 1, 1 << bits, (1 << bits) - 2
    numbers, at, stream = indices.ravel().tolist(), 0, 0
    codes = [code for i in range(0, len(numbers), room) for code in (start, *numbers[i:i + room])] + [start + 1]
    packed = bytearray()
    for code in codes:
        stream |= code << at
        at += width
        while at >= 8:
            packed.append(stream & 255)
            stream, at = stream >> 8, at - 8
    packed += bytes([stream]) if at else b""
    blocks = [packed[i:i + 255] for i in range(0, len(packed), 255)]
    return bytes([bits]) + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def gif_with_holes(folder):
    """A quarter of the screen is never painted."""
    pictures = [(0, 0, frame[:72, :, 0], 1, None, None) for frame in barcode_frames(N)]
    (folder / "holes.gif").write_bytes(gif((128, 96), pictures))
    return folder / "holes.gif"


def random_gif(seed, n=6, screen=(64, 48)):
    """Pictures of any size, place, disposal, transparency and palette on a screen; the seed decides the kinds."""
    random, (width, height) = np.random.default_rng(seed), screen
    shared = [random.integers(0, 256, (256, 3), np.uint8), random.integers(0, 256, (16, 3), np.uint8), None][seed % 3]
    pictures = []
    for _ in range(n):
        w, h = random.integers(8, width + 1), random.integers(8, height + 1)
        own = shared is None or random.random() < 0.3
        palette = random.integers(0, 256, (256, 3), np.uint8) if own else None
        indices = random.integers(0, 256 if own else len(shared), (h, w))
        transparent = int(indices[0, 0]) if random.random() < 0.4 else None
        if transparent is not None:
            indices[random.random((h, w)) < 0.4] = transparent
        pictures.append((random.integers(0, width - w + 1), random.integers(0, height - h + 1), indices,
                         int(random.integers(1, 4)), transparent, palette))
    return gif(screen, pictures, shared, background=int(random.integers(0, 16)))

