"""From a decoded picture to an upright RGB frame of the clip's size."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

from vae_demo.clips.geometry import Geometry, Turn, displayed_size, fit
from vae_demo.clips.limits import Limits
from vae_demo.clips.messages import Notes
from vae_demo.clips.sources import Decoded, Source
from vae_demo.clips.stored import Dolby, Window
from vae_demo.clips.tone import HLG, PEAK, PQ, SDR_WHITE, to_sdr
from vae_demo.clips.transparency import has_alpha, on_background
from vae_demo.pixels import WHITE
from vae_demo.refusal import Refusal

# Lanczos widens its kernel when it shrinks, so it does not alias; chroma is interpolated, not repeated.
FILTER = (Interpolation.LANCZOS | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
          | Interpolation.FULL_CHR_H_INP | Interpolation.BITEXACT)
HD_LINES = 720  # from here on players take untagged colours for BT.709, below for BT.601
_HDR = {ColorTrc.SMPTE2084: PQ, ColorTrc.ARIB_STD_B67: HLG}
# What swscale makes of white where it is asked for 16 bits
_WIDE_RGB, _WIDE_YUV = 65535, 65283
# H.273 matrix coefficients that swscale converts: BT.709, FCC, BT.470BG, SMPTE 170M, SMPTE 240M, BT.2020
_MATRICES = {1: Colorspace.ITU709, 4: Colorspace.FCC, 5: Colorspace.ITU601, 6: Colorspace.SMPTE170M,
             7: Colorspace.SMPTE240M, 9: Colorspace.BT2020, 10: Colorspace.BT2020}
_RGB, _UNSPECIFIED = 0, 2
_SANE_ASPECT = (Fraction(1, 4), Fraction(4))


def window_of(source: Source, frame: av.VideoFrame, notes: Notes) -> Window | None:
    """The part of a stored picture that its container wants to be seen; None where that is all of it."""
    track = source.track
    # Of another size is a picture from which the decoder has cut away already what was not to be seen.
    if track is None or track.window is None or (track.width, track.height) != (frame.width, frame.height):
        return None
    window = track.window
    if not window.lies_in(frame.width, frame.height):
        notes.add("window_ignored")
        return None
    notes.add("window", from_width=frame.width, from_height=frame.height, width=window.width, height=window.height)
    return window


def upright_size(source: Source, decoded: Decoded, notes: Notes) -> tuple[int, int]:
    """Width and height of a picture as players show it: what is to be seen of it, with square pixels, turned."""
    window = window_of(source, decoded.frame, notes)
    stored, aspect = window or decoded.frame, source.aspect
    label = f"{aspect.numerator}:{aspect.denominator}"
    if not _SANE_ASPECT[0] <= aspect <= _SANE_ASPECT[1]:
        notes.add("pixel_aspect_ignored", aspect=label)
        aspect = Fraction(1)
    width, height = displayed_size(stored.width, stored.height, aspect)
    if decoded.turn is not None and decoded.turn.transpose:
        width, height = height, width
    if aspect != 1:
        notes.add("pixel_aspect", aspect=label, width=width, height=height)
    return width, height


class Renderer:
    """Renders every picture of a source to the geometry that its first picture sets."""

    def __init__(
        self, source: Source, first: Decoded, size: int | None, crop: str, limits: Limits, notes: Notes,
        filter: Interpolation = FILTER,
    ) -> None:
        self._filter = filter
        self._name, self._notes, self._reformatter = source.name, notes, VideoReformatter()
        self._opaque, self._as_coded = source.opaque, _dolby(source) is not None
        self._stored = (first.frame.width, first.frame.height, first.turn)
        _note_turn(first.turn, notes)
        self._window = window_of(source, first.frame, notes)
        shown = upright_size(source, first, notes)
        self.geometry = _checked(fit(shown, size, crop, limits.multiple), source.name, limits)
        _note_geometry(self.geometry, size, notes)
        note_pixels(source, first.frame, notes)

    def render(self, decoded: Decoded) -> np.ndarray:
        """uint8 H W 3 RGB, H and W as geometry.out; the turned, scaled and cut picture."""
        frame, turn = decoded.frame, decoded.turn or Turn()
        changed = (frame.width, frame.height, decoded.turn) != self._stored
        if changed:
            self._notes.add("size_changes")
        width, height = self.geometry.scaled
        if turn.transpose:
            width, height = height, width
        if not self._opaque and has_alpha(frame):
            frame = self._on_background(frame)
        if self._window and not changed:
            frame = self._cut(frame, self._window)
        return self.geometry.cut(turn.apply(self._rgb(frame, width, height)))

    def _rgb(self, frame: av.VideoFrame, width: int, height: int) -> np.ndarray:
        """uint8 H W 3."""
        if (transfer := _hdr(frame)) and not self._as_coded:
            wide = self._convert(frame, width, height, "rgb48le")
            return to_sdr(wide, transfer, frame.color_primaries, _WIDE_RGB if frame.format.is_rgb else _WIDE_YUV)
        return self._convert(frame, width, height, "rgb24")

    def _convert(self, frame: av.VideoFrame, width: int, height: int, pixels: str) -> np.ndarray:
        matrix, _ = matrix_of(frame)
        try:
            converted = self._reformatter.reformat(
                frame, width, height, pixels, src_colorspace=matrix, interpolation=self._filter,
                dst_color_range=ColorRange.JPEG).to_ndarray()
        except MemoryError:
            raise
        except (av.FFmpegError, ValueError):  # pixels that swscale has no conversion for
            raise Refusal("codec", name=self._name) from None
        return _stretched(converted) if _is_limited_grey(frame) else converted

    def _cut(self, frame: av.VideoFrame, window: Window) -> av.VideoFrame:
        """Before scaling, or what is not to be seen would bleed into the edges."""
        rgb = self._rgb(frame, frame.width, frame.height)
        return av.VideoFrame.from_ndarray(np.ascontiguousarray(window.of(rgb)), "rgb24")

    def _on_background(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Blend before scaling, or colours hidden under full transparency would bleed into the edges."""
        rgba = self._convert(frame, frame.width, frame.height, "rgba")
        if _hdr(frame):
            rgba[:, :, :3] = self._rgb(frame, frame.width, frame.height)
        if rgba[:, :, 3].min() == WHITE:
            return av.VideoFrame.from_ndarray(np.ascontiguousarray(rgba[:, :, :3]), "rgb24")
        self._notes.add("alpha")
        return av.VideoFrame.from_ndarray(on_background(rgba), "rgb24")


