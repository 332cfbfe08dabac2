"""JPEG, WebP and AVIF files that lie about sizes, scans, tags and frames."""

import struct

from material import HEIGHT, WIDTH, noise, photo, u16, u32

FAMILY = "jpeg, webp, avif"


def segment(kind, *parts, size=None):
    body = b"".join(parts)
    return b"\xff" + bytes([kind]) + u16(len(body) + 2 if size is None else size) + body


def jpeg(*after_start, data=None):
    data = data or photo()
    return data[:2] + b"".join(after_start) + data[2:]


def jpegs(*after_start):
    return lambda rng, targets: jpeg(*after_start)


def claiming(width, height, progressive=False):
    """A good picture with another size in its frame header."""
    def make(rng, targets):
        data = photo("jpeg", progressive=progressive)
        start = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
        return data[:start + 5] + u16(height, width) + data[start + 9:]
    return make


def scans(n, side):
    """A progressive picture of `n` scans: each passes over all pixels for a dozen bytes."""
    def make(rng, targets):
        tables = segment(0xDB, b"\0", b"\1" * 64) + segment(0xC4, b"\0\1" + bytes(15) + b"\0") + segment(
            0xC4, b"\x10\1" + bytes(15) + b"\0")
        frame = segment(0xC2, b"\x08", u16(side, side), b"\1\1\x11\0")
        start, further = (segment(0xDA, b"\1\1\0" + band) + b"\0" for band in (b"\0\0\0", b"\1\x3f\0"))
        return b"\xff\xd8" + tables + frame + start + further * n + b"\xff\xd9"
    return make


def exif(*entries, order=b"II", first=8, following=0):
    """entries: (tag, kind, count, value)."""
    mark = "<" if order == b"II" else ">"
    body = b"".join(struct.pack(mark + "HHII", *each) for each in entries)
    head = order + struct.pack(mark + "HI", 42, first)
    return b"Exif\0\0" + head + struct.pack(mark + "H", len(entries)) + body + struct.pack(mark + "I", following)


def with_exif(*entries, **options):
    return jpegs(segment(0xE1, exif(*entries, **options)))


def chunk(kind, *parts, size=None):
    body = b"".join(parts)
    return kind + struct.pack("<I", len(body) if size is None else size) + body + b"\0" * (len(body) % 2)


def webp(*chunks, riff=None):
    body = b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4 if riff is None else riff) + b"WEBP" + body


def side(n):
    return (n - 1).to_bytes(3, "little")


def vp8x(width=WIDTH, height=HEIGHT, flags=2):
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]), side(width), side(height))


def lossless(width=WIDTH, height=HEIGHT):
    return photo("webp", width, height, lossless=True)[12:]


def moving(n, *, width=WIDTH, height=HEIGHT, x=0, y=0, frame=(WIDTH, HEIGHT), delay=40, data=None, loops=0):
    def make(rng, targets):
        body = (x.to_bytes(3, "little") + y.to_bytes(3, "little") + side(frame[0]) + side(frame[1])
                + delay.to_bytes(3, "little") + b"\0" + (data or lossless()))
        return webp(vp8x(width, height), chunk(b"ANIM", bytes(4), struct.pack("<H", loops)), chunk(b"ANMF", body) * n)
    return make


def webps(*chunks, **options):
    return lambda rng, targets: webp(*chunks, **options)


def patched(kind, old, new, n=1, **options):
    """A good picture with some bytes of it changed; `old` must be there, or the test tests nothing."""
    def make(rng, targets):
        data = photo(kind, n=n, **options)
        assert old in data
        start = data.index(old)
        return data[:start] + new + data[start + len(new):]
    return make


