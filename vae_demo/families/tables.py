"""Tables of frame counts: what so many frames become in latents, and how many of them come back.

A table {"prefix", "body", "step"} holds rows [latents, frames back] or [latents, frames back, black]: `prefix` for
1, 2, 3 … frames, then `body`, which comes again and again, each time `step` more. A null stays null. A table without a
body knows no more than its prefix. scripts/family_tables.py makes them, views/shared/families.js reads them too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vae_demo.layout.rule import FrameRule

Table = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Counts:
    """latents: None where the encoder stops with an error; back: frames that come back, None where one of the two
    stops; black: how many of them, at the end, are zeros."""

    latents: int | None
    back: int | None
    black: int = 0


def counts(frames: int, table: Table) -> Counts | None:
    """What 1 or more `frames` give; None where the table does not say."""
    prefix, body = table["prefix"], table["body"]
    if frames <= len(prefix):
        return Counts(*prefix[frames - 1])
    if not body:
        return None
    turns, place = divmod(frames - len(prefix) - 1, len(body))
    return Counts(*(value if value is None else value + turns * more
                    for value, more in zip(body[place], table["step"], strict=True)))


def chunk_table(rule: FrameRule, size: int) -> Table:
    """The table of chunks of `size` on both sides, by a rule that refuses no length."""
    body = [[rule.latents(length), rule.used(length)] for length in range(1, size + 1)]
    return {"prefix": [], "body": body, "step": body[-1]}
