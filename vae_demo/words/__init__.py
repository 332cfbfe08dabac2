"""Every sentence people read, in English and Chinese, as one table of keys.

The table is the union of the JSON files in this package: {"key": {"en": form, "zh": form}}. A form is
a text with {name} placeholders, or texts by number: {"one", "other"} and exact numbers ("0", "2").
The number is the parameter `n`; where the chosen form is again a set of forms, the next one is `m`.
So "12 pads …, and 1 frame is lost" needs no grammar, only two numbers. `say.js` is the same in the browser.

Only the standard library is used: the command line and the planner speak without loading anything heavy.
"""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "zh")
NUMBERS = ("n", "m")

Form = str | dict


def say(lang: str, key: str, /, **params: object) -> str:
    """The sentence `key` in `lang`. Raises KeyError for an unknown key, language or missing parameter."""
    return pick(_table()[key][lang], params).format(**params)


def table(*names: str) -> dict[str, dict[str, Form]]:
    """The table, both languages; a copy, for the page and for tests. names: only these files, `player` say."""
    return json.loads(json.dumps(merge({name: _files()[name] for name in names or _files()})))


def names() -> tuple[str, ...]:
    """The files of the table."""
    return tuple(_files())


def english(name: str) -> dict[str, str]:
    """The sentences of a file whose keys share their first word and need no number: the rest of the key -> English."""
    return {key.partition("_")[2]: forms["en"] for key, forms in _files()[name].items()}


def known(key: str) -> bool:
    """Whether the table has this key."""
    return key in _table()


def pick(form: Form, params: dict[str, object]) -> str:
    """The text for these numbers: an exact number first, then `one` for 1, then `other`."""
    for name in NUMBERS:
        if isinstance(form, str):
            break
        number = params[name]
        exact = form.get(str(number))
        form = exact if exact is not None else form["one" if number == 1 and "one" in form else "other"]
    return form


def texts(form: Form) -> Iterator[str]:
    """Every text in a form, whatever the numbers."""
    if isinstance(form, str):
        yield form
    else:
        for part in form.values():
            yield from texts(part)


def placeholders(form: Form) -> set[str]:
    """The {names} that a form may ask for."""
    return {name for text in texts(form) for _, name, _, _ in string.Formatter().parse(text) if name}


def merge(parts: dict[str, dict[str, dict[str, Form]]]) -> dict[str, dict[str, Form]]:
    """One table out of several files. Raises ValueError where two files define the same key."""
    merged: dict[str, dict[str, Form]] = {}
    for name, part in parts.items():
        if twice := merged.keys() & part.keys():
            raise ValueError(f"{name} defines again: {', '.join(sorted(twice))}")
        merged |= part
    return merged


def read_strict(text: str) -> dict:
    """JSON that refuses a key written twice, which json.loads would drop in silence."""
    def pairs(items: list[tuple[str, object]]) -> dict:
        found = dict(items)
        if len(found) != len(items):
            raise ValueError(f"written twice: {sorted(k for k, _ in items if sum(k == o for o, _ in items) > 1)[0]}")
        return found
    return json.loads(text, object_pairs_hook=pairs)


@cache
def _files() -> dict[str, dict[str, dict[str, Form]]]:
    parts = sorted((f for f in files(__name__).iterdir() if f.name.endswith(".json")), key=lambda f: f.name)
    return {f.name.removesuffix(".json"): read_strict(f.read_text(encoding="utf-8")) for f in parts}


@cache
def _table() -> dict[str, dict[str, Form]]:
    return merge(_files())
