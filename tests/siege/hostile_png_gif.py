"""GIF, PNG and animated PNG files that ask for far more than they hold."""

import struct
import zlib

from material import HEIGHT, WIDTH, noise, packed_zeros, photo, u16, u32, video
from media import png_chunk

FAMILY = "gif, png"


def bits(codes):
    """(code, width) pairs -> bytes, lowest bit first, as GIF packs them."""
    value = length = 0
    for code, width in codes:
        value |= code << length
        length += width
    return value.to_bytes(length // 8 + 1, "little")


def blocks(data, size=255):
    parts = (data[i:i + size] for i in range(0, len(data), size))
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def flat_codes(n):
    """LZW codes of n equal pixels: each new code is one pixel longer than the one before, so 4096² take 9 kB."""
    yield 4, 3
    known, width, left, length = 6, 3, n, 1
    while left > 0:
        yield (0 if length == 1 else known - 1), width
        left, length = left - length, length + 1
        if length > 2:
            known += 1
        if known == 1 << width and width < 12:
            width += 1
        if known >= 4095:
            yield 4, 12
            known, width, length = 6, 3, 1
    yield 5, width


def picture(data, width=WIDTH, height=HEIGHT, x=0, y=0, flags=0, palette=b"", delay=4, smallest=2, disposal=0):
    control = b"\x21\xf9\x04" + struct.pack("<BHBB", disposal << 2, delay, 0, 0)
    return control + b"," + struct.pack("<4HB", x, y, width, height, flags) + palette + bytes([smallest]) + data


SHORT = blocks(bits([(4, 3), (0, 3), (1, 3), (5, 3)]))  # two pixels and the end


def gif(*pictures, width=WIDTH, height=HEIGHT, end=b";", background=0):
    return (b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF1, background, 0) + bytes(range(12))
            + b"".join(pictures) + end)


def gifs(*pictures, **options):
    return lambda rng, targets: gif(*pictures, **options)


def gif_4096(n):
    """Every frame fills the canvas of 64 MB."""
    def make(rng, targets):
        frame = picture(blocks(bits(flat_codes(4096 * 4096))), 4096, 4096)
        return gif(*[frame] * n, width=4096, height=4096)
    return make


def ihdr(width=WIDTH, height=HEIGHT, depth=8, colour=2, interlaced=0):
    return png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


PNG, END = b"\x89PNG\r\n\x1a\n", png_chunk(b"IEND", b"")


