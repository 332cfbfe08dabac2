"""Read a clip of a stranger: a worker opens and decodes it, this process only takes what it says and checks it."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from typing import Any, Literal

import numpy as np

from vae_demo.clips import answers, known
from vae_demo.clips.clip import Clip, Spool
from vae_demo.clips.decoding import ClipInfo, Path
from vae_demo.clips.files import absolute, display_name
from vae_demo.clips.limits import Limits, check_request
from vae_demo.clips.pool import Pool, pool
from vae_demo.clips.process import START_S, Answer, Gone, TooMuchMemory, Worker
from vae_demo.clips.protocol import JSON, PIXELS, Broken
from vae_demo.refusal import Refusal
from vae_demo.steps import drain

TICK_S = 0.1
YIELD_S = 0.2
# The worker's own clock ends most files a little sooner, and the worker lives on.
GRACE_S = 0.5
# A file that does not say how long it is gives more of them the longer it is.
MOST_THUMBS = 240
_log = logging.getLogger(__name__)


def probe(path: Path, limits: Limits = Limits()) -> ClipInfo:
    """Look at a file without reading it all: a frame is decoded, so that "it opens" means something.

    Raises Refusal for everything read_clip() would refuse at its first frame. A file that has not changed since is
    not opened again.
    """
    text = absolute(path)
    if (found := known.recall(text, limits)) is not None:
        return found
    stamp, name = known.stamp(text), display_name(text)
    request = {"do": "probe", "path": text, "limits": asdict(limits)}
    with trusting_nothing(name), closing(converse(request, limits.probe_seconds, limits, name)) as conversation:
        said = next(answer for answer in conversation if answer is not None)
        info = answers.info(answers.saying(said, "info"), name, limits)
        next(conversation, None)  # all is well: the worker may stay
    known.remember(text, stamp, limits, info)
    return info


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
    crop      "square" cuts the centre, "none" keeps the shape; height and width end on multiples of limits.multiple

    The frames lie in an unnamed temporary file until the clip is closed or dropped. Nothing after the
    last frame asked for is decoded. Raises Refusal, whose text is one sentence.
    """
    return drain(read_steps(path, start, n_frames, size, crop, limits))


def read_steps(
    path: Path,
    start: int = 0,
    n_frames: int | None = 85,
    size: int | None = 256,
    crop: Literal["square", "none"] = "square",
    limits: Limits = Limits(),
) -> Generator[int, None, Clip]:
    """read_clip() for whoever wants to stop it: yields how many frames there are by now, and returns the clip.

    Something is yielded at least four times a second, also while nothing comes or all workers are busy. Closing the
    generator ends the work at once; the frames so far are gone.
    """
    check_request(start, n_frames, size, crop, limits)
    text = absolute(path)
    name, wanted = display_name(text), limits.max_frames if n_frames is None else n_frames
    request = {"do": "read", "path": text, "start": start, "n_frames": n_frames, "size": size, "crop": crop,
               "limits": asdict(limits)}
    shape, yielded = None, time.monotonic()
    with trusting_nothing(name), Spool(limits.max_temp_bytes) as spool, closing(
            converse(request, limits.max_seconds, limits, name)) as conversation:
        for answer in conversation:
            if answer is not None and shape is None:
                shape = answers.shape(answers.saying(answer, "shape"), limits)
            elif answer is not None and answer[0] == PIXELS:
                spool.append(answers.frame(answer[1], shape, spool.n_frames < wanted))
            elif answer is not None:
                found = answers.reading(answers.saying(answer, "done"), name, spool.n_frames)
                next(conversation, None)  # all is well: the worker may stay
                return Clip(spool.mapped(), found.rate, name, start, found.notes, found.facts)
            if answer is None or time.monotonic() - yielded > YIELD_S:
                yielded = time.monotonic()
                yield spool.n_frames
    raise AssertionError("a conversation ends with an answer or an error")


