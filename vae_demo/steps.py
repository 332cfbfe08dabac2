"""Generators that do one bounded step per next() and return a result: told otherwise, or run to their end."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, TypeVar

Y = TypeVar("Y")
T = TypeVar("T")


def mapped(steps: Generator[Y, Any, T], of: Callable[[Y], Any]) -> Generator[Any, None, T]:
    """The same steps, told as `of` tells them. Closes them, whatever happens."""
    try:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            yield of(step)
    finally:
        steps.close()


def drain(steps: Generator[Y, Any, T], on: Callable[[Y], object] = lambda step: None) -> T:
    """What `steps` returns, once it is through; `on` sees all that it yields."""
    told = mapped(steps, on)
    while True:
        try:
            next(told)
        except StopIteration as end:
            return end.value


def side_by_side(works: Sequence[Callable[[], T]], at_once: int) -> Generator[int, None, list[T]]:
    """What each of `works` returns, in their order, so many at once, each in a thread; yields how many are done.

    Closing it, or an exception in one of them, begins no other; it is over when those that were begun are.
    """
    with ThreadPoolExecutor(at_once) as threads:
        begun = [threads.submit(work) for work in works]
        try:
            for done, each in enumerate(as_completed(begun), 1):
                each.result()
                yield done
        finally:
            threads.shutdown(cancel_futures=True)
    return [each.result() for each in begun]
