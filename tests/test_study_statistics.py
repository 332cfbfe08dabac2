"""What clips add up to: known answers, scipy as an oracle, and how often an interval keeps its promise."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from vae_demo.studies.statistics import FEW, Draws, Summary, differences, interval, lowest, summarise, widened

FAST = Draws(resamples=400)
SCORES = [31.2, 33.9, 28.4, 35.0, 30.1, 32.2, 29.7, 24.3]
NAMES = list("abcdefgh")


def test_a_small_table_by_hand():
    found = summarise([30.0, 34.0, None, 35.0, math.nan, 31.0], list("abcdef"), FAST)
    assert found == Summary(n=4, missing=2, files=4, mean=32.5, median=32.5, least=30.0, most=35.0)
    assert found.few and found.low is None and found.high is None
    assert summarise([None, math.nan], ["a", "b"], FAST) == Summary(0, 2, 0)
    assert summarise([], [], FAST) == Summary(0, 0, 0)
    one = summarise([30.0], ["a"], FAST)
    assert (one.n, one.mean, one.median, one.low) == (1, 30.0, 30.0, None)


@pytest.mark.parametrize("n", [FEW, 8])
def test_intervals_are_those_of_scipy(n):
    values, draws = np.array(SCORES[:n]), Draws(seed=3, resamples=2000)

    def mean(drawn, axis):
        # Draws of the very same clips are ties, in whatever order they are added.
        return np.round(np.mean(drawn, axis=axis), 9)

    wanted = stats.bootstrap(
        (values,), mean, method="BCa", vectorized=True, n_resamples=2000, confidence_level=widened(0.95, n),
        rng=np.random.default_rng(3)).confidence_interval
    found = summarise(list(values), NAMES[:n], draws)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
    assert found.least < found.low < found.mean < found.high < found.most


def test_few_clips_get_no_interval_and_the_next_one_does():
    values, files = SCORES[:FEW], NAMES[:FEW]
    assert interval(values[:-1], files[:-1], FAST) is None
    assert interval(values, files, FAST) is not None
    # Six clips of two files are two, as far as other files are concerned.
    assert interval(values, ["a", "b"] * 3, FAST) is None


def test_clips_of_one_file_are_drawn_together():
    """Copies of a clip say nothing new: the interval is that of the files, not narrower."""
    files = [name for name in NAMES for _ in range(5)]
    copied = interval([value for value in SCORES for _ in range(5)], files, FAST)
    assert copied == pytest.approx(interval(SCORES, NAMES, FAST))
    wrong = interval([value for value in SCORES for _ in range(5)], list(range(40)), FAST)
    assert wrong[1] - wrong[0] < 0.6 * (copied[1] - copied[0])


def test_the_wider_level_is_as_wide_as_students_t():
    """Hesterberg's widths: of normal data the percentiles at this level lie where t says."""
    for n in (6, 12, 40):
        z = stats.norm.ppf((1 + widened(0.95, n)) / 2) * math.sqrt((n - 1) / n)
        assert z == pytest.approx(stats.t.ppf(0.975, n - 1))
    assert 0.95 < widened(0.95, 1000) < 0.9505 and widened(0.95, 6) > 0.99


def test_an_interval_out_of_seven_keeps_its_promise():
    """Drawn at 95 % as it stands, it would not: that is why it is made wider."""
    rng, hits, plain = np.random.default_rng(5), 0, 0
    for _ in range(250):
        values = rng.normal(size=7)
        low, high = interval(list(values), NAMES[:7], FAST)
        hits += low <= 0 <= high
        low, high = np.quantile(rng.choice(values, (400, 7)).mean(axis=1), (0.025, 0.975))
        plain += low <= 0 <= high
    assert hits / 250 > 0.9 > plain / 250


def test_equal_clips_and_one_outlier_have_an_interval():
    assert interval([100.0] * 7, NAMES[:7], FAST) == (100.0, 100.0)
    low, high = interval([0.0] * 7 + [100.0], NAMES, FAST)
    assert 0.0 <= low < 12.5 < high <= 100.0


def test_the_same_seed_gives_the_same_interval_and_another_one_another():
    assert interval(SCORES, NAMES, FAST) == interval(SCORES, NAMES, Draws(resamples=400))
    assert interval(SCORES, NAMES, FAST) != interval(SCORES, NAMES, Draws(seed=1, resamples=400))


def test_drawing_in_parts_changes_nothing(monkeypatch):
    whole = interval(SCORES, NAMES, FAST)
    monkeypatch.setattr("vae_demo.studies.statistics._AT_ONCE", 8 * 37)
    assert interval(SCORES, NAMES, FAST) == pytest.approx(whole, abs=1e-12)


def test_differences_need_both_clips():
    assert differences([3.0, None, 5.0, math.nan], [1.0, 2.0, None, 4.0]) == [2.0, None, None, None]
    assert lowest([3.0, None, 1.0, math.nan, 2.0], 2, higher=True) == [2, 4]
    assert lowest([3.0, None, 1.0, 4.0], 2, higher=False) == [3, 0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-100, 100).map(lambda value: round(value, 3)), min_size=FEW, max_size=15),
       st.floats(-50, 50).map(lambda value: round(value, 3)))
def test_an_interval_lies_among_the_clips_and_moves_with_them(values, shift):
    files = list(range(len(values)))
    low, high = interval(values, files, FAST)
    assert min(values) - 1e-6 <= low <= high <= max(values) + 1e-6
    moved = interval([value + shift for value in values], files, FAST)
    assert moved == pytest.approx((low + shift, high + shift), abs=1e-3) or len(set(values)) == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.just(math.nan), st.floats(-100, 100)), max_size=12))
def test_every_clip_is_counted_once(values):
    found = summarise(values, list(range(len(values))), FAST)
    assert found.n + found.missing == len(values) and found.files == found.n
    if found.n:
        assert found.least <= found.median <= found.most and found.least - 1e-9 <= found.mean <= found.most + 1e-9
