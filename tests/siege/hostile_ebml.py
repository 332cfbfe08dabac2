"""Matroska and WebM files whose elements lie about sizes, laces, times and compression."""

import bz2
import struct

from material import HEIGHT, WIDTH, noise, packed_zeros, photo, u16, video

FAMILY = "matroska"
UNKNOWN = b"\x01" + b"\xff" * 7
HEAD = bytes.fromhex("1a45dfa3")
SEGMENT, INFO, TRACKS, CLUSTER, CUES, TAGS, CHAPTERS, ATTACHMENTS, SEEK = map(bytes.fromhex, (
    "18538067", "1549a966", "1654ae6b", "1f43b675", "1c53bb6b", "1254c367", "1043a770", "1941a469", "114d9b74"))


def vint(n):
    return (1 << 56 | n).to_bytes(8, "big")


def element(number, *parts, size=None):
    """number: the id as bytes or hex; size: the bytes of the size field, where it shall lie."""
    body = b"".join(parts)
    return (bytes.fromhex(number) if isinstance(number, str) else number) + (size or vint(len(body))) + body


def whole(number, value, n_bytes=8):
    return element(number, value.to_bytes(n_bytes, "big"))


def head(kind=b"matroska", longest=8):
    return element(HEAD, whole("4286", 1), whole("42f2", 4), whole("42f3", longest), element("4282", kind))


def block(data, flags=0x80, track=1, time=0):
    return element("a3", bytes([0x80 | track]), u16(time & 0xFFFF), bytes([flags]), data)


def cluster(*blocks, time=0, **lie):
    return element(CLUSTER, whole("e7", time), *blocks, **lie)


def track(number=1, codec=b"V_MJPEG", private=b"", extra=b"", width=WIDTH, height=HEIGHT, picture=b""):
    return element("ae", whole("d7", number), whole("73c5", number), whole("83", 1), element("86", codec),
                   element("63a2", private) if private else b"",
                   element("e0", whole("b0", width), whole("ba", height), picture), extra)


def film(tracks=None, clusters=None, info=b"", before=b"", after=b"", start=None, size=None, **options):
    """Four JPEG pictures in one cluster."""
    scale = b"" if info.startswith(bytes.fromhex("2ad7b1")) else whole("2ad7b1", 1_000_000)
    if clusters is None:
        clusters = cluster(*(block(photo(), time=40 * i) for i in range(4)))
    return (start or head()) + element(
        SEGMENT, element(INFO, scale, info), before, element(TRACKS, tracks or track(**options)), clusters, after,
        size=size)


def made(**options):
    return lambda rng, targets: film(**options)


def laced(flags, body, n=4):
    """Blocks that hold several frames, and say so wrongly."""
    return made(clusters=cluster(*(block(body + photo(), flags, time=40 * i) for i in range(n))))


def packed(kind, body, scope=1, **options):
    """What body() gives as frames, or as decoder settings (scope 2), to be unpacked with algorithm `kind`: 0 zlib,
    1 bzip2, 2 lzo, 3 some bytes put in front."""
    encoding = element("6d80", element("6240", whole("5031", 0), whole("5032", scope), whole("5033", 0), element(
        "5034", whole("4254", kind), element("4255", b"\xff\xd8\xff" * (50_000 if kind == 3 else 1)))))

    def make(rng, targets):
        blocks = (block(photo() if scope == 2 else body(), time=40 * i) for i in range(4))
        return film(extra=encoding, private=body() if scope == 2 else b"", clusters=cluster(*blocks), **options)
    return make


def bomb():
    return packed_zeros(60)


def deep(number, depth, inside=b""):
    """Elements in each other; joined from the inside out, in pieces, as the sizes must be known."""
    starts, length = [], len(inside)
    for _ in range(depth):
        starts.append(bytes.fromhex(number) + vint(length))
        length += len(starts[-1])
    return b"".join(reversed(starts)) + inside


def tag(name, text):
    return element(TAGS, element("7373", element("63c0", whole("63c5", 1)), element(
        "67c8", element("45a3", name), element("4487", text))))


