"""How the pieces of a variant lie in time, in a file that somebody brings: bounded, and of the pieces of its plan."""

from __future__ import annotations

from typing import Any

from vae_demo.layout.plan import Plan
from vae_demo.pixels import WHITE
from vae_demo.results.findings import LAGS, Lagged
from vae_demo.results.foreign_parts import Misfit, between


def lags_of(data: Any, place: str, plan: Plan) -> tuple[Lagged, ...]:
    """Raises Misfit."""
    pieces = [(chunk.start, chunk.stop) for chunk in plan.decode_chunks]
    if not isinstance(data, list) or len(data) > len(pieces) or (data and not plan.in_time):
        raise Misfit(place)
    found = tuple(_lagged(each, place) for each in data)
    if [(each.start, each.stop) for each in found] != [
            each for each in pieces if each in {(piece.start, piece.stop) for piece in found}]:
        raise Misfit(place)
    return found


def _lagged(data: Any, place: str) -> Lagged:
    if not isinstance(data, dict) or set(data) != set(Lagged.__dataclass_fields__):
        raise Misfit(place)
    start, stop, frames = (_whole(data[name], 0, 10**9, place) for name in ("start", "stop", "frames"))
    between(frames, 1, max(stop - start, 1), place)
    for name in ("errors", "moves", "nearest"):
        if not isinstance(data[name], list) or len(data[name]) != len(LAGS):
            raise Misfit(place)
    squares = [tuple(between(each, 0, WHITE ** 2, place) for each in data[name]) for name in ("errors", "moves")]
    if sum(each for each in data["nearest"] if isinstance(each, int)) > frames:
        raise Misfit(place)
    return Lagged(start, stop, frames, *squares, tuple(_whole(each, 0, frames, place) for each in data["nearest"]),
                  between(data["contrast"], 0, WHITE ** 2, place))


def _whole(value: Any, least: int, most: int, place: str) -> int:
    if not isinstance(value, int):
        raise Misfit(place)
    return between(value, least, most, place)
