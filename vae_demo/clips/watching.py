"""Watch a whole video of a stranger from afar: a worker decodes and measures it, this process checks what it says."""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from vae_demo.clips import answers
from vae_demo.clips.clip import Clip, Spool
from vae_demo.clips.decoding import Path
from vae_demo.clips.files import absolute, display_name
from vae_demo.clips.limits import Limits, check_request
from vae_demo.clips.messages import Note
from vae_demo.clips.overview import AREAS, SIGNALS, stacked
from vae_demo.clips.protocol import JSON, Broken
from vae_demo.clips.reading import YIELD_S, converse, trusting_nothing

MOST_FRAMES = 5000
# What is said of a frame beside numbers.
FLAGS = ("key", "between")
# A long film takes its time, and whoever watches can stop it.
SECONDS = 600.0


@dataclass(frozen=True)
class Seen:
    """n_frames: seen by now. pictures: of those that came since this was last said, in order, as Watched has them."""

    n_frames: int
    pictures: tuple[np.ndarray, ...] = ()


@dataclass
class Watched:
    """A video in small.

    pictures  the frames with a short side of 80 pixels at most, as a Clip; close it
    signals   step, light and detail of overview.py: float64, one a frame, NaN for the step of the first
    areas     the same of each area of the frames: areas n
    keys      frames at which the file can be entered; between: those that its codec told from both sides
    """

    pictures: Clip
    signals: dict[str, np.ndarray]
    areas: dict[str, np.ndarray]
    keys: list[int] = field(default_factory=list)
    between: list[int] = field(default_factory=list)


def watch_steps(
    path: Path, start: int = 0, n_frames: int | None = None, limits: Limits = Limits(), most: int = MOST_FRAMES
) -> Generator[Seen, None, Watched]:
    """Yields what was seen by now, at least four times a second, and returns the video in small.

    n_frames: None takes all there are, up to `most`. Raises Refusal. Closing the generator ends the work at once.
    """
    limits = replace(limits, max_frames=most, max_seconds=max(SECONDS, limits.max_seconds))
    check_request(start, n_frames, None, "none", limits)
    text = absolute(path)
    name, wanted = display_name(text), limits.max_frames if n_frames is None else n_frames
    request = {"do": "watch", "path": text, "start": start, "n_frames": n_frames, "limits": asdict(limits)}
    shape, yielded, measured = None, time.monotonic(), []
    fresh: list[np.ndarray] = []
    with trusting_nothing(name), Spool(limits.max_temp_bytes) as spool, closing(
            converse(request, limits.max_seconds, limits, name)) as conversation:
        for answer in conversation:
            if answer is None:
                pass
            elif shape is None:
                shape = answers.shape(answers.saying(answer, "shape"), limits)
            elif answer[0] != JSON:
                expected = len(measured) == spool.n_frames + 1 <= wanted
                fresh.append(answers.frame(answer[1], shape, expected))
                spool.append(fresh[-1])
            elif answer[1]["say"] == "frame":
                if len(measured) != spool.n_frames:
                    raise Broken("a frame without its picture")
                measured.append(_numbers(answer[1], measured[0] if measured else None))
            else:
                found = answers.reading(answers.saying(answer, "done"), name, spool.n_frames)
                next(conversation, None)  # all is well: the worker may stay
                clip = Clip(spool.mapped(), found.rate, name, start, _told(found.notes), found.facts)
                return _watched(clip, measured)
            if answer is None or time.monotonic() - yielded > YIELD_S:
                yielded = time.monotonic()
                yield Seen(spool.n_frames, tuple(fresh))
                fresh.clear()
    raise AssertionError("a conversation ends with an answer or an error")


def _told(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """Of the notes those that matter to somebody who only measures: nobody asked for a larger picture."""
    return tuple(note for note in notes if note.case != "not_enlarged")


def _watched(clip: Clip, measured: list[dict[str, Any]]) -> Watched:
    flagged = ([at for at, each in enumerate(measured) if each[what]] for what in FLAGS)
    return Watched(clip, *stacked(measured), *flagged)


def _numbers(answer: dict[str, Any], first: dict[str, Any] | None) -> dict[str, Any]:
    """What a worker of ours says of one frame. first: what it said of the first one. Raises Broken."""
    found = {name: answer.get(name) for name in (*SIGNALS, *FLAGS)}
    areas = answer.get("areas")
    areas = {name: areas.get(name) for name in SIGNALS} if isinstance(areas, dict) else {}
    light = areas.get("light")
    count = len(first["areas"]["light"]) if first else len(light) if isinstance(light, list) else 0
    good = all(isinstance(found[what], bool) for what in FLAGS) and 0 < count <= AREAS ** 2
    for name in SIGNALS:
        if first is None and name == "step":
            good = good and found[name] is None and areas.get(name) is None
        else:
            each = areas.get(name)
            good = good and isinstance(each, list) and len(each) == count and all(map(_measured, (found[name], *each)))
    if not good:
        raise Broken("no numbers of ours")
    # As arrays: of a long film they would take much more as lists.
    return {**found, "areas": {name: None if each is None else np.array(each) for name, each in areas.items()}}


def _measured(value: Any) -> bool:
    # Two differences of 8-bit values at most.
    return isinstance(value, float) and math.isfinite(value) and 0 <= value <= 510
