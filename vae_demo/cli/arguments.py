"""Argument types, shared options and the one error the command line reports."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from vae_demo.sizes import SizesError, parse_sizes


class BadInput(Exception):
    """Input that cannot work; the message is the one line that is printed."""


@contextmanager
def bad_input(*kinds: type[Exception]) -> Iterator[None]:
    """Turn the expected errors of a library call into BadInput; anything else stays a traceback."""
    try:
        yield
    except kinds as error:
        raise BadInput(str(error)) from error


def size(text: str) -> int | None:
    """A chunk size: a whole number, or None for `whole`."""
    if text == "whole":
        return None
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"'{text}' is not a size; write a whole number, or whole")
    return int(text)


def frames_or_all(text: str) -> int | None:
    """How many frames to use: a whole number of at least 1, or None for `all`."""
    if text == "all":
        return None
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of frames; write 1 or more, or all")
    return int(text)


def sizes(text: str) -> tuple[int | None, ...]:
    """Chunk sizes for a sweep: 4-40,whole or 13,17,21."""
    try:
        return parse_sizes(text)
    except SizesError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
