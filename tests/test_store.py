"""Frames on disk, and how much memory a batch may take."""

import errno
import os

import numpy as np
import pytest
import torch

from vae_demo import memory
from vae_demo.refusal import Refusal
from vae_demo.store import FrameStore


def pictures(n, level=7):
    return np.full((n, 4, 6, 3), level, np.uint8)


def test_frames_come_back_in_order(tmp_path):
    store = FrameStore(tmp_path / "frames.npy", 5, 4, 6)
    store.append(pictures(2, 1))
    store.append(pictures(3, 2))
    assert (store.n_frames, store.n_written) == (5, 5)
    assert store.frames(1, 4)[:, 0, 0, 0].tolist() == [1, 2, 2]
    assert np.array_equal(np.load(tmp_path / "frames.npy"), store.frames(0, 5)), "a plain npy file"


def test_what_was_not_written_is_an_error_never_black(tmp_path):
    store = FrameStore(tmp_path / "frames.npy", 5, 4, 6)
    store.append(pictures(2))
    for start, stop in ((0, 3), (2, 3), (-1, 1), (2, 1)):
        with pytest.raises(IndexError, match="of 2 written"):
            store.frames(start, stop)
    assert store.frames(2, 2).shape == (0, 4, 6, 3)


def test_more_than_announced_is_refused(tmp_path):
    store = FrameStore(tmp_path / "frames.npy", 3, 4, 6)
    store.append(pictures(2))
    with pytest.raises(ValueError, match="holds 3 frames, got 4"):
        store.append(pictures(2))
    assert store.n_written == 2


def test_readers_cannot_write(tmp_path):
    store = FrameStore(tmp_path / "frames.npy", 2, 4, 6)
    store.append(pictures(2))
    with pytest.raises(ValueError, match="read-only"):
        store.frames(0, 1)[0] = 0
    store.remove()
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_said_before_it_kills(tmp_path, monkeypatch):
    def full(descriptor, start, length):
        assert length >= 5 * 4 * 6 * 3
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(Refusal, match="No space left") as error:
        FrameStore(tmp_path / "frames.npy", 5, 4, 6)
    assert error.value.case == "no_space" and not list(tmp_path.iterdir())


def test_room_is_taken_from_the_start(tmp_path):
    FrameStore(tmp_path / "frames.npy", 50, 64, 64)
    assert (tmp_path / "frames.npy").stat().st_blocks * 512 >= 50 * 64 * 64 * 3


def test_a_gpu_is_asked_for_its_own_memory(monkeypatch):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (6_000, 80_000))
    assert memory.batch_budget("cuda") == 3_000
    # Kept by PyTorch for later, and not in use.
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 5_000)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: 1_000)
    assert memory.batch_budget("cuda") == 5_000
