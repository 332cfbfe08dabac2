"""AVI files whose chunks lie about sizes, indexes and formats."""

import struct

from material import HEIGHT, WIDTH, noise, packed_zeros, photo

FAMILY = "avi"
MOST = 0xFFFFFFFF


def words(*values):
    return struct.pack(f"<{len(values)}I", *values)


def chunk(kind, *parts, size=None):
    body = b"".join(parts)
    return kind + words(len(body) if size is None else size) + body + b"\0" * (len(body) % 2)


def group(kind, *parts, name=b"LIST", size=None):
    return chunk(name, kind, *parts, size=size)


def strh(kind=b"vids", codec=b"MJPG", scale=1, rate=25, start=0, length=4, sample_size=0):
    return chunk(b"strh", kind, codec, words(0, 0, 0, scale, rate, start, length, 0, MOST, sample_size), bytes(8))


def strf(codec=b"MJPG", width=WIDTH, height=HEIGHT, bits=24, claim=40, colours=0, extra=b""):
    header = struct.pack("<IiiHH4sIiiII", claim, width, height, 1, bits, codec, 0, 0, 0, colours, 0)
    return chunk(b"strf", header, extra)


def stream(header=None, format=None, extra=b""):
    return group(b"strl", header or strh(), format or strf(), extra)


def film(streams=None, frames=None, after=b"", in_hdrl=b"", in_movi=b"", index=None, n=4, avih=None, riff=None,
         movi_size=None, **parts):
    """Four JPEG pictures."""
    frames = [chunk(b"00dc", photo())] * n if frames is None else frames
    avih = avih or chunk(b"avih", words(40_000, 0, 0, 0x10, n, 0, 1, 0, WIDTH, HEIGHT), bytes(16))
    movi = group(b"movi", *frames, in_movi, size=movi_size)
    body = group(b"hdrl", avih, streams or stream(**parts), in_hdrl) + movi + (index or b"") + after
    return b"RIFF" + words(len(body) + 4 if riff is None else riff) + b"AVI " + body


def made(**options):
    return lambda rng, targets: film(**options)


def superindex(n, offset, kind=0, per=4):
    """An index of indexes, `n` entries that all lead to `offset`."""
    entries = struct.pack("<QII", offset, 32, 4) * min(n, 2000)
    return chunk(b"indx", struct.pack("<HBBI4s12x", per, 0, kind, n, b"00dc"), entries)


def raw(width, height, codec=bytes(4), bits=24, data=bytes(900), **more):
    """A stream of uncompressed pictures that claims a size and holds a few bytes."""
    return lambda rng, targets: film(
        header=strh(codec=codec), format=strf(codec, width, height, bits, **more),
        frames=[chunk(b"00db", data() if callable(data) else data)] * 4)


def nested(depth):
    start, length = [], 0
    for _ in range(depth):
        length += 12
        start.append(b"LIST" + words(length - 8) + b"movi")
    return b"".join(reversed(start))