MOST = 0xFFFFFFFF
FILES = {
    "20,000 scans of 4096.jpg": scans(20_000, 4096),
    "2000 scans of 2048.jpg": scans(2_000, 2048),
    "20,000 scans of 64.jpg": scans(20_000, 64),
    "65500 wide.jpg": claiming(65500, 65500),
    "4096 wide, few bytes.jpg": claiming(4096, 4096),
    "4096 wide, few bytes, progressive.jpg": claiming(4096, 4096, True),
    "16 by 4096.jpg": claiming(16, 4096),
    "0 wide.jpg": claiming(0, 0),
    "restarts, 200,000.jpg": lambda rng, targets: photo()[:-2] + b"".join(
        b"\xff" + bytes([0xD0 + i % 8]) for i in range(200_000)) + b"\xff\xd9",
    "restart each 0.jpg": jpegs(segment(0xDD, u16(1)), segment(0xDD, u16(65535)), segment(0xDD, u16(0))),
    "fill bytes, 300 kB.jpg": jpegs(b"\xff" * 300_000),
    "APP2 of 4 MB.jpg": jpegs(*(segment(0xE2, b"ICC_PROFILE\0", bytes([i, 255]), bytes(65_000)) for i in range(60))),
    "ICC part 0 of 0.jpg": jpegs(segment(0xE2, b"ICC_PROFILE\0\0\0", noise(90))),
    "comments, 50,000.jpg": jpegs(segment(0xFE, b"{name}\n") * 50_000),
    "segment of 1 byte.jpg": jpegs(segment(0xE1, size=1)),
    "segment of 0.jpg": jpegs(segment(0xE5, size=0)),
    "tables of noise.jpg": jpegs(segment(0xC4, noise(5000)), segment(0xDB, noise(900))),
    "Huffman of 255 codes.jpg": jpegs(segment(0xC4, b"\0" + b"\xff" * 16 + noise(4080))),
    "arithmetic.jpg": lambda rng, targets: photo().replace(b"\xff\xc0", b"\xff\xc9"),
    "lossless.jpg": lambda rng, targets: photo().replace(b"\xff\xc0", b"\xff\xc3"),
    "12 bit.jpg": lambda rng, targets: photo().replace(b"\xff\xc0\0\x11\x08", b"\xff\xc0\0\x11\x0c"),
    "255 components.jpg": jpegs(segment(0xC0, b"\x08", u16(48, 64), b"\xff", b"\1\x11\0" * 255)),
    "sampled 15 by 15.jpg": jpegs(segment(0xC0, b"\x08", u16(4096, 4096), b"\3\1\xff\0\2\x11\0\3\x11\0")),
    "a picture in a picture, 300.jpg": lambda rng, targets: photo() * 300,
    "MPO of lies.jpg": jpegs(segment(0xE2, b"MPF\0", exif((0xB001, 4, 1, MOST), (0xB002, 7, MOST, 8))[6:])),
    # EXIF
    "EXIF in a ring.jpg": with_exif((0x8769, 4, 1, 8), (0x8825, 4, 1, 8), (0xA005, 4, 1, 8), following=8),
    "EXIF of most.jpg": with_exif((0x0112, 3, MOST, MOST), (0x010E, 2, MOST, 0), (0x927C, 7, MOST, 8)),
    "EXIF turn of 65535.jpg": with_exif((0x0112, 3, 1, 65535)),
    "EXIF turn of two.jpg": with_exif((0x0112, 3, 2, 0x00060006)),
    "EXIF turn in words.jpg": with_exif((0x0112, 2, 4, 0x7B7D0A00)),
    "EXIF turn over 0.jpg": with_exif((0x0112, 5, 1, 8), (0x011A, 5, 1, 8)),
    "EXIF of 5000.jpg": with_exif(*[(0x0112 + i, 3, 1, 6) for i in range(5000)], order=b"MM"),
    "EXIF outside.jpg": with_exif(first=MOST),
    "EXIF of two orders.jpg": with_exif((0x0112, 3, 1, 6), order=b"IM"),
    "XMP of entities.jpg": jpegs(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<!DOCTYPE x [<!ENTITY a 'aaaa'>"
                                         b"<!ENTITY b '&a;&a;&a;'>]><x:xmpmeta tiff:Orientation='&b;'/>" * 200)),
    "Photoshop of lies.jpg": jpegs(segment(0xED, b"Photoshop 3.0\08BIM\x03\xed\0\0\x7f\xff\xff\xff" + noise(40))),
    # WebP
    "still, 16383 wide.webp": webps(chunk(b"VP8L", b"\x2f\xff\xff\xff\x0f" + noise(200))),
    "still of noise.webp": webps(chunk(b"VP8L", b"\x2f" + struct.pack("<I", 4000 | 4000 << 14) + noise(5000))),
    "lossy of noise.webp": webps(chunk(b"VP8 ", b"\x10\x02\0\x9d\x01\x2a\xa0\x0f\xa0\x0f" + noise(5000))),
    "canvas of 4096, 3000 dots.webp": moving(3000, width=4096, height=4096),
    "canvas of 2 to the 24.webp": moving(2, width=1 << 24, height=1 << 24),
    "canvas smaller than its frame.webp": moving(5, width=20, height=20),
    "frame of another size.webp": moving(5, frame=(4000, 4000), width=4096, height=4096),
    "frames outside.webp": moving(9, x=(1 << 24) - 1, y=(1 << 24) - 1),
    "delays of 0.webp": moving(30, delay=0),
    "delays of most.webp": moving(30, delay=(1 << 24) - 1),
    "frames of nothing.webp": moving(2000, data=b"\0"),
    "riff of 4 GB.webp": lambda rng, targets: webp(photo("webp")[12:], riff=MOST),
    "chunk of 4 GB.webp": webps(vp8x(), chunk(b"ANMF", bytes(30), size=MOST - 1)),
    "chunks of nothing, 100,000.webp": lambda rng, targets: webp(vp8x(flags=0), chunk(b"ABCD") * 100_000, lossless()),
    "EXIF in a ring.webp": lambda rng, targets: webp(
        vp8x(flags=8), lossless(), chunk(b"EXIF", exif((0x8769, 4, 1, 8), (0x0112, 3, 1, 99), following=8)[6:])),
    "ICC of 4 MB.webp": lambda rng, targets: webp(vp8x(flags=0x20), chunk(b"ICCP", bytes(4_000_000)), lossless()),
    "alpha of lies.webp": lambda rng, targets: webp(vp8x(flags=0x10), chunk(b"ALPH", b"\xff" + noise(900)),
                                                    photo("webp")[12:]),
    # AVIF
    "65535 wide.avif": patched("avif", b"ispe\0\0\0\0", b"ispe\0\0\0\0" + u32(65535, 65535)),
    "4096 wide.avif": patched("avif", b"ispe\0\0\0\0", b"ispe\0\0\0\0" + u32(4096, 4096)),
    "0 wide.avif": patched("avif", b"ispe\0\0\0\0", b"ispe\0\0\0\0" + u32(0, 0)),
    "places lie.avif": patched("avif", b"iloc", b"iloc\0\0\0\0\x44\0" + u16(1, 1, 0, 1) + u32(0xFFFFFF00, MOST)),
    "items of 65535.avif": patched("avif", b"iinf\0\0\0\0", b"iinf\0\0\0\0\xff\xff"),
    "properties lie.avif": patched("avif", b"ipma", b"ipma\0\0\0\0" + u32(MOST)),
    "meta of 2 GB.avif": patched("avif", b"meta", b"iref"),
    "moving, counts lie.avif": patched("avif", b"stsz\0\0\0\0", b"stsz\0\0\0\0" + u32(1, 80_000_000), n=3),
    "moving, times lie.avif": patched("avif", b"stts\0\0\0\0", b"stts\0\0\0\0" + u32(1, MOST, MOST), n=3),
    "moving, chunks lie.avif": patched("avif", b"stco\0\0\0\0", b"stco\0\0\0\0" + u32(MOST, 0), n=3),
    "moving, ticks of 0.avif": patched("avif", b"mdhd", b"mdhd" + bytes(20), n=3),
    "AV1 settings spoilt.avif": patched("avif", b"av1C", b"av1C\xff\xff\xff\xff"),
    "pixels spoilt.avif": patched("avif", b"mdat", b"mdat" + noise(200)),
}
