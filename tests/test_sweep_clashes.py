"""Sweeps of models that lose frames and play pads: what is said is true, and what is saved can be opened again."""

import json
from dataclasses import replace

import pytest
from fabricated import made_by, reconstruct
from fabricated_sweep import sweep as fabricated
from test_foreign_sweep import judged, read

from vae_demo import words
from vae_demo.cli.sweep import summary
from vae_demo.layout.sizes import parse_sizes
from vae_demo.models.spec import MODELS
from vae_demo.refusal import Refusal
from vae_demo.report.sweep import sweep_page
from vae_demo.results.comparison import Comparison
from vae_demo.results.sweep import Sweep
from vae_demo.sweeping import taken
from vae_demo.verdicts import swept


def swept_with(name, frames, sizes, psnr=lambda size: 32.0, trained=None):
    """A sweep of a model as its engine would measure it, the scores made up; psnr: of every frame that comes back."""
    spec = MODELS[name]
    measured = [
        reconstruct(each.spelling, frames, psnr=[psnr(each.encode.size)] * spec.plan(frames, each).frames_out,
                    rule=spec.rule, provenance=made_by(name))
        for each in taken(spec, frames, parse_sizes(sizes)).variants]
    clip = {"name": "c.mp4", "width": 64, "height": 64, "fps": 24.0, "n_frames": frames, "start": 0, "source": {},
            "notes": []}
    found = Comparison(clip, "float32", "cpu", measured[0].label, tuple(measured), {})
    return swept(found, spec.own.label, trained or spec.trained_lengths), {each.label: each.plan for each in measured}


@pytest.mark.parametrize(("name", "frames", "sizes"), [
    ("wan-2.1", 85, "16-19"), ("wan-2.1", 52, "16,17,whole"), ("cogvideox", 85, "13-30,whole"),
    ("taehv-cogvideox", 85, "15-26"), ("cogvideox", 20, "17,30,whole"), ("wan-2.1", 18, "30")])
def test_what_is_saved_is_opened_again(name, frames, sizes, tmp_path):
    made, plans = swept_with(name, frames, sizes)
    assert any(plan.is_clash for plan in plans.values())
    data = json.loads(json.dumps(made.to_json()))
    assert judged(read(data, tmp_path)).to_json() == data == Sweep.from_json(data).to_json()
    for row in data["rows"]:
        plan = plans[row["size"]]
        assert [at for at, value in enumerate(row["psnr_by_frame"]) if value is None] == list(plan.lost_frames)
        assert (row.get("lost"), row.get("pads")) == (len(plan.lost_frames) or None, plan.pads_shown or None)


def test_a_file_from_before_losses_were_counted_is_opened_as_well(tmp_path):
    made, _ = swept_with("cogvideox", 85, "16-18")
    data = json.loads(json.dumps(made.to_json()))
    for row in data["rows"]:
        row.pop("lost", None), row.pop("pads", None)
    assert judged(read(data, tmp_path)).to_json() == made.to_json()
    assert all(row.lost == row.pads == 0 for row in Sweep.from_json(data).rows)


@pytest.mark.parametrize(("change", "case"), [
    ({"lost": 3}, "result_plan"), ({"lost": 0}, "result_plan"), ({"lost": True}, "result_form"),
    ({"lost": "4"}, "result_form"), ({"lost": None}, "result_form"), ({"pads": 4}, "result_plan"),
    ({"pads": 3.0}, "result_form"), ({"pads": [3]}, "result_form"), ({"psnr_by_frame": [32.0] * 85}, "result_form"),
    ({"psnr_by_frame": [32.0] * 84}, "result_form"),
])
def test_losses_that_the_plan_does_not_have_are_refused(change, case, tmp_path):
    made, plans = swept_with("cogvideox", 85, "18")
    assert (len(plans["18"].lost_frames), plans["18"].pads_shown, plans["18"].frames_out) == (4, 3, 84)
    data = json.loads(json.dumps(made.to_json()))
    read(data, tmp_path)
    data["rows"][0].update(change)
    with pytest.raises(Refusal) as error:
        read(data, tmp_path)
    assert error.value.case == case


def said(findings, lang="en"):
    return [words.say(lang, f"sweep_{each.case}", **each.params) for each in findings]


def test_what_is_said_of_losses_and_pads_is_true():
    """Of CogVideoX, where one hides the other in the number of frames that come back."""
    made, plans = swept_with("cogvideox", 85, "13-30,whole")
    lost = {size: 85 - len({slot for slot in plan.slots if slot is not None}) for size, plan in plans.items()}
    pads = {size: plan.slots.count(None) for size, plan in plans.items()}
    assert any(len(plans[size].slots) >= 85 and lost[size] for size in plans), "a loss that pads hide"
    losing, playing = ({size: n for size, n in each.items() if n} for each in (lost, pads))
    kept = ", ".join(size for size in plans if size not in losing)
    assert said(made.findings)[:2] == [
        f"{len(losing)} sizes lose frames, {min(losing.values())} to {max(losing.values())} of 85. "
        f"All come back at {kept}.",
        f"{len(playing)} sizes play pads as frames, {min(playing.values())} to {max(playing.values())} each: "
        f"{', '.join(playing)}."]
    assert len(said(made.findings, "zh")) == len(made.findings)
    for row in made.rows:
        cases = {each.case: each.params for each in row.findings}
        assert cases.get("loses", {}).get("n", 0) == lost[row.size]
        assert cases.get("plays", {}).get("n", 0) == pads[row.size]
    by_size = {row.size: [words.say("en", f"sweep_row_{each.case}", **each.params) for each in row.findings]
               for row in made.rows}
    assert by_size["18"][:2] == ["18 loses 4 of 85 frames.", "18 plays 3 pads as frames."]
    assert by_size["26"][1] == "26 plays one pad as a frame." and by_size["17"][0].startswith("Full chunks of 17")
    chinese = [words.say("zh", f"sweep_row_{each.case}", **each.params) for row in made.rows for each in row.findings]
    assert "18 把 3 个填充当作帧播放。" in chinese


def test_a_clip_is_as_long_as_it_is_whatever_comes_back():
    """A whole clip of 85 frames comes back as 88 and was still a chunk of 85; of 18 frames 17 come back."""
    made, plans = swept_with("cogvideox", 85, "17,whole", trained=(17, 85))
    assert plans["whole"].frames_out == 88 and "trained_range" not in {each.case for each in made.findings}
    made, plans = swept_with("wan-2.1", 18, "30")
    assert plans["30"].frames_out == 17
    assert [each.params["n"] for each in made.rows[0].findings if each.case == "no_full"] == [18]


def test_sizes_of_a_stride_of_eight_are_1_plus_8k(tmp_path):
    made, _ = swept_with("ltx-video-0.9.0", 168, "13,17,21,25", lambda size: 35.0 if size in (17, 25) else 20.0)
    assert all("1 + 8k" in text for lang in words.LANGUAGES for text in said(made.findings, lang) if "dB" in text)
    lines = summary(made, tmp_path)
    assert [line.split()[1] for line in lines[:4]] == ["26", "1+8k", "24", "1+8k"] and "4k" not in "".join(lines)
    page = sweep_page(made)
    assert "1 + 8k" in page and "1 + 4k" not in page
    four = fabricated("13,16,17")
    assert "1 + 4k" in sweep_page(four) and "1+4k" in summary(four, tmp_path)[0]
    assert "1 + 4k" in sweep_page(replace(four, model="nobody-s"))
