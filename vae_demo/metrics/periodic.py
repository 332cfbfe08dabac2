"""Does something happen every P frames? A scan over signals, periods and phases, with one p-value for all of it.

Of each signal only what nobody could foretell from the frame before is looked at (metrics/frame_signals.py), so motion,
cuts in pace and slow light are gone and an event that comes back stays. A score compares the frames of one phase with
all others. Each signal counts alone, for an event may show in one; all together, as the root of the sum of their
squares, for a border mostly shows in several; and these with the frames on both sides of the event, for it mostly
changes them too, where signals that mostly go together are taken apart first, so that one that does not go along is
seen. The last two count once more around the first frame of the file, for what works in chunks mostly begins there,
and with the frames between, for most models code them in groups of four that begin anew in every chunk. These ways are
weighed so that 95 % of shuffles stay below the same line.

The null is the same on shuffled frames, all signals shuffled alike. Long periods have more phases to choose from, so
every period is standardised by its own null before the highest is taken. The file itself is one of the orders that all
this is worked out from, like any other; p is the share of them whose highest is as high, and so pays for everything
that was tried.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vae_demo.steps import drain

SHUFFLES = 999
# Of shuffles, before the rest is spared: above this nothing can become a finding.
FIRST_LOOK, HOPELESS = 199, 0.2
SHORTEST, LONGEST = 3, 64
# A period needs so many events before anybody may speak of one.
MIN_EVENTS = 4
CLIP = 5.0
# Of two signals that always go together their difference is still worth so much: it may be no more than rounding.
OWN = 0.1
# Share of shuffles that stay below the line drawn in the chart of periods.
LINE = 0.95
# Frames that most models code as one: where it divides a period, that is the shorter period's.
GROUP = 4
# What is high for a period by itself: this share of shuffles is lower there; and how many of its spreads that is.
HIGH, HIGH_IS = 0.98, 2.05
# Values of one batch of shuffles: memory does not grow with the length.
BATCH = 3_000_000


@dataclass(frozen=True)
class Peak:
    """The highest score of a scan: its period, the frame it starts from, and the signal that shows most there."""

    signal: str
    period: int
    phase: int
    p: float


@dataclass(frozen=True)
class Scan:
    """scores: one per period tried, the clearest of the ways. line: what 95 % of shuffles stay below.

    alone, line_alone: standardised scores of each signal by itself, and the same line of the highest of them.
    peak: None where no signal varies at all.
    """

    periods: range
    scores: tuple[float, ...]
    line: float
    alone: Mapping[str, tuple[float, ...]]
    line_alone: float
    peak: Peak | None


def periods_of(n_frames: int) -> range:
    """The periods that `n_frames` frames can tell: each with four events at least. Empty under 12 frames."""
    return range(SHORTEST, min(LONGEST, n_frames // MIN_EVENTS) + 1)


def robust(values: np.ndarray, floor: float) -> np.ndarray:
    """Deviations in units of their usual spread, clipped to ±5, so that one scene cut cannot pass for a period.

    values: ... n, each row for itself; NaN where a frame is unknown, in all rows, which becomes 0. floor: the least
    spread that counts. float32.
    """
    known = values[..., np.isfinite(values).reshape(-1, values.shape[-1]).all(0)]
    if known.size == 0:
        return np.zeros(values.shape, np.float32)
    middle = np.median(known, axis=-1, keepdims=True)
    spread = np.maximum(1.4826 * np.median(np.abs(known - middle), axis=-1, keepdims=True), floor)
    return np.nan_to_num(np.clip((values - middle) / spread, -CLIP, CLIP), nan=0.0).astype(np.float32)


def scan(
    signals: Mapping[str, np.ndarray], shuffles: int = SHUFFLES, seed: int = 0, told: Collection[int] = (),
    first: int = 0,
) -> Scan:
    """Scan `signals` (from robust(), all n long) over every period that n frames can tell.

    told: periods that cannot be the peak. first: which frame of the file the signals begin with. Of the same input the
    same answer. Raises ValueError for lengths that differ.
    """
    return drain(scan_steps(signals, shuffles, seed, told, first))


def scan_steps(
    signals: Mapping[str, np.ndarray], shuffles: int = SHUFFLES, seed: int = 0, told: Collection[int] = (),
    first: int = 0, periods: range | None = None,
) -> Generator[None, None, Scan]:
    """The same, with a yield after each batch of shuffles: a film of 5,000 frames takes seconds. periods: those to
    try instead of all."""
    names = list(signals)
    z = np.stack([signals[name] for name in names]).astype(np.float32)
    n = z.shape[1]
    periods = periods_of(n) if periods is None else periods
    if not periods or not z.any():
        nothing = (0.0,) * len(periods)
        return Scan(periods, nothing, 0.0, dict.fromkeys(names, nothing), 0.0, None)
    apart = _apart(z)
    null = np.concatenate([_highest(z[None], periods, apart, first),
                           (yield from _null(z, periods, apart, first, min(shuffles, FIRST_LOOK), seed))])
    free = np.array([period not in told for period in periods])
    if not free.any():
        free[:] = True
    judged = _judged(null, free)
    if judged.p <= HOPELESS and shuffles > FIRST_LOOK:
        null = np.concatenate([null, (yield from _null(z, periods, apart, first, shuffles - FIRST_LOOK, seed + 1))])
        judged = _judged(null, free)
    at = int(np.where(free, judged.scores, -np.inf).argmax())
    period, way = periods[at], judged.way[at]
    scores = phase_scores(z, period)
    phases = np.abs(scores)
    if way == ALONE:
        phase = int(phases[judged.alone[:, at].argmax()].argmax())
    else:
        joined = _joined(scores)
        centre = int(_beside(_joined(apart @ scores)).argmax()) if way == BESIDE else -first
        phase = max(range(period) if way == TOGETHER else _around(period, centre), key=joined.__getitem__)
    alone = {name: tuple(map(float, row)) for name, row in zip(names, judged.alone, strict=True)}
    peak = Peak(names[int(phases[:, phase].argmax())], period, phase, judged.p)
    return Scan(periods, tuple(map(float, judged.scores)), judged.line, alone, judged.line_alone, peak)


def phase_scores(z: np.ndarray, period: int) -> np.ndarray:
    """How far the frames of each phase stand from all others, in standard errors, signed; … n -> … period."""
    n = z.shape[-1]
    rows = -(-n // period)
    padded = np.zeros((*z.shape[:-1], rows * period), z.dtype)
    padded[..., :n] = z
    sums = padded.reshape(*z.shape[:-1], rows, period).sum(-2)
    return _standardised(sums, z.sum(-1, keepdims=True), n, period)


def _standardised(sums: np.ndarray, total: np.ndarray, n: int, period: int) -> np.ndarray:
    return _apart_by(sums, total, _counts(n, period), n)


def _counts(n: int, period: int) -> np.ndarray:
    """How many of n frames have each phase."""
    count = np.full(period, n // period, np.float32)
    count[:n % period] += 1
    return count


def _apart_by(sums: np.ndarray, total: np.ndarray, count: np.ndarray, n: int) -> np.ndarray:
    """Standard errors between the mean of `count` frames and that of the others of n."""
    return (sums / count - (total - sums) / (n - count)) / np.sqrt(1 / count + 1 / (n - count))


def _apart(z: np.ndarray) -> np.ndarray:
    """signals signals: what turns signals into as many that do not go together (the inverse root of how they do)."""
    usual = z @ z.T / z.shape[1]
    size = np.sqrt(np.diag(usual)) + 1e-6
    alike = (1 - OWN) * usual / size / size[:, None] + OWN * np.eye(len(z))
    values, axes = np.linalg.eigh(alike)
    return ((axes / np.sqrt(values)) @ axes.T).astype(np.float32)


def _joined(scores: np.ndarray) -> np.ndarray:
    """... signals period -> ... period: all signals as one, wherever their signs point."""
    return np.sqrt(np.square(scores).sum(-2))


def _beside(joined: np.ndarray) -> np.ndarray:
    """... period: each phase and the two beside it as one."""
    squares = np.square(joined)
    return np.sqrt(squares + np.roll(squares, 1, -1) + np.roll(squares, -1, -1))


def _around(period: int, frame: int) -> list[int]:
    """The phases of a frame and of the two beside it."""
    return sorted({(frame + at) % period for at in (-1, 0, 1)})


def _highest(z: np.ndarray, periods: range, apart: np.ndarray, first: int = 0) -> np.ndarray:
    """batch signals n -> batch signals+4 periods: the best phase of each period, either sign; the last four are the
    ways below, in their order."""
    batch, signals, _ = z.shape
    flat = np.ascontiguousarray(z.reshape(-1, z.shape[-1]).T)  # n first: rows of a fold are whole blocks of memory
    n, k = flat.shape
    total = flat.sum(0)
    found = np.empty((batch, signals + 4, len(periods)), np.float32)
    for at, period in enumerate(periods):
        full = n // period
        sums = flat[:full * period].reshape(full, period, k).sum(0)
        sums[:n - full * period] += flat[full * period:]
        scores = _standardised(sums.T, total[:, None], n, period).reshape(batch, signals, period)
        joined, beside = _joined(scores), _beside(_joined(apart @ scores))
        found[:, :-4, at] = np.abs(scores).max(-1)
        found[:, -4, at], found[:, -3, at] = joined.max(-1), joined[:, _around(period, -first)].max(-1)
        found[:, -2, at] = beside.max(-1)
        found[:, -1, at] = np.hypot(beside[:, -first % period], _groups(sums, total, n, -first, apart))
    return found


def _groups(sums: np.ndarray, total: np.ndarray, n: int, start: int, apart: np.ndarray) -> np.ndarray | float:
    """batch: all signals at every GROUP-th frame between the borders of chunks that begin at `start`, as one; of its
    places in a group the best.

    sums: period k, of each phase, where k is the batch and in it the signals; total: k.
    """
    period = len(sums)
    if period % GROUP == 0:
        return 0.0
    count, best = _counts(n, period), 0.0
    for place in range(GROUP):
        # The frames beside a border are counted with it.
        phases = [(start + at) % period for at in range(2, period - 1) if at % GROUP == place]
        if phases:
            hits = count[phases].sum()
            scores = _apart_by(sums[phases].sum(0), total, hits, n).reshape(-1, len(apart))
            best = np.maximum(best, np.linalg.norm(scores @ apart, axis=1))
    return best


def _null(
    z: np.ndarray, periods: range, apart: np.ndarray, first: int, shuffles: int, seed: int
) -> Generator[None, None, np.ndarray]:
    """shuffles signals+4 periods; every signal is shuffled with the same permutation."""
    found = []
    for each in _shuffled(z, shuffles, seed):
        found.append(_highest(each, periods, apart, first))
        yield
    return np.concatenate(found)


def _shuffled(z: np.ndarray, shuffles: int, seed: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(seed)
    n = z.shape[1]
    batch = max(1, BATCH // z.size)
    for first in range(0, shuffles, batch):
        order = rng.permuted(np.tile(np.arange(n), (min(batch, shuffles - first), 1)), axis=1)
        yield z[:, order].swapaxes(0, 1)


# The ways of a score, in this order below.
ALONE, TOGETHER, TOGETHER_FIRST, BESIDE, BESIDE_FIRST = range(5)


@dataclass(frozen=True)
class _Judged:
    """p of the highest score; scores, way: periods, the clearest of the ways and which; alone: signals periods; the
    lines as in Scan."""

    p: float
    scores: np.ndarray
    way: np.ndarray
    alone: np.ndarray
    line: float
    line_alone: float


def _judged(orders: np.ndarray, free: np.ndarray) -> _Judged:
    """orders: 1+shuffles signals+4 periods, the file itself first. free: the periods that may be the highest."""
    middle, high = np.quantile(orders, (0.5, HIGH), axis=0)
    spread = (high - middle) / HIGH_IS + 1e-6
    *alone, together, together_first, beside, beside_first = (orders[0] - middle) / spread
    # In one piece per row: the standardised orders would be as large as they are.
    *each, all_, all_first, near, near_first = (
        ((orders[:, row] - middle[row]) / spread[row])[:, free].max(-1) for row in range(orders.shape[1]))
    highest = np.stack([np.maximum.reduce(each), all_, all_first, near, near_first])
    lines = np.maximum(np.quantile(highest, LINE, axis=1), 1e-6)
    # As if each way had the line of all signals together.
    weights = (lines[TOGETHER] / lines)[:, None]
    highest = (weights * highest).max(0)
    ways = weights * np.stack([np.maximum.reduce(alone), together, together_first, beside, beside_first])
    scores = ways.max(0)
    return _Judged(float((highest >= highest[0] - 1e-6).mean()), scores, ways.argmax(0), np.stack(alone),
                   float(np.quantile(highest, LINE)), float(lines[ALONE]))
