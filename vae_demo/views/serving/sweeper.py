"""Deletes what is over: visits without a sign of life, uploads nobody took, folders of processes that are gone."""

from __future__ import annotations

import logging
import threading
import time

from vae_demo import scratch
from vae_demo.views.serving import uploads
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.serving.visits import Visits

HOUR_S = 3600.0
log = logging.getLogger(__name__)


class Sweeper:
    """A thread that looks several times within the grace of a visit, and once an hour at the whole temporary folder."""

    def __init__(self, visits: Visits, bounds: Bounds) -> None:
        self._visits, self._bounds = visits, bounds
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Sweep now and from now on, until `stop`."""
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        next_hour = 0.0
        while True:
            try:
                if time.monotonic() >= next_hour:
                    scratch.sweep()
                    next_hour = time.monotonic() + HOUR_S
                self._visits.sweep()
                uploads.sweep(self._bounds.grace_s)
            except Exception:  # the next look may fare better
                log.exception("Sweeping failed")
            if self._stop.wait(min(60.0, max(self._bounds.grace_s / 4, 0.5))):
                return
