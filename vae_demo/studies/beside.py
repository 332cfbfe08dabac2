"""Models beside each other: means over clips have wide intervals, for clips differ more than models do; differences on
the same clips do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from vae_demo.layout.variant import Variant
from vae_demo.results.findings import Finding
from vae_demo.studies.pairs import JUDGED, pair
from vae_demo.studies.rows import Row, Study
from vae_demo.studies.statistics import Draws, Summary
from vae_demo.studies.table import by_model, by_variant, files_of, summaries


@dataclass(frozen=True)
class Beside:
    """A model in its reference cut beside the first model in its own, on the clips that both have, of one kind."""

    model: str
    variant: str
    other: str
    other_variant: str
    kind: str
    difference: Mapping[str, Summary]
    stands: Mapping[str, str | None]
    finding: Finding

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "difference": summaries(self.difference), "stands": dict(self.stands),
                "finding": asdict(self.finding)}


def models_beside(study: Study, draws: Draws = Draws()) -> tuple[Beside, ...]:
    """Every model but the first of its kind beside that one, each in its reference cut."""
    first: dict[str, tuple[str, str, dict[str, Row], list[Row]]] = {}
    found = []
    for (model, kind), rows in by_model(study).items():
        variant, variants = study.protocol.reference_of(model), by_variant(rows, study)
        if variant not in variants:
            continue
        other, other_variant, base, its = first.setdefault(kind, (model, variant, variants[variant], rows))
        if other != model:
            labels = f"{model}@{Variant.read(variant).label}", f"{other}@{Variant.read(other_variant).label}"
            paired = pair(variants[variant], base, labels, files_of([*its, *rows]), JUDGED, draws)
            found.append(Beside(model, variant, other, other_variant, kind, paired.difference, paired.stands,
                                paired.finding))
    return tuple(found)
