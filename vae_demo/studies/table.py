"""A study's rows as one table: per model, kind and variant what its scores come to over clips, and how it stands to the
reference on the clips that both have."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from statistics import mode
from typing import Any

from vae_demo.layout.variant import Variant
from vae_demo.metrics import PSNR_CAP
from vae_demo.results.findings import Finding
from vae_demo.results.scores import SCORES
from vae_demo.studies.borders import Around, around_borders
from vae_demo.studies.rows import Row, Study
from vae_demo.studies.statistics import Draws, Summary, differences, is_known, lowest, summarise
from vae_demo.verdicts.study import Against, against, clip_stand, headline

# What a table has beside the means of the protocol's scores, and which of all those are better when they are higher.
MORE = ("psnr_worst", "psnr_aligned", "seam")
HIGHER = {**{name: score.higher for name, score in SCORES.items()}, "psnr_worst": True, "psnr_aligned": True,
          "seam": False}
WORST_CLIPS = 3
# Far below any difference that means something, and above what another order of adding changes.
DIGITS = 6


@dataclass(frozen=True)
class Cell:
    """One variant of one model and kind.

    scores       by name, of every clip that has a row; difference: the same minus the reference, paired by clip, empty
                 where this is the reference or there is none
    stands       clip -> worse, mixed, equal, better, or None where no pair can be judged
    absent       clips of the group that have no row here
    exact        clips whose frames all came back to the bit, with PSNR at its cap
    pads_shown, frames_lost   least and most over clips
    inspected    clips looked at as `inspect` does; found: with a sure period that the source does not have, and
                 found_period the most frequent one
    """

    variant: str
    label: str
    scores: Mapping[str, Summary]
    difference: Mapping[str, Summary]
    stands: Mapping[str, str | None]
    absent: tuple[str, ...]
    exact: int
    clash: bool
    pads_shown: tuple[int, int]
    frames_lost: tuple[int, int]
    inspected: int
    found: int
    found_period: int | None
    worst: tuple[Mapping[str, Any], ...]
    around: Mapping[str, Any] | None
    finding: Finding

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "scores": _rounded(self.scores), "difference": _rounded(self.difference),
                "stands": dict(self.stands), "finding": asdict(self.finding)}


@dataclass(frozen=True)
class Group:
    """All variants of one model as one kind of device computed them. reference: a spelling, None if it has no row."""

    model: str
    kind: str
    reference: str | None
    made_by: Mapping[str, Any]
    clips: tuple[str, ...]
    files: int
    cells: tuple[Cell, ...]
    headline: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "cells": [cell.to_json() for cell in self.cells],
                "headline": [asdict(finding) for finding in self.headline]}


MADE_BY = ("device", "dtype", "threads", "weights", "weights_sha256")


def groups_of(study: Study, draws: Draws = Draws()) -> tuple[Group, ...]:
    """Models in the order of the protocol, kinds by name."""
    around = around_borders(study.frames, "psnr")
    order = {name: place for place, name in enumerate(study.protocol.models)}
    rows = sorted(study.variants, key=lambda row: (order.get(row["model"], len(order)), row["model"], row["kind"]))
    return tuple(
        _group(model, kind, list(these), study, around, draws)
        for (model, kind), these in groupby(rows, lambda row: (row["model"], row["kind"])))


def _group(
    model: str, kind: str, rows: list[Row], study: Study, around: Mapping[tuple[str, str, str], Around], draws: Draws,
) -> Group:
    clips = tuple(dict.fromkeys(row["clip"] for row in rows))
    files = {row["clip"]: row["file_sha256"] for row in rows}
    by_variant: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_variant.setdefault(row["variant"], {})[row["clip"]] = row
    reference = study.protocol.reference_of(model)
    reference = reference if reference in by_variant else None
    names = (*study.protocol.scores, *MORE)
    cells = tuple(
        _cell(variant, reference, clips, files, by_variant, names, around.get((model, variant, kind)), draws)
        for variant in by_variant)
    return Group(model, kind, reference, {name: rows[0][name] for name in MADE_BY}, clips, len(set(files.values())),
                 cells, headline([cell.finding for cell in cells]))


def _cell(
    variant: str, reference: str | None, clips: Sequence[str], files: Mapping[str, str],
    by_variant: Mapping[str, Mapping[str, Row]], names: Sequence[str], around: Around | None, draws: Draws,
) -> Cell:
    own, other = by_variant[variant], by_variant.get(reference or "", {})
    sources = [files[clip] for clip in clips]

    def values(rows: Mapping[str, Row], name: str) -> list[float | None]:
        return [known(rows[clip], name) if clip in rows else None for clip in clips]

    scores = {name: summarise(values(own, name), sources, draws) for name in names}
    paired = reference is not None and variant != reference
    gaps = {name: differences(values(own, name), values(other, name)) for name in names} if paired else {}
    difference = {name: summarise(gap, sources, draws) for name, gap in gaps.items()}
    stands = {clip: clip_stand(_level(own.get(clip)), _level(other.get(clip))) for clip in clips} if paired else {}
    label = Variant.read(variant).label
    periods = [row["inspect_period"] for row in own.values()
               if row.get("inspect_sure") and row["inspect_period"] != row["source_period"]]
    pads, lost = [row["pads_shown"] for row in own.values()], [row["frames_lost"] for row in own.values()]
    return Cell(
        variant, label, scores, difference, stands,
        absent=tuple(clip for clip in clips if clip not in own),
        exact=sum((known(row, "psnr") or 0.0) >= PSNR_CAP for row in own.values()),
        clash=any(row["clash"] for row in own.values()),
        pads_shown=(min(pads), max(pads)), frames_lost=(min(lost), max(lost)),
        inspected=sum("inspect_sure" in row for row in own.values()),
        found=len(periods), found_period=mode(periods) if periods else None,
        worst=_worst(clips, own, gaps.get("psnr_worst")),
        around=around.to_json() if around else None,
        finding=_finding(label, reference, paired, difference, stands))


def _finding(
    label: str, reference: str | None, paired: bool, difference: Mapping[str, Summary],
    stands: Mapping[str, str | None],
) -> Finding:
    if reference is None:
        return Finding("no_reference", {"label": label})
    shown = Variant.read(reference).label
    if not paired:
        return Finding("reference", {"label": label})
    return against(
        Against(label, shown, difference["psnr"], difference["psnr_worst"], tuple(stands.values())))


def _worst(
    clips: Sequence[str], own: Mapping[str, Row], gaps: Sequence[float | None] | None
) -> tuple[Mapping[str, Any], ...]:
    values = [known(own[clip], "psnr_worst") if clip in own else None for clip in clips]
    return tuple(
        {"clip": clips[place], "frame": own[clips[place]]["psnr_worst_frame"], "psnr_worst": _round(values[place]),
         "psnr": _round(known(own[clips[place]], "psnr")), "difference": _round(gaps[place]) if gaps else None}
        for place in lowest(values, WORST_CLIPS, higher=True))


def known(row: Row, name: str) -> float | None:
    """A row's score, None where it has none. PSNR of equal frames, infinite by its formula, is what it is capped at."""
    value = row[name]
    if value == math.inf and name.startswith("psnr"):
        return PSNR_CAP
    return value if is_known(value) else None


def _level(row: Row | None) -> tuple[float | None, float | None]:
    return (known(row, "psnr"), known(row, "psnr_worst")) if row else (None, None)


def _rounded(summaries: Mapping[str, Summary]) -> dict[str, dict[str, Any]]:
    return {name: {key: _round(value) for key, value in {**asdict(summary), "few": summary.few}.items()}
            for name, summary in summaries.items()}


def _round(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value
