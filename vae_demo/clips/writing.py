"""Write H.264 that plays in browsers, frame for frame."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter

from vae_demo.clips.files import display_name
from vae_demo.clips.limits import HIGHEST_FPS, LOWEST_FPS
from vae_demo.clips.rate import as_rate
from vae_demo.refusal import Refusal

GOP = 12  # a seek decodes 12 frames at most, and bf 0 keeps them in order
MAX_GOP = 10**6
_BT601 = 6  # H.273 matrix coefficients: software renderers of browsers convert with BT.601 whatever the tag


def write_video(
    path: str | os.PathLike[str], frames: Iterable[np.ndarray], fps: float | Fraction, crf: float = 16,
    static: bool = False, gop: int | None = None,
) -> int:
    """Write `frames`, uint8 H W 3 RGB of one size, as an H.264 mp4; returns how many were written.

    Frame i is shown from i / fps to (i + 1) / fps exactly. yuv420p needs even sides: an odd one gets its
    last row or column twice. static is for frames that never change: they come back identical, where
    key frames would make them breathe. gop: frames from one key frame to the next; None for GOP of them at most and
    one where the encoder sees a cut. The file appears under its name when it is complete, or not at all. Raises
    Refusal for a rate, frames or a place that cannot be used.
    """
    if not LOWEST_FPS <= fps <= HIGHEST_FPS:  # also false for a NaN
        raise Refusal("bad_rate", fps=float(fps), lowest=LOWEST_FPS, highest=HIGHEST_FPS)
    rate = as_rate(fps)
    # Absolute, so that no file name is taken for a protocol.
    target = Path(os.path.abspath(path))
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        n_frames = _encode(part, _checked(frames), rate, crf, static, gop)
        os.replace(part, target)
    except (OSError, av.FFmpegError) as error:
        reason = error.strerror or "unknown reason"
        raise Refusal("write_failed", name=display_name(str(target)), reason=reason) from None
    finally:
        with suppress(OSError):
            part.unlink()
    return n_frames


def _checked(frames: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    shape = None
    for frame in frames:
        if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or not frame.size:
            raise Refusal("bad_frames", got=f"{frame.dtype} {' x '.join(map(str, frame.shape))}")
        shape = shape or frame.shape
        if frame.shape != shape:
            raise Refusal("bad_frames", got=f"{frame.shape[:2]} after {shape[:2]}")
        yield np.pad(frame, ((0, shape[0] % 2), (0, shape[1] % 2), (0, 0)), mode="edge")
    if shape is None:
        raise Refusal("nothing_to_write")


def _encode(
    path: Path, frames: Iterator[np.ndarray], rate: Fraction, crf: float, static: bool, gop: int | None
) -> int:
    first = next(frames)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        options = {"crf": f"{crf:g}", "preset": "veryfast", "bf": "0"}
        if gop is not None:
            options["x264-params"] = "scenecut=0"
        if static:
            # One key frame as fine as crf, then steps eight times as coarse (18 levels of qp): what it left out
            # is too little for them, so nothing is ever corrected.
            del options["crf"]
            options |= {"qp": f"{min(crf + 18, 51):.0f}", "x264-params": "ipratio=8"}
        stream = container.add_stream("libx264", rate=rate, options=options)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = first.shape[1], first.shape[0], "yuv420p"
        context.gop_size, context.max_b_frames = MAX_GOP if static else gop or GOP, 0
        context.colorspace, context.color_range = _BT601, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        reformatter, n_frames = VideoReformatter(), 0
        for array in _chain(first, frames):
            frame = reformatter.reformat(
                av.VideoFrame.from_ndarray(array, "rgb24"), format="yuv420p",
                dst_colorspace=Colorspace.ITU601, dst_color_range=ColorRange.MPEG)
            frame.colorspace, frame.color_range = _BT601, ColorRange.MPEG
            frame.color_primaries, frame.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
            frame.pts, frame.time_base, frame.duration = n_frames, 1 / rate, 1
            container.mux(stream.encode(frame))
            n_frames += 1
        container.mux(stream.encode(None))
    return n_frames


def _chain(first: np.ndarray, rest: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    yield first
    yield from rest
