"""The rows of a study in their order, from what was kept: the same to the digit whatever became of the processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from vae_demo.studies.clip_list import ClipFile
from vae_demo.studies.kept import Kept
from vae_demo.studies.plan import Planned
from vae_demo.studies.rows import Failure, Row, Study
from vae_demo.studies.task import Maker, base_key


def assembled(
    plan: Planned, kept: Kept, makers: Sequence[Maker], failures: Sequence[Failure], missing: int = 0
) -> Study:
    """makers: at work in this run. Of earlier ones those rows count that they could have computed alike: with the
    same weights and versions, as the protocol has it, on another device maybe, which makes them rows of another kind.
    """
    table = _Table(plan, kept, makers)
    rows = tuple({"clip": clip, **found["row"]} for clip, found in table.found())
    made_by = {}
    for row, found in zip(rows, (found for _, found in table.found()), strict=True):
        maker = found["maker"]
        made_by.setdefault(row["kind"], {name: maker[name] for name in (
            "device", "device_name", "dtype", "threads", "versions")})
    order = {name: at for at, name in enumerate(plan.protocol.models)}
    in_order = sorted(failures, key=lambda each: (
        each.clip or "", order.get(each.model or "", -1), each.variant or "", each.case))
    return Study(plan.protocol, rows, _Frames(table), tuple(in_order), missing, made_by)


class _Frames:
    """Rows of frames, read again whenever somebody goes through them."""

    def __init__(self, table: _Table) -> None:
        self._table = table

    def __iter__(self) -> Iterator[Row]:
        for clip, found in self._table.found():
            about = {"clip": clip, **{name: found["row"][name] for name in ("model", "variant", "kind")}}
            names = list(found["frames"])
            for values in zip(*found["frames"].values(), strict=True):
                yield {**about, **dict(zip(names, values, strict=True))}


class _Table:
    def __init__(self, plan: Planned, kept: Kept, makers: Sequence[Maker]) -> None:
        self._plan, self._kept = plan, kept
        self._weights = {maker.model: (maker.weights, maker.weights_sha256) for maker in makers}
        self._versions = {(maker.model, _released(maker)) for maker in makers}

    def found(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """(clip, what was kept of a task), sorted."""
        for clip in self._plan.clips:
            for model in self._plan.protocol.models:
                yield from ((clip.name, each) for each in self._of(clip, model))

    def _of(self, clip: ClipFile, model: str) -> list[dict[str, Any]]:
        found = []
        for variant in self._plan.variants[model]:
            base = base_key(clip.content, self._plan.settings, model, variant)
            mine = [each for each in self._kept.of(base) if self._counts(Maker.from_json(each["maker"]))]
            found += sorted(mine, key=lambda each: each["row"]["kind"])
        # Variants are compared with each other: a kind that has fewer of them than another one was given up.
        n_by_kind = Counter(each["row"]["kind"] for each in found)
        return [each for each in found if n_by_kind[each["row"]["kind"]] == max(n_by_kind.values())]

    def _counts(self, maker: Maker) -> bool:
        return (self._weights.get(maker.model) == (maker.weights, maker.weights_sha256)
                and (maker.model, _released(maker)) in self._versions and self._plan.allows(maker))


def _released(maker: Maker) -> tuple[tuple[str, str | None], ...]:
    """Versions, whatever they were built for: 2.13.0+cpu and 2.13.0+cu130 differ as devices do."""
    return tuple(sorted((name, version and version.partition("+")[0]) for name, version in maker.versions.items()))
