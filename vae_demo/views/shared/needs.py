"""What a run needs in memory on this server, told before it waits in the line: counted on a network without values.

Nothing is loaded for it and nothing fetched: of a model that is not here yet its published configuration is taken.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import torch

from vae_demo.layout.plan import Plan
from vae_demo.memory import SHARE, batch_budget
from vae_demo.models.hub import local_weights
from vae_demo.models.loading import placed, room_of
from vae_demo.models.spec import MODELS
from vae_demo.views.serving.offered import OFFER
from vae_demo.views.shared import kept_model
from vae_demo.views.shared.running import Extent, Request
from vae_demo.views.zerogpu.borrowed import BORROWED

# Networks without values that are remembered, and how long somebody waits for a count that another one asked for.
REMEMBERED, PATIENCE_S = 6, 3.0


class Need(NamedTuple):
    """Bytes: what the largest call takes beside the weights, what is free for it, and what is fetched first, at most.

    free: None on a card that is borrowed, of which nobody knows before it is there. fetch: None where all is here.
    """

    needed: int
    free: int | None
    fetch: int | None


class Needs:
    """The counts of one server."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._rooms = lru_cache(maxsize=REMEMBERED)(room_of)
        self._runs, self._empty = 0, 0

    @contextmanager
    def during_a_run(self) -> Iterator[None]:
        """While it lasts, what is free is what was when it began: its own memory is given back before the next one."""
        if not self._runs and not BORROWED.on:
            self._look()
        self._runs += 1
        try:
            yield
        finally:
            self._runs -= 1

    def check(self, request: Request, extent: Extent, plans: Sequence[Plan]) -> Need | None:
        """What a run of these plans needs; None of a model that splits its work into what fits, and where somebody
        else's count takes too long. Raises Refusal, which says what would fit, where it is too much."""
        height, width = extent.height, extent.width
        if not (height and width) or not self._turn.acquire(timeout=PATIENCE_S):
            return None
        try:
            room = self._room(request)
            if room is None:
                return None
            free = None if BORROWED.on else self._free(room)
            needed = room.foretold(plans, height, width, free)
        finally:
            self._turn.release()
        return Need(needed, free, None if OFFER.ready(request.model) else room.weights)

    def _room(self, request: Request) -> Any:
        spec = MODELS[request.model]
        place = OFFER.places.get(spec.name) or local_weights(spec)
        return self._rooms(spec.name, *placed(spec, kept_model.device(), request.dtype), place)

    def _free(self, room: Any) -> int:
        """What is left for a call once the weights are loaded, and those of the model before are not."""
        if not self._runs:
            self._look()
        return max(int(self._empty - SHARE * room.weights), 0)

    def _look(self) -> None:
        """What a call could have if no model were loaded."""
        self._empty = int(batch_budget(torch.device(kept_model.device())) + SHARE * kept_model.KEPT.n_bytes)


# One for a server.
NEEDS = Needs()
