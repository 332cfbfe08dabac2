"""A study's rows as one table: per model, kind and variant what its scores come to over clips, and how it stands to the
reference on the clips that both have."""

from __future__ import annotations

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
from vae_demo.studies.pairs import Paired, Rows, known, pair, values
from vae_demo.studies.rows import Row, Study
from vae_demo.studies.statistics import Draws, Summary, lowest, summarise
from vae_demo.verdicts.study import headline

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
        return {**vars(self), "scores": summaries(self.scores), "difference": summaries(self.difference),
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
    return tuple(_group(model, kind, rows, study, around, draws) for (model, kind), rows in by_model(study).items())


def by_model(study: Study) -> dict[tuple[str, str], list[Row]]:
    """(model, kind) -> its rows, by model in the order of the protocol, then by kind."""
    order = {name: place for place, name in enumerate(study.protocol.models)}
    rows = sorted(study.variants, key=lambda row: (order.get(row["model"], len(order)), row["model"], row["kind"]))
    return {key: list(these) for key, these in groupby(rows, lambda row: (row["model"], row["kind"]))}


def by_variant(rows: Sequence[Row], study: Study) -> dict[str, dict[str, Row]]:
    """Spelling -> clip -> row, of one model and kind, in the order of the protocol."""
    found: dict[str, dict[str, Row]] = {}
    for row in rows:
        found.setdefault(row["variant"], {})[row["clip"]] = row
    order = [each.spelling for each in study.protocol.variants_of(rows[0]["model"])]
    return {name: found[name] for name in sorted(found, key=lambda name: order.index(name) if name in order else 0)}


def files_of(rows: Sequence[Row]) -> dict[str, str]:
    """Clip -> digest of the file it is from."""
    return {row["clip"]: row["file_sha256"] for row in rows}


def _group(
    model: str, kind: str, rows: list[Row], study: Study, around: Mapping[tuple[str, str, str], Around], draws: Draws,
) -> Group:
    files, variants = files_of(rows), by_variant(rows, study)
    reference = study.protocol.reference_of(model)
    reference = reference if reference in variants else None
    names = (*study.protocol.scores, *MORE)
    cells = []
    for variant, own in variants.items():
        labels = Variant.read(variant).label, Variant.read(reference).label if reference else ""
        paired = pair(own, variants[reference], labels, files, names, draws) if reference not in (
            None, variant) else None
        scores = {name: summarise(values(own, name, files), list(files.values()), draws) for name in names}
        cells.append(_cell(variant, reference, own, files, scores, paired, around.get((model, variant, kind))))
    return Group(model, kind, reference, {name: rows[0][name] for name in MADE_BY}, tuple(files),
                 len(set(files.values())), tuple(cells), headline([cell.finding for cell in cells]))


def _cell(
    variant: str, reference: str | None, own: Rows, files: Mapping[str, str], scores: Mapping[str, Summary],
    paired: Paired | None, around: Around | None,
) -> Cell:
    label = Variant.read(variant).label
    periods = [row["inspect_period"] for row in own.values()
               if row.get("inspect_sure") and row["inspect_period"] != row["source_period"]]
    pads, lost = [row["pads_shown"] for row in own.values()], [row["frames_lost"] for row in own.values()]
    alone = Finding("reference" if reference else "no_reference", {"label": label})
    return Cell(
        variant, label, scores, paired.difference if paired else {}, paired.stands if paired else {},
        absent=tuple(clip for clip in files if clip not in own),
        exact=sum((known(row, "psnr") or 0.0) >= PSNR_CAP for row in own.values()),
        clash=any(row["clash"] for row in own.values()),
        pads_shown=(min(pads), max(pads)), frames_lost=(min(lost), max(lost)),
        inspected=sum("inspect_sure" in row for row in own.values()),
        found=len(periods), found_period=mode(periods) if periods else None,
        worst=_worst(own, files, paired), around=around.to_json() if around else None,
        finding=paired.finding if paired else alone)


def _worst(own: Rows, files: Mapping[str, str], paired: Paired | None) -> tuple[Mapping[str, Any], ...]:
    clips, worst = list(files), values(own, "psnr_worst", files)
    gaps = paired.gaps["psnr_worst"] if paired else [None] * len(clips)
    return tuple(
        {"clip": clips[place], "frame": own[clips[place]]["psnr_worst_frame"], "psnr_worst": rounded(worst[place]),
         "psnr": rounded(known(own[clips[place]], "psnr")), "difference": rounded(gaps[place])}
        for place in lowest(worst, WORST_CLIPS, higher=True))


def summaries(found: Mapping[str, Summary]) -> dict[str, dict[str, Any]]:
    """As study.json has them."""
    return {name: {key: rounded(value) for key, value in {**asdict(summary), "few": summary.few}.items()}
            for name, summary in found.items()}


def rounded(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value
