"""Files that are unusual and must work: each maker writes one into a folder and returns its path.

ODD maps a description to (maker, the note cases expected, in any order). Every clip has 12 frames of
barcode_frames() unless it is a still, and is read with crop="none".
"""

import io
import struct
import zlib
from fractions import Fraction

import numpy as np
from matroska_files import shown_as
from media import barcode_frames, encode, png_chunk, quadrants, set_turn
from mp4_files import clean_aperture, dolby_box
from odd_alpha import N, apng_laid_over, gif_with_holes, webp_unset, with_alpha
from odd_containers import (
    LOSSLESS,
    PNG,
    aperture,
    before_zero,
    dolby_mkv,
    edited,
    fields,
    fields_in_matroska,
    hidden_bars,
    lasting,
    with_cover,
    with_empty_frames,
    with_still_track,
    with_track_boxes,
)
from PIL import Image
from transport_files import two_programmes

FAST_VP9 = {"deadline": "realtime", "cpu-used": "8"}
FAST_AV1 = {"preset": "12", "svtav1-params": "lp=1"}
KEEP = {"not_enlarged"}
YUV = KEEP | {"colour_guess"}
FILM = KEEP | {"no_preview", "unknown_rate"}
FRAGMENTS = "+frag_keyframe+empty_moov+default_base_moof"
CUTS = ((1, 0, 0), (50, 0, 0), (100, 0, 0), (187, 0, 0), (30, 4, 0), (0, 0, 16), (60, 0, 16))


def video(name, n=N, height=96, width=128, **options):
    return lambda folder: encode(folder / name, barcode_frames(n, height, width), **options)


def renamed(make, name):
    return lambda folder: make(folder).rename(folder / name)


def pillow_animation(name, durations=40, alpha=False, **options):
    def make(folder):
        frames = [Image.fromarray(frame) for frame in barcode_frames(N)]
        if alpha:
            for frame in frames:
                frame.putalpha(200)
        frames[0].save(folder / name, save_all=True, append_images=frames[1:], duration=durations, **options)
        return folder / name
    return make


def still(name, mode="RGB", orientation=None, **options):
    def make(folder):
        image = Image.fromarray(quadrants(64, 96)).convert(mode)
        if orientation:
            options["exif"] = Image.Exif()
            options["exif"][0x0112] = orientation
        image.save(folder / name, **options)
        return folder / name
    return make


def hdr_avif(name, transfer):
    """An animation whose tags say that it is HDR, in the container and in AV1's own header."""
    def make(folder):
        path = pillow_animation(name)(folder)
        path.write_bytes(path.read_bytes().replace(b"colrnclx\0\1\0\r", b"colrnclx\0\x09\0" + bytes([transfer])))
        return path
    return make


def with_tail(make):
    def longer(folder):
        path = make(folder)
        path.write_bytes(path.read_bytes() + b"tail" * 5000)
        return path
    return longer


def with_preview(folder):
    """As phones put a second, smaller picture behind a photo."""
    path = still("a.jpg", quality=95)(folder)
    small = io.BytesIO()
    Image.fromarray(quadrants(32, 48)).save(small, "jpeg")
    path.write_bytes(path.read_bytes() + small.getvalue())
    return path


def two_eyes(folder):
    image = Image.fromarray(quadrants(64, 96))
    image.save(folder / "a.jpg", "mpo", save_all=True, append_images=[image])
    return folder / "a.jpg"


def deep_grey(folder):
    ramp = np.linspace(0, 65535, 96).astype(np.uint16)
    Image.fromarray(np.broadcast_to(ramp, (64, 96)).copy()).save(folder / "deep.png")
    return folder / "deep.png"


def deep_png(name, colour_type, alpha=None):
    """A 16-bit PNG by hand, for Pillow writes grey ones only: a grey ramp, in colour or with alpha or both."""
    def make(folder):
        ramp = np.broadcast_to(np.linspace(0, 65535, 96).astype(">u2"), (64, 96))
        planes = [ramp] * (3 if colour_type & 2 else 1) + ([np.full_like(ramp, alpha)] if colour_type & 4 else [])
        rows = b"".join(b"\0" + row.tobytes() for row in np.stack(planes, -1).astype(">u2"))
        body = (png_chunk(b"IHDR", struct.pack(">IIBBBBB", 96, 64, 16, colour_type, 0, 0, 0))
                + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b""))
        (folder / name).write_bytes(b"\x89PNG\r\n\x1a\n" + body)
        return folder / name
    return make


