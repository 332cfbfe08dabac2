"""Is 16 worse than 17 on my footage: clip by clip, and what an interval allows to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_demo import words
from vae_demo.studies.statistics import FEW, Summary
from vae_demo.verdicts import EQUAL_MEAN_DB, EQUAL_WORST_DB, is_equal
from vae_demo.verdicts.study import CLAUSES, KINDS, Against, against, case_of, clip_stand, db, headline, stand
from vae_demo.words.sentences import study_headline, study_sentence, study_sizes


def spread(mean=0.0, low=None, high=None, n=8):
    return Summary(n, 0, n, mean, mean, low, high, mean, mean)


def pair(mean, worst, clips, label="16"):
    return Against(label, "17", mean, worst, tuple(clips))


@pytest.mark.parametrize(("one", "reference", "said"), [
    ((30.0, 25.0), (30.2, 25.9), "equal"), ((30.0, 25.0), (30.4, 25.0), "worse"), ((30.0, 23.0), (30.0, 25.0), "worse"),
    ((30.0, 25.0), (29.6, 25.0), "better"), ((30.0, 27.0), (30.0, 25.0), "better"),
    ((31.0, 23.0), (30.0, 25.0), "mixed"), ((100.0, 100.0), (100.0, 100.0), "equal"),
    ((None, None), (30.0, 25.0), None), ((30.0, 25.0), (30.0, None), None)])
def test_one_clip(one, reference, said):
    assert clip_stand(one, reference) == said


LEVELS = st.tuples(st.floats(0, 100), st.floats(0, 100))


@given(LEVELS, LEVELS)
def test_a_clip_is_equal_by_the_lines_of_the_project_and_the_other_way_round_it_is_turned(one, other):
    said = clip_stand(one, other)
    assert said in KINDS and (said == "equal") == is_equal(one, other)
    assert clip_stand(other, one) == {"worse": "better", "better": "worse"}.get(said, said)


@pytest.mark.parametrize(("low", "high", "said"), [
    (-0.3, 0.3, "equal"), (-0.2, -0.1, "equal"), (-0.5, -0.31, "worse"), (-0.5, -0.3, "lower"), (-0.5, -0.1, "lower"),
    (-0.5, 0.0, "open"), (-0.5, 0.5, "open"), (0.0, 0.4, "open"), (0.1, 0.4, "higher"), (0.31, 0.4, "better"),
    (None, None, "open")])
def test_an_interval_beside_a_line(low, high, said):
    assert stand(spread(0.0, low, high), EQUAL_MEAN_DB) == said


@pytest.mark.parametrize(("mean", "worst", "said"), [
    ("equal", "equal", "equal"), ("equal", "open", "open"), ("open", "open", "open"), ("equal", "worse", "worse"),
    ("open", "worse", "worse"), ("lower", "equal", "lower"), ("lower", "worse", "worse"), ("better", "worse", "mixed"),
    ("higher", "lower", "mixed"), ("higher", "equal", "higher"), ("better", "open", "better")])
def test_what_two_intervals_come_to(mean, worst, said):
    assert case_of(mean, worst) == case_of(worst, mean) == said


def test_not_shown_to_be_worse_is_not_equal():
    wide, narrow = spread(-0.1, -2.0, 1.8), spread(-0.1, -0.2, 0.1)
    assert against(pair(wide, wide, ["equal"] * 8)).case == "open"
    assert against(pair(narrow, narrow, ["equal"] * 8)).case == "equal"
    assert against(pair(narrow, spread(-6.0, -7.0, -5.0), ["worse"] * 8)).case == "worse"


@pytest.mark.parametrize("kind", KINDS)
def test_one_clip_and_few_clips_have_their_own_words(kind):
    one = against(pair(spread(-1.0, n=1), spread(-2.0, n=1), [None, kind]))
    few = against(pair(spread(-1.0, n=FEW - 1), spread(-2.0, n=FEW - 1), [kind] * (FEW - 1)))
    assert (one.case, few.case) == (f"one_{kind}", f"few_{kind}")
    assert "One clip" in study_sizes("en", one) and "Too few" in study_sizes("en", few)
    assert "to" not in study_sizes("en", few).split("dB")[0]


def test_few_clips_that_disagree():
    found = against(pair(spread(-1.0, n=3), spread(-2.0, n=3), ["worse", "equal", "worse"]))
    assert found.case == "few_varied" and (found.params["m"], found.params["n"]) == (2, 3)
    assert against(pair(spread(None, n=0), spread(None, n=0), [None, None])).case == "no_pair"


def test_the_headline_says_what_is_worse_first_and_each_variant_once():
    def judged(label, low, high):
        width = spread((low + high) / 2, low, high)
        return against(pair(width, width, ["worse"] * 8, label))
    found = headline([judged("whole", -0.1, 0.1), judged("16", -3.0, -2.0), judged("12", -2.0, 2.0),
                      judged("18", -2.5, -1.5)])
    clauses = found[0].params["clauses"]
    assert [(each["case"], each["params"]["labels"]) for each in clauses] == [
        ("worse", ["16", "18"]), ("open", ["12"]), ("equal", ["whole"])]
    assert study_headline("en", found[0], "tiny-17", 8) == (
        "tiny-17, 8 clips: 16 and 18 are worse than 17; these clips do not settle how 12 compares with 17; "
        "whole is practically equal to 17.")
    assert headline([]) == () and "nothing here to compare" in study_headline("en", None, "tiny-17", 8)


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("case", CLAUSES)
def test_every_case_has_its_words(lang, case):
    params = {"label": "16", "reference": "17", "n": 2, "m": 1, **dict.fromkeys((
        "mean", "worst", "mean_low", "mean_high", "worst_low", "worst_high"), "−1.0")}
    finding = {"case": case, "params": params}
    assert "17" in study_sentence(lang, finding) or case == "open"
    clause = {"case": case, "params": {"labels": ["16"], "reference": "17"}}
    assert "16" in study_headline(lang, {"case": "headline", "params": {"clauses": [clause]}}, "tiny-17", 2)
    assert "−1.0" in study_sizes(lang, finding)


@pytest.mark.parametrize(("value", "text"), [
    (-3.04, "−3.0"), (0.3, "+0.30"), (-0.051, "−0.05"), (0.0, "0.00"), (-0.004, "0.00"), (12.0, "+12.0"), (None, "–")])
def test_a_difference_is_printed_with_its_sign(value, text):
    assert db(value) == text
    assert EQUAL_WORST_DB == 1.0
