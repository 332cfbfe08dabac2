"""How scores run around chunk borders, averaged over borders and then over clips: where in a chunk quality is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from statistics import median

from vae_demo.results.scores import mean
from vae_demo.studies.rows import KEY, Row

# Frames before a border and from it on; two groups of four frames after it show whether the opening one stands out.
BEFORE, AFTER = 4, 9
OFFSETS = tuple(range(-BEFORE, AFTER))
_NAMES = tuple(column.name for column in KEY)


@dataclass
class Around:
    """One score around the borders of one variant, each frame against its clip's median so that easy and hard clips
    count alike. sums, counts: by offset, one entry of a clip."""

    sums: list[float] = field(default_factory=lambda: [0.0] * len(OFFSETS))
    counts: list[int] = field(default_factory=lambda: [0] * len(OFFSETS))
    borders: int = 0
    clips: int = 0

    def add(self, series: Sequence[float | None], borders: Sequence[int]) -> None:
        """One clip: a score per playback frame, and the frames that open a chunk, the first one aside."""
        known = [value for value in series if value is not None]
        if not known or not borders:
            return
        middle = median(known)
        self.borders += len(borders)
        self.clips += 1
        for place, values in enumerate(_by_offset(series, borders)):
            if values:
                self.sums[place] += mean(values) - middle
                self.counts[place] += 1

    def to_json(self) -> dict | None:
        """Mean by offset, None where no clip has a frame there; None without any border."""
        if not self.borders:
            return None
        return {"offsets": list(OFFSETS), "borders": self.borders, "clips": self.clips, "values": [
            round(total / n, 6) if n else None for total, n in zip(self.sums, self.counts, strict=True)]}


def _by_offset(series: Sequence[float | None], borders: Sequence[int]) -> Iterator[list[float]]:
    """Per offset what is known there; a frame counts for the border before it and for the one after it, no further."""
    spans = list(zip((0, *borders), borders, (*borders[1:], len(series)), strict=False))
    for offset in OFFSETS:
        places = [border + offset for before, border, after in spans if before <= border + offset < after]
        yield [series[place] for place in places if series[place] is not None]


def around_borders(frames: Iterable[Row], score: str) -> dict[tuple[str, str, str], Around]:
    """By model, variant and kind. frames: sorted as a study has them; they are gone through once."""
    found: dict[tuple[str, str, str], Around] = {}
    for (_, *key), rows in groupby(frames, lambda row: tuple(row[name] for name in _NAMES)):
        shown = list(rows)
        borders = [row["frame"] for row in shown if row["border"] and row["frame"] > 0]
        found.setdefault(tuple(key), Around()).add([row[score] for row in shown], borders)
    return found