OLD_INDEX = struct.pack("<4sIII", b"00dc", 0x10, MOST, MOST)
FILES = {
    "index of indexes, in a ring.avi": made(extra=superindex(2000, 12)),
    "index of indexes, itself.avi": made(extra=superindex(4, 212)),
    "index of most indexes.avi": made(extra=superindex(MOST, 12)),
    "index of no words.avi": made(extra=superindex(100, 12, per=0)),
    "index behind the end.avi": made(extra=superindex(50, 2**63)),
    "index of fields.avi": made(extra=superindex(50, 12, kind=1)),
    "old index behind the end.avi": made(index=chunk(b"idx1", OLD_INDEX * 3000)),
    "old index of 2 GB.avi": made(index=chunk(b"idx1", OLD_INDEX, size=0x7FFFFFF0)),
    "old index of 100,000.avi": made(index=chunk(b"idx1", struct.pack("<4sIII", b"00dc", 0, 4, 9) * 100_000)),
    "size negative.avi": made(frames=[chunk(b"00dc", photo(), size=0xFFFFFFF0)]),
    "riff of nothing.avi": made(riff=0),
    "movi of most.avi": made(movi_size=MOST),
    "movi of nothing.avi": made(movi_size=0),
    "frames of nothing, 100,000.avi": made(frames=[chunk(b"00dc")] * 100_000),
    "frames of a stream 99.avi": made(frames=[chunk(b"99dc", photo())] * 30),
    "dmlh of most.avi": made(in_hdrl=group(b"odml", chunk(b"dmlh", words(MOST, MOST), bytes(240)))),
    "avih of most.avi": made(avih=chunk(b"avih", words(*[MOST] * 14))),
    "avih of nothing.avi": made(avih=chunk(b"avih")),
    "200 streams.avi": made(streams=stream() * 200),
    "20,000 streams.avi": made(streams=stream() * 20_000),
    "rate of 0.avi": made(header=strh(scale=0, rate=0)),
    "rate of most.avi": made(header=strh(scale=1, rate=MOST)),
    "rate of negative.avi": made(header=strh(scale=0x80000000, rate=0x80000001)),
    "starts at most.avi": made(header=strh(start=MOST, length=MOST)),
    "samples of most.avi": made(header=strh(sample_size=MOST)),
    "strf of 2 GB.avi": made(format=chunk(b"strf", words(40), size=0x7FFFFFF0)),
    "strf of 10 bytes.avi": made(format=chunk(b"strf", bytes(10))),
    "strf of 3 MB.avi": made(format=strf(claim=3_000_000, extra=noise(3_000_000))),
    "palette of most.avi": raw(64, 48, bits=8, colours=MOST, extra=noise(64)),
    "palette changes.avi": made(header=strh(codec=bytes(4)), format=strf(bytes(4), bits=8, extra=noise(1024)), frames=[
        chunk(b"00pc", b"\xff\xff\0\0" + noise(90)), chunk(b"00db", noise(64 * 48))] * 9),
    "raw of 32,000.avi": raw(32_000, 32_000),
    "raw of 4096.avi": raw(4096, 4096),
    "raw of most.avi": raw(0x7FFFFFFF, 0x7FFFFFFF),
    "raw of negative height.avi": raw(64, -0x80000000),
    "raw of negative width.avi": raw(-64, 48),
    "raw of 255 bits.avi": raw(64, 48, bits=255),
    "RLE of 4096.avi": raw(4096, 4096, b"\1\0\0\0", 8, b"\0\2\xff\xff" * 4000),
    "RLE endless.avi": raw(64, 48, b"\1\0\0\0", 8, b"\0\0" * 50_000),
    "Cinepak of lies.avi": raw(4096, 4096, b"cvid", 24, b"\0\xff\xff\xff\x10\0\x10\0\0\xff" + b"\x10\0\xff\xff" * 500),
    "huffyuv of noise.avi": raw(64, 48, b"HFYU", 24, noise(4000)),
    "lossless of noise.avi": raw(4096, 4096, b"FFV1", 24, noise(4000)),
    "Indeo of noise.avi": raw(64, 48, b"IV50", 24, noise(4000)),
    "Fraps of lies.avi": raw(4000, 4000, b"FPS1", 24, b"\1\0\0\0" + noise(400)),
    "screen of zlib.avi": raw(4096, 4096, b"ZMBV", 24, b"\1\0\1\1\x04\x10\x10\x78\x9c" + bytes(900)),
    "TSCC of a bomb.avi": raw(4096, 4096, b"tscc", 24, lambda: packed_zeros(40)),
    "JUNK, 50,000.avi": made(in_hdrl=chunk(b"JUNK") * 50_000),
    "JUNK of most.avi": made(in_hdrl=chunk(b"JUNK", size=MOST)),
    "lists in lists.avi": made(in_movi=nested(10_000)),
    "INFO of 3 MB.avi": made(in_hdrl=group(b"INFO", chunk(b"INAM", b"\xff{}\n" * 750_000))),
    "INFO of 20,000.avi": made(in_hdrl=group(b"INFO", *[chunk(b"I%03d" % (i % 1000), b"ab") for i in range(20_000)])),
    "text stream.avi": made(streams=stream() + stream(strh(b"txts", bytes(4)), chunk(b"strf")),
                            in_movi=chunk(b"01tx", b"GAB2\0\2\0" + words(MOST) + noise(500))),
    "DV type 1.avi": made(header=strh(b"iavs", b"dvsd"), format=chunk(b"strf", bytes(32)),
                          frames=[chunk(b"00__", b"\x1f\x07\0\x3f" + noise(120_000))] * 3),
    "AVIX of lies.avi": made(after=group(
        b"AVIX", group(b"movi", chunk(b"00dc", photo(), size=MOST)), name=b"RIFF") * 40),
}
