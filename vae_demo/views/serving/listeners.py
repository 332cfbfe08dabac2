"""Who receives what events tell: the open streams of this server, by Gradio's name of the session."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Listeners:
    """Counts open streams. A run asks whether anybody hears it; a call whose stream was never opened has nobody."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def listening(self, session: str) -> Iterator[None]:
        """While the block runs, `session` has one stream more."""
        with self._lock:
            self._open[session] += 1
        try:
            yield
        finally:
            with self._lock:
                self._open[session] -= 1
                if not self._open[session]:
                    del self._open[session]

    def any(self, session: str) -> bool:
        """Whether a stream of that session is open now."""
        return self._open[session] > 0
