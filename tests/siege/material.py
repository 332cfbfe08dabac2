"""What hostile files are made of: small valid files to spoil, and the places that files may point to."""

import io
import struct
import sys
import tempfile
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the siege also runs as a command, without pytest

import numpy as np  # noqa: E402
from media import barcode_frames, encode  # noqa: E402
from PIL import Image  # noqa: E402

N, HEIGHT, WIDTH = 6, 48, 64


@dataclass(frozen=True)
class Targets:
    """What a file may point to and nobody may touch.

    canary  a file that exists; tcp, udp  ports of 127.0.0.1 that somebody listens on
    """

    canary: Path
    tcp: int
    udp: int

    def places(self):
        """{word: address}: every way to name them that a demuxer might follow."""
        path = str(self.canary)
        return {
            "absolute": path,
            "file": f"file://{path}",
            "file colon": f"file:{path}",
            "up": "../" * 12 + path.lstrip("/"),
            "sideways": f"./nothing/../../../{self.canary.parent.name}/{self.canary.name}",
            "concat": f"concat:{path}|{path}",
            "concatf": f"concatf:{path}",
            "subfile": f"subfile,,start,0,end,64,,:{path}",
            "cache": f"cache:{path}",
            "async": f"async:file:{path}",
            "crypto": f"crypto:{path}",
            "hls": f"hls+file://{path}",
            "data": "data:application/vnd.apple.mpegurl;charset=utf-8,%23EXTM3U%0A%23EXTINF%3A1%2C%0A" + path,
            "http": f"http://127.0.0.1:{self.tcp}/a.ts",
            "hls http": f"hls+http://127.0.0.1:{self.tcp}/a.m3u8",
            "https": f"https://127.0.0.1:{self.tcp}/a.ts",
            "ftp": f"ftp://127.0.0.1:{self.tcp}/a.ts",
            "gopher": f"gopher://127.0.0.1:{self.tcp}/a",
            "mms": f"mmsh://127.0.0.1:{self.tcp}/a",
            "tcp": f"tcp://127.0.0.1:{self.tcp}",
            "rtmp": f"rtmp://127.0.0.1:{self.tcp}/live/a",
            "rtsp": f"rtsp://127.0.0.1:{self.tcp}/a",
            "udp": f"udp://127.0.0.1:{self.udp}",
            "rtp": f"rtp://127.0.0.1:{self.udp}",
            "unc": f"//127.0.0.1:{self.tcp}/share/a.ts",
        }


@cache
def video(name, **options):
    """Bytes of a small valid video; `name` gives the container, `options` go to media.encode()."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        return encode(path, barcode_frames(N, HEIGHT, WIDTH), **options).read_bytes()


@cache
def photo(kind="jpeg", width=WIDTH, height=HEIGHT, n=1, **options):
    """Bytes of a small valid picture, or animation of `n` pictures, through Pillow."""
    frames = [Image.fromarray(frame) for frame in barcode_frames(n, height, width)]
    if n > 1:
        options |= {"save_all": True, "append_images": frames[1:]}
    out = io.BytesIO()
    frames[0].save(out, kind, **options)
    return out.getvalue()


@cache
def noise(n, seed=0):
    return np.random.default_rng(seed).integers(0, 256, n, np.uint8).tobytes()


def small_videos():
    """{suffix: bytes}: one valid file of each container that is read."""
    return {
        "mp4": video("a.mp4"), "mov": video("a.mov", codec="mjpeg", pixels="yuvj420p"), "mkv": video("a.mkv"),
        "webm": video("a.webm", codec="libvpx"), "avi": video("a.avi", codec="mpeg4"), "ts": video("a.ts"),
        "mpg": video("a.mpg", codec="mpeg2video"), "flv": video("a.flv"), "wmv": video("a.wmv", codec="wmv2"),
        "ogv": video("a.ogv", codec="libtheora") if _has("libtheora") else video("a.mkv", codec="mpeg4"),
        "gif": video("a.gif", codec="gif", pixels="rgb8"),
        "apng": video("a.png", codec="apng", pixels="rgb24", container="apng"),
        "png": photo("png"), "jpg": photo("jpeg", progressive=True), "webp": photo("webp", n=4, lossless=True),
        "avif": photo("avif", n=3),
    }


def _has(codec):
    import av
    return codec in av.codecs_available


@cache
def packed_zeros(megabytes):
    """That many MB of zeros as zlib packs them, without packing them all: one packed piece, over and over."""
    packer, total = zlib.compressobj(9, zlib.DEFLATED, -15), 1
    piece = packer.compress(bytes(10**6)) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(megabytes):
        total = zlib.adler32(bytes(10**6), total)
    return b"\x78\xda" + piece * megabytes + b"\3\0" + u32(total)


def u16(*values):
    return struct.pack(f">{len(values)}H", *values)


def u32(*values):
    return struct.pack(f">{len(values)}I", *values)


def u64(*values):
    return struct.pack(f">{len(values)}Q", *values)
