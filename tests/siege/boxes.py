"""MP4 files built box by box, so that any one box can lie."""

from material import HEIGHT, WIDTH, photo, u16, u32

MOST = 0xFFFFFFFF
MATRIX = u32(65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)


def box(kind, *parts, size=None):
    """size: what the box claims, where that is not its length."""
    body = b"".join(parts)
    return u32(len(body) + 8 if size is None else size) + kind + body


def full(kind, *parts, version=0, flags=0, **claim):
    return box(kind, u32(version << 24 | flags), *parts, **claim)


def entry(fourcc=b"jpeg", *extra, width=WIDTH, height=HEIGHT, depth=24, table=0xFFFF, **claim):
    """One video sample description."""
    return box(fourcc, bytes(6), u16(1), bytes(16), u16(width, height), u32(72 << 16, 72 << 16, 0), u16(1), bytes(32),
               u16(depth, table), *extra, **claim)


def tkhd(number=1, width=WIDTH, height=HEIGHT, matrix=MATRIX, duration=24):
    sides = u32(width << 16 & MOST, height << 16 & MOST)
    return full(b"tkhd", u32(0, 0, number, 0, duration), bytes(16), matrix, sides, flags=3)


FTYP = box(b"ftyp", b"isom", u32(512), b"isommp41")


def track(samples, offset, number=1, **swap):
    """One trak; every box may be swapped by its name, and `in_trak`, `in_stbl`, `in_minf` and `in_mdia` add to it."""
    def part(name, default):
        return swap.get(name, default)

    n = len(samples)
    stbl = box(
        b"stbl", part("stsd", full(b"stsd", u32(1), part("entry", entry()))),
        part("stts", full(b"stts", u32(1, n, 4))),
        part("stsc", full(b"stsc", u32(1, 1, n, 1))),
        part("stsz", full(b"stsz", u32(0, n, *map(len, samples)))),
        part("stco", full(b"stco", u32(1, offset))), part("in_stbl", b""))
    minf = box(b"minf", full(b"vmhd", bytes(8), flags=1),
               part("dinf", box(b"dinf", full(b"dref", u32(1), full(b"url ", flags=1)))), stbl, part("in_minf", b""))
    mdia = box(b"mdia", part("mdhd", full(b"mdhd", u32(0, 0, 100, 4 * n), u16(0x55C4, 0))),
               part("hdlr", full(b"hdlr", bytes(4), b"vide", bytes(13))), minf, part("in_mdia", b""))
    return box(b"trak", part("tkhd", tkhd(number)), mdia, part("in_trak", b""))


def film(n=4, n_tracks=1, before=b"", after=b"", in_moov=b"", ftyp=FTYP, wrap=None, mvhd=None, sample=None, **swap):
    """A motion JPEG mp4 of `n` pictures; `swap` goes to track(), `wrap` is called with the whole moov."""
    samples = [sample or photo()] * n
    offset = len(ftyp) + len(before) + 8
    tracks = b"".join(track(samples, offset, number + 1, **swap) for number in range(n_tracks))
    mvhd = mvhd or full(
        b"mvhd", u32(0, 0, 100, 4 * n, 65536), u16(256), bytes(10), MATRIX, bytes(24), u32(n_tracks + 1))
    moov = box(b"moov", mvhd, tracks, in_moov)
    return ftyp + before + box(b"mdat", *samples) + (wrap(moov) if wrap else moov) + after


def nest(kind, depth, inside=b""):
    """`depth` boxes of one kind, each in the one before; built from sizes, for joining 10,000 times is slow."""
    sizes = range(8 * depth + len(inside), len(inside), -8)
    return b"".join(u32(size) + kind for size in sizes) + inside


