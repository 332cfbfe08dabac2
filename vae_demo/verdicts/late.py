"""Whether a decoded clip plays frames late or early, and from where on: a finding, or None where nothing says so.

A piece counts as shifted where its frames are much nearer to the source at another lag than to the frames that are
due, by as much as the source itself moves between them. Where a clip hardly moves, repeats itself, or what came back is
like none of its frames, lags cannot be told apart, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence

from vae_demo.results.findings import LAGS, Finding, Lagged

# Frames that are compared, at least, and the share of them that must be nearer to the other frame.
LEAST, SHARE = 4, 0.8
# By this share of what the source moves it must be nearer, and its difference at most such a share of any other lag's:
# what is blended of two frames half and half is neither.
OF_MOVE, OF_OTHERS = 0.5, 0.5
# What the source must move, a mean of squares of 8-bit levels: one level in every pixel.
MOVES = 1.0
_DUE = LAGS.index(0)


def lag_of(piece: Lagged) -> int | None:
    """The lag at which a piece plays, 0 where it is in time; None where that cannot be told."""
    at = min(range(len(LAGS)), key=lambda each: piece.errors[each])
    others = [error for each, error in enumerate(piece.errors) if each != at]
    if piece.frames < LEAST or piece.errors[at] > OF_OTHERS * min(others):
        return None
    if at == _DUE:
        return 0
    nearer, moves = piece.errors[_DUE] - piece.errors[at], piece.moves[at]
    sure = moves >= MOVES and nearer >= OF_MOVE * moves and piece.nearer[at] >= SHARE * piece.frames
    return LAGS[at] if sure else None


def shifted(pieces: Sequence[Lagged]) -> Finding | None:
    """The first stretch that plays late or early, and how far it goes."""
    told = [(piece, lag) for piece in pieces if (lag := lag_of(piece)) is not None]
    first = next((index for index, (_, lag) in enumerate(told) if lag), None)
    if first is None:
        return None
    lag, stretch = told[first][1], []
    for piece, other in told[first:]:
        if other != lag:
            break
        stretch.append(piece)
    ends = first + len(stretch) == len(told)
    at = LAGS.index(lag)
    case = ("late_on" if ends else "late_part") if lag < 0 else ("early_on" if ends else "early_part")
    params = {"n": abs(lag), "frame": stretch[0].start, "best": _levels(stretch, at), "due": _levels(stretch, _DUE)}
    return Finding(case, params if ends else {**params, "last": stretch[-1].stop - 1})


def _levels(pieces: Sequence[Lagged], at: int) -> str:
    """How far what plays is from the source at a lag, in 8-bit levels."""
    squares = sum(piece.errors[at] * piece.frames for piece in pieces) / sum(piece.frames for piece in pieces)
    return f"{squares ** 0.5:.1f}"
