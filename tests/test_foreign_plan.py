"""Plans in a comparison.json that somebody brings: of models that cut by themselves, and with counts that came back."""

import copy
import json
from dataclasses import replace

import pytest
from fabricated import made_by, series
from test_cuts import DROPS, HOSTILE_CUTS, TILES
from test_foreign import read

from vae_demo.layout.plan import plan_of
from vae_demo.layout.returned import returned
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Cut, Variant
from vae_demo.refusal import Refusal
from vae_demo.results.comparison import Comparison, Reconstruction
from vae_demo.verdicts import judged

CLIP = {"name": "c.mp4", "width": 64, "height": 64, "fps": 24.0, "n_frames": 33, "start": 0, "source": {}, "notes": []}


def written(*spellings, latents=None, frames=None, rule=DROPS, cuts=TILES):
    """The comparison.json of 33 frames; latents, frames: what came back otherwise."""
    made = []
    for text in spellings:
        plan = returned(plan_of(33, variant := Variant.read(text), rule, cuts), latents or {}, frames or {})
        psnr = [32.0 if i < 33 else None for i in range(plan.frames_out)]
        aligned = [None if at is None else psnr[at] for at in plan.playback_of()]
        made.append(Reconstruction(variant, plan, series(psnr), series(aligned), None, None,
                                   (0,) * len(plan.decode_chunks), {"decode": 0.5}, made_by("hunyuanvideo")))
    found = judged(Comparison(CLIP, "float32", "cpu", made[0].label, tuple(made), {}))
    return json.loads(json.dumps(found.to_json()))


GOOD = written("own", "whole", "tile16/8", "17", "17:own")


def with_cuts(data, **changes):
    data = copy.deepcopy(data)
    for each in data["variants"]:
        if "cuts" in each:
            each["cuts"].update(changes)
    return data


def test_a_model_s_own_cuts_are_read(tmp_path):
    found, _ = read(GOOD, tmp_path)
    assert judged(found).to_json()["variants"] == GOOD["variants"]


@pytest.mark.parametrize(("key", "value"), [*HOSTILE_CUTS, ("own", "tile1/1"), ("own", "batch1"), ("own", "tile16/10")],
                         ids=lambda value: str(value)[:20])
def test_cuts_of_no_model_are_refused(key, value, tmp_path):
    with pytest.raises(Refusal) as error:
        read(with_cuts(GOOD, **{key: value}), tmp_path)
    # What is nested deeper than JSON is read is no JSON.
    assert error.value.case in ("result_form", "result_json") and all(map(str.isprintable, error.value.said.values()))


def test_cuts_that_lack_something_or_say_more_are_refused(tmp_path):
    for change in ({"more": 1}, {}):
        data = with_cuts(GOOD, **change)
        if not change:
            del data["variants"][0]["cuts"]["lead"]
        with pytest.raises(Refusal):
            read(data, tmp_path)


def test_batches_are_of_whole_groups(tmp_path):
    def own(size):
        return written("own", cuts=replace(TILES, own=Cut("batch", size)))

    assert read(own(8), tmp_path)[0].variants[0].plan.decode_meant == Cut("batch", 8)
    for size in (6, 2):
        with pytest.raises(Refusal) as error:
            read(own(size), tmp_path)
        assert error.value.case == "result_form"


RETURNED = {
    "a frame less": (("own", "17"), {}, {9: 32, 5: 16}), "a latent less": (("own",), {33: 8}, {}),
    "latents more": (("own", "17", "17:own"), {33: 12, 17: 6}, {}), "as many frames": (("whole",), {33: 10}, {10: 33}),
    "a tail otherwise": (("17", "16"), {16: 6, 1: 2}, {}), "both": (("own", "16:own"), {33: 8, 16: 3}, {8: 30, 7: 25}),
    "only the tail's frames": (("17",), {}, {4: 15}),
}


@pytest.mark.parametrize(("spellings", "latents", "frames"), RETURNED.values(), ids=RETURNED)
def test_counts_that_came_back_otherwise_are_read_again(spellings, latents, frames, tmp_path):
    data = written(*spellings, latents=latents, frames=frames)
    assert any("planned" in each for each in data["variants"])
    found, _ = read(data, tmp_path)
    assert judged(found).to_json()["variants"] == data["variants"]


def test_so_are_those_of_another_rule(tmp_path):
    for rule in (FrameRule(), FrameRule(8, "alone", "drop"), FrameRule(4, "parity", "keep")):
        data = written("17", "whole", latents={17: 7}, frames={7: 20}, rule=rule)
        assert "planned" in data["variants"][0]
        assert judged(read(data, tmp_path)[0]).to_json()["variants"] == data["variants"]


BACK = written("own", "17", frames={9: 32, 5: 16})


LATENTS, FRAMES = ("came", "latents"), ("came", "frames")
HOSTILE_COUNTS = {
    "result_form": [
        *((("came",), value) for value in (None, [], {"x": "<b>"}, {"latents": []}, {"latents": [], "frames": {}})),
        (("came", "more"), []),
        *((side, value) for side in (LATENTS, FRAMES) for value in (
            [[5]], [5], ["5"], [[5, 16, 1]], [[5, True]], [[5, 16.0]], [[10**300, 1]], [[5, 10**9]], [[5, 0]],
            [[5, -3]], [[None, 3]], [[5, 16]] * 99)),
        (("frames_out",), 30)],
    "result_plan": [
        (("planned",), [9, 31]), (("planned",), [8, 30]), (("planned",), None), (FRAMES, [[5, 17]]), (FRAMES, []),
        (FRAMES, [[5, 16], [9, 32]]), (LATENTS, [[17, 6]]), (LATENTS, [[40, 6]]), (("decode_chunks", 0, "stop"), 17),
        (("decode_chunks", 1, "start"), 15), (("encode_chunks", 0, "latent_stop"), 6), (("encode_chunks",), []),
        (("decode_chunks",), []), (("slots", 0), 1), (("lost_frames",), [])],
}


@pytest.mark.parametrize(("case", "place", "value"), [
    (case, place, value) for case, changes in HOSTILE_COUNTS.items() for place, value in changes])
def test_counts_that_were_not_written_so_are_refused(case, place, value, tmp_path):
    data = copy.deepcopy(BACK)
    inner = data["variants"][1]
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    with pytest.raises(Refusal) as error:
        read(data, tmp_path)
    assert error.value.case == case, str(error.value)


@pytest.mark.parametrize("said", ["planned", "came"])
def test_nobody_says_planned_where_all_is_as_it_was(said, tmp_path):
    for variant in (data := copy.deepcopy(GOOD))["variants"]:
        variant[said] = {"planned": [variant["latents"], variant["frames_out"]],
                         "came": {"latents": [], "frames": []}}[said]
    with pytest.raises(Refusal) as error:
        read(data, tmp_path)
    assert error.value.case == "result_plan"
