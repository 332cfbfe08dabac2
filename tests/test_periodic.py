"""The scan for periods, tested as statistics are: known events of known strength, and series without any."""

import numpy as np
import pytest

from vae_demo.metrics import periodic
from vae_demo.metrics.events import find, kind_of
from vae_demo.metrics.frame_series import Series
from vae_demo.metrics.frame_signals import around_each, deviations, surprises, with_events
from vae_demo.metrics.periodic import periods_of, phase_scores, robust, scan
from vae_demo.results.inspection import AGREEING, SIGNALS, Periodic, Shown


def noise(seed, n, **events):
    """step, light and detail of n frames that change as films do; events: signal -> (period, phase, deviation)."""
    rng = np.random.default_rng(seed)
    light = 100 + np.cumsum(rng.normal(0, 0.05, n))
    raw = {"step": np.exp(rng.normal(1.0, 0.12, n)), "light": light, "detail": np.exp(rng.normal(2.0, 0.02, n))}
    raw["step"][0] = np.nan
    for name, (period, phase, size) in events.items():
        at = slice(phase, None, period)
        raw[name][at] = raw[name][at] * np.exp(size) if SIGNALS[name].ratio else raw[name][at] + size
    return raw


def told(found):
    return [(each.period, each.phase, each.kind) for each in found if each.sure]


