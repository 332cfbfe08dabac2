"""Files that cost far more than their size lets on; each maker writes one into a folder and returns its path."""

import io
import struct

import numpy as np
from media import encode, flat
from PIL import Image


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full(kind, *parts):
    """A box with a version and flags in front, both 0."""
    return box(kind, bytes(4), *parts)


def endless_index(folder, n_tracks=8, n_samples=80_000_000):
    """An mp4 of a few kilobytes that lists `n_samples` samples of one size a track: FFmpeg makes an entry of each."""
    tracks = []
    for track in range(1, n_tracks + 1):
        entry = box(b"avc1", bytes(6), struct.pack(">H", 1), bytes(16), struct.pack(">HH", 64, 64), bytes(50))
        table = box(
            b"stbl", full(b"stsd", struct.pack(">I", 1), entry),
            full(b"stts", struct.pack(">III", 1, n_samples, 1)),
            full(b"stsc", struct.pack(">IIII", 1, 1, n_samples, 1)),
            full(b"stsz", struct.pack(">II", 4, n_samples)), full(b"stco", struct.pack(">II", 1, 48)))
        media = box(
            b"mdia", full(b"mdhd", struct.pack(">IIIII", 0, 0, 25, n_samples, 0)),
            full(b"hdlr", bytes(4), b"vide", bytes(13)), box(b"minf", full(b"vmhd", bytes(8)), table))
        head = full(b"tkhd", struct.pack(">IIIII", 0, 0, track, 0, n_samples), bytes(52),
                    struct.pack(">II", 64 << 16, 64 << 16))
        tracks.append(box(b"trak", head, media))
    movie = box(b"moov", full(b"mvhd", struct.pack(">IIIII", 0, 0, 25, n_samples, 1 << 16), bytes(76)), *tracks)
    path = folder / "index.mp4"
    path.write_bytes(box(b"ftyp", b"isom", bytes(4), b"isom") + box(b"mdat", bytes(64)) + movie)
    return path


def endless_scans(folder, n_scans=20_000, side=2048, name="scans.jpg"):
    """A progressive JPEG that says the same again and again; the decoder goes over the whole picture each time."""
    made = io.BytesIO()
    Image.fromarray(np.zeros((side, side, 3), np.uint8)).save(made, "jpeg", progressive=True, quality=30)
    data = made.getvalue()
    last = data.rindex(b"\xff\xda")
    path = folder / name
    path.write_bytes(data[:last] + data[last:-2] * n_scans + data[-2:])
    return path


def wide_gif(folder, n_frames=100, side=4096):
    """One screen of `side` pixels, then frames of 16 pixels on it: kilobytes that become gigabytes of pictures."""
    path = encode(folder / "small.gif", flat(1, 16, 16), "gif", "rgb8", rate=10)
    data = path.read_bytes()
    screen = data[:6] + struct.pack("<HH", side, side) + data[10:13]
    n_colours = 2 << (data[10] & 7) if data[10] & 0x80 else 0
    start = 13 + 3 * n_colours
    path = folder / "wide.gif"
    path.write_bytes(screen + data[13:start] + data[start:-1] * n_frames + b";")
    return path
