"""Runs on a card that is lent to a forked worker: what crosses, what comes back, and how long it is asked for."""

import errno
import math
import os
import pickle
import sys
import time

import numpy as np
import pytest
import torch
from fabricated import moving_clip
from lent_gpu import lent_gpu
from lent_runs import N_FRAMES, VARIANTS, asked, compared
from random_models import tiny_model

from vae_demo import engine, scratch
from vae_demo.clips import read_clip
from vae_demo.layout.variant import parse_variants
from vae_demo.models import loading
from vae_demo.refusal import Refusal
from vae_demo.results.scores import SWEPT
from vae_demo.results.sweep import SweepRow
from vae_demo.store import FrameStore
from vae_demo.views.explore import run as explore_run
from vae_demo.views.explore import tab as explore_tab
from vae_demo.views.shared import kept_model
from vae_demo.views.shared.pace import place_of
from vae_demo.views.shared.timed import COMPUTING, Timed
from vae_demo.views.sweep import run as sweep_run
from vae_demo.views.zerogpu import run as borrowed_run
from vae_demo.views.zerogpu import start
from vae_demo.views.zerogpu.borrowed import BORROWED
from vae_demo.views.zerogpu.crossing import ClipFile, Failed


@pytest.fixture(scope="module")
def here(clip, tmp_path_factory):
    """What a run measures in this process."""
    with read_clip(clip, n_frames=N_FRAMES, size=64) as read:
        jobs = engine.jobs_of(tiny_model(), parse_variants(VARIANTS))
        return engine.measure(read, jobs, tmp_path_factory.mktemp("here")).comparison


def crossed(value):
    return pickle.loads(pickle.dumps(value))


def numbers(comparison):
    """What a comparison says, but for its times and files."""
    def kept(value):
        if isinstance(value, dict):
            return {key: kept(each) for key, each in value.items() if key not in ("seconds", "media")}
        return [kept(each) for each in value] if isinstance(value, list) else value

    return kept(comparison.to_json())


# Where nothing is lent

def test_nothing_is_imported_or_asked_for_elsewhere():
    assert not BORROWED.on and not BORROWED.networks and "spaces" not in sys.modules
    assert [start.wanted({"SPACES_ZERO_GPU": said}) for said in ("true", "True", "1", "t", "", "false", "0")] == [
        True, True, True, True, False, False, False]
    assert not start.wanted({"SPACE_ID": "somebody/lab"}), "a Space on a processor or a GPU of its own is none"


def test_elsewhere_a_run_computes_in_this_process(clip, tmp_path, monkeypatch):
    pids, own = set(), engine.run

    def noted(*arguments, **options):
        pids.add(os.getpid())
        return own(*arguments, **options)

    monkeypatch.setattr(engine, "run", noted)
    monkeypatch.setattr(kept_model, "model_for", lambda name, device, dtype: tiny_model())
    *_, shown = compared(clip, tmp_path, "5")
    assert shown.whole and pids == {os.getpid()}


@pytest.mark.parametrize("lends", [True, False])
def test_the_app_is_ready_before_it_is_launched(lends, monkeypatch, tmp_path):
    """`spaces` packs what was moved to the card by then, once, and wants to have decorated something."""
    import app
    from vae_demo.views import page

    done = []

    class Page:
        def launch(self, **options):
            done.append("launch")

    monkeypatch.setattr(os, "environ", {**os.environ, **({"SPACES_ZERO_GPU": "true"} if lends else {})})
    monkeypatch.setattr(sys, "argv", ["app.py"])
    for name in ("scratch.clean_on_terminate", "clips.start_early", "views.serving.sweeper.Sweeper.start"):
        monkeypatch.setattr(f"vae_demo.{name}", lambda *arguments: None)
    monkeypatch.setattr(scratch, "folder", lambda: tmp_path)
    monkeypatch.setattr(start, "decorator", lambda: done.append("decorator"))
    monkeypatch.setattr(start, "get_ready", lambda gpu: done.append("ready"))
    monkeypatch.setattr(page, "build_page", lambda reception: done.append("page") or Page())
    app.main()
    assert done == [*(("decorator", "ready") if lends else ()), "page", "launch"]


# What crosses

def test_a_full_store_crosses_as_its_path(tmp_path):
    frames = moving_clip(5, 16, 16)
    store = FrameStore(tmp_path / "a.npy", 5, 16, 16)
    store.append(frames[:4])
    with pytest.raises(TypeError, match="4 of 5"):
        pickle.dumps(store)
    store.append(frames[4:])
    told = pickle.dumps(store)
    assert len(told) < 300 and np.array_equal(pickle.loads(told).frames(0, 5), frames)


def test_a_clip_crosses_as_a_file_with_all_that_is_known_of_it(clip, tmp_path):
    with read_clip(clip, n_frames=N_FRAMES, size=64) as read:
        sent = ClipFile.of(read, tmp_path / "clip.npy")
        assert read.notes and read.source
        with crossed(sent).clip() as there:
            assert there.describe() == read.describe() and there.notes == read.notes
            assert np.array_equal(there.frames(0, N_FRAMES), read.frames(0, N_FRAMES))
    assert len(pickle.dumps(sent)) < 3000


def test_an_error_crosses_as_what_it_says():
    refused = Refusal("too_big", frames=17, needed="3.0", budget="1.0")
    with pytest.raises(KeyError):
        crossed(refused)
    found = crossed(Failed.of(refused)).error()
    assert isinstance(found, Refusal) and (found.case, found.params, found.said) == (
        refused.case, refused.params, refused.said)
    full = crossed(Failed.of(OSError(errno.ENOSPC, "full"))).error()
    assert isinstance(full, OSError) and full.errno == errno.ENOSPC
    other = crossed(Failed.of(ZeroDivisionError("secret"))).error()
    assert type(other) is RuntimeError and "ZeroDivisionError: secret" in str(other)


