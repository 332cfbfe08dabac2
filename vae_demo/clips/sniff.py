"""What a file is, by its first bytes: the allow-list of what may reach a decoder.

FFmpeg can open hundreds of formats, among them playlists that name other files and web addresses. We
name the demuxer ourselves, from this list of containers that carry their own data; the extension of
the file plays no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vae_demo.clips.transport import is_transport
from vae_demo.refusal import Refusal

HEAD_BYTES = 1 << 18


@dataclass(frozen=True)
class Kind:
    """`decoder` says who reads it; `format` is FFmpeg's demuxer or Pillow's plugin; `title` is for people."""

    decoder: Literal["ffmpeg", "pillow"]
    format: str
    title: str


_MOV_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"moof", b"styp", b"sidx", b"uuid")
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_PACKED = ((b"PK\x03\x04", "a zip archive (or an office document)"), (b"PK\x05\x06", "a zip archive"),
           (b"%PDF", "a PDF document"), (b"\x1f\x8b", "a gzip archive"), (b"Rar!", "a rar archive"),
           (b"7z\xbc\xaf", "a 7z archive"), (b"\x7fELF", "a program"), (b"MZ", "a program"),
           (b"SQLite format 3", "a database"), (b"\x93NUMPY", "a numpy array"))
_PICTURES = ((b"II*\x00", "TIFF"), (b"MM\x00*", "TIFF"), (b"8BPS", "Photoshop"), (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
             (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"))
_SOUND = (b"ID3", b"fLaC", b"#!AMR", b"MThd", b"FORM", b".snd", b"caff")
_PLAYLISTS = ("#extm3u", "ffconcat", "[playlist]", "v=0", "<asx", "#exm3u", "rtsptext", "[reference]")


FILM_OF_JPEGS = Kind("ffmpeg", "mjpeg", "Motion JPEG")


def sniff(head: bytes, name: str) -> Kind:
    """The kind of a file from its first bytes (up to HEAD_BYTES); Refusal for all that is not allowed."""
    found = _container(head, name) or _picture(head)
    if found:
        return found
    _refuse(head, name)
    raise Refusal("not_media", name=name, kind="data of an unknown kind")


def _container(head: bytes, name: str) -> Kind | None:
    if head[4:8] in _MOV_BOXES:
        return _mov(head, name)
    if head.startswith(b"\x1aE\xdf\xa3"):
        return Kind("ffmpeg", "matroska", "WebM" if b"webm" in head[:64] else "Matroska")
    if head.startswith(b"RIFF") and head[8:12] in (b"AVI ", b"AVIX"):
        return Kind("ffmpeg", "avi", "AVI")
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Kind("ffmpeg", "gif", "GIF")
    if head.startswith(b"FLV\x01"):
        return Kind("ffmpeg", "flv", "FLV")
    if head.startswith(b"OggS"):
        return Kind("ffmpeg", "ogg", "Ogg")
    if head.startswith(bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")):
        return Kind("ffmpeg", "asf", "WMV")
    if head.startswith(b"\x00\x00\x01\xba"):
        return Kind("ffmpeg", "mpeg", "MPEG")
    if head.startswith(b"YUV4MPEG2 "):
        return Kind("ffmpeg", "yuv4mpegpipe", "Y4M")
    if is_transport(head):
        return Kind("ffmpeg", "mpegts", "MPEG-TS")
    return None


def _mov(head: bytes, name: str) -> Kind:
    if head[4:8] == b"ftyp":
        end = max(16, min(int.from_bytes(head[:4], "big"), 256, len(head)))
        brands = {head[8:12], *(head[i:i + 4] for i in range(16, end, 4))}
        if brands & {b"avif", b"avis"}:
            return Kind("pillow", "avif", "AVIF")
        if head[8:12] in _HEIF_BRANDS:
            raise Refusal("picture_kind", name=name, kind="HEIC")
        return Kind("ffmpeg", "mov", "QuickTime" if head[8:12] == b"qt  " else "MP4")
    return Kind("ffmpeg", "mov", "QuickTime")


def _picture(head: bytes) -> Kind | None:
    if head.startswith(b"\xff\xd8\xff"):
        return Kind("pillow", "jpeg", "JPEG")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        # An animated PNG says so before its first pixels.
        before = head.partition(b"IDAT")[0]
        return Kind("ffmpeg", "apng", "animated PNG") if b"acTL" in before else Kind("pillow", "png", "PNG")
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind("pillow", "webp", "WebP")
    return None


def _refuse(head: bytes, name: str) -> None:
    if head.startswith(_SOUND) or (head.startswith(b"RIFF") and head[8:12] == b"WAVE"):
        raise Refusal("audio_only", name=name)
    for magic, kind in _PACKED:
        if head.startswith(magic):
            raise Refusal("not_media", name=name, kind=kind)
    for magic, kind in _PICTURES:
        if head.startswith(magic):
            raise Refusal("picture_kind", name=name, kind=kind)
    if head.startswith(b"BM") and head[15:18] == b"\0\0\0":
        raise Refusal("picture_kind", name=name, kind="BMP")
    if not head.strip(b"\0"):
        raise Refusal("not_media", name=name, kind="nothing but zeros")
    if (text := _as_text(head)) is not None:
        _refuse_text(text, name)
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 6:  # MPEG audio, also AAC
        raise Refusal("audio_only", name=name)


def _as_text(head: bytes) -> str | None:
    for coding in ("utf-16",) if head.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig",):
        try:
            # The head may end inside a character.
            text = head[:4096].decode(coding, errors="strict" if len(head) < 4096 else "ignore")
        except UnicodeDecodeError:
            return None
        readable = sum(char.isprintable() or char.isspace() for char in text)
        return text if readable >= 0.97 * len(text) and len(text) > len(head[:4096]) / 4 else None
    return None


def _refuse_text(text: str, name: str) -> None:
    start = text.lstrip().lower()
    if start.startswith(_PLAYLISTS) or "<mpd" in start or "<smil" in start or "<playlist" in start:
        raise Refusal("playlist", name=name)
    if start.startswith(("<!doctype html", "<html")) or "<html" in start[:1000]:
        raise Refusal("not_media", name=name, kind="a web page")
    if "<svg" in start[:1000]:
        raise Refusal("picture_kind", name=name, kind="SVG")
    raise Refusal("not_media", name=name, kind="a text file")
