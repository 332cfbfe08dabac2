"""How long a run takes and how far it is: what the page and the command line say of time."""

import json
import math
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import fake_model
import pytest
import torch
from fabricated import moving_clip
from hypothesis import given, settings
from hypothesis import strategies as st
from random_models import tiny_model

from vae_demo import engine, words
from vae_demo.bundle import bundle
from vae_demo.clips import Clip, write_video
from vae_demo.layout.variant import parse_variants
from vae_demo.models.spec import MODELS
from vae_demo.progress import ALMOST, Meter, Progress, span
from vae_demo.report.costs import PER_PICTURE, pictures_per_run
from vae_demo.results.scores import SWEPT
from vae_demo.views.explore import run as explore_run
from vae_demo.views.explore.desk import SCORE_COST
from vae_demo.views.serving.jobs import Line
from vae_demo.views.shared import kept_model, pace, trial
from vae_demo.views.shared.pace import LAST, ONE, OTHER_SIZE, SIZES, TRIAL, Pace, spread
from vae_demo.views.shared.running import Request
from vae_demo.views.shared.timed import COMPUTING, WRITING, Timed

TIMES = json.loads((Path(__file__).parent / "data" / "times.json").read_text(encoding="utf-8"))
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the page's scripts")
CPU = ("tiny-17", "cpu")
DESK = """
const {words, times, runs} = JSON.parse(require("fs").readFileSync(0, "utf8"));
const both = ["en", "zh"].map((lang) => say.makeSay(words, lang).say);
console.log(JSON.stringify({
  spans: times.map((each) => pace.span(...each)),
  said: times.map((each) => both.map((one) => [
    pace.estimateText(one, each, {device: "cpu", dtype: "float32"}),
    pace.estimateText(one, each, {device: "cuda", dtype: "bfloat16"}, true), pace.leftText(one, each[1])])),
  unknown: both.map((one) => pace.estimateText(one, null, {device: "cuda", dtype: "float32"})),
  half: both.map((one) => pace.estimateText(one, null, {device: "cpu", dtype: "float32", half: true})),
  seconds: runs.map(({known, model, settings, known_model, cost, n, perPicture}) => {
    const clip = {n_frames: n, width: 640, height: 480};
    const plan = plans.planned(settings, clip, known_model, {frames: 408, variants: 9});
    const run = {work: plans.workOf(plan, cost), pictures: plans.picturesOf(plan),
      megapixels: plans.megapixels(settings, {width: 640, height: 480})};
    return {...run, seconds: pace.secondsOf(known, model, run, perPicture)};
  })}));
"""