@pytest.mark.parametrize("n", [16, 40, 136, 500])
def test_every_period_has_four_events_and_every_phase_is_told(n):
    periods = periods_of(n)
    assert periods == range(3, min(64, n // 4) + 1)
    z = robust(np.random.default_rng(0).normal(size=n), 0.01)
    for period in periods:
        scores = phase_scores(z, period)
        for phase in range(period):
            hit = np.zeros(n, bool)
            hit[phase::period] = True
            apart = (z[hit].mean() - z[~hit].mean()) / np.sqrt(1 / hit.sum() + 1 / (~hit).sum())
            assert scores[phase] == pytest.approx(apart, abs=1e-4)


def groups_of(z, period, first, apart):
    """Of every fourth frame of the chunks that begin with the file how far it stands apart, by definition."""
    if period % 4 == 0:
        return 0.0
    at, found = (np.arange(z.shape[-1]) + first) % period, []
    for place in range(4):
        hit = (at % 4 == place) & (at > 1) & (at < period - 1)
        if hit.any():
            by = z[..., hit].mean(-1) - z[..., ~hit].mean(-1)
            found.append(np.linalg.norm((by / np.sqrt(1 / hit.sum() + 1 / (~hit).sum())) @ apart, axis=1))
    return np.max(found, axis=0) if found else 0.0


def test_scores_of_a_batch_are_those_of_each_series():
    z = np.stack([robust(np.random.default_rng(seed).normal(size=83), 0.01) for seed in range(6)]).reshape(3, 2, 83)
    apart = np.array([[1.0, -0.5], [-0.5, 1.0]], np.float32)
    for first in (0, 5):
        highest = periodic._highest(z, periods_of(83), apart, first)
        for at, period in enumerate(periods_of(83)):
            scores = phase_scores(z, period)
            together = np.linalg.norm(scores, axis=1)
            around = [(at - first) % period for at in (-1, 0, 1)]
            squares = ((apart @ scores) ** 2).sum(1)
            beside = np.sqrt(sum(squares[:, (np.arange(period) + shift) % period] for shift in (-1, 0, 1)))
            at_first = np.hypot(beside[:, -first % period], groups_of(z, period, first, apart))
            ways = (together.max(-1), together[:, around].max(-1), beside.max(-1), at_first)
            assert np.allclose(highest[:, :-4, at], np.abs(scores).max(-1), atol=1e-4)
            assert np.allclose(highest[:, -4:, at], np.stack(ways, 1), atol=1e-4)


@pytest.mark.parametrize(("strength", "at_least", "at_most"), [(0.0, 0, 0), (0.2, 0, 0), (0.3, 2, 11), (0.45, 12, 12),
                                                            (1.0, 12, 12)])
def test_detection_grows_with_strength(strength, at_least, at_most):
    """Twelve series each; a jump every 16 of 136 frames, in logs of the usual change."""
    found = [told(find(noise(seed, 136, step=(16, 5, strength)))[1]) for seed in range(12)]
    right = sum(each[:1] == [(16, 5, "jump")] for each in found)
    assert at_least <= right <= at_most, found


@pytest.mark.parametrize(("period", "n"), [(period, n) for n in (85, 136, 264) for period in (
    3, 4, 7, 8, 12, 16, 17, 18, 24, 33, 48, 64) if period <= n // 4])
def test_any_period_and_phase(period, n):
    phase = (period * 5) // 7
    first, found, short = find(noise(period, n, detail=(period, phase, -0.6), light=(period, phase, -8.0)))
    assert short is None and told(found)[0] == (period, phase, "ghost"), found
    each = found[0]
    assert each.p <= 0.002 and each.shown.hits == each.shown.events == len(range(phase, n, period))
    assert first.peak.p == each.p and max(first.scores) > first.line


def test_what_shows_in_all_signals_is_found_where_none_would_tell_it():
    """Twenty series of 85 frames: the same weak event in one signal, and in three."""
    def found(names, strength):
        return sum(scan({name: _noise_with(seed, strength if name in names else 0.0, at)
                         for at, name in enumerate(("step", "light", "detail"))}, 399).peak.p <= 0.01
                   for seed in range(20))

    one, three = found(("light",), 1.6), found(("step", "light", "detail"), 1.6)
    assert one <= 8 and three >= 15 and found(("light",), 3.5) >= 18, (one, three)


def test_what_begins_with_the_file_is_found_sooner_wherever_one_starts_to_look():
    """Forty series of 80 frames with five weak events: every 16th frame of the file, or as far from them as can be."""
    def found(phase, first):
        events = 1.5 * ((np.arange(80) + first) % 16 == phase)
        return sum(scan({name: robust(np.random.default_rng([seed, at]).normal(size=80) + events, 0.01)
                         for at, name in enumerate(("step", "light", "detail"))}, 399, first=first).peak.p <= 0.01
                   for seed in range(40))

    assert periodic._around(16, -5) == [10, 11, 12] and periodic._around(3, 0) == [0, 1, 2]
    for first in (0, 5, 37):
        assert found(0, first) > found(8, first)


def _noise_with(seed, strength, signal):
    values = np.random.default_rng([seed, signal]).normal(size=85)
    values[3::16] += strength
    return robust(values, 0.01)


def test_false_alarms_are_as_many_as_p_says():
    """Exchangeable series: of 200 about a twentieth falls below .05, and none is a finding by p and by size."""
    rng = np.random.default_rng(5)
    ps = []
    for seed in range(200):
        z = {name: robust(rng.normal(size=96), 0.01) for name in ("step", "light", "detail")}
        ps.append(scan(z, shuffles=199, seed=seed).peak.p)
    assert [sum(p <= limit for p in ps) for limit in (0.01, 0.05, 0.2, 0.5)] == [3, 7, 28, 86]


def test_false_alarms_of_signals_that_remember_the_frame_before():
    """Random walks and what decays: nothing comes back in them, though frames beside each other are much alike."""
    counts = []
    for memory in (0.7, 1.0):
        ps = []
        for seed in range(120):
            walk = np.random.default_rng([11, seed]).normal(size=(3, 90))
            for t in range(1, 90):
                walk[:, t] += memory * walk[:, t - 1]
            raw = {"step": np.exp(1 + walk[0] / 10), "light": 100 + walk[1], "detail": np.exp(2 + walk[2] / 20)}
            z = Series.of(raw).z
            ps.append(scan(z, shuffles=199, seed=seed).peak.p)
        counts.append([sum(p <= limit for p in ps) for limit in (0.01, 0.05, 0.2, 0.5)])
    assert counts == [[1, 7, 24, 55], [1, 9, 19, 51]]


def _swinging(seed, period, memory, n):
    """Three signals that swing by themselves, each for itself: of nearly one period, and never for long in step."""
    waves = np.random.default_rng([period, n, seed]).normal(size=(3, n + 300))
    for t in range(2, n + 300):
        waves[:, t] += 2 * memory * np.cos(2 * np.pi / period) * waves[:, t - 1] - memory ** 2 * waves[:, t - 2]
    waves = waves[:, 300:] / waves.std(1, keepdims=True)
    return {"step": np.exp(1 + waves[0] / 3), "light": 120 + 3 * waves[1], "detail": np.exp(2 + waves[2] / 10)}


def test_what_swings_is_no_event_and_does_not_hide_one():
    """Waves or a walk: of ten films the scan by itself takes most for a period. An event among them is found."""
    alone, swings, events = 0, 0, 0
    for seed in range(10):
        raw = _swinging(seed, 16, 0.95, 136)
        scanned, found, _ = find(raw, 199)
        alone += scan(Series.of(raw).z, 199).peak.p <= 0.05
        swings += bool(found)
        assert found or scanned.peak.p > 0.05, "nothing is said to be sure and not found"
        seam = {name: with_events(name, values, slice(0, None, 17), 4 * SIGNALS[name].matters)
                for name, values in raw.items()}
        events += [each.period for each in find(seam, 199)[1]][:1] == [17]
    assert swings <= 1 < 6 <= alone and events >= 9, (alone, swings, events)


def test_frames_beside_an_event_count_with_it():
    """Twenty series of 85 frames: every 18 frames one signal is higher, or each of three is, one after the other."""
    def found(events):
        count = 0
        for seed in range(20):
            z = np.random.default_rng([23, seed]).normal(size=(3, 85))
            for signal, at in events.items():
                z[signal, at::18] += 2.0
            peak = scan({name: robust(z[at], 0.01) for at, name in enumerate(("step", "light", "detail"))}, 399).peak
            count += peak.p <= 0.01 and peak.period == 18 and 8 <= peak.phase <= 10
        return count

    one, three = found({0: 9}), found({0: 8, 1: 9, 2: 10})
    assert one <= 8 and three >= 17, (one, three)


def test_groups_of_four_that_begin_anew_tell_where_chunks_begin():
    """Twenty series of 85 frames: every fourth frame of each 18 is a little higher; or of each 85."""
    def found(chunk):
        events, at = np.zeros(85), np.arange(85) % chunk
        events[(at % 4 == 2) & (at < chunk - 1)] = 1.3
        peaks = [scan({name: robust(np.random.default_rng([31, seed, at]).normal(size=85) + events, 0.01)
                       for at, name in enumerate(("step", "light", "detail"))}, 399).peak for seed in range(20)]
        return [peak.period for peak in peaks if peak.p <= 0.01]

    anew, ever = found(18), found(85)
    assert anew.count(18) >= 15 and ever.count(4) >= 18, (anew, ever)


def test_a_signal_that_does_not_go_along_with_the_others_is_seen():
    """Light and detail rise and fall with what is filmed; every 18 frames, and one later, detail alone falls."""
    found = {True: 0, False: 0}
    for seed in range(20):
        rng = np.random.default_rng([29, seed])
        filmed = rng.normal(size=85)
        for alike in found:
            light = filmed if alike else rng.normal(size=85)
            detail = filmed + 0.1 * rng.normal(size=85)
            detail[9::18] -= 1.3
            detail[10::18] -= 1.3
            signals = {"step": rng.normal(size=85), "light": light, "detail": detail}
            found[alike] += scan({name: robust(each, 0.01) for name, each in signals.items()}, 399).peak.p <= 0.01
    assert found[False] <= 3 and found[True] >= 15, found


def test_quiet_films_give_no_finding():
    found = [told(find(noise(seed, 200))[1]) for seed in range(40)]
    assert [each for each in found if each] == []


def test_the_same_input_gives_the_same_answer():
    raw = noise(3, 136, step=(16, 0, 0.3))
    assert find(raw)[1] == find(raw)[1] and find(raw, seed=1)[1][0].period == 16


def test_a_half_is_not_taken_for_the_whole_and_a_multiple_not_for_a_part():
    for seed in range(6):
        one = noise(seed, 160, detail=(16, 0, -0.5))
        # Every second hit of 8 is weak but there.
        one["detail"][8::16] *= np.exp(-0.06)
        assert told(find(one)[1])[0][:2] == (16, 0), seed
        even = noise(seed, 160, detail=(8, 0, -0.5))
        assert told(find(even)[1])[0][:2] == (8, 0), seed


def test_two_periods_at_once_are_both_told():
    raw = noise(1, 160, step=(4, 0, 0.7), detail=(16, 3, 0.2))
    assert set(told(find(raw)[1])) >= {(4, 0, "jump"), (16, 3, "sharp")}


def test_a_short_file_does_not_give_half_the_truth():
    raw = noise(2, 40, detail=(16, 0, -0.7), light=(16, 0, -9.0))
    _, found, short = find(raw)
    assert not told(found) and (short.period, short.twice, short.needed) == (8, 16, 64)
    _, found, short = find(noise(2, 64, detail=(16, 0, -0.7), light=(16, 0, -9.0)))
    assert told(found)[0][:2] == (16, 0) and short is None


def test_one_cut_or_flash_is_no_period():
    for seed in range(10):
        raw = noise(seed, 136)
        raw["step"][40] *= 30
        raw["light"][70:72] += 60
        assert told(find(raw)[1]) == []


def test_the_event_names_the_phase_not_what_swings_back():
    raw = noise(4, 160, light=(16, 0, -12.0))
    raw["light"][3::16] += 2.7
    raw["light"][2::16] += 1.0
    assert told(find(raw)[1])[0][:2] == (16, 0)


def test_a_still_film_says_nothing():
    flat = {"step": np.r_[np.nan, np.zeros(59)], "light": np.full(60, 90.0), "detail": np.full(60, 4.0)}
    first, found, short = find(flat)
    assert first.peak is None and found == () and short is None


def test_jumps_in_a_film_that_stands_still_are_found():
    step = np.r_[np.nan, np.zeros(95)]
    step[12::12] = 3.0
    raw = {"step": step, "light": np.full(96, 90.0), "detail": np.full(96, 4.0)}
    assert told(find(raw)[1]) == [(12, 0, "jump")]


def shown(**deviations):
    return {name: Shown(deviations.get(name, 0.0), 8, 8) for name in ("step", "light", "detail")}


@pytest.mark.parametrize(("deviations", "leading", "kind"), [
    ({"step": -2.0}, "step", "repeat"), ({"step": 1.5, "light": -30.0, "detail": -0.2}, "light", "dark"),
    ({"light": 30.0}, "light", "flash"), ({"light": -12.0, "detail": -1.0, "step": 1.5}, "light", "ghost"),
    ({"detail": -0.4}, "detail", "ghost"), ({"detail": -0.1}, "detail", "blur"), ({"detail": 0.1}, "detail", "sharp"),
    ({"light": 0.8}, "light", "lift"), ({"light": -0.8}, "light", "dip"), ({"step": 0.5}, "step", "jump"),
])
def test_kinds(deviations, leading, kind):
    assert kind_of(shown(**deviations), leading, 120.0) == kind


def test_too_few_that_agree_are_no_finding():
    some = Shown(-0.5, int(AGREEING * 8) - 1, 8)
    assert not Periodic(16, 0, "detail", {"detail": some}, 0.001, "ghost").sure
    assert Periodic(16, 0, "detail", {"detail": Shown(-0.5, 7, 8)}, 0.001, "ghost").sure
    assert not Periodic(16, 0, "detail", {"detail": Shown(-0.5, 7, 8)}, 0.02, "ghost").sure


def test_a_surprise_is_what_the_frame_before_does_not_foretell():
    rng = np.random.default_rng(2)
    walk = 100 + np.cumsum(rng.normal(0, 1.0, 400))
    left = surprises("light", walk)
    assert np.corrcoef(left[1:], np.diff(walk))[0, 1] > 0.99 and np.isfinite(left).all()
    # Signals are told by the frame after where there is none before; of what never moves nothing surprises.
    assert left[0] == pytest.approx(walk[0] - walk[1], abs=0.6)
    assert np.abs(surprises("detail", np.full(30, 7.0))).max() < 1e-9
    assert np.isnan(surprises("light", np.full(30, np.nan))).all()
    step = np.r_[np.nan, np.exp(rng.normal(1.0, 0.2, 99))]
    said = surprises("step", with_events("step", step, slice(10, None, 16), 1.5)) - surprises("step", step)
    assert np.isnan(said[0]) and said[10::16].mean() == pytest.approx(1.5, abs=0.1)
    others = np.delete(said, np.r_[0, 10:100:16, 11:100:16])
    assert np.abs(others).max() < 0.15


def test_what_is_around_leaves_the_frame_itself_out():
    values = np.array([np.nan, 1.0, 2.0, 3.0, 100.0, 5.0, 6.0, 7.0, 8.0, 9.0])
    around = around_each(values)
    for t in range(len(values)):
        near = [v for u, v in enumerate(values) if u != t and abs(u - t) <= 4 and np.isfinite(v)]
        assert around[t] == pytest.approx(np.median(near))
    assert np.isnan(around_each(np.full(1, 3.0))).all()
    assert deviations("light", values)[4] == pytest.approx(100 - np.median([1, 2, 3, 5, 6, 7, 8]))