# Runs

@pytest.mark.parametrize("keeps", [True, False], ids=["one worker for all", "a worker each"])
def test_a_run_is_the_same_on_a_lent_card(clip, here, tmp_path, keeps, monkeypatch):
    monkeypatch.setattr(loading, "import_module", lambda name: pytest.fail("what is built is not loaded again"))
    with lent_gpu(tiny_model, keeps) as lender:
        for again in ("first", "second"):
            events = list(compared(clip, tmp_path / again))
            assert numbers(events[-1].comparison) == numbers(here) and events[-1].whole
            assert [event.whole for event in events if isinstance(event, explore_run.Shown)] == [False] * 2 + [True]
            steps = [event.progress for event in events if isinstance(event, explore_run.Update) and event.progress]
            fractions = [step.fraction for step in steps]
            assert steps[0].stage == "gpu" and fractions == sorted(fractions) and 0.98 < fractions[-1] < 1
        assert len(set(lender.pids)) == (1 if keeps else 2) and os.getpid() not in lender.pids
        assert max(lender.told) < 100_000, "frames stay in their files"


def test_a_sweep_is_the_same_on_a_lent_card(clip, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_run, "REPORT_S", 0)
    with read_clip(clip, n_frames=N_FRAMES, size=64) as read:
        here = engine.measure(read, engine.jobs_of(tiny_model(), parse_variants("4,5,whole")), tmp_path,
                              scores=SWEPT, keep_frames=False)
    with lent_gpu(tiny_model):
        *working, done = sweep_run.run(asked(clip, "4,5,whole"), lambda: tmp_path)
    assert working[-1].so_far["device"] == "cuda" and working[-1].so_far["sizes"] == ["4", "5", "whole"]
    assert [row.psnr_by_frame for row in done.sweep.rows] == [
        SweepRow.of(variant).psnr_by_frame for variant in here.comparison.variants]


def test_weights_that_came_later_are_loaded_by_the_worker(clip, tmp_path, lender, monkeypatch):
    own = BORROWED.networks.pop(("tiny-17", "float32"))
    monkeypatch.setattr("vae_demo.views.zerogpu.borrowed.load_model", lambda *arguments, **options: own)
    *_, shown = compared(clip, tmp_path, "5")
    assert shown.whole and ("tiny-17", "float32") not in BORROWED.networks, "what a worker loads the server has not"
    with pytest.raises(Refusal) as refused:
        kept_model.model_for("open-sora-1.2", "cuda")
    assert refused.value.case == "not_fetched" and len(lender.asked) == 1, "refused before a card is asked for"


def test_nobody_is_lent_a_card_for_a_trial(lender):
    assert explore_tab._pace(lambda: True)["pace"]["computing"] == {} and lender.asked == []


# How long a card is asked for

def timed(work=100.0, megapixels=1.0, place="a card"):
    return Timed(("tiny-17", place), megapixels, work, 0)


def test_a_card_is_asked_for_as_long_as_the_run_should_take_and_more(lender):
    least, margin = borrowed_run.START_S, borrowed_run.MARGIN
    guessed = borrowed_run.seconds_for(timed())
    assert guessed == math.ceil(least + margin * borrowed_run.FIRST_PACE * 100)
    quick = timed()
    quick.seconds[COMPUTING] = 2.0
    kept_model.PACE.learn(quick)
    _, slowest = kept_model.PACE.computing(("tiny-17", "a card"), 1.0)
    known = borrowed_run.seconds_for(timed())
    assert 0.02 < slowest and known == math.ceil(least + margin * slowest * 100) < guessed
    assert borrowed_run.seconds_for(timed(work=1000.0)) > borrowed_run.seconds_for(timed(work=500.0)) > known
    assert borrowed_run.seconds_for(timed(place="another card")) == guessed, "a pace is that of one card"
    assert borrowed_run.seconds_for(timed(), built=False) == math.ceil(known + borrowed_run.READ_S)


def test_the_pace_belongs_to_the_card_that_the_worker_names(clip, tmp_path, lender, monkeypatch):
    own, names = kept_model.PACE, iter(("slow card", "fast card"))
    monkeypatch.setattr("vae_demo.views.zerogpu.worker.device_name", lambda device: next(names))
    assert kept_model.place() == "a card as the server imagines it" and kept_model.device() == "cuda"
    list(compared(clip, tmp_path / "one", "5"))
    assert kept_model.place() == "slow card" and not own.tried_only(("tiny-17", "slow card"))
    list(compared(clip, tmp_path / "two", "5"))
    assert set(own._runs) == {("tiny-17", "slow card"), ("tiny-17", "fast card")}
    assert set(own.known(kept_model.place())["computing"]) == {"tiny-17"} and kept_model.place() == "fast card"
    assert place_of(torch.device("cpu")) == "cpu" and all(isinstance(seconds, int) for seconds in lender.asked)


def test_waiting_for_a_card_is_no_work(clip, tmp_path, lender, monkeypatch):
    learned, waited = [], 0
    monkeypatch.setattr(kept_model.PACE, "learn", learned.append)
    lender.queue.clear()
    began = time.monotonic()
    for event in compared(clip, tmp_path, "5"):
        waited += isinstance(event, explore_run.Update) and event.progress is not None and event.progress.stage == "gpu"
        if time.monotonic() > began + 1:
            lender.queue.set()
    whole, (timed,) = time.monotonic() - began, learned
    assert waited > 2, "the page is told that the run still waits"
    assert 0 < timed.seconds[COMPUTING] < whole - 1
    assert timed.meter._clock() - timed.meter._began < whole - 1, "no time that is left is judged by it"
