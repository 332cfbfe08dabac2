"""Media made for tests: every clip carries its frame numbers in its pixels, so a lost frame shows."""

import os
import struct
import zlib
from contextlib import contextmanager
from fractions import Fraction

import av
import numpy as np

CELLS = 8


def barcode_frames(n, height=96, width=128, offset=0):
    """uint8 T H W 3: the upper half spells the frame number in 8 black or white cells, the lower half is a
    texture that moves, so that codecs have something to predict."""
    y, x = np.mgrid[: height - height // 2, :width]
    frames = np.zeros((n, height, width, 3), np.uint8)
    for i in range(n):
        cell = np.arange(width) * CELLS // width
        bits = (i + offset) >> (CELLS - 1 - cell) & 1
        frames[i, : height // 2] = (bits * 255)[None, :, None]
        wave = 128 + 60 * np.sin((x + 3 * i) / 9) * np.cos(y / 7)
        frames[i, height // 2:] = np.stack([wave, 255 - wave, np.full_like(wave, 90)], -1).astype(np.uint8)
    return frames


def read_barcodes(frames):
    """The numbers barcode_frames() wrote, also after scaling and compression; no crop in width."""
    band = frames[:, frames.shape[1] // 8: frames.shape[1] * 3 // 8].mean(axis=(1, 3))
    width = band.shape[1]
    centres = [(2 * cell + 1) * width // (2 * CELLS) for cell in range(CELLS)]
    return [sum((value[c] > 128) << (CELLS - 1 - i) for i, c in enumerate(centres)) for value in band]


def quadrants(height=64, width=96):
    """uint8 H W 3: red, green / blue, yellow; no turn or mirror maps it onto itself."""
    image = np.zeros((height, width, 3), np.uint8)
    top, left = height // 2, width // 2
    image[:top, :left], image[:top, left:] = (220, 30, 30), (30, 200, 30)
    image[top:, :left], image[top:, left:] = (40, 40, 220), (230, 220, 40)
    return image


def flat(n=5, height=48, width=64, colour=(200, 90, 40)):
    return np.broadcast_to(np.array(colour, np.uint8), (n, height, width, 3)).copy()


@contextmanager
def ordinary_priority():
    """Leave the thread the priority it had. SVT-AV1, run as root, asks for real time (FIFO, 99) for whoever calls it
    and never gives that back: everything started later, browsers too, would inherit it and stop each other."""
    if not hasattr(os, "sched_getscheduler"):
        yield
        return
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, *before)


@ordinary_priority()
def encode(
    path, frames, codec="libx264", pixels="yuv420p", rate=25, container=None, options=None, muxer=None,
    pts=None, time_base=None, prepare=None, tags=None, audio=False, second=None,
):
    """Write `frames` (H W 3, or H W 4 with alpha) with any PyAV encoder.

    pts, time_base  times of the frames, default one per frame at `rate`
    prepare         called with the stream before the first frame
    tags            attributes set on each frame (colorspace, color_range, ...)
    second          frames of a second video stream
    """
    if codec == "libx265":
        options = {**(options or {}), "x265-params": ":".join(
            filter(None, ["log-level=none", (options or {}).get("x265-params")]))}
    with av.open(str(path), "w", format=container, options=muxer or {}) as out:
        streams = [(out.add_stream(codec, rate=rate, options=options or {}), f)
                   for f in (frames, second) if f is not None]
        for stream, pictures in streams:
            stream.height, stream.width = pictures[0].shape[:2]
            stream.pix_fmt = pixels
            if prepare:
                prepare(stream)
        sound = out.add_stream("aac", rate=48000) if audio else None
        for stream, pictures in streams:
            for i, picture in enumerate(pictures):
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgba" if picture.shape[2] == 4
                                                   else "rgb24").reformat(format=pixels)
                frame.pts = i if pts is None else pts[i]
                frame.time_base = time_base or 1 / Fraction(rate)
                for name, value in (tags or {}).items():
                    setattr(frame, name, value)
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        if sound:
            _add_tone(out, sound)
    return path


def write_sound(path, codec="aac", container=None, seconds=0.5):
    """A file that holds a tone and nothing else."""
    with av.open(str(path), "w", format=container) as out:
        _add_tone(out, out.add_stream(codec, rate=48000), seconds)
    return path


def _add_tone(out, stream, seconds=0.5):
    n = 1024
    for i in range(int(seconds * 48000) // n):
        wave = (8000 * np.sin((np.arange(n) + i * n) * 440 * 2 * np.pi / 48000)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, i * n, Fraction(1, 48000)
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))


def png_chunk(kind, body):
    """One chunk of a PNG file written by hand."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def set_turn(degrees, hflip=False):
    return lambda stream: stream.set_display_rotation(degrees, hflip)
