"""How runs on a lent card end: closed, refused, failed, or with a worker that is gone."""

import errno
import os
import signal
import time

import gradio as gr
import pytest
from lent_gpu import lent_gpu
from lent_runs import compared
from patience import until
from random_models import tiny_model

from vae_demo import engine, scratch
from vae_demo.refusal import Refusal
from vae_demo.views.explore import run as explore_run
from vae_demo.views.shared import kept_model
from vae_demo.views.zerogpu.crossing import Told
from vae_demo.views.zerogpu.queueing import impatient


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


def test_the_memory_of_the_card_is_the_workers_to_ask(clip, tmp_path, lender):
    with pytest.raises(AssertionError):
        engine.batch_budget("cpu")
    # Undone before the lender puts back what it found.
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Refusal) as refused:
        patch.setattr(engine, "batch_budget", lambda device: 1)
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
