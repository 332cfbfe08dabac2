"""SECURITY.md names every limit with its default, and nothing that is not there."""

import re
from dataclasses import fields
from pathlib import Path

from vae_demo.clips import Limits
from vae_demo.models import published
from vae_demo.views.serving.bounds import PREFIX, Bounds
from vae_demo.views.serving.offered import ALWAYS, VARIABLE

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
# What a model needs of a clip, no bound on what anybody sends.
ASKED_FOR = ("min_side", "multiple")
UNITS = {"GB": 1e9, "MB": 1e6}


def told(text):
    """The number a cell of the table says."""
    number, _, unit = text.partition(" ")
    return float(number) * UNITS.get(unit, 1)


def test_every_bound_is_there_with_its_default():
    rows = dict(re.findall(rf"^\| `{PREFIX}(\w+)` \| ([^|]+?) \|", PAGE, re.M))
    assert rows.keys() == {field.name.upper() for field in fields(Bounds)}
    assert {name: told(text) for name, text in rows.items()} == {
        field.name.upper(): float(field.default) for field in fields(Bounds)}


def test_every_limit_of_a_file_is_there_with_its_default():
    rows = {}
    for names, texts in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ([^|]+?) \|", PAGE, re.M):
        rows.update(zip(re.findall(r"`(\w+)`", names), texts.split(", "), strict=True))
    limits = {field.name: field.default for field in fields(Limits)}
    assert {name: told(text) for name, text in rows.items() if not name.startswith(PREFIX)} == {
        name: float(value) for name, value in limits.items() if name not in ASKED_FOR}


def test_what_it_says_of_weights_is_so():
    assert f"at most {published.MOST_CONFIG // 1000} kB" in PAGE and f"at most {published.MOST_SHARDS}, and" in PAGE
    for name in (published.CONFIG, published.WEIGHTS, VARIABLE):
        assert f"`{name}`" in PAGE
    assert [f"`{name}`" in PAGE for name in ALWAYS] == [True]


def test_what_it_says_in_seconds_and_minutes_is_so():
    assert f"{Bounds().unheard_s:g} seconds" in PAGE and f"{Bounds().grace_s / 60:g} minutes" in PAGE


def test_what_it_tells_to_run_is_there():
    for path in re.findall(r"^python (\S+\.py)", PAGE, re.M):
        assert (ROOT / path).is_file(), path
