"""What every result that somebody brings has in it, read strictly: a clip, seconds, a seam, where it comes from.

Nothing is believed that can be worked out or bounded; texts are cut and made printable, names of files are dropped.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from vae_demo.clips.files import display_name
from vae_demo.clips.limits import HIGHEST_FPS, LOWEST_FPS, Limits
from vae_demo.layout.plan import Plan
from vae_demo.refusal import Refusal, shown
from vae_demo.results.comparison import COMPARISON_JSON
from vae_demo.results.findings import Finding, Seam
from vae_demo.results.provenance import Provenance
from vae_demo.results.sweep import SWEEP_JSON
from vae_demo.words import LANGUAGES, known, placeholders, say, table

MOST_BYTES = 8_000_000
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
# What a file holds that is a result, by the name a finished run gives it.
_HOLDS = {COMPARISON_JSON: "variants", SWEEP_JSON: "rows"}

Record = TypeVar("Record")


class Misfit(Exception):
    """Where in the file something is not as it was written."""


def read_record(path: Path, name: str, kind: str, wanted: int, read: Callable[[dict], Record]) -> Record:
    """What `read` makes of a file of this kind and format; what it raises as Misfit is said in a sentence.

    name: of the file, as it may be shown. kind: what a finished run calls it. wanted: its format. Raises Refusal,
    which says what is wrong with the file.
    """
    data = _parsed(path, name, kind)
    if not isinstance(data, dict) or data.get("format") != wanted or isinstance(data["format"], bool):
        raise Refusal("result_format", name=name, file=kind)
    if _HOLDS[kind] not in data and any(key in data for key in _HOLDS.values()):
        raise Refusal("result_is_sweep" if kind == COMPARISON_JSON else "result_is_comparison", name=name)
    try:
        return read(data)
    except Misfit as error:
        raise Refusal("result_form", name=name, place=str(error)) from None


def _parsed(path: Path, name: str, kind: str) -> Any:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Refusal("result_size", name=name, megabytes=f"{size / 1e6:.1f}", most=f"{MOST_BYTES / 1e6:g}",
                      file=kind)
    try:
        return json.loads(path.read_bytes(), parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        raise Refusal("result_json", name=name, file=kind) from None


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(f"{text} is no number")
    return value


def clip_of(clip: Mapping) -> dict:
    limits = Limits()
    for side in ("width", "height"):
        between(clip[side], limits.min_side, limits.max_side, f"clip.{side}")
    n_frames = clip["n_frames"]
    if not 1 <= n_frames <= limits.max_frames:
        raise Refusal("clip_frames", n_frames=shown(n_frames), max_frames=limits.max_frames)
    between(clip["start"], 0, MOST_START, "clip.start")
    if clip.get("fps") is not None:
        between(clip["fps"], LOWEST_FPS, HIGHEST_FPS, "clip.fps")
    return {"name": display_name(clip["name"]), **{key: clip[key] for key in ("width", "height", "n_frames", "start")},
            "fps": clip.get("fps"), "source": {}, "notes": _notes(clip["notes"])}


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


def near(told: float | None, found: float | None, place: str, tolerance: float = MEAN_TOLERANCE) -> None:
    if told is None and found is None:
        return
    if told is None or found is None:
        raise Misfit(place)
    between(told, found - tolerance, found + tolerance, place)


def seam_of(data: Mapping | None, place: str, plan: Plan) -> Seam | None:
    if data is None:
        return None
    controls = [data.get("control_minus"), data.get("control_plus")]
    for value in (data["score"], *(each for each in controls if each is not None)):
        between(value, 0, 1e6, f"{place}.score")
    return Seam(data["score"], between(data["p"], 0, 1, f"{place}.p"),
                between(data["boundaries"], 0, len(plan.boundaries), f"{place}.boundaries"), *controls)


def reason_of(data: Mapping | None) -> Finding | None:
    """Why no seam was judged, in the words of this version; None where it has none for it."""
    if data is None or not _WORD.fullmatch(data["case"]) or not known(key := f"seam_reason_{data['case']}"):
        return None
    params = _said("verdicts", key, data["params"])
    return None if params is None else Finding(data["case"], params)


def seconds_of(data: Mapping, place: str) -> dict[str, float]:
    if len(data) > 40 or not all(_WORD.fullmatch(stage) for stage in data):
        raise Misfit(place)
    return {stage: between(value, 0, MOST_SECONDS, place) for stage, value in data.items()}


def provenance_of(data: Mapping, place: str) -> Provenance:
    digests, versions = data["weights_sha256"], data["versions"]
    if len(digests) > 16 or not all(_SHA256.fullmatch(digest) for digest in (*digests, data["clip_sha256"])):
        raise Misfit(f"{place}.weights_sha256")
    if len(versions) > 16 or not all(isinstance(each, str | None) for each in versions.values()):
        raise Misfit(f"{place}.versions")
    if data["seed"] is not None:
        between(data["seed"], -2**63, 2**63, f"{place}.seed")
    model = shown(data["model"], LONGEST)
    if not model:
        raise Misfit(f"{place}.model")
    compiled = data.get("compiled", [])
    if not isinstance(compiled, list) or len(compiled) > 40 or not all(
            isinstance(stage, str) and _WORD.fullmatch(stage) for stage in compiled):
        raise Misfit(f"{place}.compiled")
    return Provenance(
        model, tuple(digests), data["weights"] and display_name(data["weights"]), shown(data["device"], LONGEST),
        shown(data["dtype"], LONGEST), data["seed"], data["clip_sha256"],
        {shown(key, 20): value and shown(value, LONGEST) for key, value in versions.items()},
        compiled=tuple(compiled))


def between(value: Any, least: float, most: float, place: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise Misfit(place)
    return value


def series_of(values: Sequence[float | None], length: int, place: str) -> None:
    """Scores of so many frames, None where there is nothing to say."""
    if len(values) != length:
        raise Misfit(place)
    for value in values:
        if value is not None:
            between(value, -MOST_SCORE, MOST_SCORE, place)
