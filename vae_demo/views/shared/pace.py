"""How long a run takes on this server: what the last runs of its kind took, with how sure that is.

A pace is seconds per unit of work (engine.work_of) and megapixel of a frame, kept by model, place and size of the
frames, a model in a dtype that is not its own there as one more; that of writing pictures is the same for all models.
Kept for as long as the process lives.
"""

from __future__ import annotations

import math
import statistics
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import torch

from vae_demo import engine
from vae_demo.clips import Clip
from vae_demo.layout.plan import Plan
from vae_demo.models.loading import auto_dtype
from vae_demo.models.model import VideoModel, device_name, dtype_name
from vae_demo.models.spec import ModelSpec
from vae_demo.results.scores import SCORES
from vae_demo.views.shared.timed import COMPUTING, WRITING, Timed
from vae_demo.views.zerogpu.borrowed import BORROWED

# Paces that are remembered, of each kind.
LAST = 8
# Frames up to so many megapixels are of one size class, 173² and 387², and all larger ones.
SIZES = (0.03, 0.15)
# How far off one run may be, as a logarithm: 1.4 times. Runs of other sizes, and a trial without any run: more.
ONE, OTHER_SIZE, TRIAL = 0.35, 0.5, 0.6

Span = tuple[float, float]
Kind = tuple[str, str]  # model, place


def spread(paces: Sequence[float], doubt: float) -> Span:
    """Low and high around the median of some paces: how far the next one may be from it.

    doubt: what is assumed of that beforehand, as a logarithm; it counts like one pace more.
    """
    logs = [math.log(pace) for pace in paces]
    middle = statistics.median(logs)
    apart = 1.4826 * statistics.median(abs(each - middle) for each in logs)
    far = math.sqrt((doubt ** 2 + len(logs) * apart ** 2) / (len(logs) + 1))
    return math.exp(middle - far), math.exp(middle + far)


def place_of(device: torch.device) -> str:
    """What paces belong to: a card by its name, of which a borrowed one may change; of processors there is one."""
    return device.type if device.type == "cpu" else BORROWED.card or device_name(device)


def kind_of(spec: ModelSpec, device: torch.device, dtype: str) -> Kind:
    """Whose pace it is; its twin is kindOf in pace.js. dtype: also auto."""
    own = dtype in ("auto", auto_dtype(spec, device.type))
    return spec.name if own else f"{spec.name} {dtype}", place_of(device)


def size_class(megapixels: float) -> int:
    return sum(megapixels > most for most in SIZES)


class Pace:
    """The paces of one server. Whoever asks is told a span, never one number."""

    def __init__(self) -> None:
        self._runs: dict[Kind, dict[int, deque[float]]] = {}
        self._trials: dict[Kind, list[float]] = {}
        self._writing: deque[float] = deque(maxlen=LAST)
        self._tried_writing: list[float] = []
        self._trying = threading.Lock()

    def begin(
        self, model: VideoModel, plans: Sequence[Plan], clip: Clip, scores: Sequence[str] = tuple(SCORES),
        pictures: int = 0,
    ) -> Timed:
        """A clock for a run of these plans, for `learn` once the run has come to its end.

        pictures: to be written in all, see report/costs.py.
        """
        kind, megapixels = kind_of(model.spec, model.device, dtype_name(model)), clip.height * clip.width / 1e6
        expected = middle(self.computing(kind, megapixels)), middle(self.writing())
        return Timed(kind, megapixels, engine.work_of(plans, model.spec, scores), pictures, expected)

    def learn(self, timed: Timed) -> None:
        """Remember what a whole run took; one that was stopped says nothing."""
        paces = timed.paces
        by_size = self._runs.setdefault(timed.kind, {})
        by_size.setdefault(size_class(timed.megapixels), deque(maxlen=LAST)).append(paces[COMPUTING])
        if WRITING in paces:
            self._writing.append(paces[WRITING])

    def computing(self, kind: Kind, megapixels: float) -> Span | None:
        """Seconds of one unit of work and megapixel; None where nothing is known."""
        runs = self._runs.get(kind, {})
        if paces := runs.get(size_class(megapixels)):
            return spread(paces, ONE)
        if runs:
            return spread([pace for paces in runs.values() for pace in paces], OTHER_SIZE)
        return spread(self._trials[kind], TRIAL) if kind in self._trials else None

    def writing(self) -> Span | None:
        """Seconds of one picture of every frame and megapixel; None where nothing is known."""
        if self._writing:
            return spread(self._writing, ONE)
        return spread(self._tried_writing, TRIAL) if self._tried_writing else None

    def tried_only(self, kind: Kind) -> bool:
        """Whether no run of this kind has come to its end here."""
        return kind not in self._runs

    def known(self, place: str) -> dict[str, Any]:
        """All of it for the browser, which knows what is asked for: spans by model and size class."""
        kinds = [kind for kind in {**self._runs, **self._trials} if kind[1] == place]
        sizes = (0, *(most * 1.01 for most in SIZES))
        return {"sizes": SIZES, "writing": self.writing(), "tried": [k[0] for k in kinds if self.tried_only(k)],
                "computing": {kind[0]: [self.computing(kind, size) for size in sizes] for kind in kinds}}

    def tried(self, kind: Kind, attempt: Callable[[], Sequence[Timed]]) -> None:
        """Learn from an attempt (trial.py) where nothing is known of a kind, and nobody else attempts it."""
        if self.computing(kind, 0) or not self._trying.acquire(blocking=False):
            return
        try:
            if found := [timed.paces for timed in attempt()]:
                self._trials[kind] = [each[COMPUTING] for each in found]
                self._tried_writing = [each[WRITING] for each in found]
        finally:
            self._trying.release()


def middle(span: Span | None) -> float | None:
    return span and math.sqrt(span[0] * span[1])
