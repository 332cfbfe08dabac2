"""Transport and program streams, FLV, Ogg, ASF and Y4M files that never end, never start, or nest for ever."""

import struct

from material import noise, u16, u32, video

FAMILY = "streams"


def crc(data, value=0xFFFFFFFF):
    """CRC-32 of MPEG-2, section A of ISO 13818-1: not reflected, not inverted."""
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 1 << 31 else 0)) & 0xFFFFFFFF
    return value


def packet(number, body, start=True, count=0):
    """One packet of 188 bytes, filled up with 0xff."""
    head = bytes([0x47, (0x40 if start else 0) | number >> 8, number & 255, 0x10 | count % 16])
    return (head + body)[:188].ljust(188, b"\xff")


def section(table, body, number=1):
    data = bytes([table]) + u16(0xB000 | len(body) + 9, number) + b"\xc1\0\0" + body
    return b"\0" + data + u32(crc(data))


def programs(first, n=40):
    return section(0, b"".join(u16(first + i & 0xFFFF, 0xE000 | (32 + i) & 0x1FFF) for i in range(n)))


def streams(first, n=30, kind=0x1B):
    return section(2, u16(0xE100, 0xF000) + b"".join(
        bytes([kind]) + u16(0xE000 | (first + i) & 0x1FFF, 0xF000) for i in range(n)))


def ts(*packets):
    return lambda rng, targets: b"".join(packets)


def many_programs(rng, targets):
    return b"".join(packet(0, programs(i * 40), count=i) for i in range(250)) + video("a.ts")


def many_streams(rng, targets):
    return packet(0, programs(1)) + b"".join(
        packet(32 + i, streams(256 + 30 * i)) + packet(256 + 30 * i, b"\0\0\1\xe0\0\0\x80\0\0" + noise(150))
        for i in range(200))


def endless_picture(rng, targets):
    """One picture that is never finished."""
    return (packet(0, programs(1, 1)) + packet(32, streams(256, 1)) + packet(256, b"\0\0\1\xe0\0\0\x80\0\0")
            + packet(256, noise(184), start=False) * 25_000)


def sized(step, extra):
    """Packets with other bytes between them: 192 in cameras, 204 on air."""
    def make(rng, targets):
        data = video("a.ts")
        parts = (data[i:i + 188] for i in range(0, len(data), 188))
        return b"".join(extra + part + bytes(step - 188 - len(extra)) for part in parts)
    return make


def fields(kind, codec="a.ts", **options):
    """A good stream with every packet's `kind` field spoilt."""
    def make(rng, targets):
        data = bytearray(video(codec, **options))
        for i in range(376, len(data), 188):
            data[i + kind] = rng.randrange(256)
        return bytes(data)
    return make


PACK = b"\0\0\1\xba\x44\0\4\0\4\1\0\0\3\xf8"


def program_stream(*parts, start=PACK):
    return lambda rng, targets: start + b"".join(parts)


def pes(body, number=0xE0, size=None):
    return b"\0\0\1" + bytes([number]) + u16(len(body) + 3 if size is None else size) + b"\x80\0\0" + body


def flv_tag(kind, body, time=0, size=None):
    n = len(body) if size is None else size
    return bytes([kind]) + n.to_bytes(3, "big") + time.to_bytes(3, "big") + bytes(4) + body + u32(len(body) + 11)


def flv(*tags):
    return lambda rng, targets: b"FLV\1\5\0\0\0\x09\0\0\0\0" + b"".join(tags) + video("a.flv")[13:]


META = b"\2\0\x0aonMetaData"


