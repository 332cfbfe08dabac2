"""Chunk sizes of a sweep as people type them: `4-40,whole` or `13,17,21`. Standard library only."""

from __future__ import annotations

from collections.abc import Sequence

from vae_demo.layout.text import MOST_TYPED, listed
from vae_demo.refusal import Refusal, shown

DEFAULT_SIZES = "4-40,whole"
# A size beyond this is longer than any clip; it keeps `1-99999999` from filling memory.
MOST_FRAMES = 10_000


def parse_sizes(text: str, most: int | None = None) -> tuple[int | None, ...]:
    """The sizes in the order given, each once; None is `whole`. Raises Refusal."""
    parts = listed(text)
    if most is not None and len(parts) > MOST_TYPED:
        raise Refusal("too_many_sizes", count=len(parts), most=most)
    sizes: dict[int | None, None] = {}
    for part in parts:
        sizes |= dict.fromkeys(_range_or_size(part.lower()))
    if not sizes:
        raise Refusal("no_size")
    if most is not None and len(sizes) > most:
        raise Refusal("too_many_sizes", count=len(sizes), most=most)
    return tuple(sizes)


def spelled_sizes(sizes: Sequence[int | None]) -> str:
    """The shortest spelling that parse_sizes reads back: runs of three or more become a range."""
    runs: list[list[int | None]] = []
    for size in sizes:
        last = runs[-1][-1] if runs else None
        if size is not None and last is not None and size == last + 1:
            runs[-1].append(size)
        else:
            runs.append([size])
    return ",".join(
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join("whole" if n is None else str(n) for n in run)
        for run in runs)


def _range_or_size(part: str) -> Sequence[int | None]:
    if part == "whole":
        return [None]
    low, dash, high = (piece.strip() for piece in part.replace("–", "-").partition("-"))
    if not all(_is_number(text) for text in ((low, high) if dash else (low,))):
        raise _unreadable(part)
    first, last = int(low), int(high or low)
    if first < 1:
        raise Refusal("size_least")
    if last < first or last > MOST_FRAMES:
        raise _unreadable(part)
    return range(first, last + 1)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6


def _unreadable(part: str) -> Refusal:
    return Refusal("unreadable_size", text=shown(part))