def two_sizes(folder):
    """Transport streams may simply follow one another, as after an advertisement."""
    parts = [encode(folder / f"{i}.ts", barcode_frames(N // 2, *size, offset=i * N // 2))
             for i, size in enumerate(((96, 128), (192, 256)))]
    path = folder / "two.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def without_end(name, **options):
    """A video that stops at three quarters of its bytes."""
    def make(folder):
        path = encode(folder / name, barcode_frames(40), **options)
        data = path.read_bytes()
        path.write_bytes(data[: len(data) * 3 // 4])
        return path
    return make


def jpegs(name, between=b"", **options):
    """A film of JPEGs one behind the other, and `between` behind each."""
    def make(folder):
        pictures = []
        for frame in barcode_frames(N):
            made = io.BytesIO()
            Image.fromarray(frame).save(made, "jpeg", quality=95, **options)
            pictures.append(made.getvalue() + between)
        (folder / name).write_bytes(b"".join(pictures))
        return folder / name
    return make


def packets(name, cut=0, before=0, behind=0):
    """A transport stream without its first `cut` bytes, each packet with some bytes before and behind it."""
    def make(folder):
        data = encode(folder / name, barcode_frames(N)).read_bytes()
        packed = b"".join(bytes(before) + data[i:i + 188] + bytes(behind) for i in range(0, len(data), 188))
        (folder / name).write_bytes(packed[cut:])
        return folder / name
    return make


def uneven(name, **options):
    """Frames at 0, 100, 133, 167 ... milliseconds: three steps of rest and then 30 a second."""
    pts = [0, *(100 + i * 100 // 3 for i in range(N - 1))]
    return video(name, pts=pts, time_base=Fraction(1, 1000), rate=30, **options)


def hdr(transfer, name):
    return video(name, codec="libx265", pixels="yuv420p10le", options={
        "x265-params": f"colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc:range=limited"})


ODD = {
    # containers and codecs
    "mp4": (video("a.mp4"), YUV),
    "mp4 with sound": (video("a.mp4", audio=True), YUV),
    "fragmented mp4": (video("a.mp4", muxer={"movflags": "+frag_keyframe+empty_moov"}), YUV),
    "mov": (video("a.mov"), YUV),
    "webm vp9": (video("a.webm", codec="libvpx-vp9", options=FAST_VP9), YUV),
    "webm vp8": (video("a.webm", codec="libvpx"), KEEP),
    "webm av1": (video("a.webm", codec="libsvtav1", options=FAST_AV1), YUV),
    "mkv": (video("a.mkv"), YUV | {"no_preview"}),
    "avi": (video("a.avi", codec="mpeg4"), YUV | {"no_preview"}),
    "avi uncompressed": (video("a.avi", codec="rawvideo", pixels="bgr24"), KEEP | {"no_preview"}),
    "ts": (video("a.ts"), YUV | {"no_preview"}),
    "flv": (video("a.flv"), YUV | {"no_preview"}),
    "mpeg": (video("a.mpg", codec="mpeg2video"), YUV | {"no_preview"}),
    "wmv": (video("a.wmv", codec="wmv2"), YUV | {"no_preview"}),
    "y4m": (video("a.y4m", codec="wrapped_avframe", container="yuv4mpegpipe"), YUV | {"no_preview"}),
    "hevc": (video("a.mp4", codec="libx265"), YUV | {"no_preview"}),
    "motion jpeg": (video("a.mov", codec="mjpeg", pixels="yuvj420p"), KEEP | {"no_preview"}),
    "gif": (video("a.gif", codec="gif", pixels="rgb8"), KEEP),
    "apng": (video("a.png", codec="apng", pixels="rgb24", container="apng"), KEEP),
    "animated webp": (pillow_animation("a.webp", lossless=True), KEEP),
    "animated avif": (pillow_animation("a.avif"), KEEP | {"no_preview"}),
    "film of jpegs": (jpegs("a.mjpeg"), FILM),
    "film of padded jpegs": (jpegs("a.jpg", bytes(999) + b"\xff", progressive=True), FILM),
    **{f"ts, {cut} bytes cut, {before} + 188 + {behind}":
       (packets("a.ts", cut, before, behind), YUV | {"no_preview"}) for cut, before, behind in CUTS},
    "wrong extension": (renamed(video("a.webm", codec="libvpx"), "a.mp4"), KEEP),
    "no extension": (renamed(video("a.mp4"), "clip"), YUV),
    # pixels
    "10 bit": (video("a.mkv", codec="libx265", pixels="yuv420p10le"), YUV | {"no_preview", "bit_depth"}),
    "av1 10 bit": (video("a.mp4", codec="libsvtav1", pixels="yuv420p10le", options=FAST_AV1), YUV | {"bit_depth"}),
    "h264 10 bit 4:2:2": (video("a.mkv", pixels="yuv422p10le"), YUV | {"no_preview", "bit_depth"}),
    "v210": (video("a.mov", codec="v210", pixels="yuv422p10le"), YUV | {"no_preview", "bit_depth"}),
    "12 bit": (video("a.mkv", codec="libx265", pixels="yuv420p12le"), YUV | {"no_preview", "bit_depth"}),
    "16-bit grey": (video("a.mkv", codec="ffv1", pixels="gray16le"), KEEP | {"no_preview", "bit_depth"}),
    "prores": (video("a.mov", codec="prores_ks", pixels="yuv422p10le"), YUV | {"no_preview", "bit_depth"}),
    "4:4:4": (video("a.mp4", pixels="yuv444p"), YUV | {"no_preview"}),
    "lossless RGB": (video("a.mkv", codec="ffv1", pixels="bgr0"), KEEP | {"no_preview"}),
    "PQ": (hdr("smpte2084", "a.mkv"), KEEP | {"no_preview", "bit_depth", "tone_mapped"}),
    "HLG": (hdr("arib-std-b67", "a.mp4"), KEEP | {"no_preview", "bit_depth", "tone_mapped"}),
    "PQ avif": (hdr_avif("a.avif", 16), KEEP | {"no_preview", "tone_mapped"}),
    "vp9 with alpha": (with_alpha("a.webm", "libvpx-vp9", "yuva420p", options=FAST_VP9), YUV | {"alpha"}),
    "vp8 with alpha": (with_alpha("a.webm", "libvpx", "yuva420p", options={"auto-alt-ref": "0"}), YUV | {"alpha"}),
    "vp9, all of it half transparent": (with_alpha("a.webm", "libvpx-vp9", "yuva420p", 200, options=FAST_VP9),
                                        YUV | {"alpha"}),
    "prores, all of it half transparent": (with_alpha("a.mov", "prores_ks", "yuva444p10le", 200),
                                           YUV | {"alpha", "bit_depth", "no_preview"}),
    "prores with alpha": (with_alpha("a.mov", "prores_ks", "yuva444p10le"),
                          YUV | {"alpha", "bit_depth", "no_preview"}),
    "apng with alpha": (with_alpha("a.png", "apng", "rgba", container="apng"), KEEP | {"alpha"}),
    "opaque alpha channel": (pillow_animation("a.webp", lossless=True, alpha=False), KEEP),
    "webp with alpha": (pillow_animation("a.webp", lossless=True, alpha=True), KEEP | {"alpha"}),
    "avi with its alpha unset": (with_alpha("a.avi", "rawvideo", "bgra", 0), KEEP | {"no_preview", "alpha_unset"}),
    "animation with its alpha unset": (with_alpha("a.mov", "qtrle", "argb", 0), KEEP | {"no_preview", "alpha_unset"}),
    "ffv1 with its alpha unset": (with_alpha("a.mkv", "ffv1", "bgra", 0), KEEP | {"no_preview", "alpha_unset"}),
    "vp9 with its alpha unset": (with_alpha("a.webm", "libvpx-vp9", "yuva420p", 0, options=FAST_VP9),
                                 YUV | {"alpha_unset"}),
    "apng with its alpha unset": (apng_laid_over, KEEP | {"alpha_unset"}),
    "webp with its alpha unset": (webp_unset(False), KEEP | {"alpha_unset"}),
    "lossless webp with its alpha unset": (webp_unset(True), KEEP | {"alpha_unset"}),
    "gif with holes": (gif_with_holes, KEEP | {"alpha"}),
    "interlaced": (video("a.mkv", codec="mpeg2video", options={"flags": "+ildct+ilme"}),
                   YUV | {"no_preview", "interlaced"}),
    "fields in mp4": (fields("a.mp4"), YUV | {"interlaced"}),
    "fields in ts": (fields("a.ts"), YUV | {"no_preview", "interlaced"}),
    "fields in mkv": (fields_in_matroska("a.mkv", together=False), YUV | {"no_preview", "interlaced"}),
    "pairs of fields in mkv": (fields_in_matroska("a.mkv", together=True), YUV | {"no_preview", "interlaced"}),
    # time
    "variable rate": (uneven("a.mkv", codec="ffv1", pixels="bgr0"), KEEP | {"no_preview", "variable_rate"}),
    "variable rate mp4": (uneven("a.mp4"), YUV | {"variable_rate"}),
    "avif with delays": (pillow_animation("a.avif", [40] * 6 + [90] * 6), KEEP | {"no_preview", "variable_rate"}),
    "avif with alpha": (pillow_animation("a.avif", alpha=True), KEEP | {"no_preview", "alpha"}),
    "gif without delays": (pillow_animation("a.gif", 0), KEEP),
    "gif that clears itself": (pillow_animation("a.gif", disposal=2), KEEP),
    "gif with delays": (pillow_animation("a.gif", [100] * 6 + [300] * 6), KEEP | {"variable_rate"}),
    "webp with delays": (pillow_animation("a.webp", [40] * 6 + [90] * 6, lossless=True), KEEP | {"variable_rate"}),
    "1000 frames a second": (video("a.mp4", rate=1000), YUV | {"unknown_rate"}),
    "one frame": (video("a.mp4", n=1), YUV | {"still"}),
    # geometry
    "odd sizes": (video("a.mkv", height=93, width=127, codec="ffv1", pixels="bgr0"),
                  KEEP | {"no_preview", "cropped"}),
    "wide pixels": (video("a.mp4", options={"x264-params": "sar=4/3"}), YUV | {"pixel_aspect", "cropped"}),
    "impossible pixels": (video("a.mp4", options={"x264-params": "sar=50/1"}), YUV | {"pixel_aspect_ignored"}),
    "tilted": (video("a.mp4", prepare=set_turn(30)), YUV | {"rotation_ignored"}),
    "size changes": (two_sizes, YUV | {"no_preview", "size_changes"}),
    "two videos": (lambda folder: encode(folder / "a.mp4", barcode_frames(N, 32, 32), second=barcode_frames(N)),
                   YUV | {"streams"}),
    # which track is the film
    "larger cover first in mkv": (with_cover("a.mkv", (192, 256), first=True), KEEP | {"no_preview", "streams"}),
    "default cover in mkv": (with_cover("a.mkv", defaults=(0, 1)), KEEP | {"no_preview", "streams"}),
    "cover of some frames in mkv": (with_cover("a.mkv", (192, 256), n_pictures=3, codec="libvpx"),
                                    KEEP | {"no_preview", "streams"}),
    "larger still first in mp4": (with_still_track("a.mp4", (192, 256), first=True), YUV | {"streams"}),
    "larger still in mov": (with_still_track("a.mov", (192, 256)), YUV | {"streams"}),
    "larger still in fragments": (with_still_track("a.mp4", (192, 256), muxer={"movflags": FRAGMENTS}),
                                  YUV | {"streams"}),
    "two programmes": (two_programmes("a.ts"), YUV | {"no_preview", "streams"}),
    "two programmes, the small one first": (two_programmes("a.ts", small_first=True),
                                            YUV | {"no_preview", "streams"}),
    # what is to be seen
    "bars hidden by webm": (hidden_bars("a.webm", 8, 20, 8, 12), KEEP | {"window"}),
    "bars hidden by mkv": (hidden_bars("a.mkv", 7, 3, 5, 11, **LOSSLESS), KEEP | {"no_preview", "window"}),
    "bars hidden by mkv, wide pixels": (
        hidden_bars("a.mkv", 0, 16, 0, 16, shown_as(256, 96), **LOSSLESS),
        KEEP | {"no_preview", "window", "pixel_aspect"}),
    "bars outside of mp4's aperture": (aperture("a.mp4", clean_aperture((128, 1), (96, 1)), 8, 20, 8, 20),
                                       YUV | {"window"}),
    "bars outside of mov's aperture": (
        aperture("a.mov", clean_aperture((128, 1), (96, 1), (-3, 2), (9, 1)), 8, 20, 11, 2, **PNG),
        KEEP | {"no_preview", "window"}),
    "aperture with fractions": (aperture("a.mov", clean_aperture((1276, 10), (672, 7)), 8, 20, 9, 20, **PNG),
                                KEEP | {"no_preview", "window"}),
    "aperture outside of the picture": (with_track_boxes("a.mp4", clean_aperture((200, 1), (96, 1))),
                                        YUV | {"window_ignored"}),
    "dolby vision in mp4": (with_track_boxes("a.mp4", dolby_box(5, 0), codec="libx265"),
                            KEEP | {"no_preview", "dolby_vision"}),
    "dolby vision in mkv": (dolby_mkv("a.mkv", 5, 0), KEEP | {"no_preview", "bit_depth", "dolby_vision"}),
    "dolby vision that others can show": (dolby_mkv("a.mkv", 8, 1), YUV | {"no_preview", "bit_depth"}),
    # how long it is
    "last frame stands long": (lasting("a.webm", last=5000, says=5.44), KEEP),
    "last frame stands long, no index": (lasting("a.mkv", last=5000, says=5.44, codec="libx264", cues=False),
                                         YUV | {"no_preview"}),
    "stale duration": (lasting("a.webm", says=99), KEEP),
    "stale duration, no index": (lasting("a.webm", says=99, cues=False), KEEP),
    "stale duration, open end": (lasting("a.webm", says=99, open_end=True), KEEP),
    "duration too short": (lasting("a.mkv", says=0.1, codec="libx264"), YUV | {"no_preview"}),
    "cut inside its index": (lasting("a.webm", keep=40), KEEP),
    "cut in front of its index": (lasting("a.webm", says=0.48, keep=0), KEEP),
    "times below 0": (before_zero("a.webm"), KEEP),
    "gap before the first frame": (edited("a.mp4", (1000, -1), (480, 0)), YUV),
    "gap between frames": (edited("a.mp4", (200, 0), (400, -1), (280, 5)), YUV | {"edit_gaps"}),
    "gaps everywhere": (edited("a.mov", (90, -1), (160, 0), (400, -1), (160, 4), (1, -1), (160, 8), (30, -1)),
                        YUV | {"edit_gaps"}),
    "empty frame in avi": (with_empty_frames("a.avi", [5]), YUV | {"no_preview", "empty_frames"}),
    "empty frames at the ends of avi": (with_empty_frames("a.avi", [0, 12, 12], "mjpeg", "yuvj420p"),
                                        KEEP | {"no_preview", "empty_frames"}),
    "empty frames in a row": (with_empty_frames("a.avi", [2, 2, 2, 9], "rawvideo", "bgr24"),
                              KEEP | {"no_preview", "empty_frames", "variable_rate"}),
    # damaged after the first frames
    "cut mp4": (without_end("a.mp4", muxer={"movflags": "+faststart"}), YUV | {"truncated"}),
    "cut mkv": (without_end("a.mkv"), YUV | {"truncated", "no_preview"}),
    "cut webm": (without_end("a.webm", codec="libvpx"), KEEP | {"truncated"}),
    "cut avi": (without_end("a.avi", codec="mpeg4"), YUV | {"truncated", "no_preview"}),
    "cut film of jpegs": (without_end("a.mjpeg", codec="mjpeg", pixels="yuvj420p", container="mjpeg"),
                          FILM | {"truncated"}),
    "cut gif": (without_end("a.gif", codec="gif", pixels="rgb8"), KEEP | {"truncated"}),
    "cut apng": (without_end("a.png", codec="apng", pixels="rgb24", container="apng"), KEEP | {"truncated"}),
}

STILLS = {
    "jpg": (still("a.jpg", quality=95), set()),
    "grey jpg": (still("a.jpg", "L"), set()),
    "cmyk jpg": (still("a.jpg", "CMYK", quality=95), set()),
    "jpg with bytes behind its end": (with_tail(still("a.jpg", quality=95)), set()),
    "jpg with its preview behind it": (with_preview, set()),
    "jpg for two eyes": (two_eyes, set()),
    "png": (still("a.png"), set()),
    "palette png": (still("a.png", "P"), set()),
    "1-bit png": (still("a.png", "1"), set()),
    "16-bit grey png": (deep_grey, {"bit_depth"}),
    "16-bit png": (deep_png("deep.png", 2), {"bit_depth"}),
    "16-bit png with alpha": (deep_png("deep.png", 6, alpha=32768), {"bit_depth", "alpha"}),
    "16-bit grey png with alpha": (deep_png("deep.png", 4, alpha=32768), {"bit_depth", "alpha"}),
    "png with alpha": (still("a.png", "RGBA"), set()),
    "progressive jpg": (still("a.jpg", progressive=True, quality=95), set()),
    "png with bytes behind its end": (with_tail(still("a.png")), set()),
    "webp": (still("a.webp"), set()),
    "lossless webp": (still("a.webp", lossless=True), set()),
    "avif": (still("a.avif"), set()),
    "gif": (still("a.gif", "P"), set()),
    "turned jpg": (still("a.jpg", orientation=6, quality=95), {"rotated"}),
    "turned png": (still("a.png", orientation=8), {"rotated"}),
    "turned webp": (still("a.webp", orientation=3), {"rotated"}),
    "turned avif": (still("a.avif", orientation=5), {"rotated"}),
}