def _checked(geometry: Geometry, name: str, limits: Limits) -> Geometry:
    width, height = geometry.out
    if max(geometry.scaled) > limits.max_side:
        raise Refusal("too_long_side", name=name, width=width, height=height, max_side=limits.max_side)
    if min(geometry.displayed) < limits.min_side:
        shown_width, shown_height = geometry.displayed
        raise Refusal("too_small", name=name, width=shown_width, height=shown_height, min_side=limits.min_side)
    if min(width, height) < limits.min_side:
        raise Refusal("too_small_after", name=name, width=width, height=height, min_side=limits.min_side)
    return geometry


def _note_turn(turn: Turn | None, notes: Notes) -> None:
    if turn is None:
        notes.add("rotation_ignored")
    elif not turn.is_identity:
        notes.add("rotated", turn=turn.label)


def _note_geometry(geometry: Geometry, size: int | None, notes: Notes) -> None:
    (from_width, from_height), (width, height) = geometry.displayed, geometry.scaled
    if geometry.scaled != geometry.displayed:
        notes.add("scaled", from_width=from_width, from_height=from_height, width=width, height=height)
    elif size is not None and size > min(geometry.displayed):
        notes.add("not_enlarged", short=min(geometry.displayed), size=size)
    if geometry.out != geometry.scaled:
        notes.add("cropped", from_width=width, from_height=height, width=geometry.out[0], height=geometry.out[1])


def note_pixels(source: Source, frame: av.VideoFrame, notes: Notes) -> None:
    """Say what the 8-bit RGB frames will not show of the file's pixels."""
    bits = max(component.bits for component in frame.format.components)
    if bits > 8 and not frame.format.has_palette:
        notes.add("bit_depth", bits=bits)
    if dolby := _dolby(source):
        notes.add("dolby_vision", profile=dolby.profile)
    else:
        _note_colours(frame, notes)
    if frame.interlaced_frame:
        notes.add("interlaced")


def _dolby(source: Source) -> Dolby | None:
    """Where the colours are of no kind that is known here."""
    dolby = source.track.dolby if source.track else None
    return dolby if dolby and dolby.needs_converting else None


def _note_colours(frame: av.VideoFrame, notes: Notes) -> None:
    _, guess = matrix_of(frame)
    if guess:
        case, name = guess
        notes.add(case, matrix=name)
    if transfer := _hdr(frame):
        notes.add("tone_mapped", transfer=transfer, peak=round(PEAK), white=round(SDR_WHITE))


def matrix_of(frame: av.VideoFrame) -> tuple[Colorspace | None, tuple[str, str] | None]:
    """The YUV matrix to decode `frame` with, and (note case, name) where it had to be assumed."""
    if frame.format.is_rgb or frame.format.has_palette or len(frame.format.components) < 3:
        return None, None
    if frame.colorspace in _MATRICES:
        return _MATRICES[frame.colorspace], None
    hd = frame.height >= HD_LINES
    case = "colour_guess" if frame.colorspace in (_RGB, _UNSPECIFIED) else "colour_unknown"
    return (Colorspace.ITU709, (case, "BT.709")) if hd else (Colorspace.ITU601, (case, "BT.601"))


def _hdr(frame: av.VideoFrame) -> str | None:
    """How light is coded, where ordinary video has no such range."""
    return _HDR.get(frame.color_trc)


def _is_limited_grey(frame: av.VideoFrame) -> bool:
    return frame.format.name.startswith("gray") and frame.color_range == ColorRange.MPEG


def _stretched(grey: np.ndarray) -> np.ndarray:
    """16..235 -> 0..255, which swscale does for colour but not for grey."""
    return np.clip((grey.astype(np.float32) - 16) * (WHITE / 219) + 0.5, 0, WHITE).astype(np.uint8)
