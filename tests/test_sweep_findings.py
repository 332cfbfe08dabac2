"""What is made of a list of sizes and of a sweep: sizes as typed, findings, and words for all of them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from fabricated_sweep import row, sweep

from vae_demo import words
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.sizes import parse_sizes, spelled_sizes
from vae_demo.refusal import Refusal
from vae_demo.verdicts.sizes import headline, row_findings

ALL = (*range(4, 41), None)


# Sizes

@pytest.mark.parametrize(("text", "sizes"), [
    ("4-40,whole", ALL), (" 17 , 16,17", (17, 16)), ("13-13", (13,)), ("WHOLE", (None,)), ("5–7", (5, 6, 7)),
    ("5，whole", (5, None)), ("17,", (17,)),
])
def test_sizes_are_read_as_typed(text, sizes):
    assert parse_sizes(text) == sizes
    assert parse_sizes(spelled_sizes(sizes)) == sizes


@pytest.mark.parametrize(("text", "case"), [
    ("9-4", "unreadable_size"), ("x", "unreadable_size"), ("-4", "unreadable_size"), ("1.5", "unreadable_size"),
    ("0", "size_least"), ("0-3", "size_least"), ("", "no_size"), (" , ", "no_size"), ("1-99", "too_many_sizes"),
    ("5-999999999", "unreadable_size"), ("٤", "unreadable_size"),
    (400_000 * ",", "no_size"), (201 * "5,", "too_many_sizes"), (100_000 * "1-9999,", "too_many_sizes"),
    (400_000 * " " + "x", "unreadable_size"),
])
def test_wrong_sizes_are_refused_in_both_languages(text, case):
    with pytest.raises(Refusal) as caught:
        parse_sizes(text, most=64)
    assert caught.value.case == case
    assert caught.value.sentence("en") == str(caught.value)
    assert re.search("[\u4e00-\u9fff]", caught.value.sentence("zh"))


def test_short_spellings_are_the_shortest():
    assert spelled_sizes(ALL) == "4-40,whole"
    assert spelled_sizes((17, 16, 18)) == "17,16,18" and spelled_sizes((4, 5)) == "4,5"


# What a sweep comes to

def test_sizes_that_stand_out_are_said_to_with_true_numbers():
    made = sweep()
    main = made.findings[0]
    alone = [r.full.psnr_worst for r in made.rows if r.first_alone]
    others = [r.full.psnr_worst for r in made.rows if not r.first_alone]
    assert main.case == "stand_out" and main.params["n"] == len(others) == 28
    # Rounded towards caution: no size contradicts the sentence.
    assert min(alone) - 0.1 < float(main.params["high"]) <= min(alone)
    assert max(others) <= float(main.params["low"]) < max(others) + 0.1


def scored(size, mean, worst):
    """A row whose full chunks score exactly this."""
    made = row(size)
    return replace(made, full=replace(made.full, psnr=mean, psnr_worst=worst))


@pytest.mark.parametrize(("scores", "case"), [
    ({5: (32, 31), 16: (30, 20), 17: (32, 30), 18: (31, 24)}, "stand_out"),
    ({5: (32, 31), 16: (30, 20), 17: (32, 24.5), 18: (31, 24), 21: (32, 30)}, "ahead"),
    ({5: (32, 20), 16: (32, 30), 17: (32, 21), 18: (32, 31)}, "behind"),
    ({5: (32, 30), 16: (31, 30.5), 17: (32, 31), 18: (32, 29.9)}, "no_difference"),
    ({5: (32, 30), 16: (31.8, 30.5), 17: (32, 30.9), 18: (31.9, 30.2)}, "level"),
    ({16: (30, 20), 18: (31, 24)}, "one_kind"), ({17: (32, 30)}, "one_size"), ({90: None}, "no_full_chunk"),
])
def test_the_headline_says_no_more_than_was_measured(scores, case):
    rows = [scored(size, *score) if score else row(size) for size, score in scores.items()]
    assert headline(rows, "tiny-17", "17", (17, 17), FrameRule())[0].case == case


def test_training_range_and_seams_are_findings_of_their_own():
    cases = {f.case: f.params for f in sweep().findings}
    assert cases["beyond_all"] == {"model": "tiny-17", "length": 17, "reference": "17", "n": 9, "m": 9, "stride": 4}
    assert cases["seams"]["alone"].endswith("×") and "–" in cases["seams"]["others"]
    mixed = {f.case: f.params for f in sweep(model="tiny-mixed", trained=(1, 34)).findings}
    assert (mixed["trained_range"]["low"], mixed["trained_range"]["high"]) == (1, 34)


def test_a_tail_never_passes_for_its_size():
    declared, thirteen = row(17), row(13)
    assert [c.full.psnr_worst for c in (declared, thirteen)] == [30.8, 30.8]
    full, tail = row_findings(thirteen, declared, FrameRule())
    assert full.case == "spoiled" and tail.case == "tail_breaks"
    # 83 = 6×13 + 5 is the longest start of the clip whose tail is 1 + 4k.
    assert (tail.params["n"], tail.params["trim"], tail.params["kept"]) == (7, 83, 5)
    assert [f.case for f in row_findings(row(16), declared, FrameRule())] == ["drops", "tail_holds"]
    assert [f.case for f in row_findings(declared, declared, FrameRule())] == ["declared"]
    assert [f.case for f in row_findings(row(90), declared, FrameRule())] == ["no_full"]
    assert [f.case for f in row_findings(row(5), None, FrameRule())] == ["measured"]


def test_every_finding_has_words_in_both_languages():
    source = Path(headline.__code__.co_filename).read_text(encoding="utf-8")
    cases = set(re.findall(r'"([a-z_]+)"', source))
    known = {case for case in cases if words.known(f"sweep_{case}") or words.known(f"sweep_row_{case}")}
    assert len(known) >= 22
    for made in (sweep(), sweep(breaks=4, model="tiny-mixed", trained=(1, 34)), sweep("90"), sweep("16,17")):
        for lang in words.LANGUAGES:
            assert all(words.say(lang, f"sweep_{f.case}", **f.params) for f in made.findings)
            assert all(words.say(lang, f"sweep_row_{f.case}", **f.params) for r in made.rows for f in r.findings)
