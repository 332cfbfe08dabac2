"""A video that flickers, or a video and its source: what comes back every P frames, without any model.

It says what repeats and how surely, and what else in the file falls on it; never what made it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from vae_demo.clips.clip import Clip
from vae_demo.clips.limits import Limits
from vae_demo.clips.overview import MEASURED
from vae_demo.clips.reading import probe, read_steps
from vae_demo.clips.watching import MOST_FRAMES, Watched, watch_steps
from vae_demo.families.windows import working_in
from vae_demo.metrics import pairs
from vae_demo.metrics.causes import causes_of, cuts_in, loop_of, repeated_in
from vae_demo.metrics.events import find_steps
from vae_demo.metrics.seam import seam_score
from vae_demo.metrics.sensitivity import detectable_steps
from vae_demo.refusal import Refusal
from vae_demo.results.findings import Seam
from vae_demo.results.inspection import Inspection, Periodic, Scores
from vae_demo.results.provenance import versions
from vae_demo.results.scores import Series
from vae_demo.steps import mapped
from vae_demo.verdicts.inspection import headline

T = TypeVar("T")

LEAST_FRAMES = 16
# Of a pair, whose frames are kept in full while they are compared.
PAIR_FRAMES = 1000
# Disk space for the frames of either file, whatever their shape.
MOST_TEMP_BYTES = 1_000_000_000
# Decimals of a signal in a record: a hundredth of what counts.
DIGITS = 4


@dataclass(frozen=True)
class Progress:
    """frames: looked at so far. of: how many there are, None where the file does not say. pictures: small ones of those
    that came since this was last said, uint8 H W 3 in order, while a file is read; source: whether it is the source's.
    """

    frames: int
    of: int | None = None
    pictures: tuple[np.ndarray, ...] = ()
    source: bool = False

    @property
    def fraction(self) -> float:
        """How far this is, 0 where nobody knows; the end is the record itself."""
        return min(self.frames / self.of, 0.99) if self.of else 0.0


# Who wants the small pictures that are seen on the way: "video" or "source", the pictures, and which of them belongs to
# each frame looked at, None where there is none. Does a bounded step at a time.
Keep = Callable[[str, Clip, Sequence[int | None]], Iterator[object]]


def inspect_steps(
    video: Path, reference: Path | None = None, start: int = 0, n_frames: int | None = None,
    limits: Limits = Limits(), keep: Keep = lambda name, pictures, order: iter(()),
) -> Generator[Progress, None, Inspection]:
    """Yields how many frames were looked at, at least four times a second, and returns what was found.

    n_frames: None takes all there are, up to 5,000, of a pair up to 1,000. keep: see Keep; nothing is decoded once more
    for it. Raises Refusal, also for fewer than 16 frames and for a pair that does not show the same frames. Closing the
    generator ends the work at once.
    """
    yield Progress(0)
    limits = replace(limits, max_temp_bytes=min(limits.max_temp_bytes, MOST_TEMP_BYTES))
    seen = yield from _watched(video, start, n_frames, limits, MOST_FRAMES if reference is None else PAIR_FRAMES)
    with seen.pictures:
        n, name = seen.pictures.n_frames, seen.pictures.name
        if n < LEAST_FRAMES:
            raise Refusal("inspect_few", name=name, n=n, least=LEAST_FRAMES)
        for _ in keep("video", seen.pictures, range(n)):
            yield Progress(n, n)
        if reference is None:
            return (yield from _recorded(seen))
        other = yield from _watched(reference, 0, None, limits, MOST_FRAMES, source=True)
        with other.pictures:
            shift = pairs.aligned(_tiny(seen), _tiny(other), start, (name, other.pictures.name))
            beside = [t if 0 <= (t := start + at - shift) < other.pictures.n_frames else None for at in range(n)]
            for _ in keep("source", other.pictures, beside):
                yield Progress(n, n)
            pair = yield from _compared(video, reference, start, shift, n, limits)
            return (yield from _recorded(seen, other, shift, pair))


@dataclass
class _Seen:
    """A watched video, and what its record says of it: the size is the file's, not that of the small pictures."""

    watched: Watched
    video: dict[str, Any]

    @property
    def pictures(self) -> Clip:
        return self.watched.pictures


def _watched(
    path: Path, start: int, n_frames: int | None, limits: Limits, most: int, source: bool = False
) -> Generator[Progress, None, _Seen]:
    info = probe(path, limits)
    there = None if info.n_frames is None else max(0, info.n_frames - start)
    wanted = min((n for n in (n_frames, most, there) if n is not None), default=None)
    watched = yield from mapped(watch_steps(path, start, n_frames, limits, most),
                                lambda seen: Progress(seen.n_frames, wanted, seen.pictures, source))
    return _Seen(watched, {**watched.pictures.describe(), "width": info.width, "height": info.height})


