"""Argument types, and the lists that people type."""

from __future__ import annotations

import argparse

from vae_demo.layout.sizes import parse_sizes
from vae_demo.layout.variant import Cut
from vae_demo.refusal import Refusal


def cut(text: str) -> Cut:
    """How one side is cut: 17, whole, own, tile16/12 or batch8."""
    try:
        return Cut.read(text)
    except Refusal as error:
        raise argparse.ArgumentTypeError(str(error)) from error


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
