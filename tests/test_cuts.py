"""Cuts that models make by themselves, in whole numbers, and their twin in the browser."""

import itertools
import json
import shutil
import subprocess
from dataclasses import replace

import pytest

from vae_demo.bundle import bundle
from vae_demo.layout.cuts import CHUNKS, MOST_BATCH, Cuts, n_pieces, pieces
from vae_demo.layout.plan import MAX_CHUNKS, MAX_FRAMES, Plan, plan_of
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import LONGEST, Cut, Variant
from vae_demo.refusal import Refusal

DROPS, REFUSES, PARITY = FrameRule(4, "alone", "drop"), FrameRule(4, "alone", "refuse"), FrameRule(4, "parity", "keep")
TILES = Cuts(("own", "whole", "tile", "chunk"), Cut("tile", 16, 12))
RESTS = Cuts(("own", "whole", "batch", "chunk"), Cut("batch", 8), "rest", 8)
ONES = Cuts(("own", "whole", "batch", "chunk"), Cut("batch", 4), "one", 4)
LONG = Cuts(("own", "tile", "chunk"), Cut("whole"))


@pytest.mark.parametrize(("frames", "cut", "lead", "encoder", "decoder"), [
    (33, "tile16/12", "one", [17, 17, 9], [5, 5, 3]), (33, "tile16/8", "one", [17, 17, 17, 9, 1], [5, 5, 5, 3, 1]),
    (33, "tile32/24", "one", [33, 9], [9, 3]), (33, "tile20/4", "one", [21, 21, 21, 21, 17, 13, 9, 5, 1],
                                                [6, 6, 6, 6, 5, 4, 3, 2, 1]),
    (16, "tile16/12", "one", [16], [4]), (17, "tile16/12", "one", [17, 5], [5, 2]),
    (33, "batch8", "rest", [9, 8, 8, 8], [3, 2, 2, 2]), (33, "batch16", "rest", [17, 16], [5, 4]),
    (5, "batch8", "rest", [5], [2]), (33, "batch4", "one", [1, *8 * [4]], 9 * [1]),
    (33, "batch16", "one", [1, 16, 16], [1, 4, 4]), (33, "whole", "one", [33], [9]),
])
def test_calls_are_those_that_were_measured(frames, cut, lead, encoder, decoder):
    """Of diffusers 0.42.1: what HunyuanVideo, CogVideoX and EasyAnimate gave to their networks."""
    read, rule = Cut.read(cut), PARITY if lead == "rest" else DROPS
    cuts = Cuts(("own",), read, lead)
    assert list(cuts.encode_calls(frames, read, rule)) == encoder
    assert list(cuts.decode_calls(rule.latents(frames), read, rule)) == decoder


@pytest.mark.parametrize(("text", "rule", "cuts", "latents", "out", "borders"), [
    ("own", DROPS, TILES, 13, 49, (13, 25, 37)), ("whole", DROPS, TILES, 13, 49, ()),
    ("17", DROPS, TILES, 15, 51, (17, 34)), ("16", DROPS, TILES, 13, 40, (13, 26, 39)),
    ("18", DROPS, TILES, 14, 47, (17, 34)), ("17:whole", DROPS, TILES, 15, 57, ()),
    ("17:own", DROPS, TILES, 15, 57, (13, 25, 37, 49)), ("tile32/24", DROPS, TILES, 13, 49, (25,)),
    ("own", DROPS, ONES, 13, 49, ()), ("batch16", DROPS, ONES, 13, 49, (1, 17, 33)),
    ("own", PARITY, RESTS, 13, 49, (9, 17, 25, 33, 41)), ("16", PARITY, RESTS, 13, 49, (16, 32, 48)),
    ("18", PARITY, RESTS, 14, 50, (17, 34)), ("17:whole", PARITY, RESTS, 15, 57, ()),
    ("own", DROPS, LONG, 13, 49, ()),
])
def test_what_51_frames_become(text, rule, cuts, latents, out, borders):
    found = plan_of(51, Variant.read(text), rule, cuts)
    assert (found.latents, found.frames_out, found.boundaries) == (latents, out, borders)
    assert Plan.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert sum(chunk.stop - chunk.start for chunk in found.decode_chunks) == out
    held = [slot for latent in found.latent_slots for slot in latent if slot is not None]
    assert sum(chunk.used for chunk in found.encode_chunks) == len(held)