def _compared(
    video: Path, reference: Path, start: int, shift: int, n_frames: int, limits: Limits
) -> Generator[Progress, None, dict[str, np.ndarray]]:
    """added and psnr per frame of the video, NaN where it has no source frame."""
    limits = replace(limits, max_frames=max(limits.max_frames, n_frames), multiple=1)
    first = max(0, start - shift)
    with (yield from _read(video, start, n_frames, limits)) as frames, \
            (yield from _read(reference, first, n_frames, limits)) as sources:
        added, psnr = np.full(n_frames, np.nan), np.full(n_frames, np.nan)
        before: tuple[np.ndarray, np.ndarray] | None = None
        for t in range(frames.n_frames):
            at = start + t - shift - first
            if not 0 <= at < sources.n_frames:
                before = None
                continue
            pair = frames.frames(t, t + 1)[0], pairs.like(sources.frames(at, at + 1)[0], frames)
            psnr[t] = pairs.psnr(*pair)
            if before is not None:
                added[t] = pairs.added_step(*map(np.stack, zip(before, pair, strict=True)))
            before = pair
            yield Progress(t + 1, frames.n_frames)
        return {"added": added, "psnr": psnr}


def _read(path: Path, start: int, n_frames: int, limits: Limits) -> Generator[Progress, None, Clip]:
    steps = read_steps(path, start, n_frames, MEASURED, "none", limits)
    return (yield from mapped(steps, lambda frames: Progress(frames, n_frames)))


def _recorded(
    seen: _Seen, other: _Seen | None = None, shift: int = 0, pair: Mapping[str, np.ndarray] | None = None
) -> Generator[Progress, None, Inspection]:
    """All frames are looked at; a yield between scans, so that the work can be ended."""
    n = seen.pictures.n_frames

    def scanning(steps: Generator[None, None, T]) -> Generator[Progress, None, T]:
        return mapped(steps, lambda _: Progress(n, n))

    raw = {**seen.watched.signals} if pair is None else {**pair, "detail": seen.watched.signals["detail"]}
    areas = {name: values for name, values in seen.watched.areas.items() if name in raw}
    first, found, short = yield from scanning(find_steps(raw, first_frame=seen.pictures.start, areas=areas))
    step, fps = seen.watched.signals["step"], seen.pictures.fps
    marks = {"keys": tuple(seen.watched.keys), "repeated": repeated_in(step), "cuts": cuts_in(step),
             "loop": loop_of(_tiny(seen))}
    told = tuple(replace(
        each, causes=causes_of(n, each.period, each.phase, fps=fps, between=seen.watched.between, **marks),
        works=tuple(window.to_json(each.phase) for window in working_in(each.period))) for each in found)
    sure, hints = (tuple(each for each in told if each.sure == wanted) for wanted in (True, False))
    detects = None if sure or short else (yield from scanning(detectable_steps(raw, areas)))
    source_too = (yield from scanning(_source_too(other))) if other and sure else ()
    record = Inspection(
        seen.video, other.video if other else None, shift,
        {name: _series(values) for name, values in raw.items()},
        Scores(first.periods.start, first.scores, first.line), sure, hints, short,
        best=first.peak and (first.peak.signal, first.peak.period, first.peak.p),
        detects=detects, seam=_seam(pair, sure, n), source_too=source_too, versions=versions(("numpy", "scipy", "av")),
        **marks)
    return replace(record, headline=headline(record))


def _seam(pair: Mapping[str, np.ndarray] | None, sure: Sequence[Periodic], n: int) -> Seam | None:
    if pair is None or not sure:
        return None
    period, phase = sure[0].period, sure[0].phase
    steps = [None if np.isnan(value) else float(value) for value in pair["added"]]
    score = seam_score(steps, list(range(phase or period, n, period)), period)
    return score if isinstance(score, Seam) else None


def _source_too(other: _Seen) -> Generator[None, None, tuple[int, ...]]:
    """Periods that the source has by itself."""
    _, found, _ = yield from find_steps(other.watched.signals, areas=other.watched.areas)
    return tuple(each.period for each in found if each.sure)


def _tiny(seen: _Seen) -> np.ndarray:
    clip = seen.pictures
    return np.stack([pairs.tiny(clip.frames(t, t + 1)[0]) for t in range(clip.n_frames)])


def _series(values: np.ndarray) -> Series:
    return tuple(None if np.isnan(value) else round(float(value), DIGITS) for value in values)
