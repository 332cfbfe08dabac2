"""MP4 and QuickTime files whose boxes lie about counts, sizes, times and codecs."""

import zlib

from boxes import FTYP, MOST, box, entry, film, full, nest, tkhd
from material import noise, packed_zeros, u16, u32, u64, video

FAMILY = "mp4"


def samples_of_one_size(rng, targets):
    """A few hundred bytes that ask for eight indexes of 80 million entries each: 15 GB of memory."""
    n = 80_000_000
    return film(n_tracks=8, stsz=full(b"stsz", u32(1, n)), stts=full(b"stts", u32(1, n, 1)),
                stsc=full(b"stsc", u32(1, 1, n, 1)))


def one_index(rng, targets):
    n = 60_000_000
    return film(stsz=full(b"stsz", u32(1, n)), stts=full(b"stts", u32(1, n, 1)), stsc=full(b"stsc", u32(1, 1, n, 1)))


def compressed_moov(claim, megabytes=1):
    def make(rng, targets):
        packed = packed_zeros(megabytes)
        return FTYP + box(b"moov", box(b"cmov", box(b"dcom", b"zlib"), box(b"cmvd", u32(claim), packed)))
    return make


def moov_in_itself(rng, targets):
    """A compressed index that unpacks to a compressed index, 40 deep."""
    inner = box(b"moov", bytes(100))
    for _ in range(40):
        inner = box(b"moov", box(b"cmov", box(b"dcom", b"zlib"), box(b"cmvd", u32(len(inner)), zlib.compress(inner))))
    return FTYP + inner


def fragments(n=1, trun=None, tfhd=None, tfdt=b"", trex=None):
    """A fragmented film whose fragments are told by `trun`."""
    def make(rng, targets):
        empty = {"stsz": full(b"stsz", u32(0, 0)), "stts": full(b"stts", u32(0)), "stsc": full(b"stsc", u32(0)),
                 "stco": full(b"stco", u32(0))}
        mvex = box(b"mvex", trex or full(b"trex", u32(1, 1, 4, 1, 0)))
        moof = box(b"moof", full(b"mfhd", u32(1)), box(
            b"traf", tfhd or full(b"tfhd", u32(1)), tfdt, trun or full(b"trun", u32(1, 0), flags=1)))
        return film(in_moov=mvex, after=(moof + box(b"mdat", bytes(64))) * n, **empty)
    return make


def swapped(**boxes):
    return lambda rng, targets: film(**boxes)


def coded(fourcc, config, *, body=b"", **size):
    """A film in another codec, with a made-up decoder configuration."""
    return lambda rng, targets: film(entry=entry(fourcc, box(config, body), **size), sample=noise(900))


def raw(data):
    return lambda rng, targets: data


def tagged(*items):
    """A film with items in its list of words, as iTunes writes it."""
    handler = full(b"hdlr", bytes(4), b"mdir", bytes(13))
    return lambda rng, targets: film(in_moov=box(b"udta", full(b"meta", handler, box(b"ilst", *items))))


def listed(kind, *values, **options):
    return full(kind, u32(*values), **options)


def many_tracks(rng, targets):
    return film(n_tracks=3000, n=1)


def patched(old, new, **options):
    def make(rng, targets):
        data = video("a.mp4", **options)
        assert old in data
        return data.replace(old, new)
    return make