def test_a_chunk_of_ours_is_whole_inside_where_the_model_can():
    chunk = Cut.of(17)
    assert TILES.inside(chunk) == RESTS.inside(chunk) == Cut("whole")
    streaming = Cuts(("own", "chunk"), Cut("batch", 4))
    assert streaming.inside(chunk) == Cut("batch", 4) and TILES.inside(Cut("own")) == Cut("tile", 16, 12)
    assert ONES.encode_calls(33, Cut("whole"), DROPS) == (1, 32)
    assert RESTS.encode_calls(33, Cut("whole"), DROPS) == (33,)
    assert streaming.encode_calls(18, streaming.inside(chunk), DROPS) == (1, 4, 4, 4, 4)


def test_an_even_number_of_latents_is_decoded_without_a_crop():
    found = plan_of(5, Variant.read("own"), PARITY, RESTS)
    assert found.slots == (None, None, None, 0, 1, 2, 3, 4)
    found = plan_of(51, Variant.read("own"), PARITY, RESTS)
    assert found.slots == tuple(range(2, 51)) and found.lost_frames == (0, 1)


@pytest.mark.parametrize("latents", range(1, 40))
@pytest.mark.parametrize("cut", ["tile16/12", "tile16/16", "tile8/4", "batch8", "batch16"])
def test_pieces_open_in_order_and_no_more_of_them_than_calls(latents, cut):
    for lead in ("one", "rest"):
        found = pieces(latents, Cut.read(cut), DROPS, lead)
        assert found[0] == 0 and list(found) == sorted(set(found)) and found[-1] < max(latents, 1)
        assert len(found) == n_pieces(latents, Cut.read(cut), DROPS, lead)
        assert len(found) <= len(Cuts((), None, lead).decode_calls(latents, Cut.read(cut), DROPS))


@pytest.mark.parametrize(("text", "cuts", "rule", "case"), [
    ("own", CHUNKS, DROPS, "variant_not_offered"), ("17:cache", TILES, DROPS, "variant_not_offered"),
    ("17/13", TILES, DROPS, "variant_not_offered"), ("batch8", TILES, DROPS, "variant_not_offered"),
    ("wan@17", TILES, DROPS, "variant_not_offered"), ("whole", LONG, DROPS, "variant_not_offered"),
    ("tile16/10", TILES, DROPS, "cut_multiple"), ("tile17/12", TILES, DROPS, "cut_multiple"),
    ("tile16/12:whole", TILES, DROPS, None), ("17:tile16/12", TILES, DROPS, None),
    ("batch12", RESTS, PARITY, "cut_multiple"), ("batch4", RESTS, PARITY, "cut_multiple"),
    ("batch16", RESTS, PARITY, None), ("batch6", ONES, REFUSES, "cut_multiple"),
    ("tile16/8", LONG, FrameRule(8, "alone", "drop"), None),
    ("tile16/12", LONG, FrameRule(8, "alone", "drop"), "cut_multiple"),
])
def test_what_a_model_would_get_wrong_in_silence_is_refused(text, cuts, rule, case):
    try:
        cuts.check(Variant.read(text), rule, "it")
    except Refusal as error:
        assert error.case == case
    else:
        assert case is None


def test_cuts_read_back_and_foreign_ones_are_checked():
    for cuts in (CHUNKS, TILES, RESTS, ONES, LONG):
        assert Cuts.from_json(json.loads(json.dumps(cuts.to_json()))) == cuts
    assert Cuts.from_json({**TILES.to_json(), "more": "</script>"}) == TILES
    assert Cuts.from_json({**RESTS.to_json(), "batch": MOST_BATCH}).batch == MOST_BATCH


DEEP = [1]
for _ in range(900):
    DEEP = [DEEP]
