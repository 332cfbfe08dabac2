"""Calls that only queue their work, as on a GPU: what is told of them is done, and whoever waits is not left alone."""

import threading
import time
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from vae_demo.models import stepping
from vae_demo.models.stepping import stepped

BEAT_S = 0.01


class Card:
    """What is launched is done when somebody waits, which takes as long as it is told to."""

    def __init__(self, monkeypatch):
        self.launched, self.done, self.takes, self.waited_in = 0, 0, 0.0, []
        monkeypatch.setattr(torch.cuda, "synchronize", self.synchronize)

    def synchronize(self, device):
        assert device.type == "cuda"
        self.waited_in.append(threading.current_thread().name)
        begun, until = self.launched, time.monotonic() + self.takes * (self.launched > self.done)
        while time.monotonic() < until:
            time.sleep(BEAT_S / 10)
        self.done = begun


class Layer(nn.Module):
    def __init__(self, card):
        super().__init__()
        self.card = card

    def forward(self, given):
        self.card.launched += 1
        return given


@pytest.fixture
def card(monkeypatch):
    monkeypatch.setattr(stepping, "BEAT_S", BEAT_S)
    return Card(monkeypatch)


def calls(card, lengths, device="cuda", n_layers=2):
    """So many calls of a part with `n_layers` layers, as stepped() runs them, and the part."""
    part = nn.Sequential(*(Layer(card) for _ in range(n_layers)))

    def work():
        for length in lengths:
            part(SimpleNamespace(device=torch.device(device), shape=(1, 3, length, 8, 8)))
        return card.launched

    return stepped(work, [part]), part


def through(steps):
    """Its result, and every beat."""
    beats = []
    while True:
        try:
            beats.append(next(steps))
        except StopIteration as end:
            return end.value, beats


def test_a_call_is_told_when_the_device_has_done_those_before_it(card):
    steps, _ = calls(card, (4, 8, 4))
    told = []
    while True:
        try:
            beat = next(steps)
        except StopIteration as end:
            assert end.value == card.done == 6, "and the result when all of it is there"
            break
        told.append(beat.calls)
        assert card.done >= 2 * len(beat.calls)
    assert [each for at, each in enumerate(told) if each not in told[:at]] == [(), (4,), (4, 8)]
    assert set(card.waited_in) == {"network"} and len(card.waited_in) == 4


def test_whoever_waits_for_the_steps_hears_while_the_device_works(card):
    card.takes = 20 * BEAT_S
    steps, _ = calls(card, (4, 8))
    result, beats = through(steps)
    assert result == 4
    for calls_done in ((), (4,)):
        assert sum(beat.calls == calls_done for beat in beats) >= 5, beats


def test_a_stop_waits_for_what_is_queued_of_one_call_at_most(card):
    card.takes = 20 * BEAT_S
    steps, part = calls(card, (4, 8, 4, 8, 4))
    for beat in steps:
        if beat.calls == (4,):
            break
    began, launched = time.monotonic(), card.launched
    steps.close()
    assert time.monotonic() - began < 3 * card.takes and card.launched <= launched + 2
    assert "network" not in [thread.name for thread in threading.enumerate()]
    assert not any(each._forward_pre_hooks for each in part.modules())


def test_what_nobody_wants_any_more_is_not_waited_for(card):
    """A stop that comes in the last layer."""
    steps, part = calls(card, (4,), n_layers=1)
    inside, go_on = threading.Event(), threading.Event()
    part[0].register_forward_hook(lambda *_: inside.set() or go_on.wait(10) and None)
    next(steps)
    while not inside.is_set():
        next(steps)
    waited = len(card.waited_in)
    threading.Timer(0.1, go_on.set).start()
    steps.close()
    assert go_on.is_set() and len(card.waited_in) == waited and card.done < card.launched


def test_a_failure_of_the_device_is_told_like_any_other(card, monkeypatch):
    def fails(device):
        raise RuntimeError("an illegal memory access was encountered")

    monkeypatch.setattr(torch.cuda, "synchronize", fails)
    with pytest.raises(RuntimeError, match="illegal memory access"):
        through(calls(card, (4,))[0])


def test_nobody_waits_on_a_cpu(card):
    result, beats = through(calls(card, (4, 8, 4), "cpu")[0])
    assert result == 6 and beats and not card.waited_in and card.done == 0
