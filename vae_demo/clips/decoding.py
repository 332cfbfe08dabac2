"""Look at and read one file, here in this process. For files of strangers, reading.py has a worker do it."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np
from av.video.reformatter import Interpolation

from vae_demo.clips.limits import Limits, check_request
from vae_demo.clips.messages import Note, Notes
from vae_demo.clips.opening import open_source
from vae_demo.clips.rate import clip_rate
from vae_demo.clips.render import FILTER, Renderer, note_pixels, upright_size
from vae_demo.clips.sources import Decoded, Source
from vae_demo.clips.transparency import as_meant
from vae_demo.refusal import Refusal

Path = str | os.PathLike[str]
FRAMES_FOR_RATE = 8
HALF = 0.1  # how far from half of the header's rate it may be
# What a file must be able to give at least, or it is refused: its first frame, as anybody gets it who asks for nothing
# special. A size of its own may still be refused later.
USUAL_SIZE, USUAL_CROP = 256, "square"


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


@dataclass(frozen=True)
class Reading:
    """What is known about a clip once its frames have been read.

    rate   frames per second
    facts  about the file, JSON types
    """

    name: str
    rate: Fraction
    notes: tuple[Note, ...]
    facts: dict[str, Any]


def look_at(path: Path, limits: Limits) -> ClipInfo:
    """Header and first frame; Refusal for everything that frames_of() would refuse before its second frame."""
    limits = replace(limits, max_seconds=limits.probe_seconds)
    with open_source(path, limits) as source:
        pictures = source.pictures()
        first = next(pictures, None)
        if first is None:
            raise _nothing(source)
        # Rendered and thrown away: what can be decoded but not shown is refused here, and in the same words.
        size = max(USUAL_SIZE, limits.min_side)
        Renderer(source, first, min(size, limits.max_side), USUAL_CROP, limits, Notes()).render(first)
        width, height = upright_size(source, first, source.notes)
        note_pixels(source, first.frame, source.notes)
        if source.announced == 1:
            source.notes.add("still")
        # Where the header gives no rate, or counts fields, the times of a few frames do.
        told = source.rate and not first.frame.interlaced_frame
        n_more = 0 if told or source.announced == 1 else FRAMES_FOR_RATE
        times = [first.time]
        del first  # its pixels
        times += [each.time for each in islice(pictures, n_more)]
        pictures.close()
        rate = clip_rate(times, source.tick, source.rate, Notes())
        fields = not told and source.rate and abs(2 * rate / source.rate - 1) < HALF
        n_frames = source.announced // 2 if fields and source.announced else source.announced
        return ClipInfo(source.name, width, height, float(rate), n_frames, source.codec, source.notes.all())


def frames_of(
    path: Path, start: int, n_frames: int | None, size: int | None, crop: str, limits: Limits,
    filter: Interpolation = FILTER, seen: Callable[[Decoded], None] | None = None,
) -> Generator[np.ndarray, None, Reading]:
    """Yield frames [start, start + n_frames), each uint8 H W 3, all of one size, and return what is known then.

    The arguments are those of reading.read_clip(). filter: how frames are scaled. seen: told of each picture before
    its frame is yielded. One frame is in memory at a time, besides those the decoder holds.
    """
    check_request(start, n_frames, size, crop, limits)
    wanted = limits.max_frames if n_frames is None else n_frames
    with open_source(path, limits) as opened, as_meant(opened, limits) as source:
        times: list[Fraction | None] = []
        n_seen, renderer = 0, None
        pictures = source.pictures()
        for decoded in pictures:
            n_seen += 1
            if n_seen <= start:
                continue
            if renderer is None:
                renderer = Renderer(source, decoded, size, crop, limits, source.notes, filter)
            rendered = renderer.render(decoded)
            times.append(decoded.time)
            if seen:
                seen(decoded)
            del decoded  # its pixels, while somebody takes the frame
            yield rendered
            if len(times) == wanted:
                break
        pictures.close()
        if not n_seen:
            raise _nothing(source)
        if not times:
            raise Refusal("start_beyond", name=source.name, start=start, n_frames=n_seen, last=n_seen - 1)
        rate = clip_rate(times, source.tick, source.rate, source.notes)
        _note_range(source, start, len(times), n_frames, n_seen)
        facts = {"container": source.container, "codec": source.codec,
                 "n_frames": n_seen if source.ending.ended else source.announced}
        return Reading(source.name, rate, source.notes.all(), facts)


def _nothing(source: Source) -> Refusal:
    return Refusal("damaged", name=source.name, container=source.container)


def _note_range(source: Source, start: int, n_taken: int, asked: int | None, n_seen: int) -> None:
    """Say where the frames taken differ from what was asked for, and what the file lacks."""
    ending, notes = source.ending, source.notes
    whole = ending.ended and not ending.damaged
    announced = (source.announced or 0) // (2 if ending.fields else 1)
    fewer = whole and announced > n_seen
    n_left_out = _n_left_out(source, n_seen) if ending.gaps or fewer else 0
    if n_left_out:
        notes.add("empty_frames", n_frames=n_left_out)
    if ending.damaged:
        notes.add("truncated", last=n_seen - 1, n_frames=n_seen)
    elif fewer and announced > n_seen + n_left_out:
        notes.add("announced", announced=announced, readable=n_seen)
    if n_seen == 1 and ending.ended and not ending.damaged:
        notes.add("still")
    elif asked is not None and n_taken < asked:
        notes.add("shorter", n_frames=n_taken, start=start, asked=asked)
    elif asked is None and not ending.ended and source.more():
        notes.add("limit", n_frames=n_taken, start=start)
    if ending.concealed:
        notes.add("concealed", n_frames=ending.concealed)


def _n_left_out(source: Source, n_seen: int) -> int:
    """Frames that the file keeps a place for, and no picture; after a whole file all that gave none of those seen."""
    sizes = list(source.stored()) if source.stored else []
    whole = source.ending.ended and not source.ending.damaged and not source.ending.fields
    return max(0, len(sizes) - n_seen) if whole else sizes.count(0)