def page(body, flags=2, serial=1, number=0, laces=None, time=0):
    laces = bytes([255] * (len(body) // 255) + [len(body) % 255]) if laces is None else laces
    return b"OggS\0" + bytes([flags]) + struct.pack("<qIIIB", time, serial, number, 0, len(laces)) + laces + body


def ogg(*pages):
    return lambda rng, targets: b"".join(pages)


def theora(width=4, height=3, fps=(25, 1)):
    return b"\x80theora\3\2\1" + u16(width, height) + (16 * width & 0xFFFFFF).to_bytes(3, "big") + (
        16 * height & 0xFFFFFF).to_bytes(3, "big") + b"\0\0" + u32(*fps) + bytes(8) + b"\0\0\0\0"


GUID = {"head": "3026b2758e66cf11a6d900aa0062ce6c", "file": "a1dcab8c47a9cf118ee400c00c205365",
        "stream": "9107dcb7b7a9cf118ee600c00c205365", "extension": "b503bf5f2ea9cf118ee300c00c205365",
        "words": "3326b2758e66cf11a6d900aa0062ce6c", "more": "40a4d0d207e3d21197f000a0c95ea850",
        "data": "3626b2758e66cf11a6d900aa0062ce6c", "index": "90080033b1e5cf1189f400a0c90349cb"}


def thing(name, body, size=None):
    return bytes.fromhex(GUID[name]) + struct.pack("<Q", len(body) + 24 if size is None else size) + body


def asf(*things, n=None, size=None):
    body = struct.pack("<I", len(things) if n is None else n) + b"\1\2" + b"".join(things)
    return lambda rng, targets: thing("head", body, size) + video("a.wmv", codec="wmv2")[-4000:]


def y4m(head, frames=b"FRAME\n" + bytes(4608)):
    return lambda rng, targets: b"YUV4MPEG2 " + head + b"\n" + frames * 4


MOST = 0xFFFFFFFF
FILES = {
    "10,000 programs.ts": many_programs,
    "6000 streams.ts": many_streams,
    "endless picture.ts": endless_picture,
    "192.m2ts": sized(192, bytes(4)),
    "204.ts": sized(204, b""),
    "two sizes.ts": lambda rng, targets: video("a.ts") + sized(192, bytes(4))(rng, targets),
    "no tables.ts": ts(*[packet(256, b"\0\0\1\xe0\0\0\x80\0\0" + noise(150), count=i) for i in range(900)]),
    "only filling.ts": ts(*[packet(0x1FFF, b"")] * 20_000),
    "PAT on its own.ts": ts(*[packet(0, programs(1))] * 20_000),
    "PAT of lies.ts": ts(*[packet(0, b"\0\0\xbf\xff" + noise(180, i)) for i in range(500)]),
    "table in itself.ts": ts(*[packet(0, section(0, u16(1, 0xE000)))] * 500),
    "descriptors of lies.ts": ts(packet(0, programs(1, 1)), *[packet(
        32, section(2, u16(0xE100, 0xFFFF) + b"\5\xff"))] * 90),
    "fields of noise.ts": fields(3),
    "numbers of noise.ts": fields(2),
    "adaptation of 255.ts": ts(*[b"\x47\x41\0\x30\xff" + bytes(183)] * 900),
    "scrambled.ts": lambda rng, targets: video("a.ts").replace(b"\x47\x01\0\x10", b"\x47\x01\0\xd0"),
    "times of most.ts": ts(packet(0, programs(1, 1)), packet(32, streams(256, 1, 2)), *[packet(
        256, b"\0\0\1\xe0\0\0\x80\xc0\x0a\x3f\xff\xff\xff\xff\x1f\xff\xff\xff\xff" + noise(99), count=i)
        for i in range(90)]),
    # program streams
    "packs, 100,000.mpg": program_stream(PACK * 100_000),
    "system heads.mpg": program_stream((b"\0\0\1\xbb" + u16(65535) + noise(90)) * 500),
    "map of lies.mpg": program_stream(
        b"\0\0\1\xbc" + u16(65535) + b"\xe1\xff\xff\xff\xff\xff" + noise(400), pes(noise(900))),
    "pictures of 0.mpg": program_stream(pes(b"", size=0) * 20_000),
    "pictures of 65535.mpg": program_stream(pes(noise(100), size=65535)),
    "300 streams.mpg": program_stream(*[pes(b"\0\0\1\xb3" + noise(60), 0xC0 + i % 48) for i in range(3000)]),
    "private streams.mpg": program_stream(*[pes(bytes([i % 256]) + noise(60), 0xBD) for i in range(3000)]),
    "stuffing.mpg": program_stream(b"\0\0\1\xe0" + u16(60_000) + b"\xff" * 60_000),
    "4095 wide.mpg": program_stream(pes(
        b"\0\0\1\xb3\xff\xff\xff\x13\xff\xff\xe0\x18\0\0\1\0\0\x0f\xff\xf8\0\0\1\1" + noise(900)) * 9),
    # FLV
    "objects 20,000 deep.flv": flv(flv_tag(18, META + b"\3\0\1a" * 20_000)),
    "arrays 20,000 deep.flv": flv(flv_tag(18, META + b"\x0a\xff\xff\xff\xff" * 20_000)),
    "array of most.flv": flv(flv_tag(18, META + b"\x08" + u32(MOST) + b"\0\1a\0" + bytes(8))),
    "keyframes of most.flv": flv(flv_tag(
        18, META + b"\x08\0\0\0\1\0\x09keyframes\3\0\5times\x0a" + u32(MOST) + b"\0" * 90
        + b"\0\x0dfilepositions\x0a" + u32(MOST) + b"\0" * 90)),
    "numbers of NaN.flv": flv(flv_tag(18, META + b"\x08\0\0\0\3" + b"".join(
        bytes([0, len(name)]) + name + b"\0" + struct.pack(">d", float("nan"))
        for name in (b"duration", b"width", b"framerate")) + b"\0\0\x09")),
    "words of 3 MB.flv": flv(flv_tag(18, META + b"\x08\0\0\0\1\0\1a\x0c" + u32(3_000_000) + b"{" * 3_000_000)),
    "tags of nothing, 100,000.flv": flv(flv_tag(9, b"") * 100_000),
    "tag of 16 MB.flv": flv(flv_tag(9, b"\x17\0\0\0\0", size=0xFFFFFF)),
    "settings, again and again.flv": flv(flv_tag(9, b"\x17\0\0\0\0" + noise(200)) * 3000),
    "screen of a bomb.flv": flv(*[flv_tag(9, b"\x13\xff\xff\xff\xff" + noise(900))] * 9),
    "VP6 of noise.flv": flv(*[flv_tag(9, b"\x14\0\x78\x46\xff\xff\xff\xff" + noise(900))] * 9),
    "time runs back.flv": flv(*[flv_tag(9, b"\x22" + noise(90), time=0xFFFFFF - i * 9999) for i in range(90)]),
    # Ogg
    "3000 streams.ogv": ogg(*[page(theora(), serial=i) for i in range(3000)]),
    "a stream in a stream.ogv": ogg(*[
        page(theora(), serial=i % 3) + page(noise(90), 0, i % 3, 1) for i in range(900)]),
    "a packet without end.ogv": ogg(page(theora()), page(bytes(255 * 255), 1, 1, 1, b"\xff" * 255) * 60),
    "laces of nothing.ogv": ogg(page(theora()), page(b"", 0, 1, 1, bytes(255)) * 3000),
    "theora of 1,000,000.ogv": ogg(
        page(theora(0xFFFF, 0xFFFF)), page(b"\x81theora" + bytes(20), 0), page(b"\x82theora" + noise(900), 0)),
    "theora of 0 per second.ogv": ogg(
        page(theora(fps=(0, 0))), page(b"\x81theora" + b"\xff" * 40, 0), page(b"\x82theora", 0)),
    "comments of most.ogv": ogg(page(theora()), page(b"\x81theora" + struct.pack("<II", 0, MOST) + noise(200), 0)),
    "skeleton of lies.ogv": ogg(
        page(b"fishead\0" + b"\xff" * 56), page(b"fisbone\0" + b"\xff" * 44, 0), page(theora(), serial=2)),
    "time of most.ogv": ogg(page(theora(), time=-(2**63)), page(noise(200), 4, 1, 1, time=2**63 - 1)),
    # ASF
    "objects of most.wmv": asf(thing("file", bytes(80)), n=MOST),
    "head of most.wmv": asf(thing("file", bytes(80)), size=2**63 + 9),
    "object of 0.wmv": asf(*[thing("words", bytes(8), size=0)] * 40),
    "heads in heads.wmv": asf(*[thing("extension", bytes(16) + struct.pack("<HI", 6, MOST))] * 3000),
    "packets of 0.wmv": asf(thing("file", bytes(64) + struct.pack("<QQIIII", 0, 0, 2, 0, 0, 0))),
    "packets of most.wmv": asf(thing("file", bytes(64) + struct.pack("<IIII", 2, MOST, MOST, MOST))),
    "words of lies.wmv": asf(thing("words", struct.pack("<5H", *[65535] * 5) + b"a\0" * 90)),
    "20,000 words.wmv": asf(thing("more", struct.pack("<H", 20_000) + b"\4\0a\0\0\0\0\0\4\0b\0\0\0" * 20_000)),
    "stream of lies.wmv": asf(thing("stream", bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b") + noise(90))),
    # Y4M
    "1,000,000,000 wide.y4m": y4m(b"W1000000000 H1000000000 F25:1"),
    "4096 wide, no pixels.y4m": y4m(b"W4096 H4096 F25:1 C444p16", b"FRAME\n"),
    "negative.y4m": y4m(b"W-64 H-48 F25:1"),
    "0 per second.y4m": y4m(b"W64 H48 F0:0 A0:0"),
    "most per second.y4m": y4m(b"W64 H48 F999999999999:1 A1:99999999999"),
    "a head of 1 MB.y4m": y4m(b"W64 H48 F25:1 " + b"X" * 1_000_000),
    "colours unknown.y4m": y4m(b"W64 H48 F25:1 C{name} XYSCSS=%n%s"),
    "no frame.y4m": y4m(b"W64 H48 F25:1", b""),
    "frames of words.y4m": y4m(b"W64 H48 F25:1", b"FRAME " + b"I" * 200_000),
    "no numbers.y4m": y4m(b"W H F : A"),
}
