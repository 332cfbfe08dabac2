"""study.json: the protocol, every row of a clip, model and variant, and what they add up to. Loads back as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from vae_demo.clips.files import display_name
from vae_demo.results.provenance import versions
from vae_demo.shapes import Maybe, misfit, read_json
from vae_demo.studies.beside import models_beside
from vae_demo.studies.pairs import known
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.rows import Study, variant_columns
from vae_demo.studies.statistics import FEW, Draws
from vae_demo.studies.table import HIGHER, MORE, groups_of
from vae_demo.verdicts.equal import EQUAL_MEAN_DB, EQUAL_WORST_DB

FORMAT = 1
STUDY_JSON = "study.json"
METHOD = "BCa bootstrap of means over clips, drawn file by file, widened where files are few"
# What computes the table; what computed its rows is in made_by.
LIBRARIES = ("numpy", "scipy", "pyarrow")


def named(protocol: Protocol) -> Protocol:
    """As a result says it that is passed on: clips and weights by what they are called, without the folders of this
    machine. Which files they were, their digests say."""
    return replace(protocol, clips=tuple(dict.fromkeys(map(display_name, protocol.clips))),
                   weights={model: display_name(path) for model, path in protocol.weights.items()})


def study_record(study: Study, draws: Draws = Draws()) -> dict[str, Any]:
    """The whole mapping; a study of the same rows gives the same one."""
    columns = variant_columns(study.protocol.scores, study.protocol.inspect)
    record = {
        "format": FORMAT,
        "protocol": named(study.protocol).to_json(),
        "statistics": {**asdict(draws), "method": METHOD, "few": FEW,
                       "equal_mean_db": EQUAL_MEAN_DB, "equal_worst_db": EQUAL_WORST_DB},
        "versions": versions(LIBRARIES),
        "made_by": dict(study.made_by),
        "clips": list(study.clips),
        "scores": {name: {"higher": HIGHER[name]} for name in (*study.protocol.scores, *MORE)},
        "columns": {column.name: {"dtype": column.dtype, "unit": column.unit, "meaning": column.meaning()}
                    for column in columns},
        "rows": [{column.name: known(row, column.name) if column.dtype == "float64" else row[column.name]
                  for column in columns} for row in study.variants],
        "groups": [group.to_json() for group in groups_of(study, draws)],
        "models": [each.to_json() for each in models_beside(study, draws)],
        "failures": [failure.to_json() for failure in study.failures],
        "missing": study.missing,
    }
    # Through JSON once, so that a live result is the very mapping a saved one loads as.
    return json.loads(json.dumps(record, allow_nan=False))


def save_record(record: Mapping[str, Any], path: Path) -> None:
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


def summary_rows(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The table, one row per model, kind, variant and score."""
    for group in record["groups"]:
        for each in group["cells"]:
            for name, summary in each["scores"].items():
                paired = each["difference"].get(name, {})
                yield {
                    "model": group["model"], "kind": group["kind"], "variant": each["variant"],
                    "reference": group["reference"], "score": name,
                    **{key: summary[key] for key in SUMMARY},
                    **{f"difference_{key}": paired.get(key) for key in ("n", *SUMMARY[3:7])}}


SUMMARY = ("n", "missing", "files", "mean", "median", "low", "high", "least", "most")
_SUMMARY = {"n": int, "missing": int, "files": int, "few": bool, **{name: Maybe(float) for name in SUMMARY[3:]}}
_FINDING = {"case": str, "params": dict}
_RANGE = [int]
_CELL = {
    "variant": str, "label": str, "scores": {"psnr": _SUMMARY, "psnr_worst": _SUMMARY}, "difference": dict,
    "stands": dict, "absent": [str], "exact": int, "clash": bool, "pads_shown": _RANGE, "frames_lost": _RANGE,
    "inspected": int, "found": int, "found_period": Maybe(int), "finding": _FINDING,
    "worst": [{"clip": str, "frame": Maybe(int), "psnr": Maybe(float), "psnr_worst": float,
               "difference": Maybe(float)}],
    "around": Maybe({"offsets": [int], "borders": int, "clips": int, "values": [Maybe(float)]})}
_STUDY = {
    "protocol": dict, "statistics": {"seed": int, "resamples": int, "level": float, "few": int}, "versions": dict,
    "made_by": dict,
    "clips": [str], "scores": dict, "columns": dict, "rows": [{"clip": str, "model": str, "variant": str, "kind": str}],
    "groups": [{"model": str, "kind": str, "reference": Maybe(str), "made_by": dict, "clips": [str], "files": int,
                "cells": [_CELL], "headline": [_FINDING]}],
    "models": [{"model": str, "variant": str, "other": str, "other_variant": str, "difference": {
        "psnr": _SUMMARY, "psnr_worst": _SUMMARY}, "stands": dict, "finding": _FINDING}],
    "failures": [{"clip": Maybe(str), "model": Maybe(str), "variant": Maybe(str), "case": str, "params": dict}],
    "missing": int}


def load_study(directory: Path) -> dict[str, Any]:
    """The mapping of a saved study. Raises ValueError with one sentence when it is none of ours."""
    path = directory / STUDY_JSON
    try:
        data = read_json(path)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path.name} cannot be read as a saved study; run it again.") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"{path.name} is not a study of format {FORMAT}; run it again.")
    if place := misfit(data, _STUDY):
        raise ValueError(f"{path.name} is not as it was written (at {place}); run it again.")
    return data