# What a stranger may write in place of each: also read by test_foreign.py.
HOSTILE_CUTS = [
    *(("batch", value) for value in (0, False, True, 0.0, 1.5, "4", None, [1], {}, -4, 10**9, MOST_BATCH + 1)),
    *(("lead", value) for value in ({"a": "b"}, DEEP, ["one"], "</script>", "", None, 5, "one" * 10**5)),
    *(("kinds", value) for value in (
        ["own", "own"], [1, 2], [["own"]], ["own", "zzz"], ["own", None], {"own": 1}, "own", None, 5, ["own"] * 10**5)),
    *(("own", value) for value in (
        5, [], {}, False, "", "17", "own", "segment8", "17/13", ["tile16/12"], "x" * 10**5,
        " " * LONGEST + "tile16/12")),
]


@pytest.mark.parametrize(("key", "value"), HOSTILE_CUTS, ids=[f"{k}-{str(v)[:20]}" for k, v in HOSTILE_CUTS])
def test_cuts_of_a_stranger_are_those_of_some_model_or_refused(key, value):
    with pytest.raises(ValueError):
        Cuts.from_json({**TILES.to_json(), key: value})


@pytest.mark.parametrize("key", ["kinds", "own", "lead", "batch"])
def test_cuts_that_lack_something_are_refused(key):
    with pytest.raises(LookupError):
        Cuts.from_json({name: value for name, value in TILES.to_json().items() if name != key})


MANY = Cuts(("own", "whole", "tile", "batch", "chunk"), Cut("tile", 8, 4), "one", 4)


@pytest.mark.parametrize(("text", "lead", "side", "count"), [
    ("tile4/4", "one", "encode", 24_999), ("whole:tile4/4", "one", "decode", 24_999), ("own", "one", "encode", 24_999),
    ("17:tile4/4", "one", "decode", 29_411), ("batch8", "one", "encode", 12_501), ("batch8", "rest", "encode", 12_500),
])
def test_no_more_pieces_are_planned_than_chunks(text, lead, side, count):
    with pytest.raises(Refusal) as error:
        plan_of(MAX_FRAMES, Variant.read(text), DROPS, replace(MANY, lead=lead))
    assert error.value.case == "too_many_chunks" and count > MAX_CHUNKS
    told = error.value.params
    assert (told["side"], told["count"], told["most"]) == (side, count, MAX_CHUNKS)
    assert told["size"] in (text.split(":")[-1], str(MANY.own))


TEXTS = ("own", "whole", "17", "16", "17:16", "17:16:fit", "17:own", "own:17", "tile16/12", "tile32/8:whole", "batch8",
         "batch16", "17:whole:fit", "tile16/10", "17/13", "whole:own")
RULES = (DROPS, REFUSES, PARITY, FrameRule(8, "alone", "drop"), FrameRule())
SCRIPT = """
const {readAnyVariant} = variants, {checkOffered, planVariant} = cuts;
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map(([frames, text, rule, cuts]) => {
  try {
    const variant = readAnyVariant(text);
    checkOffered(variant, rule, cuts, "it");
    return planVariant(frames, variant, rule, cuts);
  } catch (error) {
    return {case: error.case ?? String(error), params: error.params};
  }
})));
"""


def told(frames, text, rule, cuts):
    try:
        cuts.check(variant := Variant.read(text), rule, "it")
        return plan_of(frames, variant, rule, cuts).to_json()
    except Refusal as error:
        return {"case": error.case, "params": error.params}


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the page's script")
def test_the_browser_plans_the_same():
    asked = list(itertools.product((1, 5, 16, 17, 33, 34, 51), TEXTS, RULES, (CHUNKS, TILES, RESTS, ONES, LONG)))
    many = [(MAX_FRAMES, text, DROPS, replace(MANY, lead=lead)) for lead in ("one", "rest")
            for text in ("tile4/4", "whole:tile8/4", "own", "17:own", "batch8", "whole:batch8")]
    assert {told(*case)["case"] for case in many} == {"too_many_chunks"}
    asked += many
    script = "".join(bundle(f"views/shared/{name}.js", name) for name in ("variants", "cuts")) + SCRIPT
    given = [[frames, text, vars(rule), cuts.to_json()] for frames, text, rule, cuts in asked]
    done = subprocess.run(["node", "-e", script], input=json.dumps(given), capture_output=True, text=True, check=True)
    for case, found in zip(asked, json.loads(done.stdout), strict=True):
        assert found == json.loads(json.dumps(told(*case))), case[:2]
