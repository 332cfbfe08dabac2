"""The tables of families.json: made from formulas that are held to what was measured, and read in two languages."""

import json
import shutil
import subprocess
from dataclasses import astuple, replace
from pathlib import Path

import pytest

from scripts import family_tables
from scripts.family_tables import FORMULAS, FRAMES, formula_of, groups, ladder
from vae_demo import bundle
from vae_demo.families import counts
from vae_demo.families.catalogue import raw
from vae_demo.families.tables import chunk_table
from vae_demo.layout.rule import FrameRule

FAMILIES_JS = "views/shared/families.js"
DATA = Path(__file__).parent / "data"
EXAMPLES = json.loads((DATA / "family_tables.json").read_text(encoding="utf-8"))
MEASURED = json.loads((DATA / "frame_counts.json").read_text(encoding="utf-8"))
MODES = {f"{family['key']}/{mode['key']}": mode for family in raw()["families"] for mode in family["modes"]}
FOUND = {name: formula_of(name, mode) for name, mode in MODES.items()}
RULED = {name: formula for name, formula in FOUND.items() if formula is not None}
READ = """
const examples = JSON.parse(require("fs").readFileSync(0, "utf8"));
const row = (found) => found && [found.latents, found.back, found.black];
console.log(JSON.stringify(examples.map(({table, rows}) => (
  {table, rows: Object.fromEntries(Object.keys(rows).map((n) => [n, row(countsBy(Number(n), table))]))}))));
"""
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the page's script")


def differing(name, formula):
    """Measured lengths that a formula gets wrong."""
    black = MEASURED["black"] if name == "allegro/default" else {}
    return [int(length) for length, pair in MEASURED["counts"][name].items()
            if (found := formula(int(length)))[:2] != tuple(pair) or found[2] != black.get(length, found[2])]


def test_the_file_is_what_the_formulas_make():
    written = family_tables.PATH.read_text(encoding="utf-8")
    assert family_tables.text(json.loads(written)) == written
    assert len(RULED) == 42 and set(FORMULAS) < set(RULED)


def test_a_table_that_was_touched_is_made_anew():
    data = raw()
    data["families"][0]["modes"][0]["table"]["body"][3] = [9, 9]
    assert family_tables.text(data) == family_tables.PATH.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", RULED)
def test_a_table_says_what_its_formula_says(name):
    for frames in (*range(1, FRAMES + 100), 65_537, 99_999, 100_000):
        assert astuple(counts(frames, MODES[name]["table"])) == RULED[name](frames), frames


@pytest.mark.parametrize("name", sorted(set(MODES) - set(RULED)))
def test_without_a_formula_the_table_is_what_was_measured_and_ends_there(name):
    table, rows = MODES[name]["table"], MEASURED["counts"][name]
    assert dict(zip(rows, table["prefix"], strict=True)) == rows
    assert list(rows) == [str(n) for n in range(1, len(rows) + 1)] and counts(len(rows) + 1, table) is None


def off(numbers):
    """The numbers of a formula, one of them a little more or less, two of them for each."""
    for key, value in numbers.items():
        if isinstance(value, FrameRule):
            yield from ([{**numbers, key: replace(value, stride=value.stride + more)}] for more in (1, 7))
        elif isinstance(value, int):
            yield [{**numbers, key: value + more} for more in (1, -2)]
        elif value:
            yield from ([{**numbers, key: (value[0] + more, value[1] + 1 - more)}] for more in (0, 1))


@pytest.mark.parametrize("name", RULED)
def test_a_formula_that_is_off_anywhere_is_caught(name):
    formula = RULED[name]
    assert differing(name, formula) == []
    changed = [[replace(formula, numbers=numbers) for numbers in pair] for pair in off(formula.numbers)]
    if formula.most:  # a stride shows in no table of single pictures
        changed = [[replace(formula, most=formula.most + 1)], [replace(formula, most=formula.most - 1)]]
    changed += [[replace(formula, **{limit: getattr(formula, limit) + 1})] for limit in ("least", "decodes_from")
                if getattr(formula, limit) > 1]
    changed += [[replace(formula, odd={key: row for key, row in formula.odd.items() if key != length})]
                for length in formula.odd]
    assert changed
    for pair in changed:
        assert any(differing(name, other) for other in pair), pair


@pytest.mark.parametrize(("name", "change"), [
    ("wan-2.1/default", {"rule": FrameRule(4, "alone", "refuse")}),
    ("hunyuanvideo-1.5/default", {"rule": FrameRule(4, "alone", "drop")}),
    ("mochi/default", {"rule": FrameRule(6, "fill", "keep")}), ("open-sora-1.3/17", {"chunk": None}),
    ("open-sora-1.2/17", {"chunk": None}), ("cosmos/time-8", {"shift": 7}), ("cosmos/time-4", {"shift": 0}),
])
def test_the_rule_of_a_neighbour_is_caught(name, change):
    assert differing(name, replace(RULED[name], numbers={**RULED[name].numbers, **change}))
    assert differing("taehv/4x", FORMULAS["taehv/cvx"])


def test_a_table_is_the_shortest_there_is():
    assert family_tables.table(family_tables.Formula(groups, {"rule": FrameRule(), "chunk": 16})) == {
        "prefix": [], "body": [(1, 1), (1, 2), (1, 3), (1, 4)], "step": (1, 4)}
    late = family_tables.Formula(ladder, FORMULAS["taehv/4x"].numbers, odd={3: (None, None)})
    assert [len(part) for part in family_tables.table(late).values()] == [3, 4, 2]


@pytest.mark.parametrize("size", [1, 4, 17, 18, 21])
def test_a_free_chunk_size_has_the_table_of_its_formula(size):
    for rule in (FrameRule(), FrameRule(4, "alone", "drop")):
        table = chunk_table(rule, size)
        for frames in range(1, 200):
            found = counts(frames, table)
            assert (found.latents, found.back) == groups(frames, rule, size)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_reads_as_it_should(example):
    for frames, row in example["rows"].items():
        found = counts(int(frames), example["table"])
        assert (found and list(astuple(found))) == row, frames


def read_by_node(right="", wrong=""):
    """What the browser's reader makes of the examples, with one piece of it replaced."""
    def read(path):
        found = bundle.read(path)
        return replace(found, body=found.body.replace(right, wrong)) if right else found

    script = bundle.bundle(FAMILIES_JS, "page", read) + "const {countsBy} = page;"
    done = subprocess.run(["node", "-e", script + READ], input=json.dumps(EXAMPLES), capture_output=True, text=True,
                          check=True)
    return json.loads(done.stdout)


@needs_node
def test_the_browser_reads_the_same():
    assert read_by_node() == EXAMPLES


@needs_node
@pytest.mark.parametrize(("right", "wrong"), [
    ("prefix.length - 1", "prefix.length"), ("value === null ? null : ", ""), ("turns * step[i]", "step[i]"),
    ("if (!body.length) return null;", "if (!body.length) return countsIn(prefix[0]);"), ("black = 0", "black = 1"),
    ("frames <= prefix.length", "frames < prefix.length"),
])
def test_the_examples_notice_a_wrong_reader(right, wrong):
    assert bundle.read(FAMILIES_JS).body.count(right) == 1
    try:
        assert read_by_node(right, wrong) != EXAMPLES
    except subprocess.CalledProcessError as error:
        assert "TypeError" in error.stderr
