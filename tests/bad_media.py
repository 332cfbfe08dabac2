"""Files that cannot become a clip: each maker writes one into a folder and returns its path.

BAD maps a description to (maker, the Refusal case it must end in).
"""

import os
import socket
import struct
import zipfile
import zlib

import numpy as np
from media import barcode_frames, encode, flat, png_chunk, write_sound
from PIL import Image


def written(name, data):
    def make(folder):
        path = folder / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path
    return make


def video_bytes(folder, name="whole.mp4", n=12, **options):
    path = folder / name
    encode(path, barcode_frames(n), **options)
    data = path.read_bytes()
    path.unlink()
    return data


def cut(name, keep, **options):
    """The first `keep` bytes (or that fraction) of a good video."""
    def make(folder):
        data = video_bytes(folder, name, **options)
        (folder / name).write_bytes(data[: keep if isinstance(keep, int) else int(len(data) * keep)])
        return folder / name
    return make


def patched(name, old, new, **options):
    """A good video with one tag in its header changed."""
    def make(folder):
        data = video_bytes(folder, name, **options)
        assert old in data
        (folder / name).write_bytes(data.replace(old, new))
        return folder / name
    return make


def picture(name, keep=None, size=(96, 64), **options):
    def make(folder):
        path = folder / name
        noise = np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), np.uint8)
        Image.fromarray(noise).save(path, **options)
        if keep:
            path.write_bytes(path.read_bytes()[:keep])
        return path
    return make


def png_claiming(width, height):
    """A PNG header for a picture of that size, with a few bytes of pixels: a decompression bomb."""
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + png_chunk(b"IDAT", zlib.compress(bytes(1000))) + png_chunk(b"IEND", b""))


def stuffed_png(kind, megabytes):
    """A good picture with a text or profile in it that unpacks to a thousand times its size."""
    def make(folder):
        path = picture("stuffed.png")(folder)
        data, stuffing = path.read_bytes(), png_chunk(kind, b"k\0\0" + zlib.compress(bytes(megabytes * 10**6)))
        path.write_bytes(data[:33] + stuffing + data[33:])
        return path
    return make


def cut_animation(folder):
    frames = [Image.fromarray(frame) for frame in barcode_frames(12)]
    path = folder / "cut.webp"
    frames[0].save(path, save_all=True, append_images=frames[1:], lossless=True)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def flipped(folder):
    """A PNG with one wrong byte among its pixels."""
    path = picture("flipped.png")(folder)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(data)
    return path


def webp_claiming(width, height):
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(
        3, "little")
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def archive(folder):
    path = folder / "holiday.mp4"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("a.txt", "hello")
    return path


def pipe(folder):
    path = folder / "pipe.mp4"
    os.mkfifo(path)
    return path


def bound_socket(folder):
    path = folder / "s.mp4"
    here = os.getcwd()
    os.chdir(folder)  # a socket's path may have only 108 characters
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("s.mp4")
    finally:
        os.chdir(here)
    return path


def symlink(name, target):
    def make(folder):
        (folder / name).symlink_to(folder / target)
        return folder / name
    return make


def sparse(folder):
    path = folder / "huge.mp4"
    with open(path, "wb") as out:
        out.truncate(300_000_000)
    return path


def sound_with_cover(folder):
    """An m4a whose only "video" is its cover picture."""
    from av.stream import Disposition

    def cover(stream):
        stream.disposition = Disposition.attached_pic
    return encode(folder / "song.m4a", flat(1), "mjpeg", "yuvj420p", container="mp4", prepare=cover, audio=True)


def secret_playlist(folder):
    (folder / "secret.txt").write_text("secret")
    return written("list.mp4", f"#EXTM3U\n#EXTINF:1,\nfile://{folder}/secret.txt\n")(folder)


def gif_bomb(folder):
    data = video_bytes(folder, "bomb.gif", codec="gif", pixels="rgb8")
    (folder / "bomb.gif").write_bytes(data[:6] + struct.pack("<HH", 65535, 65535) + data[10:])
    return folder / "bomb.gif"


def box(kind, body=b""):
    return struct.pack(">I", 8 + len(body)) + kind + body


def inside_free(folder):
    """A whole video inside a box that says it is filling."""
    data = video_bytes(folder, "inner.mp4", muxer={"movflags": "+faststart"})
    return written("filled.mov", box(b"free", data))(folder)


NOISE = np.random.default_rng(1).integers(0, 256, 20_000, np.uint8).tobytes()
HTML = "<!DOCTYPE html><html><body>404 not found</body></html>"
SDP = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n"

