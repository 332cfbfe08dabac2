"""Weights that lie on a hub are fetched beside the line of runs: nobody waits behind somebody else's download."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable

from vae_demo.models.hub import fetch_weights
from vae_demo.models.spec import MODELS
from vae_demo.refusal import Refusal
from vae_demo.views.serving.offered import OFFER

LOOK_S = 0.2


class _Fetch:
    """One download, in a thread of its own."""

    def __init__(self, model: str) -> None:
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(model,), name=f"fetch {model}", daemon=True)
        self._thread.start()

    @property
    def works(self) -> bool:
        return self._thread.is_alive()

    def _run(self, model: str) -> None:
        try:
            # Whoever runs the server has accepted the licence of what it offers.
            fetch_weights(model, accepted=True)
        except Exception as error:
            self.error = error


class Fetches:
    """The downloads of one server, each made once however many wait for it.

    most: how many may wait for downloads at once; unheard_s: seconds one waits on although nobody listens.
    """

    def __init__(self, most: int, unheard_s: float) -> None:
        self._most, self._unheard_s, self._waiting = most, unheard_s, 0
        self._fetches: dict[str, _Fetch] = {}

    async def wait(self, model: str, heard: Callable[[], bool]) -> AsyncIterator[None]:
        """Yields while the weights of `model` are fetched; at once over where they are here, or nobody knows the model.

        heard: whether anybody receives this; the waiting ends when nobody does. Raises Refusal for a model that is not
        offered here, where too many wait, and where the hub cannot be reached.
        """
        if model not in MODELS:
            return
        OFFER.check(model)
        if OFFER.ready(model):
            return
        if self._waiting >= self._most:
            raise Refusal("queue_full", waiting=self._most)
        fetch = self._fetches.get(model)
        if fetch is None or not fetch.works:
            fetch = self._fetches[model] = _Fetch(model)
        self._waiting += 1
        try:
            silent = time.monotonic()
            while fetch.works and time.monotonic() - silent < self._unheard_s:
                silent = time.monotonic() if heard() else silent
                yield
                await asyncio.sleep(LOOK_S)
        finally:
            self._waiting -= 1
        if fetch.error is not None:
            raise fetch.error
