"""What a worker of Ray does: it holds one model at a time, and reads and scores clips with it.

Whatever goes wrong with a clip or a model comes back as a Failure: an error of ours does not survive the way.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path, PurePath

import torch

from vae_demo import heap, memory, scratch
from vae_demo.refusal import Refusal
from vae_demo.studies.loop import loaded, read_or_say
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.rows import Failure
from vae_demo.studies.scoring import Read, Scored, maker_of, score
from vae_demo.studies.task import Maker, Settings, Unit


class Worker:
    """An actor. Several calls run at a time: while one computes, the next one reads its clip.

    sharers: workers of one node, which divide its memory among them.
    """

    def __init__(self, protocol: Protocol, settings: Settings, device: str, threads: int, sharers: int) -> None:
        heap.keep()  # how threads wait torch knows by now
        torch.set_num_threads(threads)
        self._protocol, self._settings, self._device, self._sharers = protocol, settings, device, sharers
        self._computing = threading.Lock()
        self._model, self._maker = None, None

    def hold(self, model: str) -> Maker | Failure:
        """Load a model instead of the one that is held."""
        self._model = self._maker = None
        if self._device == "cuda":
            torch.cuda.empty_cache()
        try:
            self._model = loaded(self._protocol, model, self._device)
        except Refusal as error:
            return Failure.of(error, None, model)
        self._maker = maker_of(self._model)
        return self._maker

    def score(self, content: bytes, unit: Unit, tries: int) -> Iterator[Scored | Failure]:
        """content: of the clip's file, since no folder need be common to all nodes. tries: that were lost before this
        one; each takes half as much at once as the one before."""
        assert self._model is not None and self._maker is not None
        with scratch.work_folder("study") as work:
            found = self._read(content, unit, work)
            if isinstance(found, Failure):
                yield found
                return
            with self._computing, found.clip:
                memory.share_among(self._sharers * 2 ** tries)
                yield from score(found, unit, self._settings, self._model, self._maker, work)

    def _read(self, content: bytes, unit: Unit, work: Path) -> Read | Failure:
        copy = work / (PurePath(unit.path).name or "clip")
        try:
            copy.write_bytes(content)
        except OSError as error:
            return Failure.of(Refusal("no_space", megabytes=len(content) / 1e6,
                                      reason=error.strerror or "unknown reason"), unit.name)
        return read_or_say(unit, self._settings, self._protocol.models, copy)
