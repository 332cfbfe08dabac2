"""The one grammar of a variant, in Python and in the browser, on one table of examples."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_demo.bundle import bundle
from vae_demo.layout.cuts import CHUNKS as OURS
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import JOINS, Cut, Variant, parse_variants
from vae_demo.refusal import Refusal

EXAMPLES = json.loads((Path(__file__).parent / "data" / "variants.json").read_text(encoding="utf-8"))
# As long as anybody types, one more, and what a pattern that looks at it all would be busy with for minutes.
EXAMPLES += [{"text": 98 * " " + "17", "label": "17", "spelling": "17", "offered": True}] + [
    {"text": text, "case": "unreadable_variant"}
    for text in (99 * " " + "17", 400_000 * " " + "x", "17" + 400_000 * " " + ":16", 400_000 * "1", 200_000 * "17:")]
SCRIPT = """
const {readAnyVariant, variantLabel, spelled} = variants, {checkOffered, CHUNKS} = cuts, {OPEN_SORA} = frames;
const examples = JSON.parse(require("fs").readFileSync(0, "utf8"));
const told = (read, text) => { try { return read(text); } catch (error) { return {case: error.case}; } };
console.log(JSON.stringify(examples.map(({text}) => {
  const found = told(readAnyVariant, text);
  if (found.case) return {text, case: found.case};
  const label = variantLabel(found), runs = told(() => checkOffered(found, OPEN_SORA, CHUNKS, "it"), text) || {};
  return {text, label, spelling: spelled(label), offered: runs.case !== "variant_not_offered"};
})));
"""


def offered(variant):
    """By a model that cuts nothing by itself."""
    try:
        OURS.check(variant, FrameRule(), "it")
    except Refusal as error:
        assert error.case == "variant_not_offered" and "17, 17:16, whole" in str(error)
        return False
    return True


def read(text):
    try:
        found = Variant.read(text)
    except Refusal as error:
        return {"text": text, "case": error.case}
    return {"text": text, "label": found.label, "spelling": found.spelling, "offered": offered(found)}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["text"][-20:])
def test_every_example_reads_as_it_should(example):
    assert read(example["text"]) == example


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the page's script")
def test_the_browser_reads_the_same():
    code = "".join(bundle(f"views/shared/{name}.js", name) for name in ("frames", "variants", "cuts")) + SCRIPT
    done = subprocess.run(["node", "-e", code], input=json.dumps(EXAMPLES), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == EXAMPLES


NUMBERS = st.integers(1, 999_999)
CHUNKS = NUMBERS.map(Cut.of) | st.just(Cut.of(None))
WINDOWS = st.tuples(st.integers(2, 999_999), st.randoms()).map(
    lambda drawn: Cut("window", drawn[0], drawn[1].randint(1, drawn[0] - 1)))


@given(st.tuples(CHUNKS, CHUNKS) | WINDOWS.map(lambda cut: (cut, cut)), st.sampled_from((None, *JOINS)), st.booleans())
def test_label_and_spelling_read_back(cuts, join, fit):
    given = Variant(*cuts, fit=fit and cuts[0] != cuts[1],
                    join=join if {cut.kind for cut in cuts} <= {"chunk", "window"} else None)
    assert Variant.read(given.label) == Variant.read(given.spelling) == given


def test_plain_numbers_are_cuts():
    assert Variant(17, None) == Variant(Cut("chunk", 17), Cut("whole"))
    assert hash(Variant(17, 17)) == hash(Variant.read("17"))


@pytest.mark.parametrize(("text", "case"), [
    (400_000 * " ", "no_variant"), (400_000 * ",", "no_variant"), (201 * "17,", "too_many_variants"),
    (100_000 * "17,", "too_many_variants"), ("17," + 400_000 * " " + "x", None), ("17,16，17", None),
])
def test_a_list_is_taken_apart_without_being_believed(text, case):
    if case is None:
        assert {each.label for each in parse_variants(text.replace("x", "16"), most=6)} == {"17", "16"}
    else:
        with pytest.raises(Refusal) as error:
            parse_variants(text, most=6)
        assert error.value.case == case
