"""Pictures that go into the report, as data: URIs: one x-t tape per panel, the worst frame of each variant."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from vae_demo.media import AbsoluteError, frame_size, tape_sheet
from vae_demo.results.comparison import Comparison
from vae_demo.store import FrameSource

JPEG_QUALITY = 92
# The pictures are shown at 256 px at most; a larger clip is scaled down so that the file stays mailable.
MAX_SIDE = 512


@dataclass(frozen=True)
class Pictures:
    """tape_row: y of the row of pixels; tapes: data URI per key; worst: per label source, output, error x 4."""

    tape_row: int
    tapes: dict[str, str]
    worst: dict[str, tuple[str, str, str]]


def pictures(comparison: Comparison, sources: dict[str, FrameSource]) -> Pictures:
    """Pictures of a comparison; a variant without a comparable frame has none in `worst`."""
    height, width = frame_size(sources["source"])
    row = height // 2
    tapes = {key: data_uri(tape_sheet([source], [row]), "PNG") for key, source in sources.items()}
    worst = {}
    for variant in comparison.variants:
        at = variant.playback.worst_frame
        if at is not None:
            shown = sources[variant.label]
            three = (sources["source"], shown, AbsoluteError(shown, sources["source"]))
            worst[variant.label] = tuple(data_uri(source.frames(at, at + 1)[0], "JPEG") for source in three)
    return Pictures(row, tapes, worst)


def data_uri(picture: np.ndarray, kind: str) -> str:
    """uint8 H W 3 -> data URI; PNG keeps every pixel, JPEG is scaled down to MAX_SIDE."""
    image, buffer = Image.fromarray(np.ascontiguousarray(picture)), io.BytesIO()
    if kind == "JPEG":
        image.thumbnail((MAX_SIDE, MAX_SIDE))
        image.save(buffer, kind, quality=JPEG_QUALITY, subsampling=0)
    else:
        image.save(buffer, kind, optimize=True)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
