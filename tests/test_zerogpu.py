"""Runs on a card that is lent to a forked worker: what crosses, what it asks for, how it stops, and how it fails."""

import errno
import math
import os
import pickle
import signal
import sys
import time

import gradio as gr
import numpy as np
import pytest
import torch
from fabricated import moving_clip
from lent_gpu import lent_gpu
from patience import until
from random_models import tiny_model

from vae_demo import engine, scratch
from vae_demo.clips import read_clip, write_video
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
from vae_demo.views.shared.running import Request
from vae_demo.views.shared.timed import COMPUTING, Timed
from vae_demo.views.sweep import run as sweep_run
from vae_demo.views.zerogpu import run as borrowed_run
from vae_demo.views.zerogpu import start
from vae_demo.views.zerogpu.borrowed import BORROWED
from vae_demo.views.zerogpu.crossing import ClipFile, Failed, Told
from vae_demo.views.zerogpu.queueing import impatient

N_FRAMES, VARIANTS = 9, "5,4,5:4"


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clips") / "moving.mp4"
    write_video(path, iter(moving_clip(N_FRAMES, 64, 80)), 25)
    return path


@pytest.fixture(autouse=True)
def leaves_nothing(tmp_path_factory, monkeypatch):
    """What runs keep for a while, and worked with, is gone when they are over, however they ended."""
    work = tmp_path_factory.mktemp("work")
    monkeypatch.setattr(scratch, "folder", lambda: work)
    yield
    assert list(work.iterdir()) == []


@pytest.fixture
def lender():
    with lent_gpu(tiny_model) as found:
        yield found


@pytest.fixture(scope="module")
def here(clip, tmp_path_factory):
    """What a run measures in this process."""
    with read_clip(clip, n_frames=N_FRAMES, size=64) as read:
        jobs = engine.jobs_of(tiny_model(), parse_variants(VARIANTS))
        return engine.measure(read, jobs, tmp_path_factory.mktemp("here")).comparison


def crossed(value):
    return pickle.loads(pickle.dumps(value))


def asked(clip, cuts=VARIANTS, **changed):
    return Request(clip, cuts, "tiny-17", n_frames=N_FRAMES, size=64, **changed)


def compared(clip, folder, cuts=VARIANTS):
    """Every event of a run as Explore asks for it."""
    folders = iter(range(99))

    def new():
        made = folder / f"shown{next(folders)}"
        made.mkdir(parents=True)
        return made

    return explore_run.run(asked(clip, cuts), new)


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
    monkeypatch.setattr(kept_model, "model_for", lambda name, device: tiny_model())
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


# How it ends

def slowly(steps, closed):
    """engine.run() that writes down, for another process, every step and that it was closed."""
    own = engine.run

    def run(*arguments, **options):
        running = own(*arguments, **options)
        try:
            for event in running:
                with steps.open("a") as file:
                    file.write("x")
                time.sleep(0.1)
                yield event
        finally:
            running.close()
            closed.touch()

    return run


@pytest.mark.parametrize("keeps", [True, False])
def test_a_run_that_is_closed_ends_at_the_workers_next_step(clip, tmp_path, keeps, monkeypatch):
    steps, closed = tmp_path / "steps", tmp_path / "closed"
    monkeypatch.setattr(engine, "run", slowly(steps, closed))
    with lent_gpu(tiny_model, keeps) as lender:
        running = compared(clip, tmp_path / "one", "5,4,3,7")
        until(lambda: next(running) and steps.exists() and len(steps.read_text()) > 2)
        done = len(steps.read_text())
        running.close()
        assert closed.exists() and len(steps.read_text()) <= done + 2, "closing waits for the worker"
        (pid,) = lender.pids
        *_, shown = compared(clip, tmp_path / "two", "5")
        assert shown.whole and (lender.pids[1] == pid) is keeps, "the worker takes the next run"


def test_whoever_stops_waiting_for_a_card_is_free_at_once(clip, tmp_path, lender, monkeypatch):
    steps, closed = tmp_path / "steps", tmp_path / "closed"
    monkeypatch.setattr(engine, "run", slowly(steps, closed))
    lender.queue.clear()
    running = compared(clip, tmp_path / "one", "5,4,3,7")
    until(lambda: next(running) and lender.asked)
    running.close()
    assert lender.pids == [] and list(scratch.folder().iterdir()) == []
    lender.queue.set()
    until(lambda: lender.pids and lender._idle)
    assert not steps.exists() or len(steps.read_text()) <= 2, "the card came for nobody, and is given back"
    assert [event.whole for event in compared(clip, tmp_path / "two", "5") if isinstance(event, explore_run.Shown)][-1]


def test_steps_are_handed_on_as_they_are():
    def counting(count):
        yield from range(count)

    def failing():
        raise KeyError("inside")
        yield

    assert list(impatient(counting(3))) == [0, 1, 2] and list(impatient(counting(0))) == []
    with pytest.raises(KeyError, match="inside"):
        list(impatient(failing()))


def breaking(error):
    def run(*arguments, **options):
        raise error()
        yield

    return run


@pytest.mark.parametrize(("error", "told"), [
    (lambda: Refusal("no_cuda"), Refusal), (lambda: OSError(errno.ENOSPC, "full"), OSError),
    (lambda: ZeroDivisionError("inside"), RuntimeError)])
def test_what_goes_wrong_in_a_worker_goes_wrong_here(clip, tmp_path, lender, monkeypatch, error, told):
    monkeypatch.setattr(engine, "run", breaking(error))
    with pytest.raises(told) as caught:
        list(compared(clip, tmp_path))
    assert not isinstance(caught.value, gr.Error) and getattr(caught.value, "case", "no_cuda") == "no_cuda"
    assert kept_model.PACE._runs == {}, "a run that failed says nothing of its pace"


def test_the_memory_of_the_card_is_the_workers_to_ask(clip, tmp_path, lender, monkeypatch):
    server, own = os.getpid(), engine.batch_budget
    with pytest.raises(AssertionError):
        own("cpu")
    monkeypatch.setattr(engine, "batch_budget", lambda device: 1 if os.getpid() != server else 10**12)
    with pytest.raises(Refusal) as refused:
        list(compared(clip, tmp_path))
    assert refused.value.case == "too_big" and refused.value.params["budget"] == "0.0"


def test_a_worker_that_is_ended_is_a_sentence(clip, tmp_path, lender, monkeypatch):
    monkeypatch.setattr(engine, "run", breaking(lambda: os.kill(os.getpid(), signal.SIGKILL)))
    with pytest.raises(Refusal) as refused:
        list(compared(clip, tmp_path))
    assert refused.value.case == "gpu_ended" and str(lender.asked[0]) in str(refused.value)


def test_what_does_not_pickle_is_an_end_too(lender, tmp_path):
    with pytest.raises(gr.Error, match="Pickl|Attribute"):
        list(lender.GPU(duration=lambda: 1)(local_values)())


def local_values():
    yield Told(lambda: None, 0.0, 0.0)


@pytest.mark.parametrize("message", ["You have exceeded your quota (60s requested). Try again in 1:00:00. ", "None"])
def test_a_card_that_is_refused_is_a_sentence(clip, tmp_path, lender, message):
    lender.refuses = gr.Error(message, title="ZeroGPU quota exceeded", print_exception=False)
    with pytest.raises(Refusal) as refused:
        list(compared(clip, tmp_path))
    assert refused.value.case == "no_gpu" and refused.value.params["reason"] == message.rstrip(". ")
