"""Still pictures and the animations FFmpeg does not read (WebP, AVIF), through Pillow."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from importlib import import_module
from io import BytesIO

import av
import numpy as np
from PIL import Image

from vae_demo.clips.files import MediaFile
from vae_demo.clips.geometry import EXIF_TURNS, Turn
from vae_demo.clips.headers import HEADER_BYTES, avif_colours
from vae_demo.clips.limits import Limits
from vae_demo.clips.opaque import webp as without_alpha
from vae_demo.clips.sniff import HEAD_BYTES, Kind
from vae_demo.clips.sources import Decoded, Source, check_size
from vae_demo.refusal import Refusal

# The plugin by name instead of Image.open(): only the decoder we asked for, and no second guess at the kind.
_PLUGINS = {
    "jpeg": ("PIL.JpegImagePlugin", "JpegImageFile"), "png": ("PIL.PngImagePlugin", "PngImageFile"),
    "webp": ("PIL.WebPImagePlugin", "WebPImageFile"), "avif": ("PIL.AvifImagePlugin", "AvifImageFile"),
}
_ORIENTATION = 0x0112
_MILLISECOND = Fraction(1, 1000)


@contextmanager
def open_picture(file: MediaFile, kind: Kind, limits: Limits, opaque: bool = False) -> Iterator[Source]:
    """A still is one picture without a time; an animation has the times its file gives.

    opaque  leave transparency out
    """
    module, plugin = _PLUGINS[kind.format]
    with _bad_bytes(file, kind):
        image = getattr(import_module(module), plugin)(
            BytesIO(without_alpha(file.read())) if opaque and kind.format == "webp" else file)
    with image:
        check_size(*image.size, file, limits)
        n_pictures = getattr(image, "n_frames", 1)
        reader = _Reader(image, n_pictures, file, kind)
        source = Source(file.name, kind.title, kind.format, Fraction(1), n_pictures, None, _MILLISECOND,
                        reader.pictures, reader.more, opaque=opaque)
        reader.ending = source.ending
        if n_pictures > 1 and kind.format == "avif":
            source.notes.add("no_preview", codec="avif", container=kind.title)
        bits = 8
        if kind.format == "png":
            bits = file.head(HEADER_BYTES)[24]  # of IHDR
        elif kind.format == "avif":
            bits, *reader.colours = avif_colours(file.head(HEAD_BYTES))
        if bits > 8:
            source.notes.add("bit_depth", bits=bits)
        yield source


@contextmanager
def _bad_bytes(file: MediaFile, kind: Kind) -> Iterator[None]:
    """Whatever Pillow raises or warns about on bytes it cannot read means one thing to us.

    Its plugins raise a dozen kinds of exception on damaged files (SyntaxError, struct.error, KeyError,
    ...), hence the wide net around calls into Pillow and nothing else. Too little memory is no fault of the bytes.
    """
    # The filters belong to the whole process: fine in a worker, which reads one file at a time.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except (Refusal, MemoryError):
            raise
        except Exception:
            raise Refusal("damaged", name=file.name, container=kind.title) from None


class _Reader:
    def __init__(self, image: Image.Image, n_pictures: int, file: MediaFile, kind: Kind) -> None:
        self._image, self._n_pictures, self._file, self._kind = image, n_pictures, file, kind
        self._n_read = 0
        self.colours: list[int] = []  # primaries and transfer, H.273

    def pictures(self) -> Iterator[Decoded]:
        with _bad_bytes(self._file, self._kind):
            turn = EXIF_TURNS.get(self._image.getexif().get(_ORIENTATION, 1), Turn())
        for index in range(self._n_pictures):
            self._file.deadline.check()
            try:
                with _bad_bytes(self._file, self._kind):
                    self._image.seek(index)
                    self._image.load()
                    pixels = to_8_bit(self._image)
            except Refusal as error:
                if index == 0 or error.case != "damaged":
                    raise
                self.ending.damaged = True
                break
            time = None if self._n_pictures == 1 else self._image.info.get("timestamp", 0) * _MILLISECOND
            self._n_read += 1
            frame = _as_frame(pixels)
            if self.colours:
                frame.color_primaries, frame.color_trc = self.colours
            yield Decoded(frame, time, turn)
        self.ending.ended = True

    def more(self) -> bool:
        return self._n_read < self._n_pictures


def to_8_bit(image: Image.Image) -> np.ndarray:
    """Any Pillow mode -> uint8 H W 3, or H W 4 where there is transparency."""
    if image.mode.startswith("I"):
        # Pillow would clip 16-bit grey at 255 instead of scaling it.
        grey = (np.asarray(image).astype(np.int64).clip(0, 65535) + 128) // 257
        return np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2)
    return np.asarray(image.convert("RGBA" if image.has_transparency_data else "RGB"))


def _as_frame(pixels: np.ndarray) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgba" if pixels.shape[2] == 4 else "rgb24")

