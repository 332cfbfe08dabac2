"""Read a clip: frames plus a note of everything that was done, or one clear sentence."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Literal

from vae_demo.clips.clip import Clip, Spool
from vae_demo.clips.limits import Limits, check_request
from vae_demo.clips.messages import ClipError, Note, Notes
from vae_demo.clips.rate import clip_rate
from vae_demo.clips.render import Renderer, note_pixels, upright_size
from vae_demo.clips.sources import Source, open_source

Path = str | os.PathLike[str]
FRAMES_FOR_RATE = 8


@dataclass(frozen=True)
class ClipInfo:
    """What a file is, from its header and first frame.

    width, height  as shown: turned, square pixels
    n_frames       as the header promises; None where only reading would tell
    """

    name: str
    width: int
    height: int
    fps: float
    n_frames: int | None
    codec: str
    notes: tuple[Note, ...]


def probe(path: Path, limits: Limits = Limits()) -> ClipInfo:
    """Look at a file without reading it all: a frame is decoded, so that "it opens" means something.

    Raises ClipError for everything read_clip() would refuse at its first frame.
    """
    with open_source(path, limits) as source:
        pictures = source.pictures()
        first = next(pictures, None)
        if first is None:
            raise _nothing(source)
        width, height = upright_size(source, first, source.notes)
        note_pixels(first.frame, source.notes)
        if source.announced == 1:
            source.notes.add("still")
        # Where the header gives no rate, the times of a few frames do.
        n_more = 0 if source.rate or source.announced == 1 else FRAMES_FOR_RATE
        times = [first.time, *(each.time for each in islice(pictures, n_more))]
        pictures.close()
        rate = clip_rate(times, source.tick, source.rate, Notes())
        return ClipInfo(
            source.name, width, height, float(rate), source.announced, source.codec, source.notes.all())


def read_clip(
    path: Path,
    start: int = 0,
    n_frames: int | None = 85,
    size: int | None = 256,
    crop: Literal["square", "none"] = "square",
    limits: Limits = Limits(),
) -> Clip:
    """Read frames [start, start + n_frames) of a video, animation or still picture.

    n_frames  None takes all there are, up to limits.max_frames; a shorter clip is used whole
    size      short side in pixels, never enlarged; None keeps the file's own
    crop      "square" cuts the centre, "none" keeps the shape; height and width end on multiples of 8

    The frames lie in an unnamed temporary file until the clip is closed or dropped. Nothing after the
    last frame asked for is decoded. Raises ClipError, whose text is one sentence.
    """
    check_request(start, n_frames, size, crop, limits)
    wanted = limits.max_frames if n_frames is None else n_frames
    with open_source(path, limits) as source, Spool(limits.max_temp_bytes) as spool:
        times: list[Fraction | None] = []
        n_seen, renderer = 0, None
        pictures = source.pictures()
        for decoded in pictures:
            n_seen += 1
            if n_seen <= start:
                continue
            if renderer is None:
                renderer = Renderer(source, decoded, size, crop, limits, source.notes)
            spool.append(renderer.render(decoded))
            times.append(decoded.time)
            if len(times) == wanted:
                break
        pictures.close()
        if not n_seen:
            raise _nothing(source)
        if not times:
            raise ClipError("start_beyond", name=source.name, start=start, n_frames=n_seen, last=n_seen - 1)
        rate = clip_rate(times, source.tick, source.rate, source.notes)
        _note_range(source, start, len(times), n_frames, n_seen)
        facts = {"container": source.container, "codec": source.codec,
                 "n_frames": n_seen if source.ending.ended else source.announced}
        return Clip(spool.mapped(), rate, source.name, start, source.notes.all(), facts)


def _nothing(source: Source) -> ClipError:
    return ClipError("damaged", name=source.name, container=source.container)


def _note_range(source: Source, start: int, n_taken: int, asked: int | None, n_seen: int) -> None:
    """Say where the frames taken differ from what was asked for, and what the file lacks."""
    ending, notes = source.ending, source.notes
    if ending.damaged:
        notes.add("truncated", last=n_seen - 1, n_frames=n_seen)
    elif ending.ended and source.announced and source.announced > n_seen:
        notes.add("announced", announced=source.announced, readable=n_seen)
    if n_seen == 1 and ending.ended and not ending.damaged:
        notes.add("still")
    elif asked is not None and n_taken < asked:
        notes.add("shorter", n_frames=n_taken, start=start, asked=asked)
    elif asked is None and not ending.ended and source.more():
        notes.add("limit", n_frames=n_taken, start=start)
    if ending.concealed:
        notes.add("concealed", n_frames=ending.concealed)
