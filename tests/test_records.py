"""Variants are read the way people type them; records save and load without loss or NaN."""

import json
import math
from dataclasses import replace

import pytest
from fabricated import comparison, made_by
from hypothesis import given
from hypothesis import strategies as st

from vae_demo import assets
from vae_demo.examples import EXAMPLES
from vae_demo.layout.variant import Variant, parse_variants
from vae_demo.refusal import Refusal
from vae_demo.results.comparison import Comparison, load_comparison
from vae_demo.results.inspection import Inspection
from vae_demo.results.rerun import command_line
from vae_demo.results.scores import SCORES, Scores
from vae_demo.results.sweep import Sweep, load_sweep


@pytest.mark.parametrize(("text", "variant"), [
    ("17", Variant(17, 17)),
    (" 17 ", Variant(17, 17)),
    ("whole", Variant(None, None)),
    ("Whole", Variant(None, None)),
    ("17:16", Variant(17, 16)),
    ("17→16", Variant(17, 16)),
    ("17->16", Variant(17, 16)),
    ("17 -> 16", Variant(17, 16)),
    ("17:whole", Variant(17, None)),
    ("whole:17", Variant(None, 17)),
    ("17:16:fit", Variant(17, 16, True)),
    ("17→16 fit", Variant(17, 16, True)),
    ("17:17", Variant(17, 17)),
])
def test_reads_every_spelling(text, variant):
    assert Variant.read(text) == variant


@pytest.mark.parametrize("text", [
    "", "x", "17:", ":17", "0", "-3", "1.5", "17:16:18", "17:16:fit:fit", "17:17:fit", "whole:whole:fit", "1e3",
    "٣", "9999999", "<b>17</b>", "17;rm", "17:0",
])
def test_refuses_what_is_not_a_variant_in_one_sentence(text):
    with pytest.raises(Refusal) as error:
        Variant.read(text)
    assert "\n" not in str(error.value) and error.value.case


sizes = st.one_of(st.none(), st.integers(1, 999_999))


@given(sizes, sizes, st.booleans())
def test_label_and_spelling_read_back(encode, decode, fit):
    variant = Variant(encode, decode, fit and encode != decode)
    assert Variant.read(variant.label) == variant
    assert Variant.read(variant.spelling) == variant


def test_lists_drop_repeats_and_refuse_too_many():
    assert parse_variants("17,16,17,") == (Variant(17, 17), Variant(16, 16))
    with pytest.raises(Refusal, match="at most 2"):
        parse_variants("15,16,17", most=2)
    with pytest.raises(Refusal, match="at least one"):
        parse_variants(" , ")


def test_scores_refuse_nan_and_ragged_series():
    with pytest.raises(ValueError, match="not finite"):
        Scores({"psnr": [math.nan], "ssim": [1.0]})
    with pytest.raises(ValueError, match="one entry per frame"):
        Scores({"psnr": [30.0, 31.0], "ssim": [1.0]})


def test_means_and_worst_leave_out_what_is_unknown():
    scores = Scores({"psnr": [30.0, None, 20.0], "ssim": [0.9, None, 0.7], "temporal_step": [None, None, 2.0]})
    assert scores.means == {"psnr": 25.0, "ssim": pytest.approx(0.8), "temporal_step": 2.0}
    assert (scores.worst, scores.worst_frame) == (20.0, 2)
    empty = Scores.unknown(1)
    assert list(empty) == list(SCORES) and empty.means["psnr"] is None
    assert empty.worst is None and empty.worst_frame is None


def test_saved_comparison_loads_back_as_the_same_mapping_and_the_same_record(tmp_path):
    path = tmp_path / "comparison.json"
    made, _ = comparison(20, ("17", "16", "17:16:fit", "whole"), seed=3)
    made.save(path)
    loaded = load_comparison(path)
    assert loaded == json.loads(json.dumps(made.to_json())) == Comparison.from_json(loaded).to_json()
    variant = loaded["variants"][2]
    assert (variant["label"], variant["encode"], variant["decode"], variant["fit"]) == ("17→16 fit", "17", "16", True)
    assert variant["pads_shown"] == 3 and variant["lost_frames"] == [17, 18, 19]
    assert Comparison.from_json(loaded).variants[2].plan == made.variants[2].plan


def test_a_saved_example_is_the_record_it_loads_as():
    """What the page opens with, read by the code of today."""
    for name, example in EXAMPLES.items():
        folder = assets.EXAMPLES / name
        if example.kind == "inspection":
            kind, saved = Inspection, json.loads((folder / "inspection.json").read_text(encoding="utf-8"))
        elif example.kind == "sweep":
            kind, saved = Sweep, load_sweep(folder)
        else:
            kind, saved = Comparison, load_comparison(folder / "comparison.json")
        assert kind.from_json(saved).to_json() == saved, name


def test_weights_that_are_not_the_models_own_are_named_wherever_the_record_goes():
    made, _ = comparison(20, ("17",))
    own, others = (replace(made.variants[0], provenance=made_by(weights=name)) for name in (None, "tiny-mixed.st"))
    assert "--weights" not in replace(made, variants=(own,)).to_json()["provenance"]["command"]
    told = replace(made, variants=(others,)).to_json()
    assert told["provenance"]["weights"] == told["variants"][0]["provenance"]["weights"] == "tiny-mixed.st"
    assert "--weights tiny-mixed.st" in told["provenance"]["command"] == command_line(told)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 0}', "not json"])
def test_foreign_files_are_refused_with_one_sentence(tmp_path, text):
    path = tmp_path / "comparison.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="run it again") as error:
        load_comparison(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("name", "word"), [
    ("-o.safetensors", "./-o.safetensors"), ("a b;rm.safetensors", "'a b;rm.safetensors'"),
    ("a\nb.safetensors", "ab.safetensors")])
def test_a_name_of_weights_is_one_word_of_the_line_that_repeats_a_run(name, word):
    made, _ = comparison(20, ("17",))
    told = replace(made, variants=(replace(made.variants[0], provenance=made_by(weights=name)),)).to_json()
    assert f"--weights {word} " in told["provenance"]["command"]
