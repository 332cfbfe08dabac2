"""Frames flow once: from the decoder to what scores them where they lie, then to the host, then to disk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from vae_demo import metrics
from vae_demo.metrics import Kernels, PlayedScores, tensors
from vae_demo.models.host import Stopwatch, to_host
from vae_demo.results.scores import Scores
from vae_demo.store import FrameStore

CPU = torch.device("cpu")


def kernels_on(device: torch.device) -> Kernels:
    """What scores frames that a model decodes on `device`."""
    return metrics.NUMPY if device.type == "cpu" else tensors.kernels(device)


def thread_beside(device: torch.device) -> AbstractContextManager[Executor | None]:
    """Where scores are computed while a decoder on `device` goes on: on a CPU in one thread, which fills what the
    decoder leaves of the cores (benchmarks/scoring.py); work on a GPU is queued anyway."""
    return ThreadPoolExecutor(1) if device.type == "cpu" else nullcontext()


class Flow:
    """A Sink (models/model.py). What it began for one batch it ends when the next one comes: a copy to the host goes
    on while the device computes, and so do the scores where `beside` computes them in a thread of its own.

    store: None where nobody wants the frames, which then stay where they are. device: on which they are decoded.
    """

    def __init__(
        self, scores: PlayedScores, store: FrameStore | None, beside: Executor | None = None,
        device: torch.device = CPU,
    ) -> None:
        self._scores, self._store, self._beside, self.device = scores, store, beside, device
        self._ends: list[Callable[[], Any]] = []
        self._watch = Stopwatch(device)

    @property
    def seconds(self) -> float:
        """That the decoder waited here: on a CPU for a call, on a GPU for what was queued in it. To be asked for when
        the decoder is through, since it waits for the device."""
        return self._watch.seconds

    def append(self, frames: Any) -> None:
        """uint8 T H W 3, an array or a tensor on any device, which nobody changes later."""
        with self._watch:
            self._settle()
            if self._beside is None:
                self._scores.add(frames)
            else:
                self._ends.append(self._beside.submit(self._scores.add, frames).result)
            if (store := self._store) is not None:
                arrived = to_host(torch.as_tensor(frames))
                self._ends.append(lambda: store.append(arrived().numpy()))

    def _settle(self) -> None:
        while self._ends:
            self._ends.pop(0)()

    def end(self) -> tuple[Scores, Scores]:
        """Playback and aligned (see PlayedScores), when every frame has arrived."""
        with self._watch:
            self._settle()
            return self._scores.scores()
