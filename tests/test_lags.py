"""Numbers of lags stay where they are computed until all frames have come, and are what they would be read at once."""

import numpy as np
import pytest
import torch
from fabricated import Frames
from test_late import FRAMES, MOVING, PLAN, pieces, played
from torch.overrides import TorchFunctionMode

from vae_demo.metrics import NUMPY, Lags, PlayedScores, tensors
from vae_demo.results.findings import LAGS, Lagged


def read_at_once(source, shown, batch):
    """What Lags measures, with every number read as soon as it is there."""
    errors, moves, contrast = {}, {}, {}

    def squares(apart):
        level = apart.mean((1, 2))
        return ((apart * apart).mean((1, 2, 3)) - (level * level).mean(1)).tolist()

    for start in range(0, len(shown), batch):
        first, last = max(start, 3), min(start + batch, len(shown), FRAMES - 3)
        if first >= last:
            continue
        near, own = (NUMPY.small(each) for each in (source[first - 3:last + 3], shown[first:last]))
        n = last - first
        by_lag = {lag: squares(own - near[3 + lag:3 + lag + n]) for lag in LAGS}
        by_step = {step: squares(near[step:] - near[:-step]) for step in (1, 2, 3)}
        own_squares = squares(near[3:3 + n])
        for at in range(n):
            errors[first + at] = [by_lag[lag][at] for lag in LAGS]
            moves[first + at] = [by_step[abs(lag)][at + 3 + min(lag, 0)] if lag else 0.0 for lag in LAGS]
            contrast[first + at] = own_squares[at]
    found = []
    for chunk in PLAN.decode_chunks:
        frames = [frame for frame in range(chunk.start, chunk.stop) if frame in errors]
        least = [min(range(7), key=errors[frame].__getitem__) for frame in frames]
        means = [tuple(round(sum(each[frame][at] for frame in frames) / len(frames), 4) for at in range(7))
                 for each in (errors, moves)]
        found.append(Lagged(chunk.start, chunk.stop, len(frames), *means, tuple(least.count(at) for at in range(7)),
                            round(sum(contrast[frame] for frame in frames) / len(frames), 4)))
    return tuple(found)


@pytest.mark.parametrize("size", [(8, 8), (48, 64), (70, 130)])
@pytest.mark.parametrize("batch", [1, 7, 8, 41])
def test_numbers_read_at_the_end_are_those_read_at_once_to_the_last_bit(size, batch):
    source = np.random.default_rng(batch).integers(0, 256, (FRAMES, *size, 3), np.uint8)
    shown = played(source, (17, 41, 1))
    assert pieces(source, shown, batch) == read_at_once(source, shown, batch)


def test_what_is_measured_of_a_piece_is_what_it_was():
    """Of 8 x 8 pixels every sum is a whole number, exact whatever the order."""
    frames = np.arange(FRAMES * 8 * 8 * 3).reshape(FRAMES, 8, 8, 3)
    source, shown = (frames * frames // 7 % 251).astype(np.uint8), (frames * frames // 5 % 241).astype(np.uint8)
    assert pieces(source, shown)[1] == Lagged(
        9, 17, 8, (10665.5878, 10097.6888, 10191.724, 10388.2919, 10174.7623, 9926.1692, 10189.5172),
        (10230.2521, 10307.9923, 10390.9795, 0.0, 10122.8417, 9877.2856, 10263.7131), (0, 1, 3, 1, 2, 0, 1), 5243.1)


class Unread(TorchFunctionMode):
    """Fails where somebody asks for the value of a tensor. On a GPU they would wait for all that is queued."""

    READ = {torch.Tensor.tolist, torch.Tensor.item, torch.Tensor.numpy, torch.Tensor.cpu, torch.Tensor.__bool__,
            torch.Tensor.__int__, torch.Tensor.__float__, torch.Tensor.__index__, torch.Tensor.__array__,
            torch.Tensor.__contains__, torch.Tensor.nonzero, torch.equal, torch.allclose}

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func in self.READ:
            raise AssertionError(f"{func.__name__} while frames come")
        return func(*args, **(kwargs or {}))


def test_nothing_is_read_before_all_is_measured():
    there = tensors.kernels(torch.device("cpu"))
    lags = Lags(Frames(MOVING), PLAN, there)
    scores = PlayedScores(Frames(MOVING), FRAMES, range(FRAMES), kernels=there, also=lags.add)
    with Unread():
        for at in range(0, FRAMES, 7):
            scores.add(MOVING[at:at + 7])
        for read in (lags.measured, scores.scores):
            with pytest.raises(AssertionError, match="tolist while"):
                read()
    assert sum(each.numel() for each in lags._rows) == 2 * len(LAGS) * (FRAMES - 6), "and a few numbers a frame stay"
    assert len(lags._rows) == 6


def test_all_is_read_in_one_go(monkeypatch):
    lags, reads, tolist = Lags(Frames(MOVING), PLAN, tensors.kernels(torch.device("cpu"))), [], torch.Tensor.tolist
    monkeypatch.setattr(torch.Tensor, "tolist", lambda each: reads.append(len(each)) or tolist(each))
    for at in range(0, FRAMES, 7):
        lags.add(torch.from_numpy(MOVING[at:at + 7]))
    assert lags.measured() == lags.measured() and len(reads) == 2
