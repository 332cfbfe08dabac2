"""What scores of many clips add up to: means, medians, and how far the mean would move over other clips like them.

An interval is a bootstrap over clips, not over frames: frames of one clip are alike, so thousands of them tell little
about the next clip. Clips cut from one file are alike as well and are drawn together, file by file. The method is BCa
(bias-corrected and accelerated; Efron 1987): a few hard clips make scores skewed, which plain percentiles ignore.
Drawn at 95 %, such an interval out of seven clips holds the true mean only some 85 times in 100; it is therefore drawn
at the level that makes it as wide as Student's t (Hesterberg 2015, "What Teachers Should Know About the Bootstrap").
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from scipy import stats

from vae_demo.results.scores import mean

LEVEL = 0.95
RESAMPLES = 9999
# The whole range of n clips, from the lowest to the highest, holds the middle of all such clips with a chance of
# 1 - 2^(1 - n): 15 in 16 for five. No interval out of so few can claim 95 %.
FEW = 6
# Numbers drawn at once, so that memory stays bounded with thousands of clips.
_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class Draws:
    """How resampling is done; part of a study's protocol, so that a table comes out the same again."""

    seed: int = 0
    resamples: int = RESAMPLES
    level: float = LEVEL


@dataclass(frozen=True)
class Summary:
    """One score over clips.

    n           clips with a value, of `files` files; missing: clips without one
    low, high   the interval of the mean, None for fewer than FEW files
    least, most the lowest and the highest clip
    """

    n: int
    missing: int
    files: int
    mean: float | None = None
    median: float | None = None
    low: float | None = None
    high: float | None = None
    least: float | None = None
    most: float | None = None

    @property
    def few(self) -> bool:
        """Whether there are too few files for an interval that keeps its promise."""
        return self.files < FEW


def summarise(values: Sequence[float | None], files: Sequence[Hashable], draws: Draws) -> Summary:
    """values: one per clip, None or NaN where it has none. files: which file each clip is from."""
    kept = [(value, file) for value, file in zip(values, files, strict=True) if is_known(value)]
    missing = len(values) - len(kept)
    if not kept:
        return Summary(0, missing, 0)
    known, sources = [value for value, _ in kept], [file for _, file in kept]
    low, high = interval(known, sources, draws) or (None, None)
    return Summary(
        len(known), missing, len(set(sources)), mean(known), median(known), low, high, min(known), max(known))


def is_known(value: float | None) -> bool:
    """Whether a value can be counted."""
    return value is not None and math.isfinite(value)


def interval(values: Sequence[float], files: Sequence[Hashable], draws: Draws) -> tuple[float, float] | None:
    """Where the mean lies, as far as these clips can tell; None for fewer than FEW files."""
    names = list(dict.fromkeys(files))
    if len(names) < FEW:
        return None
    place = {name: index for index, name in enumerate(names)}
    sums, counts = np.zeros(len(names)), np.zeros(len(names))
    for value, file in zip(values, files, strict=True):
        sums[place[file]] += value
        counts[place[file]] += 1
    if np.ptp(sums / counts) == 0:
        # Every draw gives the same mean; BCa would divide nothing by nothing.
        middle = float(sums[0] / counts[0])
        return middle, middle
    found = _drawn(sums, counts, draws, "BCa")
    return found if all(map(math.isfinite, found)) else _drawn(sums, counts, draws, "percentile")


def widened(level: float, n: int) -> float:
    """The level to draw at so that an interval out of `n` keeps what it promises."""
    tail = stats.norm.cdf(math.sqrt(n / (n - 1)) * stats.t.ppf((1 - level) / 2, n - 1))
    return 1 - 2 * float(tail)


def _drawn(sums: np.ndarray, counts: np.ndarray, draws: Draws, method: str) -> tuple[float, float]:
    with warnings.catch_warnings():
        # Of scipy, where BCa cannot be had.
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        found = stats.bootstrap(
            (sums, counts), _mean_of_files, paired=True, vectorized=True, method=method,
            n_resamples=draws.resamples, confidence_level=widened(draws.level, len(sums)),
            batch=max(_AT_ONCE // len(sums), 1), rng=np.random.default_rng(draws.seed))
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def _mean_of_files(sums: np.ndarray, counts: np.ndarray, axis: int = -1) -> np.ndarray:
    """The mean over all clips of some files. Rounded, since BCa counts draws that equal the mean itself, and the same
    clips added in another order would not."""
    return np.round(sums.sum(axis=axis) / counts.sum(axis=axis), 9)


def differences(values: Sequence[float | None], reference: Sequence[float | None]) -> list[float | None]:
    """Clip by clip what is more than the reference; None where one of the two has no score."""
    return [one - other if is_known(one) and is_known(other) else None
            for one, other in zip(values, reference, strict=True)]


def lowest(values: Sequence[float | None], n: int, higher: bool) -> list[int]:
    """Places of the `n` worst values, the worst first. higher: whether more is better."""
    known = [place for place, value in enumerate(values) if is_known(value)]
    return sorted(known, key=lambda place: values[place] if higher else -values[place])[:n]
