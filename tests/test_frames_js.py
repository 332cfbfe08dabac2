"""The browser's frames.js against layout/, number by number, on a grid of lengths, sizes and rules."""

import itertools
from dataclasses import asdict, replace

import pytest

from vae_demo import bundle
from vae_demo.layout.chunks import latent_count
from vae_demo.layout.plan import plan
from vae_demo.layout.rule import FrameRule
from vae_demo.refusal import Refusal

pytestmark = pytest.mark.browser

FRAMES_JS = "views/shared/frames.js"
LENGTHS = (1, 2, 3, 5, 8, 16, 17, 18, 33, 35, 51, 73)
SIZES = (None, 1, 3, 4, 16, 17, 18)
FEW_SIZES = (None, 4, 8, 17)
RULES = (
    FrameRule(4, "alone", "drop"), FrameRule(4, "alone", "refuse"), FrameRule(6, "alone", "drop"),
    FrameRule(8, "alone", "refuse"), FrameRule(8, "fill", "keep"), FrameRule(1, "fill", "keep"),
    FrameRule(4, "paired", "drop"),
)
KEYS = ("frames_in", "latents", "encoded_latents", "frames_out", "slots", "pads_shown", "lost_frames", "boundaries",
        "encode_chunks", "decode_chunks", "rule", "borders", "latent_slots")
ASK = """cases => cases.map(([frames, encode, decode, rule, fit]) => {
  try {
    return {...planFrames(frames, encode, decode, rule, fit), latent_count: latentCount(frames, decode, rule)};
  } catch (error) {
    return {case: error.case ?? String(error), params: error.params ?? null};
  }
})"""


def grid():
    default = FrameRule()
    yield from ((t, e, d, default, fit) for t, e, d, fit in itertools.product(LENGTHS, SIZES, SIZES, (False, True)))
    yield from ((t, e, d, rule, False) for t, e, d, rule in itertools.product(LENGTHS, FEW_SIZES, FEW_SIZES, RULES))
    yield from ((t, e, d, default, False) for t, e, d in ((0, 17, 17), (100_001, 17, 17), (9, 0, 4), (9, 4, 100_001)))


def expected(frames, encode, decode, rule, fit):
    try:
        found = plan(frames, encode, decode, rule, fit).to_json()
        return {key: found[key] for key in KEYS} | {"latent_count": latent_count(frames, decode, rule)}
    except Refusal as error:
        return {"case": error.case, "params": error.params}


def twin(right="", wrong=""):
    """The browser's script, with one piece of it replaced."""
    def read(path):
        found = bundle.read(path)
        return replace(found, body=found.body.replace(right, wrong)) if right else found

    return bundle.bundle(FRAMES_JS, "twin", read) + "const {planFrames, latentCount} = twin;"


def answers(browser, script, cases):
    page = browser.new_page()
    try:
        page.add_script_tag(content=script)
        asked = [[t, e, d, asdict(rule), fit] for t, e, d, rule, fit in cases]
        return [{key: value for key, value in answer.items() if key not in ("encode", "decode", "fit")}
                for answer in page.evaluate(ASK, asked)]
    finally:
        page.close()


def test_same_plan_as_python_everywhere(browser):
    cases = list(grid())
    wanted = [expected(*case) for case in cases]
    assert sum("slots" in want for want in wanted) > 1500
    assert {want["case"] for want in wanted if "case" in want} == {
        "length_refused", "frames_range", "size_range", "fit_same"}
    for case, got, want in zip(cases, answers(browser, twin(), cases), wanted, strict=True):
        assert got == want, case


@pytest.mark.parametrize(("right", "wrong"), [
    ("modulo(-length, rule.stride)", "modulo(length, rule.stride)"),
    ("Math.min(size, remaining)", "Math.min(size, Math.max(remaining, 0))"),
    ("Math.min(latentCount(frames, decode, rule), written.length)", "written.length"),
])
def test_the_grid_notices_a_wrong_twin(browser, right, wrong):
    assert right in bundle.read(FRAMES_JS).body
    cases = [case for case in grid() if case[0] == 35 and case[3] == FrameRule()]
    got = answers(browser, twin(right, wrong), cases)
    assert any(answer != expected(*case) for answer, case in zip(got, cases, strict=True))