def rows(width=WIDTH, height=HEIGHT, n_bytes=3, filter=b"\0"):
    size = (width * n_bytes + 1) * height
    if filter == b"\0" and size > 10**7:
        return packed_zeros(size // 10**6 + 1)
    return zlib.compress((filter + bytes(width * n_bytes)) * height)


def png(*before, header=None, data=None, after=b"", end=END):
    idat = png_chunk(b"IDAT", rows() if data is None else data)
    return PNG + (header or ihdr()) + b"".join(before) + idat + after + end


def pngs(*before, **options):
    return lambda rng, targets: png(*before, **options)


def stuffed(kind, start, megabytes=80, times=1):
    return lambda rng, targets: png(png_chunk(kind, start + packed_zeros(megabytes)) * times)


def fctl(number, width=WIDTH, height=HEIGHT, x=0, y=0, delay=(1, 25), disposal=0, blend=0):
    return png_chunk(b"fcTL", u32(number, width, height, x, y) + u16(*delay) + bytes([disposal, blend]))


def apng(n_frames, *frames, claim=None, **options):
    claim = n_frames if claim is None else claim
    return png(png_chunk(b"acTL", u32(claim, 0)), fctl(0), after=b"".join(frames), **options)


def apngs(n_frames, *frames, **options):
    return lambda rng, targets: apng(n_frames, *frames, **options)


def fdat(number, data):
    return png_chunk(b"fdAT", u32(number) + data)


def apng_4096(n):
    def make(rng, targets):
        data = rows(4096, 4096)
        frames = (fctl(1 + 2 * i, 4096, 4096) + fdat(2 + 2 * i, data) for i in range(n))
        return PNG + ihdr(4096, 4096) + png_chunk(b"acTL", u32(n + 1, 0)) + fctl(0, 4096, 4096) + png_chunk(
            b"IDAT", data) + b"".join(frames) + END
    return make


def big_png(depth=8, colour=2, interlaced=0, n_bytes=3, side=4096, filter=b"\0"):
    return lambda rng, targets: png(header=ihdr(side, side, depth, colour, interlaced),
                                    data=rows(side, side + 8 * interlaced, n_bytes, filter))


def wrong_sums(rng, targets):
    data = bytearray(png())
    for i in range(29, len(data), 40):
        data[i] ^= rng.randrange(1, 256)
    return bytes(data)


def without_trailer(rng, targets):
    return video("a.gif", codec="gif", pixels="rgb8")[:-1] + b"\x21\xfe" + b"\xff" * 40_000


FILES = {
    "4096 wide, 12 full frames.gif": gif_4096(12),
    "4096 wide, 300 short frames.gif": gifs(*[picture(SHORT, 4096, 4096)] * 300, width=4096, height=4096),
    "4096 wide, 300 dots.gif": gifs(*[picture(SHORT, 2, 1, disposal=2)] * 300, width=4096, height=4096),
    "20,000 frames.gif": gifs(*[picture(SHORT, 2, 1)] * 20_000),
    "delays of 0 and 65535.gif": gifs(*[picture(SHORT, delay=65535 * (i % 2)) for i in range(30)]),
    "no trailer.gif": without_trailer,
    "no end of a picture.gif": gifs(picture(b"\xff" + noise(200)), end=b""),
    "LZW of noise.gif": lambda rng, targets: gif(*[picture(blocks(rng.randbytes(900))) for _ in range(20)]),
    "LZW of no codes.gif": gifs(picture(b"\0"), picture(b"\1\xff\0"), picture(SHORT, smallest=0)),
    "LZW of 255 bits.gif": gifs(picture(SHORT, smallest=255), picture(SHORT, smallest=12)),
    "LZW that clears only.gif": gifs(*[picture(blocks(bits([(4, 3)] * 20_000)))] * 4),
    "LZW of codes to come.gif": gifs(picture(blocks(bits([(4, 3)] + [(7, 3)] * 900)))),
    "palettes for each.gif": gifs(*[picture(SHORT, flags=0x87, palette=noise(768))] * 300),
    "a palette cut off.gif": gifs(picture(b"", flags=0x87, palette=b"\1"), end=b""),
    "no palette.gif": lambda rng, targets: b"GIF89a" + struct.pack("<HHBBB", 64, 48, 0, 255, 0) + picture(SHORT) + b";",
    "outside the canvas.gif": gifs(picture(SHORT, 65535, 65535, 65535, 65535), picture(SHORT, 9, 9, 60, 44)),
    "wider than the canvas.gif": gifs(picture(SHORT, 4000, 4000)),
    "frames of 0.gif": gifs(*[picture(SHORT, 0, 0)] * 50),
    "blocks of 1 byte.gif": gifs(picture(blocks(bits(flat_codes(64 * 48)), 1) + b"\1\0" * 100_000)),
    "comments, 3 MB.gif": gifs(b"\x21\xfe" + blocks(b"A" * 3_000_000), picture(SHORT)),
    "extensions, 100,000.gif": gifs(b"\x21\xff\0" * 100_000, picture(SHORT)),
    "disposal 7.gif": gifs(*[picture(SHORT, disposal=i % 8, x=i) for i in range(60)]),
    "interlaced 1 line.gif": gifs(*[picture(SHORT, 64, 1, flags=0x40)] * 20),
    # still pictures
    "bomb of 4096, 16 bit.png": big_png(16, 6, n_bytes=8),
    "bomb of 4096, interlaced.png": big_png(16, 6, 1, n_bytes=8),
    "bomb of one colour.png": big_png(1, 0, n_bytes=0),
    "bomb behind the pixels.png": lambda rng, targets: png(data=packed_zeros(120)),
    "bomb behind the end.png": lambda rng, targets: png() + packed_zeros(50),
    "4096 by Paeth.png": big_png(filter=b"\4"),
    "filter 255.png": pngs(data=rows(filter=b"\xff")),
    "zTXt of 80 MB.png": stuffed(b"zTXt", b"k\0\0"),
    "iTXt of 80 MB.png": stuffed(b"iTXt", b"k\0\1\0\0\0"),
    "iCCP of 80 MB.png": stuffed(b"iCCP", b"k\0\0"),
    "zTXt of 1 MB, 500 times.png": stuffed(b"zTXt", b"k\0\0", 1, 500),
    "tEXt of 5 MB.png": pngs(png_chunk(b"tEXt", b"k\0" + b"A" * 5_000_000)),
    "eXIf in a ring.png": pngs(
        png_chunk(b"eXIf", b"II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, 0x8769, 4, 1, 8, 8))),
    "chunk of 2 GB.png": lambda rng, targets: PNG + ihdr() + u32(0x7FFFFFFF) + b"IDAT" + rows(),
    "chunk of 4 GB.png": lambda rng, targets: PNG + ihdr() + u32(0xFFFFFFFF) + b"tEXt" + bytes(90),
    "chunks of nothing, 100,000.png": pngs(png_chunk(b"IDAT", b"") * 100_000),
    "chunks of bad letters.png": pngs(png_chunk(b"\0\xff{}", b"a") * 90),
    "sums that lie.png": wrong_sums,
    "palette of none.png": pngs(header=ihdr(colour=3), data=rows(n_bytes=1, filter=b"\0")),
    "palette of 300.png": pngs(png_chunk(b"PLTE", bytes(900)), png_chunk(b"tRNS", bytes(900)), header=ihdr(colour=3)),
    "two headers.png": pngs(ihdr(4000, 4000), ihdr(60_000, 60_000)),
    "colours of kind 7.png": pngs(header=ihdr(depth=3, colour=7)),
    "header of 0.png": pngs(header=ihdr(0, 0)),
    "header of negative.png": pngs(header=ihdr(2**31, 2**32 - 1)),
    "4000 wide, no pixels.png": pngs(header=ihdr(4000, 4000), data=b""),
    # animations
    "2 to the 31 frames.png": apngs(2**31, fctl(1), fdat(2, rows())),
    "no frames.png": apngs(0, claim=0),
    "4096, 12 frames.png": apng_4096(12),
    "frames larger than all.png": apngs(
        3, fctl(1, 4000, 4000), fdat(2, rows()), fctl(3, 9, 9, 2**31, 2**31), fdat(4, rows())),
    "frames out of order.png": apngs(9, *(fctl(i * 7 % 5) + fdat(99 - i, rows()) for i in range(9))),
    "frames without pixels.png": apngs(5000, *(fctl(i) for i in range(1, 5000))),
    "frame that unpacks to 120 MB.png": lambda rng, targets: apng(
        2, fctl(1), fdat(2, packed_zeros(120))),
    "delays over 0.png": apngs(9, *(fctl(2 * i + 1, delay=(65535, 0)) + fdat(2 * i + 2, rows()) for i in range(9))),
    "disposal 255.png": apngs(
        9, *(fctl(2 * i + 1, disposal=255, blend=255) + fdat(2 * i + 2, rows()) for i in range(9))),
    "acTL of 1 byte.png": pngs(png_chunk(b"acTL", b"\1")),
    "acTL, then bombs of text.png": lambda rng, targets: png(
        png_chunk(b"acTL", u32(2, 0)), png_chunk(b"zTXt", b"k\0\0" + packed_zeros(80))),
    "the wrong name.gif": lambda rng, targets: photo("png"),
}
