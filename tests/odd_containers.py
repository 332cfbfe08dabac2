"""Makers of files whose container says something about the pictures: which are the film, what is to be seen of them,
how long they stand."""

import struct
from fractions import Fraction

import av
import numpy as np
from field_coded import configuration, fields_of, parameters
from matroska_files import crop, dolby, encoded, matroska
from media import barcode_frames, encode, flat
from mp4_files import with_boxes, with_edits

N = 12
LOSSLESS, PNG = {"codec": "ffv1", "pixels": "bgr0"}, {"codec": "png", "pixels": "rgb24"}
SECONDS = "00:{:02}:{:06.3f}000000"


def barred(left=0, top=0, right=0, bottom=0):
    """barcode_frames() with white bars around."""
    return np.pad(barcode_frames(N), ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=255)


def hidden_bars(name, left=0, top=0, right=0, bottom=0, video=b"", **options):
    """A Matroska or WebM file that asks for its bars to be cut away."""
    def make(folder):
        track = encoded(folder, barred(left, top, right, bottom), **options)
        data = matroska({**track, "video": crop(left, top, right, bottom) + video}, webm=name.endswith(".webm"))
        (folder / name).write_bytes(data)
        return folder / name
    return make


def aperture(name, clap, left=0, top=0, right=0, bottom=0, **options):
    """An mp4 or QuickTime file with white bars and a clean aperture."""
    return lambda folder: with_boxes(encode(folder / name, barred(left, top, right, bottom), **options), clap)


def with_track_boxes(name, added, **options):
    return lambda folder: with_boxes(encode(folder / name, barcode_frames(N), **options), added)


def lasting(name, last=None, says=None, keep=None, codec="libvpx", **options):
    """A whole Matroska or WebM file of N / 25 s.

    last  milliseconds that the last frame stands
    says  seconds that it and its tag give for it
    keep  where it is cut off, counted from the start of its index
    """
    def make(folder):
        track = encoded(folder, barcode_frames(N), codec)
        said = {} if says is None else {"duration": says * 1000, "tags": [SECONDS.format(int(says // 60), says % 60)]}
        data = matroska({**track, "last": last}, webm=name.endswith(".webm"), **said, **options)
        if keep is not None:
            data = data[:data.rindex(b"\x1c\x53\xbb\x6b") + keep]
        (folder / name).write_bytes(data)
        return folder / name
    return make


def with_cover(name, size=(96, 128), first=False, defaults=(1, 1), n_pictures=1, codec="mjpeg"):
    """A Matroska file with a still of `size` as a track of its own; defaults: of the film, of the still."""
    def make(folder):
        still = encoded(folder, flat(n_pictures, *size), codec, "yuvj420p" if codec == "mjpeg" else "yuv420p", rate=1)
        tracks = [{**encoded(folder, barcode_frames(N)), "default": defaults[0]}, {**still, "default": defaults[1]}]
        (folder / name).write_bytes(matroska(*tracks[::-1 if first else 1], duration=480))
        return folder / name
    return make


def with_still_track(name, size, first=False, **options):
    """An mp4 or QuickTime file with a second track of one picture that says nothing of being a cover."""
    tracks = [flat(1, *size), barcode_frames(N)][::1 if first else -1]
    return lambda folder: encode(folder / name, tracks[0], second=tracks[1], **options)


def dolby_mkv(name, profile, compatible):
    def make(folder):
        track = encoded(folder, barcode_frames(N), "libx265", "yuv420p10le")
        (folder / name).write_bytes(matroska({**track, "entry": dolby(profile, compatible)}))
        return folder / name
    return make


def with_empty_frames(name, places, codec="mpeg4", pixels="yuv420p"):
    """An AVI with an empty chunk in front of the frame of each number in `places`, twice where it is there twice."""
    def make(folder):
        path = encode(folder / name, barcode_frames(N), codec, pixels)
        data = path.read_bytes()
        start = data.index(b"movi") + 4
        end = start - 4 + int.from_bytes(data[start - 8:start - 4], "little")
        parts, at = [], start
        while at < end:
            size = int.from_bytes(data[at + 4:at + 8], "little")
            parts += [data[at:at + 4] + bytes(4)] * places.count(len(parts) - _n_empty(parts))
            parts.append(data[at:at + 8 + size + size % 2])
            at += len(parts[-1])
        parts += [parts[-1][:4] + bytes(4)] * places.count(N)
        head, index, place = bytearray(data[:start]), b"", 4
        for part in parts:
            index += part[:4] + struct.pack("<III", 16, place, int.from_bytes(part[4:8], "little"))
            place += len(part)
        head[start - 8:start - 4] = struct.pack("<I", place)
        for at in (head.index(b"avih") + 24, head.index(b"strh") + 40):  # dwTotalFrames, dwLength
            head[at:at + 4] = struct.pack("<I", len(parts))
        whole = head + b"".join(parts) + b"idx1" + struct.pack("<I", len(index)) + index
        whole[4:8] = struct.pack("<I", len(whole) - 8)
        path.write_bytes(whole)
        return path
    return make


def _n_empty(parts):
    return sum(len(part) == 8 for part in parts)


def edited(name, *edits):
    """An mp4 without B frames; edits in (milliseconds, number of the first frame or -1 for a gap)."""
    ticks = 512  # a frame, at 12800 a second
    return lambda folder: with_edits(
        encode(folder / name, barcode_frames(N), options={"bf": "0"}),
        [(length, first if first < 0 else first * ticks) for length, first in edits])


def before_zero(name, by=200):
    """A Matroska or WebM file whose first frames have times below 0."""
    def make(folder):
        track = encoded(folder, barcode_frames(N))
        early = [(time - by, is_key, data) for time, is_key, data in track["blocks"]]
        (folder / name).write_bytes(matroska({**track, "blocks": early}, webm=True, blocks_a_cluster=N))
        return folder / name
    return make


def fields_in_matroska(name, together):
    """H.264 fields, both of a frame in one block or each in its own."""
    def make(folder):
        units = [[len(unit).to_bytes(4, "big") + unit for unit in pair] for pair in fields_of(barcode_frames(N))]
        data = [b"".join(pair) for pair in units] if together else [unit for pair in units for unit in pair]
        track = {"codec": "h264", "private": configuration(*parameters(128, 96)), "width": 128, "height": 96}
        blocks = [(i * (40 if together else 20), i == 0, each) for i, each in enumerate(data)]
        (folder / name).write_bytes(matroska({**track, "blocks": blocks}))
        return folder / name
    return make


def fields(name):
    """H.264 fields, one after another, in any container that PyAV writes."""
    def make(folder):
        units = [*parameters(128, 96), *(unit for pair in fields_of(barcode_frames(N)) for unit in pair)]
        (folder / "fields.h264").write_bytes(b"".join(b"\0\0\0\1" + unit for unit in units))
        with av.open(str(folder / "fields.h264"), format="h264") as file, av.open(str(folder / name), "w") as out:
            stream = out.add_stream_from_template(file.streams.video[0])
            for i, packet in enumerate(packet for packet in file.demux(video=0) if packet.size):
                packet.pts = packet.dts = i
                packet.duration, packet.time_base, packet.stream = 1, Fraction(1, 50), stream
                out.mux(packet)
        return folder / name
    return make