def in_the_page(times=(), runs=()):
    scripts = (("shared/pace.js", "pace"), ("explore/plans.js", "plans"))
    code = "".join(bundle(f"views/{path}", name) for path, name in scripts) + bundle("words/say.js", "say")
    given = json.dumps({"words": words.table("desk"), "times": list(times), "runs": list(runs)})
    done = subprocess.run(["node", "-e", code + DESK], input=given, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def model_on(name, device="cpu", dtype=torch.float32):
    return SimpleNamespace(spec=MODELS[name], device=SimpleNamespace(type=device), dtype=dtype)


def clip_of(n_frames, side=64):
    return Clip.from_array(moving_clip(n_frames, side, side), 24, "moving.mp4")


def learned(known, seconds, model="tiny-17", device="cpu", side=64, variants="17", pictures=0, writing=0.0):
    """`known` after a run that computed and wrote for so many seconds."""
    clip = clip_of(5, side)
    plans = [engine.jobs_of(tiny_model(), [each])[0].model.plan(5, each) for each in parse_variants(variants)]
    timed = known.begin(model_on(model, device), plans, clip, pictures=pictures)
    timed.seconds = {COMPUTING: seconds, WRITING: writing}
    known.learn(timed)
    return timed


# Words

@pytest.mark.parametrize("case", TIMES, ids=lambda case: case["en"])
def test_a_time_is_rounded_outwards_to_what_anybody_knows(case):
    low, high = case["seconds"]
    found = span(low, high)
    assert list(found) == case["span"]
    unit = {"s": 1, "min": 60}[found.unit]
    assert found.low * unit <= low and high <= found.high * unit


@needs_node
def test_the_page_rounds_alike_and_says_it_in_both_languages():
    found = in_the_page([case["seconds"] for case in TIMES])
    for case, rounded, (english, chinese) in zip(TIMES, found["spans"], found["said"], strict=True):
        assert [rounded["low"], rounded["high"], rounded["unit"]] == case["span"]
        assert english[0] == f"{case['en']} on this server’s CPU in float32" and case["zh"] in chinese[0]
        assert english[1] == f"{case['en']} on this server’s GPU in bfloat16, a first guess"
        assert english[2].startswith("about ") and english[2].endswith(" left") and chinese[2].startswith("约剩 ")
    assert found["unknown"][0] == "not measured on this server’s GPU in float32 yet: the first run tells"
    assert found["half"][0].endswith("tells; bfloat16 takes about half") and "bfloat16" in found["half"][1]


# What the last runs say

def test_one_run_leaves_doubt_and_many_alike_leave_little():
    one, many = spread([2.0], ONE), spread([2.0] * LAST, ONE)
    assert one[0] < many[0] < 2 < many[1] < one[1]
    assert one[1] / one[0] == pytest.approx(math.exp(2 * ONE / math.sqrt(2)))
    assert many[1] / many[0] < 1.3


@given(st.lists(st.floats(0.5, 2.0), min_size=1, max_size=LAST), st.floats(1e-3, 1e3))
def test_a_spread_lies_around_the_median_and_scales(paces, times):
    low, high = spread(paces, ONE)
    assert math.sqrt(low * high) == pytest.approx(math.exp(statistics.median(map(math.log, paces))))
    assert spread([each * times for each in paces], ONE) == pytest.approx((low * times, high * times))


def test_one_run_that_shared_the_machine_changes_little():
    usual = [1.0, 1.05, 0.95, 1.1, 0.9, 1.02, 0.98]
    before, after = spread(usual, ONE), spread([*usual, 9.0], ONE)
    assert after == pytest.approx(before, rel=0.1)


def test_paces_are_kept_by_model_place_and_size_and_only_the_last(monkeypatch):
    monkeypatch.setattr(pace, "device_name", lambda device: "a card")
    known = Pace()
    assert known.computing(CPU, 0.01) is None and known.known("cpu")["computing"] == {}
    timed = learned(known, 7.0)
    assert known.computing(CPU, timed.megapixels) == spread([timed.paces[COMPUTING]], ONE)
    learned(known, 0.01, device="cuda")
    learned(known, 99.0, model="tiny-mixed")
    assert known.computing(CPU, 0.01) == spread([timed.paces[COMPUTING]], ONE)
    assert set(known.known("cpu")["computing"]) == {"tiny-17", "tiny-mixed"}
    assert set(known.known("a card")["computing"]) == {"tiny-17"} and known.known("cuda")["computing"] == {}
    # Another size: the same pace, with more doubt; until there is a run of it.
    assert known.computing(CPU, 1.0) == spread([timed.paces[COMPUTING]], OTHER_SIZE)
    large = learned(known, 99.0, side=256)
    assert known.computing(CPU, large.megapixels) == spread([large.paces[COMPUTING]], ONE)
    assert known.computing(CPU, 0.01) == spread([timed.paces[COMPUTING]], ONE)
    for _ in range(LAST):
        again = learned(known, 14.0)
    assert known.computing(CPU, 0.01) == pytest.approx(spread([again.paces[COMPUTING]] * LAST, ONE))
    json.dumps(known.known("cpu"), allow_nan=False)


def test_what_is_written_is_measured_apart():
    known = Pace()
    timed = learned(known, 4.0, pictures=100, writing=2.0)
    low, high = known.writing()
    assert math.sqrt(low * high) == pytest.approx(2.0 / (100 * timed.megapixels))
    learned(known, 4.0)
    assert known.writing() == (low, high), "a run that writes nothing says nothing of it"


@needs_node
@pytest.mark.parametrize("writing", [0.0, 3.0])
def test_the_page_works_out_what_the_paces_say(writing):
    known, runs, wanted = Pace(), [], []
    learned(known, 7.0, side=64, pictures=10 if writing else 0, writing=writing)
    learned(known, 90.0, side=256)
    typed = "17,16,18,17:16,17:16:fit,whole"
    for name, (size, side) in (("tiny-17", ("128", 128)), ("tiny-17", ("256", 256)), ("tiny-mixed", ("256", 256))):
        spec = MODELS[name]
        plans = [tiny_model().plan(40, each) for each in parse_variants(typed)]
        chosen = {"start": 0, "frames": 40, "variants": typed.split(","), "size": size}
        runs.append({"known": known.known("cpu"), "model": name, "settings": chosen, "n": 40,
                     "known_model": {"rule": vars(spec.rule), "cuts": spec.cuts.to_json()},
                     "cost": {**spec.costs.to_json(), "score": SCORE_COST}, "perPicture": PER_PICTURE})
        computing, wrote = known.computing((name, "cpu"), side * side / 1e6), known.writing()
        work, pictures = engine.work_of(plans, spec), pictures_per_run(plans, growing=True)
        wanted.append((work, pictures, computing and [
            side * side / 1e6 * (work * computing[end] + pictures * (wrote[end] if wrote else
                                                                     PER_PICTURE * computing[end])) for end in (0, 1)]))
    for found, (work, pictures, seconds) in zip(in_the_page(runs=runs)["seconds"], wanted, strict=True):
        assert found["work"] == pytest.approx(work) and found["pictures"] == pictures
        assert found["seconds"] == (seconds and pytest.approx(seconds))
    assert wanted[-1][2] is None


def test_the_clock_stands_while_somebody_else_has_the_steps():
    timed = Timed(CPU, 1.0, 10.0, 4)
    closed = []

    def steps():
        try:
            for _ in range(3):
                time.sleep(0.01)
                yield 1
        finally:
            closed.append(True)

    for _ in timed.clocked(COMPUTING, steps()):
        time.sleep(0.05)
    with timed.clock(WRITING):
        time.sleep(0.02)
    assert 0.03 <= timed.seconds[COMPUTING] < 0.1 and 0.02 <= timed.seconds[WRITING] < 0.05
    began = timed.clocked(COMPUTING, steps())
    next(began)
    began.close()
    assert closed == [True, True]


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "moving.mp4"
    write_video(path, iter(moving_clip(20)), 24)
    return path


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setattr(kept_model, "PACE", Pace())
    monkeypatch.setattr(kept_model, "model_for", lambda name, device, dtype="auto": tiny_model())
    return lambda: kept_model.PACE.computing(CPU, 0.001)


@pytest.mark.parametrize("growing", [True, False])
def test_a_run_is_full_when_its_result_is_there_and_only_then_learned(clip, known, tmp_path, growing):
    folders = iter(range(9))

    def folder():
        made = tmp_path / f"shown{next(folders)}"
        made.mkdir()
        return made

    events = []
    for event in explore_run.run(Request(clip, "17,16,17:16", "tiny-17", size=64), folder, growing):
        assert known() is None, "nobody knows yet whether it comes to its end"
        events.append(event)
    assert known() and kept_model.PACE.writing()
    fractions = [each.progress.fraction for each in events if isinstance(each, explore_run.Update) and each.progress]
    assert fractions == sorted(fractions) and fractions[-1] == pytest.approx(ALMOST)
    stages = [each.progress.stage for each in events if isinstance(each, explore_run.Update) and each.progress]
    assert 0.01 < fractions[-1] - fractions[stages.index("saving") - 1], "what is written is a part of the run"
    assert isinstance(events[-1], explore_run.Shown) and events[-1].whole


def test_a_run_that_is_stopped_is_not_learned(clip, known, tmp_path):
    running = explore_run.run(Request(clip, "17,16", "tiny-17", size=64), lambda: tmp_path, growing=False)
    for event in running:
        if event.progress and event.progress.fraction > 0.5:
            break
    running.close()
    assert known() is None


# Before any run

def test_a_model_is_tried_for_a_while_and_forgotten_when_a_run_is_over(monkeypatch):
    monkeypatch.setattr(trial, "ENOUGH_S", 0.0)
    known, found = Pace(), trial.attempt(tiny_model, lambda: True)
    assert len(found) == trial.TIMES and all(min(timed.seconds.values()) > 0 for timed in found)
    known.tried(CPU, lambda: found)
    low, high = known.computing(CPU, 0.07)
    assert high / low > 1.8 and known.tried_only(CPU) and known.known("cpu")["tried"] == ["tiny-17"] and known.writing()
    known.tried(CPU, lambda: pytest.fail("what is known is not tried"))
    timed = learned(known, 5.0)
    assert known.computing(CPU, 0.01) == spread([timed.paces[COMPUTING]], ONE)
    assert not known.tried_only(CPU) and known.known("cpu")["tried"] == []


def test_a_trial_takes_the_machine_from_nobody():
    asked = iter([True, True, True, False])
    assert trial.attempt(tiny_model, lambda: next(asked)) == []
    assert trial.attempt(lambda: pytest.fail("not even loaded"), lambda: False) == []
    known = Pace()
    known.tried(CPU, lambda: known.tried(CPU, lambda: pytest.fail("two at once")) or [])
    assert known.computing(CPU, 1.0) is None


# How far it is

@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.floats(0.01, 3)), min_size=1, max_size=40), st.floats(0.3, 3),
       st.booleans())
