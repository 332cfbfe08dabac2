"""Frames that are no finite numbers end a run: as uint8 they would pass for a colour."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from vae_demo.models.host import to_host
from vae_demo.models.model import VideoModel, dtype_name
from vae_demo.refusal import Refusal


class Finite:
    """Whether all that a model decoded is finite, asked one batch late: so the device has work while somebody waits for
    the answer."""

    def __init__(self, model: VideoModel) -> None:
        self._model = model
        self._asked: list[Callable[[], Tensor]] = []

    def add(self, sound: Tensor) -> None:
        """sound: whether the newest batch is finite, one bool on the device. Raises Refusal for the one before it."""
        self.check()
        self._asked.append(to_host(sound))

    def check(self) -> None:
        """Raises Refusal where the newest batch, too, is not finite; after the last one."""
        while self._asked:
            if not bool(self._asked.pop()()):
                raise Refusal("not_finite", model=self._model.spec.name, dtype=dtype_name(self._model))
