"""What JSON must look like before anybody draws it: a form is written as the value itself is.

    {"n": int, "rows": [{"size": str}], "tail": Maybe(float)}

A float also takes whole numbers; no number takes True. Of a mapping only the keys of the form are looked at.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Maybe:
    """The form, or null."""

    form: Any


def misfit(value: Any, form: Any, place: str = "") -> str | None:
    """Where a value does not have the form, as a path like variants.0.psnr.3; None where it has."""
    if isinstance(form, Maybe):
        return None if value is None else misfit(value, form.form, place)
    if isinstance(form, dict):
        if not isinstance(value, dict):
            return place or "all of it"
        return next((found for key, part in form.items()
                     if (found := misfit(value.get(key, _NOTHING), part, f"{place}.{key}".lstrip(".")))), None)
    if isinstance(form, list):
        if not isinstance(value, list):
            return place or "all of it"
        # Most of a saved result are long lists of numbers, and nearly all are good: one look at the kinds in them.
        if {*map(type, value)} <= _kinds(form[0]):
            return None
        return next((found for at, item in enumerate(value) if (found := misfit(item, form[0], f"{place}.{at}"))), None)
    kinds = tuple(_kinds(form))
    return None if isinstance(value, kinds) and (form is bool or not isinstance(value, bool)) else place or "all of it"


def _kinds(form: Any) -> set[type]:
    """The kinds of a plain value that have the form; none where it is a list or a mapping."""
    if isinstance(form, Maybe):
        return kinds | {type(None)} if (kinds := _kinds(form.form)) else kinds
    return set() if isinstance(form, (dict, list)) else {int, float} if form is float else {form}


_NOTHING = object()


def read_json(path: Path) -> Any:
    """JSON as the standard has it. Raises ValueError or OSError; also for NaN, and for what is nested too deep."""
    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no number")

    try:
        return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