def test_a_meter_never_goes_back_and_is_never_full(steps, wrong, expected):
    """steps: frames and seconds of each; the expectation is off by `wrong`."""
    now, total = [0.0], sum(frames for frames, _ in steps)
    meter = Meter(wrong * sum(s for _, s in steps) if expected else None, clock=lambda: now[0])
    meter.expect(total)
    told = []
    for frames, seconds in steps:
        now[0] += seconds
        told.append(meter.step("score", None, 1, 1, frames))
    fractions = [each.fraction for each in told]
    assert all(before < after for before, after in zip([0, *fractions], fractions, strict=False))
    assert fractions[-1] == pytest.approx(ALMOST)
    left = [each.seconds_left for each in told if each.seconds_left is not None]
    assert all(0 <= each < math.inf for each in left) and (left or not expected)
    assert all(after <= before or after > 1.25 * before + 2 for before, after in zip(left, left[1:], strict=False))
    assert not left or left[-1] == pytest.approx(0)


def test_the_time_that_is_left_does_not_flicker():
    """Steps of 1 s, some of them half as long or twice: what is said goes down step by step."""
    now, said = [0.0], []
    meter = Meter(50.0, clock=lambda: now[0])
    meter.expect(60)
    for index in range(60):
        now[0] += (1.0, 0.5, 2.0, 1.0, 0.7)[index % 5]
        left = meter.step("score", None, 1, 1, 1).seconds_left
        said.append(span(left, left).high)
    changes = [after - before for before, after in zip(said, said[1:], strict=False) if after != before]
    assert all(change in (-5, -10) for change in changes) and len(changes) <= 12


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 30), st.lists(st.sampled_from(["5", "4", "whole", "5:4", "9:5"]), min_size=1,
                                    max_size=4, unique=True), st.booleans())
def test_every_run_rises_to_almost_one(tmp_path_factory, n_frames, variants, swept):
    jobs = engine.jobs_of(fake_model.Blocks(), parse_variants(",".join(variants)))
    clip, jobs = clip_of(n_frames, 32), (*jobs, *engine.jobs_of(fake_model.Blocks(), parse_variants("3")))
    options = {"scores": SWEPT, "keep_frames": False} if swept else {}
    events = list(engine.run(clip, jobs, tmp_path_factory.mktemp("run"), **options))
    fractions = [event.fraction for event in events if isinstance(event, Progress)]
    assert all(before < after for before, after in zip([0, *fractions], fractions, strict=False))
    assert fractions[-1] == pytest.approx(ALMOST) and isinstance(events[-1], engine.Finished)


def test_a_line_is_idle_until_somebody_runs():
    assert Line(SimpleNamespace()).idle() and pace.size_class(SIZES[0]) == 0 and TRIAL > OTHER_SIZE > ONE
