"""Argument types, and the lists that people type."""

from __future__ import annotations

import argparse

from vae_demo.layout.sizes import parse_sizes
from vae_demo.refusal import Refusal


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
    except Refusal as error:
        raise argparse.ArgumentTypeError(str(error)) from error
