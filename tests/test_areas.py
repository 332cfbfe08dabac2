"""Signals by area: what is done to a whole frame shows everywhere, what moves does not."""

import numpy as np
import pytest
import torch

from vae_demo.assets import CLIPS
from vae_demo.clips import read_clip, watching
from vae_demo.clips.overview import AREAS, SIGNALS, luma_of, measures, stacked
from vae_demo.clips.protocol import Broken
from vae_demo.metrics.events import find
from vae_demo.metrics.frame_series import Series
from vae_demo.metrics.frame_signals import surprises, with_events
from vae_demo.models import load_vae
from vae_demo.models.spec import TINY_17
from vae_demo.pixels import to_signed, to_uint8


def measured(luma):
    return stacked([measures(frame, before) for frame, before in zip(luma, [None, *luma[:-1]], strict=True)])


@pytest.mark.parametrize("shape", [(64, 64), (90, 161), (256, 455), (17, 8), (5, 3), (1, 40)])
def test_areas_are_parts_of_the_frame(shape):
    luma = np.random.default_rng(0).uniform(0, 255, (3, *shape)).astype(np.float32)
    whole, areas = measured(luma)
    height, width = shape
    counts = [min(AREAS, max(1, side // 2)) for side in shape]
    rows, columns = ([at * side // count for at in range(count)] for side, count in zip(shape, counts, strict=True))
    assert areas["light"].shape == (len(rows) * len(columns), 3)
    for at, (top, bottom) in enumerate(zip(rows, [*rows[1:], height], strict=True)):
        for beside, (left, right) in enumerate(zip(columns, [*columns[1:], width], strict=True)):
            part, area = luma[:, top:bottom, left:right], at * len(columns) + beside
            assert np.allclose(areas["light"][area], part.mean((1, 2)), atol=1e-3)
            assert np.allclose(areas["step"][area][1:], np.abs(np.diff(part, axis=0)).mean((1, 2)), atol=1e-3)
    assert np.isnan(areas["step"][:, 0]).all() and np.isnan(whole["step"][0])
    assert all(np.isfinite(areas[name][:, 1:]).all() and np.isfinite(whole[name][1:]).all() for name in SIGNALS)


def test_each_area_foretells_for_itself():
    rng = np.random.default_rng(1)
    many = np.cumsum(rng.normal(0, 1, (5, 60)), axis=1) + 100
    many[:, 0] = np.nan
    for frames in (1, 2):
        together = surprises("light", many, frames)
        for row, one in zip(together, many, strict=True):
            alone = surprises("light", one, frames)
            assert np.array_equal(np.isnan(row), np.isnan(alone))
            # Of areas the line is fitted in fewer rounds.
            assert np.nanmax(np.abs(row - alone)) < 0.02 * np.nanstd(alone)


def _busy(seed, n, size, period=18, phase=0):
    """A quarter of the picture moves much, by itself; an event changes the detail of all of it."""
    rng = np.random.default_rng(seed)
    spread = np.where(np.arange(64) < 16, 0.5, 0.04)[:, None]
    areas = {name: np.exp(1 + spread * rng.normal(0, 1, (64, n))) for name in ("step", "detail")}
    areas["light"] = 100 + 20 * spread * np.cumsum(rng.normal(0, 1, (64, n)), axis=1)
    areas["step"][:, 0] = np.nan
    if size:
        areas["detail"] = with_events("detail", areas["detail"], (..., slice(phase, None, period)), size)
    return {name: values.mean(0) for name, values in areas.items()}, areas


def test_an_event_is_seen_through_what_moves():
    by_area, whole = [], []
    for seed in range(8):
        raw, areas = _busy(seed, 85, 0.06)
        by_area += [(each.period, each.phase) for each in find(raw, 399, areas=areas)[1] if each.p <= 0.01][:1]
        whole += [(each.period, each.phase) for each in find(raw, 399)[1] if each.p <= 0.01][:1]
    assert by_area.count((18, 0)) >= 7 and whole.count((18, 0)) <= 2, (by_area, whole)


def test_areas_without_an_event_give_no_more_alarms_than_p_says():
    """A hundred films of areas that move alike in part, exchangeable: p of the first scan."""
    ps = []
    for seed in range(100):
        raw, areas = _busy(seed, 90, 0.0)
        shared = np.random.default_rng(10_000 + seed).normal(0, 0.05, 90)
        areas = {**areas, "step": areas["step"] * np.exp(shared), "detail": areas["detail"] * np.exp(shared / 3)}
        ps.append(find(raw, 199, areas=areas)[0].peak.p)
    assert [sum(p <= limit for p in ps) for limit in (0.01, 0.05, 0.2, 0.5)] == [1, 6, 17, 43]


def test_an_event_added_to_a_film_is_added_everywhere():
    raw, areas = _busy(3, 60, 0.0)
    at = slice(4, None, 12)
    changed, fresh = Series.of(raw, areas).with_events("detail", at, 0.4), dict(areas)
    fresh["detail"] = with_events("detail", areas["detail"], (..., at), 0.4)
    wanted = Series.of({**raw, "detail": with_events("detail", raw["detail"], at, 0.4)}, fresh)
    for name in raw:
        assert np.array_equal(changed.z[name], wanted.z[name]) and np.array_equal(changed.calm[name], wanted.calm[name])


# -- a part of the truth -------------------------------------------------------------------------------------


def _grouped(seed, n, period, group, strong, weak):
    """Every `period` frames a dark, soft frame with a jump into it; every `group` frames of them a small jump."""
    rng = np.random.default_rng([seed, n, period])
    raw = {"step": np.exp(rng.normal(1.0, 0.1, n)), "light": 100 + np.cumsum(rng.normal(0, 0.05, n)),
           "detail": np.exp(rng.normal(2.0, 0.015, n))}
    raw["step"][0] = np.nan
    for name, large, small in (("step", strong, weak), ("light", -8 * strong, 0.0), ("detail", -strong / 2, -weak / 8)):
        own = np.arange(n) % period == 0
        between = (np.arange(n) % period % group == 0) & ~own
        raw[name] = with_events(name, with_events(name, raw[name], own, large), between, small)
    return raw


@pytest.mark.parametrize(("n", "period", "group"), [(34, 16, 4), (40, 16, 8), (51, 16, 4), (51, 18, 9), (120, 56, 28),
                                                    (50, 24, 12), (100, 40, 20), (40, 15, 5), (34, 12, 4)])
def test_where_only_some_hits_are_strong_no_part_is_called_the_period(n, period, group):
    named = 0
    for seed in range(4):
        _, found, short = find(_grouped(seed, n, period, group, 1.2, 0.4), 399)
        parts = [each.period for each in found if each.sure and period % each.period == 0 and each.signal == "light"]
        assert not parts, (seed, found)
        named += short is not None and short.twice % period == 0 and short.needed == 4 * short.twice
        if found:
            # What is left to be called one is what the groups themselves show at every hit.
            assert all(each.period == group and each.signal == "step" for each in found if each.sure), found
    assert named >= 3


def test_hits_that_differ_are_still_one_period():
    """Events at 18 of 85 frames, five of them, whose sizes vary by a third."""
    right = 0
    for seed in range(12):
        rng = np.random.default_rng([7, seed])
        raw = _grouped(seed, 85, 85, 85, 0.0, 0.0)
        for at in range(0, 85, 18):
            for name, size in (("step", 0.9), ("light", -4.0), ("detail", -0.15)):
                raw[name] = with_events(name, raw[name], slice(at, at + 1), size * rng.uniform(0.67, 1.33))
        _, found, short = find(raw, 399)
        right += short is None and [(each.period, each.phase) for each in found[:1]] == [(18, 0)]
    assert right == 12


def test_a_short_decode_gives_no_half_of_its_chunk():
    vae = load_vae(TINY_17)
    for name in ("cut", "numbered"):
        with read_clip(CLIPS / f"{name}.mp4", 0, 34, 32) as clip:
            video = torch.from_numpy(to_signed(clip.frames(0, 34)))
        with torch.inference_mode():
            back = vae.decode(vae.encode(video, micro_frame_size=16), num_frames=34, micro_frame_size=16)
        raw, areas = measured(luma_of(to_uint8(back.numpy())))
        _, found, short = find(raw, areas=areas)
        assert short is not None and short.twice == 16 and not [each for each in found if each.sure], (name, found)


# -- what a worker may say of them ---------------------------------------------------------------------------


def _answer(**changed):
    areas = {name: [1.0, 2.0, 3.0, 4.0] for name in SIGNALS}
    return {"step": 1.0, "light": 2.0, "detail": 3.0, "areas": areas, "key": False, "between": True, **changed}


def test_what_a_worker_says_of_a_frame_is_taken_as_it_is():
    first = watching._numbers(_answer(step=None, areas={**_answer()["areas"], "step": None}), None)
    later = watching._numbers(_answer(more="words"), first)
    assert first["areas"]["step"] is None and later["areas"]["step"].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert set(later) == {*SIGNALS, "areas", "key", "between"}


@pytest.mark.parametrize("wrong", [
    {"areas": None}, {"areas": []}, {"areas": {}}, {"areas": {**_answer()["areas"], "light": [1.0] * 5}},
    {"areas": {**_answer()["areas"], "step": None}}, {"areas": {**_answer()["areas"], "detail": [1.0, 2.0, 3.0, "4"]}},
    {"areas": {**_answer()["areas"], "light": [1.0, 2.0, 3.0, float("inf")]}}, {"light": 511.0}, {"step": None},
    {"areas": {**_answer()["areas"], "light": [[1.0], 2.0, 3.0, 4.0]}}, {"between": 1}, {"key": None}])
def test_anything_else_is_no_answer_of_ours(wrong):
    first = watching._numbers(_answer(step=None, areas={**_answer()["areas"], "step": None}), None)
    with pytest.raises(Broken):
        watching._numbers(_answer(**wrong), first)


def test_the_first_frame_has_at_most_as_many_areas_as_there_are():
    for count in (0, AREAS**2 + 1):
        areas = {"step": None, "light": [1.0] * count, "detail": [1.0] * count}
        with pytest.raises(Broken):
            watching._numbers(_answer(step=None, areas=areas), None)
