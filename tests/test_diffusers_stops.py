"""Calls of the video VAEs of diffusers that stop, fail or meet: nothing of them is left, and the next is right."""

import gc
import threading
import time
import weakref

import numpy as np
import pytest
import torch
from diffusers_runs import FAMILIES, FRAMES, Kept, clips_for_all, copies_of_all, round_trip

from vae_demo.layout.variant import Variant
from vae_demo.refusal import Refusal
from vae_demo.steps import drain


@pytest.fixture(scope="module")
def models():
    return copies_of_all()


@pytest.fixture(scope="module")
def clips():
    return clips_for_all()


@pytest.mark.parametrize("family", FAMILIES)
def test_stopped_in_the_middle_it_is_as_before(models, clips, family):
    model, clip = models[family], clips[family]
    _, wanted, plan = round_trip(model, clip, "own")
    before = {name: value for name, value in vars(model.vae).items() if isinstance(value, (bool, int, float))}
    prepared = drain(model.prepare(clip, None))
    for stop_after in (1, 2):
        steps = model.encode(prepared, plan)
        for _ in range(stop_after):
            next(steps)
        steps.close()
    latents = drain(model.encode(prepared, plan))
    steps = model.decode(latents, plan, Kept())
    next(steps)
    steps.close()
    assert "network" not in [thread.name for thread in threading.enumerate()] and not model._busy.locked()
    assert {name: value for name, value in vars(model.vae).items() if name in before} == before
    assert np.array_equal(round_trip(model, clip, "own")[1], wanted)


@pytest.mark.parametrize("family", ["wan-2.1", "easyanimate-5.1"])
def test_a_failure_inside_leaves_nothing_behind(models, clips, family, monkeypatch):
    """Caches on the object would make the next run wrong, or fail."""
    model, clip = models[family], clips[family]
    _, wanted, plan = round_trip(model, clip, "own")
    calls = []

    def breaks(module, args):
        calls.append(module)
        if len(calls) == 3:
            raise ZeroDivisionError

    hook = model.vae.encoder.register_forward_pre_hook(breaks)
    with pytest.raises(ZeroDivisionError):
        drain(model.encode(drain(model.prepare(clip, None)), plan))
    hook.remove()
    assert np.array_equal(round_trip(model, clip, "own")[1], wanted)


def test_two_at_once_on_one_model_do_not_meet(models, clips):
    model, clip = models["wan-2.1"], clips["wan-2.1"]
    _, wanted, _ = round_trip(model, clip, "own")
    found = []
    threads = [threading.Thread(target=lambda: found.append(round_trip(model, clip, "own")[1])) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3 and all(np.array_equal(each, wanted) for each in found)


def test_steps_are_bounded_and_come_to_the_frames(models, clips):
    model, clip = models["hunyuanvideo"], clips["hunyuanvideo"]
    plan = model.plan(FRAMES, Variant.read("own"))
    steps = []
    latents = drain(model.encode(drain(model.prepare(clip, None)), plan), steps.append)
    assert sum(step.frames for step in steps) == FRAMES and len(steps) >= 4
    steps.clear()
    drain(model.decode(latents, plan, Kept()), steps.append)
    assert sum(step.frames for step in steps) == plan.frames_out and all(step.frames >= 0 for step in steps)


def test_a_call_that_takes_long_can_be_closed_within_a_layer(models, clips):
    """Layers that take their time: whoever waits hears of it, and a stop needs no more than one of them."""
    model, clip = models["ltx-2"], clips["ltx-2"]
    entered = []

    def slow(module, args):
        entered.append(module)
        time.sleep(0.05)

    leaves = [each for each in model.vae.encoder.modules() if not any(each.children())]
    hooks = [each.register_forward_pre_hook(slow) for each in leaves]
    try:
        steps = model.encode(drain(model.prepare(clip, None)), model.plan(FRAMES, Variant.read("own")))
        told = [next(steps) for _ in range(3)]
        count = len(entered)
        steps.close()
    finally:
        for hook in hooks:
            hook.remove()
    assert len(told) == 3 and len(entered) <= count + 2 < len(leaves)


def test_a_call_that_never_began_leaves_no_hook(models, clips, monkeypatch):
    model, clip = models["ltx-2"], clips["ltx-2"]

    def none_left(thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(threading.Thread, "start", none_left)
        round_trip(model, clip, "own")
    assert not any(each._forward_pre_hooks for each in model.vae.modules())
    round_trip(model, clip, "own")


def test_an_impatient_stop_leaves_the_next_call_alone(models, clips, monkeypatch):
    """Somebody who presses Ctrl-C twice: the thread ends by itself, and takes its hooks along."""
    model, clip = models["ltx-2"], clips["ltx-2"]
    _, wanted, plan = round_trip(model, clip, "own")
    join, pressed = threading.Thread.join, []

    def impatient(thread, timeout=None):
        if thread.name == "network" and not pressed:
            pressed.append(thread)
            raise KeyboardInterrupt
        join(thread, timeout)

    monkeypatch.setattr(threading.Thread, "join", impatient)
    steps = model.encode(drain(model.prepare(clip, None)), plan)
    next(steps)
    with pytest.raises(KeyboardInterrupt):
        steps.close()
    assert np.array_equal(round_trip(model, clip, "own")[1], wanted)
    join(pressed[0], 10)
    assert not pressed[0].is_alive() and not any(each._forward_pre_hooks for each in model.vae.modules())


def test_nothing_of_a_call_that_ran_out_of_memory_is_kept(models, clips, monkeypatch):
    model, clip = models["ltx-2"], clips["ltx-2"]
    held = []

    def full(video):
        made = torch.zeros(1000)
        held.append(weakref.ref(made))
        raise torch.OutOfMemoryError

    monkeypatch.setattr(model.vae, "encode", full)
    gc.disable()
    try:
        with pytest.raises(Refusal) as error:
            round_trip(model, clip, "own")
        assert error.value.case == "out_of_memory" and error.value.__context__ is None
        assert held[0]() is None
    finally:
        gc.enable()
