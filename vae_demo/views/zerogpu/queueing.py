"""Waiting for a card in a thread of its own: in the queue of the hub nothing can be stopped."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Generator
from concurrent.futures import Future, wait
from contextlib import closing
from typing import Any, TypeVar

T = TypeVar("T")
# How often something is yielded meanwhile, in seconds: often enough for a Cancel to bite.
YIELD_S = 0.2
_END = object()


def impatient(steps: Generator[T, Any, Any], every_s: float = YIELD_S) -> Generator[T | None, None, None]:
    """The same steps, and None again and again until the first of them is there.

    Closed before that, it leaves `steps` to be closed as soon as they begin; later it closes them and waits for that.
    """
    first: Future[Any] = Future()

    def begin() -> None:
        try:
            found = next(steps, _END)
        except BaseException as error:
            if first.set_running_or_notify_cancel():
                first.set_exception(error)
            return
        if first.set_running_or_notify_cancel():
            first.set_result(found)
        else:
            steps.close()

    # On whose behalf a card is asked for is told by the context.
    threading.Thread(target=contextvars.copy_context().run, args=(begin,), name="gpu-queue", daemon=True).start()
    try:
        while not wait([first], every_s).done:
            yield None
    except GeneratorExit:
        if not first.cancel():
            wait([first])
            steps.close()
        raise
    with closing(steps):
        found = first.result()
        if found is not _END:
            yield found
            yield from steps
