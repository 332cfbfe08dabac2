"""`python -m vae_demo.clips.worker BYTES`: reads files of strangers, one after another, in a process of its own.

Requests come on standard input, one JSON object a line:

    {"do": "probe", "path": ..., "limits": {...}}
    {"do": "read", "path": ..., "start": ..., "n_frames": ..., "size": ..., "crop": ..., "limits": {...}}
    {"do": "watch", "path": ..., "start": ..., "n_frames": ..., "limits": {...}}
    {"do": "thumbs", "path": ..., "n": ..., "side": ..., "limits": {...}}

Answers go to standard output as protocol.py says: {"say": "ready"} once; then for each request {"say": "info"}, or
{"say": "shape"}, the frames (uint8 H W 3) and {"say": "done"}, where "watch" gives small pictures and before each
{"say": "frame"} with what was measured, and "thumbs" a few with {"say": "thumb"} and their number; or {"say": "error"}
with what a Refusal holds.

BYTES is the memory a file may take; 0 leaves that to whoever started us.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Generator, Iterable
from typing import Any, TypeVar

import numpy as np

from vae_demo.clips import confine, overview
from vae_demo.clips.decoder import decoder_threads
from vae_demo.clips.decoding import Reading, frames_of, look_at
from vae_demo.clips.files import display_name
from vae_demo.clips.limits import Limits
from vae_demo.clips.messages import Note
from vae_demo.clips.protocol import JSON, PIXELS, json_bytes, packed
from vae_demo.clips.strip import thumbs_of
from vae_demo.refusal import Refusal
from vae_demo.steps import mapped

LOOK_FOR_PARENT_S = 5.0
T = TypeVar("T")
LONGEST_TRACE = 4000  # characters


class _Out:
    """Our end of the pipe. Gone parent, gone worker."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def json(self, **answer: Any) -> None:
        body = json_bytes(answer)
        self._write(packed(JSON, len(body)) + body)

    def pixels(self, frame: np.ndarray) -> None:
        """uint8 H W 3."""
        self._write(packed(PIXELS, frame.nbytes))
        # A frame cut from a larger picture is not in one piece; otherwise nothing is copied.
        self._write(frame.data.cast("B") if frame.flags.c_contiguous else frame.tobytes())

    def _write(self, data: bytes | memoryview) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest):]


def main(memory_bytes: int) -> None:
    out = _Out(_take_output())
    networkless = confine.leave_network()
    # Pillow now: a worker is started before it is needed.
    from vae_demo.clips import picture  # noqa: F401

    confine.limit_files()
    limited = memory_bytes > 0 and confine.limit_memory(memory_bytes)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, os.getppid()), daemon=True).start()
    out.json(say="ready", limited=limited, networkless=networkless)
    while True:
        request = json.loads(requests.get())
        limits = Limits(**request.pop("limits"))
        confine.renew_time(confine.seconds_for(request["do"], limits), decoder_threads())
        try:
            _DO[request.pop("do")](out, limits=limits, **request)
        except Refusal as error:
            out.json(say="error", case=error.case, params=error.params)
        except MemoryError:
            out.json(say="error", case="too_much_memory", params={
                "name": display_name(request["path"]), "max_megabytes": limits.max_memory_bytes / 1e6})
        except BrokenPipeError:
            return
        except Exception:
            out.json(say="bug", trace=traceback.format_exc()[-LONGEST_TRACE:])


def _probe(out: _Out, path: str, limits: Limits) -> None:
    info = look_at(path, limits)
    out.json(say="info", **{**vars(info), "notes": _plain(info.notes)})


def _read(out: _Out, path: str, limits: Limits, **wanted: Any) -> None:
    _done(out, _send(out, mapped(frames_of(path, limits=limits, **wanted), lambda frame: (None, frame))))


def _watch(out: _Out, path: str, limits: Limits, **wanted: Any) -> None:
    steps = overview.watched(path, limits=limits, **wanted)
    _done(out, _send(out, mapped(steps, lambda seen: ({"say": "frame", **seen[0]}, seen[1]))))


def _thumbs(out: _Out, path: str, limits: Limits, **wanted: int) -> None:
    steps = thumbs_of(path, limits=limits, **wanted)
    n_frames = _send(out, mapped(steps, lambda thumb: ({"say": "thumb", "frame": thumb[0]}, thumb[1])))
    out.json(say="done", n_frames=n_frames)


def _send(out: _Out, steps: Generator[tuple[dict[str, Any] | None, np.ndarray], None, T]) -> T:
    """Send pictures, all of one shape, each with what is said before it; what the steps return."""
    shape = None
    while True:
        try:
            said, picture = next(steps)
        except StopIteration as end:
            return end.value
        if shape is None:
            shape = picture.shape
            out.json(say="shape", height=shape[0], width=shape[1])
        if said:
            out.json(**said)
        out.pixels(picture)
        del picture  # while the next is decoded


def _done(out: _Out, reading: Reading) -> None:
    out.json(say="done", name=reading.name, rate=[reading.rate.numerator, reading.rate.denominator],
             notes=_plain(reading.notes), facts=reading.facts)


_DO = {"probe": _probe, "read": _read, "watch": _watch, "thumbs": _thumbs}


def _plain(notes: Iterable[Note]) -> list[list]:
    return [[note.case, note.params] for note in notes]


def _take_output() -> int:
    """Standard output for us alone: what a library prints, there or on standard error, goes nowhere."""
    descriptor = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for standard in (1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(descriptor, os.O_BINARY)
    return descriptor


def _listen(requests: queue.SimpleQueue[bytes], parent: int) -> None:
    """Hand on lines from standard input; at its end, or when the parent has gone, end the process on the spot.

    Runs beside the decoder, which may be busy for minutes in one call.
    """
    pending = b""
    while True:
        if sys.platform != "win32":
            import select

            # A fork of the parent may hold the pipe open after the parent's own end.
            if not select.select([0], [], [], LOOK_FOR_PARENT_S)[0]:
                if os.getppid() != parent:
                    os._exit(0)
                continue
        data = os.read(0, 1 << 16)
        if not data:
            os._exit(0)
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            requests.put(line)


if __name__ == "__main__":
    main(int(sys.argv[1]))
    os._exit(0)
