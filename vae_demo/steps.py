"""Generators that do one bounded step per next() and return a result: told otherwise, or run to their end."""

from __future__ import annotations

from collections.abc import Callable, Generator
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