WIDE = {"entry": entry(width=65535, height=65535), "tkhd": tkhd(width=65535, height=65535)}
GARBAGE = bytes(range(1, 37))
FILES = {
    # indexes
    "samples of one size, 8 tracks.mp4": samples_of_one_size,
    "samples of one size.mp4": one_index,
    "stsz most.mp4": swapped(stsz=listed(b"stsz", 0, MOST)),
    "stsz most of one size.mp4": swapped(stsz=listed(b"stsz", MOST, MOST)),
    "stz2 of no bits.mp4": swapped(stsz=listed(b"stz2", 0, 100_000_000)),
    "stts lies.mp4": swapped(stts=listed(b"stts", MOST, 4, 4)),
    "stts endless run.mp4": swapped(stts=listed(b"stts", 1, MOST, MOST)),
    "stts backwards.mp4": swapped(stts=listed(b"stts", 2, 2, 0xFFFFFF00, 2, 0x80000000)),
    "stts empty.mp4": swapped(stts=listed(b"stts", 0)),
    "ctts lies.mp4": swapped(in_stbl=listed(b"ctts", MOST, 1, 1)),
    "ctts endless run.mp4": swapped(in_stbl=listed(b"ctts", 2, MOST, 0x80000000, MOST, 0x7FFFFFFF)),
    "stsc lies.mp4": swapped(stsc=listed(b"stsc", MOST, 1, 4, 1)),
    "stsc most per chunk.mp4": swapped(stsc=listed(b"stsc", 1, 1, MOST, 1)),
    "stsc out of order.mp4": swapped(stsc=listed(b"stsc", 3, 9, 4, 1, 1, 4, 7, 0, 0, 0)),
    "stco lies.mp4": swapped(stco=listed(b"stco", MOST, 40)),
    "stco outside.mp4": swapped(stco=listed(b"stco", 1, 0xFFFFFFF0)),
    "co64 negative.mp4": swapped(stco=full(b"co64", u32(1), u64(2**63 + 5))),
    "stss lies.mp4": swapped(in_stbl=listed(b"stss", MOST, 1)),
    "sdtp endless.mp4": swapped(in_stbl=full(b"sdtp", bytes(300_000))),
    "sbgp lies.mp4": swapped(in_stbl=full(b"sbgp", b"rap ", u32(MOST, 1, 1)) + full(b"sgpd", b"rap ", u32(1, MOST, 1))),
    # edits and times
    "elst lies.mp4": swapped(in_trak=box(b"edts", listed(b"elst", MOST, 4, 0, 65536))),
    "elst of 40,000.mp4": swapped(in_trak=box(b"edts", listed(b"elst", 40_000, *(4, 0, 65536) * 40_000))),
    "elst endless.mp4": swapped(in_trak=box(
        b"edts", full(b"elst", u32(2), u64(2**63 - 1, 2**63 - 1), u32(0), u64(2**64 - 1, 2**63), u32(1), version=1))),
    "timescale 0.mp4": swapped(mdhd=full(b"mdhd", u32(0, 0, 0, 16, 0))),
    "timescale most.mp4": swapped(mdhd=full(b"mdhd", u32(0, 0, MOST, MOST, 0))),
    "duration most.mp4": swapped(mdhd=full(b"mdhd", u64(0, 0), u32(100), u64(2**64 - 1), u32(0), version=1)),
    "mvhd version 255.mp4": swapped(mvhd=full(b"mvhd", bytes(96), version=255)),
    # the tree
    "moov 10,000 deep.mp4": raw(FTYP + nest(b"moov", 10_000)),
    "udta 10,000 deep.mp4": swapped(in_moov=nest(b"udta", 10_000)),
    "trak 10,000 deep.mov": raw(FTYP + box(b"moov", nest(b"trak", 10_000))),
    "meta deep.mp4": swapped(in_moov=nest(b"ilst", 5_000, nest(b"meta", 5_000))),
    "box of size 0.mp4": raw(FTYP + u32(0) + b"moov" + u32(0) + b"trak" + bytes(50)),
    "box of size 1.mp4": raw(FTYP + u32(1) + b"moov" + u64(3) + bytes(90)),
    "box of size 7.mp4": raw(FTYP + u32(7) + b"moov" + bytes(90)),
    "box of 2 to the 63.mp4": raw(FTYP + u32(1) + b"mdat" + u64(2**63) + bytes(90)),
    "box of all.mp4": raw(FTYP + u32(1) + b"free" + u64(2**64 - 1) + box(b"moov", bytes(90))),
    "negative box in moov.mp4": swapped(in_moov=u32(1) + b"udta" + u64(2**64 - 4) + bytes(40)),
    "moov in free.mp4": swapped(wrap=lambda moov: box(b"free", moov)),
    "two moov.mp4": swapped(wrap=lambda moov: moov * 300),
    "100,000 free boxes.mp4": swapped(before=box(b"free") * 100_000),
    "3000 tracks.mp4": many_tracks,
    "the same track number.mp4": swapped(n_tracks=30, tkhd=tkhd(7)),
    "track number 0.mp4": swapped(tkhd=tkhd(0)),
    "chapters of itself.mp4": swapped(in_trak=box(b"tref", box(b"chap", u32(1, 1, MOST, 0)))),
    "no ftyp.mov": raw(box(b"wide") + film()[len(FTYP):]),
    # compressed, fragmented
    "cmov zlib bomb.mov": compressed_moov(MOST, 30),
    "cmov short claim.mov": compressed_moov(10),
    "cmov negative claim.mov": compressed_moov(0x80000001),
    "cmov in cmov.mov": moov_in_itself,
    "trun most.mp4": fragments(trun=listed(b"trun", MOST, 0, flags=1)),
    "trun of 80 million.mp4": fragments(trun=listed(b"trun", 80_000_000, flags=0)),
    "trun of 16 million, often.mp4": fragments(40, trun=listed(b"trun", 16_000_000, flags=0)),
    "4000 fragments.mp4": fragments(4000),
    "tfhd of no track.mp4": fragments(tfhd=listed(b"tfhd", 99)),
    "tfhd far away.mp4": fragments(tfhd=full(b"tfhd", u32(1), u64(2**64 - 8), flags=1)),
    "tfdt most.mp4": fragments(3, tfdt=full(b"tfdt", u64(2**64 - 1), version=1)),
    "trex garbage.mp4": fragments(trex=full(b"trex", u32(MOST, MOST, MOST, MOST, MOST))),
    "sidx of itself.mp4": swapped(before=full(b"sidx", u32(1, 100, 0, 0), u16(0, 65535),
                                              u32(0x80000008, 1, 0x90000000) * 65535)),
    "mfra of itself.mp4": swapped(after=box(b"mfra", full(b"tfra", u32(1, 0, MOST, 0, 0)), full(b"mfro", u32(MOST)))),
    # words
    "ilst of 5 MB.mp4": tagged(box(b"\xa9nam", box(b"data", u32(1, 0), b"A" * 5_000_000))),
    "ilst data lies.mp4": tagged(box(b"\xa9nam", box(b"data", u32(1, 0), b"A", size=0x7FFFFFFF)),
                                 box(b"covr", box(b"data", u32(13, 0)))),
    "cover of garbage.mp4": tagged(box(b"covr", box(b"data", u32(13, 0), noise(50_000)) * 20)),
    "meta keys lie.mp4": swapped(in_moov=full(b"meta", full(b"hdlr", bytes(4), b"mdta", bytes(13)),
                                              full(b"keys", u32(MOST), box(b"mdta", b"k")))),
    "20,000 words.mp4": swapped(in_moov=box(b"udta", *(box(b"\xa9" + b"%03d" % (i % 1000), u16(2, 0), b"ab")
                                                       for i in range(20_000)))),
    "sphere of XML.mp4": swapped(in_trak=box(b"uuid", bytes.fromhex("ffcc8263f8554a938814587a02521fdd"),
                                             b"<" * 400_000)),
    # codecs
    "avc1 without avcC.mp4": swapped(entry=entry(b"avc1"), sample=noise(900)),
    "avcC of many sets.mp4": coded(b"avc1", b"avcC", body=b"\1d\0\x1f\xff\xff" + u16(65535) * 40),
    "hvcC garbage.mp4": coded(b"hev1", b"hvcC", body=b"\1" + noise(600)),
    "hvcC of many arrays.mp4": coded(b"hvc1", b"hvcC", body=bytes([1]) + bytes(21) + b"\xff" + b"\x20\xff\xff" * 90),
    "av1C garbage.mp4": coded(b"av01", b"av1C", body=b"\x81\xff\xff" + noise(300)),
    "vpcC garbage.mp4": coded(b"vp09", b"vpcC", body=noise(40)),
    "esds deep.mp4": coded(b"mp4v", b"esds", body=bytes(4) + b"\x03\xff\xff\xff\x7f\0\0\0" * 2000),
    "esds of 2 GB.mp4": coded(b"mp4v", b"esds", body=bytes(4) + b"\x03\x20\0\1\0\x04\x1a\x20" + bytes(12)
                              + b"\x05\x87\xff\xff\xff\x7f"),
    "avcC of 2 GB.mp4": swapped(entry=entry(b"avc1", box(b"avcC", b"\1", size=0x7FFFFFFF)), sample=noise(900)),
    "avcC of 3 MB.mp4": coded(b"avc1", b"avcC", body=noise(3_000_000)),
    "h264 sets changed.mp4": patched(b"\x67\x64\x00", b"\x67\xff\x00"),
    "glbl in jpeg.mov": coded(b"jpeg", b"glbl", body=noise(200_000)),
    "stsd lies.mp4": swapped(stsd=full(b"stsd", u32(MOST), entry())),
    "stsd of 1000.mp4": swapped(stsd=full(b"stsd", u32(1000), entry() * 1000)),
    "stsd of size 0.mp4": swapped(entry=entry(size=0)),
    "palette lies.mov": swapped(entry=entry(b"rle ", u32(0) + u16(0x8000, 65535) + bytes(80), depth=8, table=0)),
    "raw of 65535 bits.mov": swapped(entry=entry(b"raw ", depth=65535, table=0)),
    "encrypted.mp4": swapped(
        entry=entry(b"encv", box(b"sinf", box(b"frma", b"jpeg"), full(b"schm", b"cenc", u32(65536)), box(
            b"schi", full(b"tenc", u32(0x108), bytes(16))))),
        in_stbl=full(b"senc", u32(MOST), bytes(8), flags=2) + full(b"saiz", b"\0", u32(MOST))
        + full(b"saio", u32(MOST, 0)),
        in_trak=full(b"pssh", bytes(16), u32(MOST), version=1)),
    # pictures
    "65535 wide.mp4": swapped(**WIDE),
    "0 wide.mp4": swapped(entry=entry(width=0, height=0), tkhd=tkhd(width=0, height=0)),
    "4096 of nothing.mp4": swapped(entry=entry(b"raw ", width=4096, height=4096)),
    "matrix of garbage.mp4": swapped(tkhd=tkhd(matrix=GARBAGE)),
    "matrix of zeros.mp4": swapped(tkhd=tkhd(matrix=bytes(36))),
    "pixels 0 by most.mp4": swapped(entry=entry(b"jpeg", box(b"pasp", u32(0, MOST)))),
    "pixels most by 1.mp4": swapped(entry=entry(b"jpeg", box(b"pasp", u32(MOST, 1)))),
    "clap of nothing.mp4": swapped(entry=entry(b"jpeg", box(b"clap", u32(0, 0, MOST, 0, 1, 0, MOST, 0)))),
    "colr of 2 GB.mp4": swapped(entry=entry(b"jpeg", box(b"colr", b"prof", size=0x7FFFFFFF))),
    "mdcv, clli of most.mp4": swapped(entry=entry(b"jpeg", full(b"mdcv", u32(*[MOST] * 6)), box(b"clli", u32(MOST)))),
}
