"""Whether a decoded clip plays frames late or early, and from where on: a finding, or None where nothing says so.

Over lags, what plays differs least from the source at the lag it plays with, and on both sides of that by about as much
more: a codec that is soft or wrong makes the valley flat, and does not move it. Where a clip hardly moves, repeats
itself, or what came back is like none of its frames, there is no such valley, and nothing is said. The lines drawn are
this project's (`python -m benchmarks.late` counts false alarms).
"""

from __future__ import annotations

from collections.abc import Sequence

from vae_demo.results.findings import LAGS, Finding, Lagged

# Frames that are compared, at least, and the share of them that must be nearest to the very same lag: a picture that
# stands still lies nearest to one after the other.
LEAST, SHARE = 4, 0.5
# How far from a whole lag the bottom of the valley may be.
OFF = 0.35
# How deep the valley is, at least, as a share of what the source moves over it; what is all lost detail has none.
DEPTH = 0.1
# By what share of the source's own contrast it may differ at most: what is like none of its frames says nothing.
ALIKE = 0.25
# What the source must move, a mean of squares of 8-bit levels: one level in every pixel.
MOVES = 1.0
# Without a piece before it that plays in time, a codec that shifts pictures would look late on a pan: there it must be
# nearer by far.
ALONE = 0.5
_DUE = LAGS.index(0)


def lag_of(piece: Lagged) -> int | None:
    """The lag at which a piece plays, 0 where it is in time; None where that cannot be told."""
    errors = piece.errors
    at = min(range(len(LAGS)), key=lambda each: errors[each])
    if piece.frames < LEAST or not 0 < at < len(LAGS) - 1 or errors[at] > ALIKE * piece.contrast:
        return None
    before, here, after = errors[at - 1:at + 2]
    deep, step = (before + after) / 2 - here, piece.moves[_DUE + 1]
    if step < MOVES or deep < DEPTH * step or abs(before - after) / (4 * deep) > OFF:
        return None
    if at == _DUE:
        return 0
    far = piece.moves[at]
    sure = far >= MOVES and errors[_DUE] - here >= DEPTH * far and piece.nearest[at] >= SHARE * piece.frames
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
    at = LAGS.index(lag)
    best, due = _apart(stretch, at), _apart(stretch, _DUE)
    if not first and best > ALONE * due:
        return None
    ends = first + len(stretch) == len(told)
    case = ("late_on" if ends else "late_part") if lag < 0 else ("early_on" if ends else "early_part")
    params = {"n": abs(lag), "frame": stretch[0].start, "hits": sum(piece.nearest[at] for piece in stretch),
              "frames": sum(piece.frames for piece in stretch), "best": f"{best ** 0.5:.2f}",
              "due": f"{due ** 0.5:.2f}"}
    return Finding(case, params if ends else {**params, "last": stretch[-1].stop - 1})


def _apart(pieces: Sequence[Lagged], at: int) -> float:
    """How far what plays is from the source at a lag, a mean of squares of 8-bit levels."""
    return sum(piece.errors[at] * piece.frames for piece in pieces) / sum(piece.frames for piece in pieces)
