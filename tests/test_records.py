"""Variants are read the way people type them; records save and load without loss or NaN."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_demo.layout.plan import plan
from vae_demo.layout.variant import Variant, parse_variants
from vae_demo.records import Comparison, FrameErrors, Reconstruction, load_comparison
from vae_demo.refusal import Refusal


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
    assert Variant.parse(text) == variant


@pytest.mark.parametrize("text", [
    "", "x", "17:", ":17", "0", "-3", "1.5", "17:16:18", "17:16:fit:fit", "17:17:fit", "whole:whole:fit", "1e3",
    "٣", "9999999", "<b>17</b>", "17;rm", "17:0",
])
def test_refuses_what_is_not_a_variant_in_one_sentence(text):
    with pytest.raises(Refusal) as error:
        Variant.parse(text)
    assert "\n" not in str(error.value) and error.value.case


sizes = st.one_of(st.none(), st.integers(1, 999_999))


@given(sizes, sizes, st.booleans())
def test_label_and_spelling_read_back(encode, decode, fit):
    variant = Variant(encode, decode, fit and encode != decode)
    assert Variant.parse(variant.label) == variant
    assert Variant.parse(variant.spelling) == variant


def test_lists_drop_repeats_and_refuse_too_many():
    assert parse_variants("17,16,17,") == (Variant(17, 17), Variant(16, 16))
    with pytest.raises(Refusal, match="at most 2"):
        parse_variants("15,16,17", most=2)
    with pytest.raises(Refusal, match="at least one"):
        parse_variants(" , ")


def test_scores_refuse_nan_and_ragged_series():
    with pytest.raises(ValueError, match="not finite"):
        FrameErrors((math.nan,), (1.0,), (0.0,), (None,))
    with pytest.raises(ValueError, match="one entry per frame"):
        FrameErrors((30.0, 31.0), (1.0,), (0.0,), (None,))


def test_means_and_worst_leave_out_what_is_unknown():
    errors = FrameErrors((30.0, None, 20.0), (0.9, None, 0.7), (1.0, None, 3.0), (None, None, 2.0))
    assert errors.means == {"psnr": 25.0, "ssim": pytest.approx(0.8), "l1": 2.0, "temporal_step": 2.0}
    assert errors.worst_frame == 2
    empty = FrameErrors((None,), (None,), (None,), (None,))
    assert empty.means["psnr"] is None and empty.worst_frame is None


def _comparison() -> Comparison:
    each = plan(17, 17, 16)
    playback = FrameErrors((30.0,) * 17, (0.9,) * 17, (1.0,) * 17, (None,) + (0.5,) * 16)
    reconstruction = Reconstruction(
        Variant(17, 16), each, playback, playback, None, None, (0, 0), {"score": 0.1})
    return Comparison({"name": "a"}, "tiny-17", "float32", "cpu", "17→16", None, (reconstruction,), None, {})


def test_saved_comparison_loads_back_as_the_same_mapping(tmp_path):
    path = tmp_path / "comparison.json"
    comparison = _comparison()
    comparison.save(path)
    loaded = load_comparison(path)
    assert loaded == json.loads(json.dumps(comparison.to_json()))
    variant = loaded["variants"][0]
    assert (variant["label"], variant["encode"], variant["decode"], variant["fit"]) == ("17→16", "17", "16", False)
    assert variant["frames_out"] == 17 and variant["pads_shown"] == 3 and variant["lost_frames"] == [13, 14, 15]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 0}', "not json"])
def test_foreign_files_are_refused_with_one_sentence(tmp_path, text):
    path = tmp_path / "comparison.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="run it again") as error:
        load_comparison(path)
    assert "\n" not in str(error.value)
