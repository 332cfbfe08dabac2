"""Scores per frame, by name, and the one table of the names there are.

A new score is an entry here, its functions in metrics/ (streaming.py, tensors.py) and its words (`metric_…`,
`report_…`, `report_chart_…`): records, tables, charts and downloads go by this table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Series = tuple[float | None, ...]


@dataclass(frozen=True)
class Score:
    """digits: decimals of one frame's score, mean_digits of a mean. higher: whether more is better.

    cost: time to score a frame, in frames of tiny-17's spatial encoding on a CPU (benchmarks/stages.py).
    """

    digits: int
    mean_digits: int
    higher: bool
    cost: float


# psnr            dB over all RGB samples, data range 255, capped at 100
# ssim            -1..1, Gaussian window (Wang et al. 2004), mean over RGB
# l1              mean absolute difference, 8-bit units
# temporal_step   mean |(R_t - R_t-1) - (X_t - X_t-1)|, 8-bit units; None at 0
SCORES: dict[str, Score] = {
    "psnr": Score(1, 2, True, 0.02),
    "ssim": Score(3, 4, True, 0.35),
    "l1": Score(2, 2, False, 0.01),
    "temporal_step": Score(2, 2, False, 0.02),
}
# What a sweep over many sizes needs: the error, and the steps that show a seam.
SWEPT = ("psnr", "temporal_step")


class Scores(Mapping[str, Series]):
    """One series per score, one entry per frame, None where there is no frame to compare with; never NaN.

    means   mean of what is known, by name
    worst   the lowest PSNR, None if no frame was compared; worst_frame: its index, the first one if several
    """

    def __init__(
        self, series: Mapping[str, Sequence[float | None]], means: Mapping[str, float | None] | None = None,
        worst: float | None = None,
    ) -> None:
        """means, worst: of a saved record, whose series are rounded; else they are computed.

        Raises ValueError for unequal lengths and for what is not finite.
        """
        self._series = {name: tuple(None if v is None else float(v) for v in values) for name, values in series.items()}
        for name, values in self._series.items():
            if any(v is not None and not math.isfinite(v) for v in values):
                raise ValueError(f"{name} holds a value that is not finite; use None where nothing is known")
        if len({len(values) for values in self._series.values()}) != 1:
            raise ValueError("every score must have one entry per frame")
        self.means = dict(means) if means else {name: mean(values) for name, values in self._series.items()}
        known = [(value, index) for index, value in enumerate(self._series.get("psnr", ())) if value is not None]
        lowest, self.worst_frame = min(known) if known else (None, None)
        self.worst = lowest if worst is None else worst

    @classmethod
    def unknown(cls, n_frames: int, names: Sequence[str] = tuple(SCORES)) -> Scores:
        """`n_frames` of which nothing is known."""
        return cls({name: (None,) * n_frames for name in names})

    def __getitem__(self, name: str) -> Series:
        return self._series[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._series)

    def __len__(self) -> int:
        return len(self._series)

    def __repr__(self) -> str:
        return f"Scores({self._series!r})"

    def to_json(self) -> dict[str, Any]:
        """The series by name, and their means; see measured() for what a variant adds."""
        return {**{name: [_rounded(v) for v in values] for name, values in self._series.items()}, "means": self.means}

    def measured(self) -> dict[str, Any]:
        """to_json with the worst frame beside the means."""
        data = self.to_json()
        return {**data, "means": {**data["means"], "psnr_worst": self.worst}, "worst_frame": self.worst_frame}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Scores:
        """What to_json or measured wrote; other keys beside the scores are left alone."""
        names = [name for name in SCORES if name in data]
        means = {name: data["means"][name] for name in names}
        return cls({name: data[name] for name in names}, means, data["means"].get("psnr_worst"))


def mean(series: Sequence[float | None]) -> float | None:
    """Mean of the known values, None if there is none."""
    known = [value for value in series if value is not None]
    return math.fsum(known) / len(known) if known else None


def _rounded(value: float | None) -> float | None:
    # Six decimals are far below any difference that means something, and keep files readable.
    return None if value is None else round(value, 6)
