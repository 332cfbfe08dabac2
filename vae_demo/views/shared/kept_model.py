"""The model that runs on the page use, kept between them, and what they took."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable

import torch

from vae_demo.models.compiled import check_compiler
from vae_demo.models.loading import auto_dtype, best_device, load_model
from vae_demo.models.model import VideoModel
from vae_demo.models.spec import DTYPES, MODELS
from vae_demo.refusal import Refusal
from vae_demo.views.serving.offered import OFFER
from vae_demo.views.shared.pace import Pace, place_of
from vae_demo.views.zerogpu.borrowed import BORROWED

PACE = Pace()
AUTO = DTYPES[0]


class Kept:
    """One loaded model at a time: a free Space has no room for two. The old one goes before the next is loaded."""

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._of: tuple[str, str, str] | None = None
        self._model: VideoModel | None = None
        self._compiled = False

    def get(self, name: str, device: str, dtype: str = AUTO) -> VideoModel:
        """Raises Refusal."""
        wanted = name, device, dtype
        with self._loading:
            if self._model is None or self._of != wanted:
                self.forget()
                self._model, self._of = _loaded(name, device, dtype, self._compiled), wanted
            return self._model

    def compile(self, warm_up: Callable[[VideoModel], object]) -> None:
        """Models run as compiled graphs from now on; the first one is compiled at once, by `warm_up`, so that nobody
        waits for that in the line. Raises Refusal."""
        check_compiler(device())
        self._compiled = True
        self.forget()
        try:
            model = self.get(next(iter(MODELS)), device())
        except Refusal:
            return  # said when somebody presses Run
        warm_up(model)

    @property
    def n_bytes(self) -> int:
        """Of the weights that are loaded."""
        network = getattr(self._model, "vae", None)
        return sum(value.nbytes for value in network.parameters()) if network is not None else 0

    def forget(self) -> None:
        """Let the model go; a run that still uses it keeps it until it ends."""
        self._model = self._of = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _loaded(name: str, device: str, dtype: str, compiled: bool) -> VideoModel:
    return load_model(name, device=device, dtype=dtype, weights=OFFER.places.get(name), fetch=False, compiled=compiled)


KEPT = Kept()


def device() -> str:
    return best_device()


def place() -> str:
    """The same by name, for what runs take there."""
    return place_of(torch.device(device()))


def model_for(name: str, device: str, dtype: str = AUTO) -> VideoModel:
    """The model, kept between runs. Raises Refusal."""
    return BORROWED.model(name, dtype) if BORROWED.on else KEPT.get(name, device, in_words(name, device, dtype))


def in_words(name: str, device: str, dtype: str) -> str:
    """A dtype as the control says it: auto where it is what the model takes there anyway, or nothing it knows."""
    return dtype if dtype in DTYPES and dtype != auto_dtype(MODELS[name], device) else AUTO