def thumbs(
    path: Path, n: int, side: int, limits: Limits = Limits()
) -> Generator[tuple[int, np.ndarray] | None, None, int | None]:
    """About `n` small pictures of a file, spread over its length: yields (frame, uint8 S S 3) as they come, in order,
    the first frame first, and None when none came for a while. Each is the middle square, `side` pixels at most.

    Returns how many frames the file has, None where not all were looked at. Of a long file only key frames are decoded,
    so that the work is bounded (clips/strip.py). Raises Refusal where there is no first frame.
    """
    text = absolute(path)
    name, limits = display_name(text), replace(limits, max_seconds=limits.probe_seconds)
    request = {"do": "thumbs", "path": text, "n": n, "side": side, "limits": asdict(limits)}
    shape, last, count = None, -1, 0
    with trusting_nothing(name), closing(converse(request, limits.max_seconds, limits, name)) as conversation:
        for answer in conversation:
            if answer is None:
                yield None
            elif shape is None:
                shape = answers.shape(answers.saying(answer, "shape"), limits)
            elif answer[0] == PIXELS:
                count += 1
                yield last, answers.frame(answer[1], shape, 0 <= last and count <= MOST_THUMBS).copy()
            elif answer[1]["say"] == "thumb":
                last = answers.thumb(answer[1], last)
            else:
                found = answers.n_frames(answers.saying(answer, "done"))
                next(conversation, None)  # all is well: the worker may stay
                return found
    raise AssertionError("a conversation ends with an answer or an error")


@contextmanager
def trusting_nothing(name: str) -> Iterator[None]:
    """An answer that no worker of ours gives has one cause that matters: the file."""
    try:
        yield
    except Broken:
        raise Refusal("crashed", name=name) from None


def converse(
    request: dict[str, Any], seconds: float, limits: Limits, name: str
) -> Generator[Answer | None, None, None]:
    """Have a worker answer one request: yields its answers, and None whenever there was none for a while.

    Raises Refusal for its refusal, for its end and when time is up, and Broken. Whoever asks for one more answer
    after the last one says that it was fine; closed before that, the worker is killed.
    """
    workers = pool()
    worker = yield from _borrowed(workers, limits)
    clean = False
    try:
        end = time.monotonic() + START_S
        while not worker.get_ready(TICK_S):
            if time.monotonic() > end:
                raise Refusal("busy")
            yield None
        worker.ask(request, limits)
        end = time.monotonic() + max(seconds, 0) + GRACE_S
        while True:
            answer = worker.answer(TICK_S)
            worker.check_memory()
            if time.monotonic() > end:
                raise Refusal("too_slow", name=name, max_seconds=seconds)
            said = answer[1]["say"] if answer is not None and answer[0] == JSON else ""
            if said == "error":
                error = answers.refusal(answer[1], name)
                # After a shortage of memory nobody knows what the decoder kept.
                clean = error.case != "too_much_memory"
                raise error
            if said == "bug":
                _log.error("%s", answers.trace(answer[1]))
                raise Broken("an error of ours")
            yield answer
            worker.reuse(answer)
            if said in ("info", "done"):
                clean = True
                return
    except TooMuchMemory:
        raise Refusal("too_much_memory", name=name, max_megabytes=limits.max_memory_bytes / 1e6) from None
    except Gone:
        if worker.ended_by_time:
            raise Refusal("too_slow", name=name, max_seconds=seconds) from None
        raise Refusal("crashed", name=name) from None
    finally:
        workers.give_back(worker, clean, limits)


def _borrowed(workers: Pool, limits: Limits) -> Generator[None, None, Worker]:
    place, end = workers.enqueue(), time.monotonic() + limits.busy_seconds
    try:
        while True:
            worker = workers.take(place, limits, TICK_S)
            if worker is not None:
                return worker
            if time.monotonic() > end:
                raise Refusal("busy")
            yield None
    except OSError:  # the machine has no room for one more process
        raise Refusal("busy") from None
    finally:
        workers.leave(place)
