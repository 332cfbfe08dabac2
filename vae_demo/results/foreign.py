"""A comparison.json that somebody brings: nothing in it is believed that can be worked out or bounded.

Plans come from the layout and must be those of the file, means come from their series and must be the file's; texts
are cut and made printable, names of files are dropped, verdicts are left for this version to find. What cannot be
checked are the scores themselves: whoever shows them says that they were measured elsewhere.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vae_demo.clips.files import display_name
from vae_demo.clips.limits import HIGHEST_FPS, LOWEST_FPS, Limits
from vae_demo.layout.plan import Plan, plan_of
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Variant
from vae_demo.refusal import Refusal, shown
from vae_demo.results.comparison import FORMAT, Baseline, Comparison, Reconstruction
from vae_demo.results.findings import Finding, Seam
from vae_demo.results.form import record_misfit
from vae_demo.results.provenance import Provenance
from vae_demo.results.scores import SCORES, Scores
from vae_demo.words import LANGUAGES, known, placeholders, say, table

MOST_BYTES = 8_000_000
MOST_VARIANTS = 6
MOST_STRIDE = 64
MOST_START = 10_000_000
MOST_NOTES = 20
MOST_SECONDS = 1e9
# No score of ours comes near it.
MOST_SCORE = 1000.0
# A mean of series that were rounded to six decimals.
MEAN_TOLERANCE = 1e-4
LONGEST = 60
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[a-z0-9_]{1,40}")


class _Misfit(Exception):
    """Where in the file something is not as it was written."""


def read_foreign(path: Path, name: str) -> tuple[Comparison, Any]:
    """The record of a file, its verdicts still to be found, and what it says of its media, unchecked.

    name: of the file, as it may be shown. Raises Refusal, which says what is wrong with it.
    """
    data = _parsed(path, name)
    if not isinstance(data, dict) or data.get("format") != FORMAT or isinstance(data["format"], bool):
        raise Refusal("result_format", name=name)
    try:
        if place := record_misfit(data):
            raise _Misfit(place)
        return _comparison(data, name), data.get("media")
    except _Misfit as error:
        raise Refusal("result_form", name=name, place=str(error)) from None


def _parsed(path: Path, name: str) -> Any:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Refusal("result_size", name=name, megabytes=f"{size / 1e6:.1f}", most=f"{MOST_BYTES / 1e6:g}")
    try:
        return json.loads(path.read_bytes(), parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        raise Refusal("result_json", name=name) from None


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(f"{text} is no number")
    return value


def _comparison(data: Mapping, name: str) -> Comparison:
    clip, count = _clip(data["clip"]), len(data["variants"])
    if count > MOST_VARIANTS:
        raise Refusal("too_many_variants", count=count, most=MOST_VARIANTS)
    variants = tuple(_variant(each, f"variants.{at}", clip["n_frames"], name)
                     for at, each in enumerate(data["variants"]))
    labels = [each.label for each in variants]
    if len(set(labels)) < count:
        raise _Misfit("variants")
    if data["reference"] not in labels:
        raise _Misfit("reference")
    return Comparison(clip, shown(data["dtype"], LONGEST), shown(data["device"], LONGEST), data["reference"], variants,
                      _seconds(data["seconds"], "seconds"))


def _clip(clip: Mapping) -> dict:
    limits = Limits()
    for side in ("width", "height"):
        _between(clip[side], limits.min_side, limits.max_side, f"clip.{side}")
    n_frames = clip["n_frames"]
    if not 1 <= n_frames <= limits.max_frames:
        raise Refusal("clip_frames", n_frames=shown(n_frames), max_frames=limits.max_frames)
    _between(clip["start"], 0, MOST_START, "clip.start")
    if clip["fps"] is not None:
        _between(clip["fps"], LOWEST_FPS, HIGHEST_FPS, "clip.fps")
    return {"name": display_name(clip["name"]), **{key: clip[key] for key in ("width", "height", "fps", "n_frames",
            "start")}, "source": {}, "notes": _notes(clip["notes"])}


def _notes(notes: list) -> list[dict]:
    """What was done to the clip, as far as this version has words for it."""
    found = []
    for each in notes[:MOST_NOTES]:
        case, params = (each.get("case"), each.get("params")) if isinstance(each, dict) else (None, None)
        if not (isinstance(case, str) and _WORD.fullmatch(case) and known(key := f"note_{case}")
                and isinstance(params, dict)):
            continue
        if (kept := _said("notes", key, params)) is not None:
            found.append({"case": case, "params": kept, "text": say("en", key, **kept)})
    return found


def _said(words: str, key: str, params: Mapping) -> dict | None:
    """What fills the gaps of a sentence of ours, None where the file fills them otherwise."""
    kept = {gap: _param(params[gap]) for gap in placeholders(table(words)[key]["en"]) if gap in params}
    try:
        for lang in LANGUAGES:
            say(lang, key, **kept)
    except (LookupError, ValueError, TypeError):
        return None
    return kept


def _param(value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
    return value if is_number else shown(value)


def _variant(data: Mapping, place: str, n_frames: int, name: str) -> Reconstruction:
    try:
        variant = Variant.parse(data["spelling"])
    except Refusal:
        raise _Misfit(f"{place}.spelling") from None
    if data["label"] != variant.label:
        raise _Misfit(f"{place}.label")
    plan = _plan(data, variant, f"{place}.rule", n_frames, name)
    ghosts = tuple(data["ghosts"])
    if len(ghosts) != len(plan.decode_chunks):
        raise _Misfit(f"{place}.ghosts")
    for ghost, chunk in zip(ghosts, plan.decode_chunks, strict=True):
        _between(ghost, 0, max(chunk.stop - chunk.start, 0), f"{place}.ghosts")
    baseline = data["baseline_2d"]
    return Reconstruction(
        variant, plan, _scores(data, place, plan.frames_out), _scores(data["aligned"], f"{place}.aligned", n_frames),
        _seam(data["seam"], f"{place}.seam", plan), _reason(data["seam_reason"]), ghosts,
        _seconds(data["seconds"], f"{place}.seconds"), _provenance(data["provenance"], f"{place}.provenance"),
        baseline and Baseline(_scores(baseline, f"{place}.baseline_2d", n_frames),
                              _between(baseline["seconds"], 0, MOST_SECONDS, f"{place}.baseline_2d.seconds")))


def _plan(data: Mapping, variant: Variant, place: str, n_frames: int, name: str) -> Plan:
    """The plan of the variant, which must be what the file says."""
    rule = data["rule"]
    if set(rule) != {"stride", "first", "tail"} or not 1 <= rule["stride"] <= MOST_STRIDE:
        raise _Misfit(place)
    try:
        plan = plan_of(n_frames, variant, FrameRule(**rule))
    except ValueError:  # a Refusal is one
        raise _Misfit(place) from None
    if any(data[key] != value for key, value in plan.to_json().items()):
        raise Refusal("result_plan", name=name, label=variant.label, frames=n_frames)
    return plan


def _scores(data: Mapping, place: str, length: int) -> Scores:
    """The series of every score, so many entries each, and their means."""
    series = {name: data[name] for name in SCORES}
    for name, values in series.items():
        if len(values) != length:
            raise _Misfit(f"{place}.{name}")
        for value in values:
            if value is not None:
                _between(value, -MOST_SCORE, MOST_SCORE, f"{place}.{name}")
    found, told = Scores(series), data["means"]
    for name, mean in found.means.items():
        _near(told[name], mean, f"{place}.means.{name}")
    worst = told.get("psnr_worst")
    if worst is not None:
        _near(worst, found.worst, f"{place}.means.psnr_worst")
    # As they were measured, unrounded: the same digits are printed wherever the result is shown.
    return Scores(series, {name: told[name] for name in series}, worst)


def _near(told: float | None, found: float | None, place: str) -> None:
    if told is None and found is None:
        return
    if told is None or found is None:
        raise _Misfit(place)
    _between(told, found - MEAN_TOLERANCE, found + MEAN_TOLERANCE, place)


def _seam(data: Mapping | None, place: str, plan: Plan) -> Seam | None:
    if data is None:
        return None
    controls = [data.get("control_minus"), data.get("control_plus")]
    for value in (data["score"], *(each for each in controls if each is not None)):
        _between(value, 0, 1e6, f"{place}.score")
    return Seam(data["score"], _between(data["p"], 0, 1, f"{place}.p"),
                _between(data["boundaries"], 0, len(plan.boundaries), f"{place}.boundaries"), *controls)


def _reason(data: Mapping | None) -> Finding | None:
    """Why no seam was judged, in the words of this version; None where it has none for it."""
    if data is None or not _WORD.fullmatch(data["case"]) or not known(key := f"seam_reason_{data['case']}"):
        return None
    params = _said("verdicts", key, data["params"])
    return None if params is None else Finding(data["case"], params)


def _seconds(data: Mapping, place: str) -> dict[str, float]:
    if len(data) > 40 or not all(_WORD.fullmatch(stage) for stage in data):
        raise _Misfit(place)
    return {stage: _between(value, 0, MOST_SECONDS, place) for stage, value in data.items()}


def _provenance(data: Mapping, place: str) -> Provenance:
    digests, versions = data["weights_sha256"], data["versions"]
    if len(digests) > 16 or not all(_SHA256.fullmatch(digest) for digest in (*digests, data["clip_sha256"])):
        raise _Misfit(f"{place}.weights_sha256")
    if len(versions) > 16 or not all(isinstance(each, str | None) for each in versions.values()):
        raise _Misfit(f"{place}.versions")
    if data["seed"] is not None:
        _between(data["seed"], -2**63, 2**63, f"{place}.seed")
    model = shown(data["model"], LONGEST)
    if not model:
        raise _Misfit(f"{place}.model")
    return Provenance(
        model, tuple(digests), data["weights"] and display_name(data["weights"]), shown(data["device"], LONGEST),
        shown(data["dtype"], LONGEST), data["seed"], data["clip_sha256"],
        {shown(key, 20): value and shown(value, LONGEST) for key, value in versions.items()})


def _between(value: Any, least: float, most: float, place: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise _Misfit(place)
    return value