def seek_to_itself(rng, targets):
    entry = element("4dbb", element("53ab", SEEK), whole("53ac", 0))
    return film(before=element(SEEK, entry * 300))


def patched(old, new):
    def make(rng, targets):
        data = video("a.mkv")
        assert old in data
        return data.replace(old, new)
    return make


def real(number, value):
    return element(number, struct.pack(">d", value))


SHORT = b"\x42\x86\x81\x01"
FILES = {
    # sizes
    "sizes unknown.mkv": made(size=UNKNOWN, clusters=cluster(block(photo()), size=UNKNOWN) * 3),
    "size most.mkv": made(size=b"\x01\xff\xff\xff\xff\xff\xff\xfe"),
    "size most in a block.mkv": made(clusters=cluster(element("a3", photo(), size=b"\x01" + b"\xff" * 6 + b"\xf0"))),
    "void unknown.mkv": made(before=element("ec", size=UNKNOWN)),
    "void 100,000 times.mkv": made(before=b"\xec\x80" * 100_000),
    "clusters in clusters.mkv": made(clusters=deep("1f43b675", 5000)),
    "segments in segments.mkv": lambda rng, targets: head() + deep("18538067", 5000),
    "heads in heads.mkv": lambda rng, targets: deep("1a45dfa3", 5000),
    "tags in tags.mkv": made(after=element(TAGS, element("7373", deep("67c8", 8000)))),
    "chapters in chapters.mkv": made(before=element(CHAPTERS, element("45b9", deep("b6", 8000)))),
    "longest size 255.mkv": made(start=head(longest=255)),
    "longest size 0.mkv": made(start=head(longest=0)),
    "version most.mkv": lambda rng, targets: element(HEAD, whole("42f7", 2**63), whole("4285", 2**64 - 1), SHORT,
                                                     element("4282", b"webm")) + film()[40:],
    "kind of 1 MB.mkv": made(start=head(kind=b"matroska" * 131_072)),
    "CRC lies.mkv": made(before=element(TAGS, element("bf", b"\xde\xad\xbe\xef"), b"\x73\x73\x80")),
    "seeks to itself.mkv": seek_to_itself,
    "cues to itself.mkv": made(after=element(CUES, element("bb", whole("b3", 0), element(
        "b7", whole("f7", 1), whole("f1", 2**63))) * 5000)),
    # laces
    "lace of Xiph.mkv": laced(0x82, b"\xff" + b"\xff" * 255),
    "lace of EBML.mkv": laced(0x86, b"\xff" + b"\x40\x01" + b"\x01\xff\xff\xff\xff\xff\xff\xff" * 30),
    "lace of EBML, backwards.mkv": laced(0x86, b"\x03\x81" + b"\x80" * 3),
    "lace of one size.mkv": laced(0x84, b"\xff"),
    "lace of nothing.mkv": made(clusters=cluster(*[element("a3", b"\x81\0\0\x82\xff")] * 40)),
    # compression
    "zlib bomb.mkv": packed(0, bomb),
    "zlib bomb in the settings.mkv": packed(0, bomb, scope=2, codec=b"V_MPEG4/ISO/AVC"),
    "bzip2 bomb.mkv": packed(1, lambda: bz2.compress(bytes(8_000_000), 1)),
    "lzo garbage.mkv": packed(2, lambda: noise(5000)),
    "bytes in front.mkv": packed(3, photo),
    "unknown packing.mkv": packed(255, photo),
    # times
    "ticks of 0.mkv": made(info=whole("2ad7b1", 0)),
    "ticks of most.mkv": made(info=whole("2ad7b1", 2**64 - 1)),
    "lasts for NaN.mkv": made(info=real("4489", float("nan"))),
    "lasts for ever.mkv": made(info=real("4489", float("inf"))),
    "lasts 1e999999999, says a tag.mkv": made(before=tag(b"DURATION", b"1e999999999:0:0")),
    "seconds of 1e99999999, says a tag.mkv": made(before=tag(b"DURATION", b"0:0:1e99999999")),
    "lasts many digits, says a tag.mkv": made(before=tag(b"DURATION", b"0:0:" + b"9" * 3_000_000)),
    "lasts a division by 0.mkv": made(before=tag(b"DURATION", b"1/0:1/0:1/0")),
    "cluster at the end of time.mkv": made(clusters=cluster(block(photo()), block(photo(), time=-9), time=2**64 - 1)),
    "frames of 1 ns.mkv": made(extra=whole("23e383", 1)),
    "frames of most.mkv": made(extra=whole("23e383", 2**64 - 1)),
    "a lead of most.mkv": made(extra=whole("56aa", 2**63) + whole("56bb", 2**64 - 1)),
    # tracks
    "2000 tracks.mkv": made(tracks=b"".join(track(1 + i % 120) for i in range(2000))),
    "picture of 2 to the 32.mkv": made(width=2**32, height=2**32),
    "picture of 65535.mkv": made(width=65535, height=65535),
    "picture of 0.mkv": made(width=0, height=0),
    "cropped to nothing.mkv": made(picture=b"".join(whole(n, 9999) for n in ("54cc", "54bb", "54aa", "54dd"))),
    "shown at most.mkv": made(picture=whole("54b0", 2**63) + whole("54ba", 1) + whole("54b2", 3)),
    "sphere of garbage.mkv": made(picture=element("7670", whole("7671", 3), element("7672", noise(300)),
                                                  *(real(n, float("nan")) for n in ("7673", "7674", "7675")))),
    "colour of NaN.mkv": made(picture=element("55b0", whole("55b1", 2**62), element(
        "55d0", *(real(f"55d{n:x}", float("nan")) for n in range(1, 11))))),
    "settings of 4 MB.mkv": made(private=noise(4_000_000)),
    "short VFW.mkv": made(codec=b"V_MS/VFW/FOURCC", private=b"\x28\0\0\0MJPG"),
    "VFW of 2 GB.mkv": made(codec=b"V_MS/VFW/FOURCC", private=b"\xff\xff\xff\x7f" * 3 + b"\1\0\x18\0MJPG" + bytes(20)),
    "QuickTime inside.mkv": made(codec=b"V_QUICKTIME", private=b"\x7f\xff\xff\xffSVQ3" + noise(90)),
    "raw of 4096.mkv": made(codec=b"V_UNCOMPRESSED", width=4096, height=4096, picture=element("2eb524", b"RGBA")),
    "codec named 100,000.mkv": made(codec=b"V_" + b"A" * 100_000),
    "codec of bytes.mkv": made(codec=b"\xff\xfe{name}\n\0%s"),
    # extras
    "attachment of 3 MB.mkv": made(before=element(ATTACHMENTS, element(
        "61a7", element("466e", b"../../../etc/passwd"), element("4660", b"application/x-truetype-font"),
        element("465c", noise(3_000_000)), whole("46ae", 1)))),
    "2000 attachments.mkv": made(before=element(ATTACHMENTS, element(
        "61a7", element("466e", b"a"), element("4660", b"image/jpeg"), element("465c", photo()[:300])) * 2000)),
    "tag of 4 MB.mkv": made(before=tag(b"TITLE", b"\xff{}\n" * 1_000_000)),
    "20,000 tags.mkv": made(before=tag(b"T", b"t") * 20_000),
    "10,000 additions.mkv": made(clusters=cluster(element("a0", element("75a1", element(
        "a6", whole("ee", 4), element("a5", b"aa")) * 10_000), element("a1", b"\x81\0\0\0", photo()))) * 2),
    "references to the end of time.mkv": made(clusters=cluster(element(
        "a0", element("fb", b"\x80" + bytes(7)), whole("9b", 2**63), element("a1", b"\x81\0\0\0", photo()))) * 4),
    "h264 settings spoilt.mkv": patched(b"\x67\x64\x00", b"\x67\xff\x00"),
}
