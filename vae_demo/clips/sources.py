"""What every kind of file looks like to the reader: a header, and decoded pictures one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from fractions import Fraction

import av

from vae_demo.clips.files import MediaFile
from vae_demo.clips.geometry import Turn
from vae_demo.clips.limits import Limits
from vae_demo.clips.messages import Notes
from vae_demo.clips.stored import Track
from vae_demo.refusal import Refusal


@dataclass(frozen=True)
class Decoded:
    """One picture as stored: not yet turned, scaled or converted.

    time  when it is shown, seconds; None where the file does not say
    turn  how to lay it upright; None where the file asks for something that is not a quarter turn
    """

    frame: av.VideoFrame
    time: Fraction | None
    turn: Turn | None = Turn()


@dataclass
class Ending:
    """How the pictures ended; filled in while they are read.

    ended      the last picture of the file was reached
    damaged    it was reached too early: the file is cut off or unreadable from there on
    cut        the file lacks its last bytes: what can be read of it ends too early
    concealed  pictures that the decoder patched up
    fields     each picture came in two parts, which the file counts one by one
    gaps       a picture came more than a tick after the one before it
    """

    ended: bool = False
    damaged: bool = False
    cut: bool = False
    concealed: int = 0
    fields: bool = False
    gaps: bool = False


@dataclass
class Source:
    """An open file.

    aspect     width of a stored pixel / its height
    announced  pictures the header promises, None where it is silent
    rate       frames per second the header promises, None where it is silent
    tick       unit of the time stamps, seconds
    pictures   call once; yields in the order of showing
    only_keys  call to have key frames alone decoded from here on, None where there is no such thing
    more       whether pictures are left after those read so far; meaningful once
    stored     sizes of the pictures in the file, bytes, where some may be empty; else None
    track      what else the container says of it; None where it says nothing more
    opaque     transparency is to be left out, and was, where pictures lie one over another
    again      again(opaque) opens the same file once more, from its start, while this one waits
    """

    name: str
    container: str
    codec: str
    aspect: Fraction
    announced: int | None
    rate: Fraction | None
    tick: Fraction
    pictures: Callable[[], Iterator[Decoded]]
    more: Callable[[], bool]
    notes: Notes = field(default_factory=Notes)
    ending: Ending = field(default_factory=Ending)
    stored: Callable[[], Iterator[int]] | None = None
    track: Track | None = None
    opaque: bool = False
    again: Callable[[bool], AbstractContextManager[Source]] | None = None
    only_keys: Callable[[], None] | None = None


def check_size(width: int, height: int, file: MediaFile, limits: Limits) -> None:
    """Refuse a picture before memory is spent on it."""
    if max(width, height) > limits.max_side:
        raise Refusal("too_wide", name=file.name, width=width, height=height, max_side=limits.max_side)
    if min(width, height) < limits.min_side:
        raise Refusal("too_small", name=file.name, width=width, height=height, min_side=limits.min_side)
