"""Transparency: what lies behind it, and whether it was meant at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import av
import numpy as np

from vae_demo.clips.limits import Limits
from vae_demo.clips.sources import Decoded, Source
from vae_demo.pixels import WHITE

BAND = 64  # rows
BACKGROUND = WHITE  #, as a page behind a transparent GIF
_TRACE = 2  # of 255: what a lossy codec makes of nothing


def has_alpha(frame: av.VideoFrame) -> bool:
    return frame.format.has_palette or any(component.is_alpha for component in frame.format.components)


@contextmanager
def as_meant(source: Source, limits: Limits) -> Iterator[Source]:
    """`source`, or the same file without its transparency, and a note, where nothing of it would be seen.

    Many writers of 32-bit pixels leave the fourth byte at 0: a file fully transparent in every picture is one of
    theirs. One that only begins like that, as one that fades in does, is not. The file is read a second time, up to as
    many pictures as a clip may have, and only where its first picture asks for it.
    """
    pictures = source.pictures()
    held = list(islice(pictures, 1))
    if held and source.again is not None and not _anything_shows(held[0].frame):
        with source.again(False) as same:
            n_pictures = _n_unseen(same, limits)
        if n_pictures:
            pictures.close()
            held.clear()
            with source.again(True) as opaque:
                opaque.notes.add("alpha_unset", n_frames=n_pictures)
                yield opaque
            return
    source.pictures = lambda: _rejoined(held, pictures)
    yield source


def _rejoined(held: list[Decoded], rest: Iterator[Decoded]) -> Iterator[Decoded]:
    while held:
        yield held.pop()  # and hold it no longer: its pixels
    yield from rest


def _n_unseen(source: Source, limits: Limits) -> int:
    """How many pictures were looked at if nothing shows in any of them; else 0."""
    n_pictures = 0
    for each in islice(source.pictures(), limits.max_frames):
        if _anything_shows(each.frame):
            return 0
        n_pictures += 1
    return n_pictures


def _anything_shows(frame: av.VideoFrame) -> bool:
    return not has_alpha(frame) or bool(frame.reformat(format="rgba").to_ndarray()[:, :, 3].max() > _TRACE)


def on_background(rgba: np.ndarray) -> np.ndarray:
    """uint8 H W 4 -> uint8 H W 3."""
    blended = np.empty((*rgba.shape[:2], 3), np.uint8)
    for top in range(0, len(rgba), BAND):  # the wide numbers take five times the memory of the picture
        band = rgba[top:top + BAND]
        alpha = band[:, :, 3:].astype(np.uint16)
        blended[top:top + BAND] = (band[:, :, :3] * alpha + BACKGROUND * (WHITE - alpha) + WHITE // 2) // WHITE
    return blended
