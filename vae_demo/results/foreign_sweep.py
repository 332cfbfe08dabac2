"""A sweep.json that somebody brings: read as strictly as a comparison (foreign.py).

How each size cuts the clip is worked out and must be what the file says; scores of full chunks and of tails come from
its frames and must be the file's. What it comes to in words is left for this version to find.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vae_demo.layout.plan import plan_of
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.sizes import parse_sizes
from vae_demo.layout.text import size_label
from vae_demo.layout.variant import Variant
from vae_demo.refusal import Refusal, shown
from vae_demo.results.foreign_parts import (
    LONGEST,
    MOST_SCORE,
    Misfit,
    between,
    clip_of,
    near,
    provenance_of,
    read_record,
    reason_of,
    seam_of,
    seconds_of,
    series_of,
)
from vae_demo.results.foreign_plan import came_in
from vae_demo.results.form import SELDOM, sweep_misfit
from vae_demo.results.scores import mean
from vae_demo.results.sweep import DB_DIGITS, FORMAT, SWEEP_JSON, Part, Sweep, SweepRow, facts_of

# More than a page runs: the command line sweeps any number. So many columns still are some pixels wide.
MOST_ROWS = 128
# What is left of a mean when its series was rounded.
_ROUNDED = 0.6 * 10 ** -DB_DIGITS


@dataclass(frozen=True)
class Known:
    """What this version knows of a model: its rule, the label of its own size, and the lengths it was trained on."""

    rule: FrameRule
    reference: str
    trained: tuple[int, int] | None


def read_foreign_sweep(path: Path, name: str, known: Callable[[str], Known | None]) -> Sweep:
    """The sweep of a file, its findings still to be found.

    name: of the file, as it may be shown. known: by a model's name, None where there is no such model: its rule is not
    in the file. Raises Refusal, which says what is wrong with it.
    """
    def read(data: dict) -> Sweep:
        if place := sweep_misfit(data):
            raise Misfit(place)
        return _sweep(data, name, known)

    return read_record(path, name, SWEEP_JSON, FORMAT, read)


def _sweep(data: Mapping, name: str, known: Callable[[str], Known | None]) -> Sweep:
    clip, count, provenance = clip_of(data["clip"]), len(data["rows"]), provenance_of(data["provenance"], "provenance")
    if count > MOST_ROWS:
        raise Refusal("result_sizes", name=name, count=count, most=MOST_ROWS)
    if data["model"] != provenance.model:
        raise Misfit("model")
    model = known(provenance.model)
    if model is None:
        raise Refusal("result_model", name=name, model=provenance.model)
    # Of weights that are not the model's own nobody knows how they were trained.
    trained = None if provenance.weights else model.trained
    if data["trained_lengths"] != (trained and list(trained)):
        raise Misfit("trained_lengths")
    if data["reference"] != model.reference:
        raise Misfit("reference")
    rows = tuple(_row(each, f"rows.{at}", clip["n_frames"], model.rule, name) for at, each in enumerate(data["rows"]))
    if len({row.size for row in rows}) < count:
        raise Misfit("rows")
    base = data["baseline_psnr"]
    return Sweep(
        clip, provenance.model, shown(data["dtype"], LONGEST), shown(data["device"], LONGEST), model.reference, trained,
        base and between(base, -MOST_SCORE, MOST_SCORE, "baseline_psnr"), rows, provenance)


def _row(data: Mapping, place: str, n_frames: int, rule: FrameRule, name: str) -> SweepRow:
    size = _size(data["size"], f"{place}.size")
    try:
        plan = plan_of(n_frames, Variant(size, size), rule)
    except ValueError:  # a Refusal is one
        raise Misfit(f"{place}.size") from None
    if "came" in data:
        plan = came_in(data["came"], plan, f"{place}.came")
    facts, split = facts_of(plan)
    told = {**facts, "came": plan.came and plan.came.to_json()}
    # What is seldom was not always written.
    if any(data[key] != value for key, value in told.items() if key in data or key not in SELDOM):
        raise Refusal("result_plan", name=name, label=data["size"], frames=n_frames)
    series = data["psnr_by_frame"]
    # By its place in the source, also where another number of frames comes back: see SweepRow.of.
    series_of(series, n_frames, f"{place}.psnr_by_frame")
    if any(series[frame] is not None for frame in plan.lost_frames):
        raise Misfit(f"{place}.psnr_by_frame")
    near(data["psnr"], mean(series), f"{place}.psnr", _ROUNDED)
    return SweepRow(
        **facts, psnr=data["psnr"], full=_part(data["full"], series[:split], f"{place}.full"),
        tail=_part(data["tail"], series[split:], f"{place}.tail"), seam=seam_of(data["seam"], f"{place}.seam", plan),
        seam_reason=reason_of(data["seam_reason"]), seconds=seconds_of(data["seconds"], f"{place}.seconds"),
        psnr_by_frame=tuple(series))


def _size(text: str, place: str) -> int | None:
    """The frames of a chunk, None for all of them; spelled as this version spells it."""
    try:
        sizes = parse_sizes(text, most=1)
    except Refusal:
        raise Misfit(place) from None
    if size_label(sizes[0]) != text:
        raise Misfit(place)
    return sizes[0]


def _part(told: Mapping | None, series: Sequence[float | None], place: str) -> Part | None:
    """Scores of the frames of a series; None where none of them has one."""
    some = [value for value in series if value is not None]
    if (told is None) != (not some):
        raise Misfit(place)
    if told is None:
        return None
    if told["frames"] != len(series):
        raise Misfit(f"{place}.frames")
    near(told["psnr"], mean(some), f"{place}.psnr", _ROUNDED)
    near(told["psnr_worst"], min(some), f"{place}.psnr_worst", _ROUNDED)
    step: Any = told["temporal_step"]
    return Part(len(series), told["psnr"], told["psnr_worst"],
                step if step is None else between(step, 0, MOST_SCORE, f"{place}.temporal_step"))
