"""A comparison.json that somebody brings: nothing in it is believed that can be worked out or bounded.

Plans come from the layout and must be those of the file, means come from their series and must be the file's; texts
are cut and made printable, names of files are dropped, verdicts are left for this version to find. What cannot be
checked are the scores themselves: whoever shows them says that they were measured elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vae_demo.layout.variant import Variant
from vae_demo.refusal import Refusal, shown
from vae_demo.results.comparison import COMPARISON_JSON, FORMAT, Baseline, Comparison, Reconstruction
from vae_demo.results.foreign_lags import lags_of
from vae_demo.results.foreign_parts import (
    LONGEST,
    MOST_SECONDS,
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
from vae_demo.results.foreign_plan import plan_in
from vae_demo.results.form import record_misfit
from vae_demo.results.scores import SCORES, Scores

# More than a page runs: the command line compares any number. So many have a colour, dashes and a mark of their own.
MOST_VARIANTS = 24


def read_foreign(path: Path, name: str) -> tuple[Comparison, Any]:
    """The record of a file, its verdicts still to be found, and what it says of its media, unchecked.

    name: of the file, as it may be shown. Raises Refusal, which says what is wrong with it.
    """
    def read(data: dict) -> tuple[Comparison, Any]:
        if place := record_misfit(data):
            raise Misfit(place)
        return _comparison(data, name), data.get("media")

    return read_record(path, name, COMPARISON_JSON, FORMAT, read)


def _comparison(data: Mapping, name: str) -> Comparison:
    clip, count = clip_of(data["clip"]), len(data["variants"])
    if count > MOST_VARIANTS:
        raise Refusal("result_variants", name=name, count=count, most=MOST_VARIANTS)
    variants = tuple(_variant(each, f"variants.{at}", clip["n_frames"], name)
                     for at, each in enumerate(data["variants"]))
    labels = [each.label for each in variants]
    if len(set(labels)) < count:
        raise Misfit("variants")
    if data["reference"] not in labels:
        raise Misfit("reference")
    return Comparison(clip, shown(data["dtype"], LONGEST), shown(data["device"], LONGEST), data["reference"], variants,
                      seconds_of(data["seconds"], "seconds"))


def _variant(data: Mapping, place: str, n_frames: int, name: str) -> Reconstruction:
    try:
        variant = Variant.read(data["spelling"])
    except Refusal:
        raise Misfit(f"{place}.spelling") from None
    if data["label"] != variant.label:
        raise Misfit(f"{place}.label")
    plan = plan_in(data, variant, place, n_frames, name)
    ghosts = tuple(data["ghosts"])
    if len(ghosts) != len(plan.decode_chunks):
        raise Misfit(f"{place}.ghosts")
    for ghost, chunk in zip(ghosts, plan.decode_chunks, strict=True):
        between(ghost, 0, max(chunk.stop - chunk.start, 0), f"{place}.ghosts")
    baseline = data["baseline_2d"]
    return Reconstruction(
        variant, plan, _scores(data, place, plan.frames_out), _scores(data["aligned"], f"{place}.aligned", n_frames),
        seam_of(data["seam"], f"{place}.seam", plan), reason_of(data["seam_reason"]), ghosts,
        seconds_of(data["seconds"], f"{place}.seconds"), provenance_of(data["provenance"], f"{place}.provenance"),
        baseline and Baseline(_scores(baseline, f"{place}.baseline_2d", n_frames),
                              between(baseline["seconds"], 0, MOST_SECONDS, f"{place}.baseline_2d.seconds")),
        lags=lags_of(data.get("lags", []), f"{place}.lags", plan))


def _scores(data: Mapping, place: str, length: int) -> Scores:
    """The series of every score, so many entries each, and their means."""
    series = {name: data[name] for name in SCORES}
    for name, values in series.items():
        series_of(values, length, f"{place}.{name}")
    found, told = Scores(series), data["means"]
    for name, mean in found.means.items():
        near(told[name], mean, f"{place}.means.{name}")
    worst = told.get("psnr_worst")
    if worst is not None:
        near(worst, found.worst, f"{place}.means.psnr_worst")
    # As they were measured, unrounded: the same digits are printed wherever the result is shown.
    return Scores(series, {name: told[name] for name in series}, worst)