BAD = {
    # the path
    "no path": (lambda folder: "", "no_file"),
    "missing": (lambda folder: folder / "nowhere.mp4", "missing"),
    "missing folder": (lambda folder: folder / "nowhere" / "a.mp4", "missing"),
    "file as a folder": (lambda folder: written("a.mp4", b"x")(folder) / "b.mp4", "missing"),
    "dangling link": (symlink("link.mp4", "nowhere.mp4"), "missing"),
    "link to itself": (symlink("loop.mp4", "loop.mp4"), "unreadable"),
    "NUL in the name": (lambda folder: f"{folder}/a\0b.mp4", "missing"),
    "endless name": (lambda folder: folder / ("a" * 5000 + ".mp4"), "unreadable"),
    "folder": (lambda folder: folder, "folder"),
    "named pipe": (pipe, "special"),
    "socket": (bound_socket, "special"),
    "device": (lambda folder: "/dev/zero", "special"),
    "http": (lambda folder: "http://127.0.0.1:9/a.mp4", "url"),
    "rtsp": (lambda folder: "rtsp://127.0.0.1/a", "url"),
    "file URL": (lambda folder: f"file://{folder}/a.mp4", "url"),
    "data URL": (lambda folder: "data:video/mp4;base64,AAAA", "url"),
    "FFmpeg protocol": (lambda folder: "concat:/etc/hostname|/etc/hosts", "missing"),
    "FFmpeg device": (lambda folder: "lavfi:testsrc", "missing"),
    "image sequence": (lambda folder: folder / "%03d.png", "missing"),
    # not media
    "empty": (written("empty.mp4", b""), "empty"),
    "one byte": (written("one.mp4", b"\0"), "not_media"),
    "zeros": (written("zeros.mp4", bytes(5000)), "not_media"),
    "noise": (written("noise.mp4", b"\x07" + NOISE), "not_media"),
    "web page": (written("page.mp4", HTML), "not_media"),
    "text": (written("text.mov", "frames, not words\n" * 50), "not_media"),
    "UTF-16 text": (written("text16.mov", ("words " * 50).encode("utf-16")), "not_media"),
    "zip": (archive, "not_media"),
    "pdf": (written("paper.mp4", b"%PDF-1.7\n%\xe2\xe3\n" + NOISE), "not_media"),
    "program": (written("tool.mp4", b"\x7fELF\x02\x01\x01" + NOISE), "not_media"),
    "array": (written("frames.npy", b"\x93NUMPY\x01\x00" + NOISE), "not_media"),
    "too many bytes": (sparse, "file_size"),
    # would open other files
    "HLS playlist": (secret_playlist, "playlist"),
    "playlist by extension": (written("a.m3u8", "#EXTM3U\nhttp://127.0.0.1:9/seg.ts\n"), "playlist"),
    "ffconcat": (written("join.mp4", "ffconcat version 1.0\nfile /etc/hostname\n"), "playlist"),
    "SDP": (written("camera.sdp", SDP), "playlist"),
    "DASH": (written("a.mpd", '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>'), "playlist"),
    # sound
    "wav": (lambda folder: write_sound(folder / "a.wav", "pcm_s16le"), "audio_only"),
    "mp3": (lambda folder: write_sound(folder / "a.mp3", "libmp3lame"), "audio_only"),
    "mp3 without a tag": (written("b.mp3", b"\xff\xfb\x90\x64" + bytes(413)), "audio_only"),
    "flac": (lambda folder: write_sound(folder / "a.flac", "flac"), "audio_only"),
    "m4a": (lambda folder: write_sound(folder / "a.m4a"), "audio_only"),
    "webm with sound only": (lambda folder: write_sound(folder / "a.webm", "libopus"), "audio_only"),
    "ogg": (lambda folder: write_sound(folder / "a.ogg", "libopus"), "audio_only"),
    "sound with a cover": (sound_with_cover, "audio_only"),
    # damaged before the first frame
    "mp4 without its index": (cut("a.mp4", 0.5), "no_index"),
    "mp4 of 20 bytes": (cut("b.mp4", 20), "no_index"),
    "mp4 with index but no frames": (cut("c.mp4", 1500, muxer={"movflags": "+faststart"}), "damaged"),
    "mkv header": (cut("a.mkv", 60), "damaged"),
    "webm header": (cut("a.webm", 60, codec="libvpx"), "damaged"),
    "avi header": (cut("a.avi", 100, codec="mpeg4"), "damaged"),
    "gif header": (cut("a.gif", 10, codec="gif", pixels="rgb8"), "damaged"),
    "gif without pictures": (written("b.gif", b"GIF89a" + struct.pack("<HHBBB", 64, 64, 0, 0, 0) + b";"), "damaged"),
    "flv header": (cut("a.flv", 13), "damaged"),
    "mp4 name, nothing inside": (written("d.mp4", b"\0\0\0\x18ftypmp42" + NOISE), "no_index"),
    "mp4 inside a free box": (inside_free, "no_head"),
    "filling only": (written("f.mov", box(b"free", b"moov mdat ftyp" * 9) + box(b"skip", NOISE)), "no_head"),
    "index of nothing": (written("g.mov", box(b"wide") + box(b"moov", b"not boxes at all")), "no_video"),
    "mdat without an end": (written("h.mov", b"\x7f\xff\xff\xffmdat" + NOISE), "no_index"),
    "unknown codec": (patched("e.mp4", b"avc1\0\0\0\0", b"zzz1\0\0\0\0"), "codec"),
    "cut jpg": (picture("a.jpg", 1500), "damaged"),
    "cut png": (picture("a.png", 1500), "damaged"),
    "cut webp": (picture("a.webp", 500), "damaged"),
    "cut avif": (picture("a.avif", 400), "damaged"),
    # pictures
    "tiff": (picture("a.tiff"), "picture_kind"),
    "bmp": (picture("a.bmp"), "picture_kind"),
    "svg": (written("a.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>'), "picture_kind"),
    "heic": (written("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + NOISE), "picture_kind"),
    "png bomb": (written("bomb.png", png_claiming(60_000, 60_000)), "too_wide"),
    "webp bomb": (written("bomb.webp", webp_claiming(16_000, 16_000)), "too_wide"),
    "gif bomb": (gif_bomb, "too_wide"),
    "text bomb in a png": (stuffed_png(b"zTXt", 80), "damaged"),
    "profile bomb in a png": (stuffed_png(b"iCCP", 80), "damaged"),
    "wrong byte in a png": (flipped, "damaged"),
    "cut animated webp": (cut_animation, "damaged"),
    "wide": (picture("wide.png", size=(4200, 20)), "too_wide"),
    "tiny": (picture("tiny.png", size=(15, 40)), "too_small"),
    "tiny video": (lambda folder: encode(folder / "t.mkv", flat(3, 8, 8), "ffv1", "bgr0"), "too_small"),
}
