"""Matroska and WebM files put together by hand, with what no muxer here writes."""

import av
from media import encode

CODECS = {"h264": b"V_MPEG4/ISO/AVC", "hevc": b"V_MPEGH/ISO/HEVC", "vp8": b"V_VP8", "vp9": b"V_VP9",
          "ffv1": b"V_FFV1", "mjpeg": b"V_MJPEG", "png": b"V_PNG"}
MILLISECONDS = 1_000_000  # nanoseconds a tick


def element(id, *parts):
    body = b"".join(parts)
    return id.to_bytes((id.bit_length() + 7) // 8, "big") + (1 << 56 | len(body)).to_bytes(8, "big") + body


def number(id, value):
    return element(id, value.to_bytes(8, "big"))


def crop(left=0, top=0, right=0, bottom=0):
    """PixelCrop, for the Video of a track."""
    return b"".join(number(id, n) for id, n in ((0x54CC, left), (0x54BB, top), (0x54DD, right), (0x54AA, bottom)))


def shown_as(width, height, unit=0):
    return number(0x54B0, width) + number(0x54BA, height) + number(0x54B2, unit)


def dolby(profile, compatible, name=b"dvcC"):
    """A BlockAdditionMapping with a Dolby Vision configuration."""
    return element(0x41E4, number(0x41F0, 1), element(0x41E7, name), element(0x41ED, dolby_record(profile, compatible)))


def dolby_record(profile, compatible):
    return bytes([1, 0, profile << 1, 5, compatible << 4]) + bytes(19)


def encoded(folder, frames, codec="libvpx", pixels="yuv420p", **options):
    """What a track needs to be: as FFmpeg's own muxer would write it."""
    path = encode(folder / "part.mkv", frames, codec, pixels, **options)
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        context = stream.codec_context
        blocks = [(int(packet.pts * packet.time_base * 1000), packet.is_keyframe, bytes(packet))
                  for packet in file.demux(stream) if packet.size]
        made = {"codec": context.codec.canonical_name, "private": context.extradata, "blocks": blocks,
                "width": context.width, "height": context.height}
    path.unlink()
    return made


def matroska(*tracks, webm=False, duration=None, tags=(), cues=True, open_end=False, blocks_a_cluster=5):
    """The bytes of a file.

    tracks    what encoded() gives; more keys: video and entry (elements), default (a flag), last (milliseconds that
              its last block stands)
    duration  of the whole, milliseconds
    tags      DURATION of each track, as text
    open_end  segment and clusters do not give their lengths, as where a stream is written while it is made
    """
    entries = [element(
        0xAE, number(0xD7, i), number(0x73C5, i), number(0x83, 1), number(0x88, each.get("default", 1)),
        element(0x86, CODECS[each["codec"]]), element(0x63A2, each["private"]) if each["private"] else b"",
        element(0xE0, number(0xB0, each["width"]), number(0xBA, each["height"]), each.get("video", b"")),
        each.get("entry", b"")) for i, each in enumerate(tracks, 1)]
    known = [number(0x2AD7B1, MILLISECONDS)]
    if duration is not None:
        import struct

        known.append(element(0x4489, struct.pack(">d", duration)))
    parts = [element(0x1549A966, *known), element(0x1654AE6B, *entries)]
    blocks = [(i, n == len(each["blocks"]), *block) for i, each in enumerate(tracks, 1)
              for n, block in enumerate(each["blocks"], 1)]
    # In the order of decoding: a track's own order, and between tracks by time.
    order = sorted(range(len(blocks)), key=lambda k: (blocks[k][2], k)) if len(tracks) > 1 else range(len(blocks))
    blocks = [blocks[k] for k in order]
    points, place = [], sum(map(len, parts))
    for start in range(0, len(blocks), blocks_a_cluster):
        some = blocks[start:start + blocks_a_cluster]
        zero = max(0, min(time for _, _, time, *_ in some))  # a block may come before it
        body = number(0xE7, zero) + b"".join(_block(tracks, zero, *block) for block in some)
        points.append(element(0xBB, number(0xB3, zero), element(0xB7, number(0xF7, 1), number(0xF1, place))))
        parts.append(b"\x1f\x43\xb6\x75\x01" + b"\xff" * 7 + body if open_end else element(0x1F43B675, body))
        place += len(parts[-1])
    parts += [element(0x1C53BB6B, *points)] if cues and not open_end else []
    parts += [element(0x1254C367, *(element(
        0x7373, element(0x63C0, number(0x63C5, i)), element(0x67C8, element(0x45A3, b"DURATION"),
                                                            element(0x4487, tag.encode())))
        for i, tag in enumerate(tags, 1)))] if tags else []
    head = element(0x1A45DFA3, element(0x4282, b"webm" if webm else b"matroska"), number(0x4287, 4), number(0x4285, 2))
    body = b"".join(parts)
    return head + (b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + body if open_end else element(0x18538067, body))


def _block(tracks, zero, track, is_last, time, is_key, data):
    body = bytes([0x80 | track]) + (time - zero).to_bytes(2, "big", signed=True)
    last = tracks[track - 1].get("last")
    if is_last and last:
        return element(0xA0, element(0xA1, body + b"\0" + data), number(0x9B, last),
                       b"" if is_key else element(0xFB, b"\xff"))
    return element(0xA3, body + bytes([0x80 * is_key]) + data)
