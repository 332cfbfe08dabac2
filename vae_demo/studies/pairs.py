"""Rows beside other rows, clip by clip: a cut beside the reference, and a model beside another one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vae_demo.metrics import PSNR_CAP
from vae_demo.results.findings import Finding
from vae_demo.studies.rows import Row
from vae_demo.studies.statistics import Draws, Summary, differences, is_known, summarise
from vae_demo.verdicts.study import Against, against, clip_stand

# What a verdict rests on.
JUDGED = ("psnr", "psnr_worst")
# By clip.
Rows = Mapping[str, Row]


@dataclass(frozen=True)
class Paired:
    """gaps: by score, one per clip, None where one of the two has none; difference: what they come to over clips.

    stands: clip -> worse, mixed, equal, better, or None where no pair can be judged.
    """

    gaps: Mapping[str, Sequence[float | None]]
    difference: Mapping[str, Summary]
    stands: Mapping[str, str | None]
    finding: Finding


def pair(
    own: Rows, other: Rows, labels: tuple[str, str], files: Mapping[str, str], names: Sequence[str], draws: Draws,
) -> Paired:
    """labels: what the two are called. files: clip -> its file, of all clips there are; names: of scores."""
    gaps = {name: differences(values(own, name, files), values(other, name, files)) for name in names}
    difference = {name: summarise(gap, list(files.values()), draws) for name, gap in gaps.items()}
    stands = {clip: clip_stand(_level(own.get(clip)), _level(other.get(clip))) for clip in files}
    found = against(Against(*labels, *(difference[name] for name in JUDGED), tuple(stands.values())))
    return Paired(gaps, difference, stands, found)


def values(rows: Rows, name: str, clips: Mapping[str, str]) -> list[float | None]:
    """A score of every clip, None where a clip has none."""
    return [known(rows[clip], name) if clip in rows else None for clip in clips]


def known(row: Row, name: str) -> float | None:
    """A row's score, None where it has none. PSNR of equal frames, infinite by its formula, is what it is capped at."""
    value = row[name]
    if value == math.inf and name.startswith("psnr"):
        return PSNR_CAP
    return value if is_known(value) else None


def _level(row: Row | None) -> tuple[float | None, ...]:
    return tuple(known(row, name) for name in JUDGED) if row else (None, None)
