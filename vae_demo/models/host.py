"""Between the host and a device, without either of them waiting for the other; and what has to wait, and to be timed.

Work for a GPU is queued: whoever asks for it goes on before it is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor


def to_device(values: np.ndarray | Tensor, device: torch.device) -> Tensor:
    """Values of any kind as a tensor there. On a GPU the copy is queued: an ordinary one would wait for all work that
    was queued before it."""
    tensor = torch.as_tensor(values)
    if device.type == "cuda" and tensor.device.type == "cpu":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)


def to_host(values: Tensor) -> Callable[[], Tensor]:
    """Begin to copy; the call waits until it is done and gives the copy. On the host already, `values` is it.

    The copy is queued behind the work that makes `values`, and what is queued after it goes on while somebody waits.
    """
    if values.device.type != "cuda":
        return lambda: values.cpu()
    there = torch.empty(values.shape, dtype=values.dtype, pin_memory=True)
    there.copy_(values, non_blocking=True)
    done = torch.cuda.Event()
    done.record(torch.cuda.current_stream(values.device))

    def arrived() -> Tensor:
        done.synchronize()
        return there

    return arrived


def wait(device: torch.device) -> None:
    """Until everything queued on the device is done; nothing is on a CPU."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


class Stopwatch:
    """Seconds of its blocks, added up. On a GPU they are the device's, and no block waits for its own work: from where
    the queue is through what came before a block, to where it is through what the block queued.

    What it keeps is one block's: a block ends with a look at the one before, which the device is through with by then,
    or soon. `seconds` waits for the last one.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._seconds = 0.0
        self._ended: list[tuple[torch.cuda.Event, torch.cuda.Event]] = []

    def __enter__(self) -> None:
        self._began = self._now()

    def __exit__(self, *error: object) -> None:
        began, now = self._began, self._now()
        if self._device.type == "cuda":
            self._read()
            self._ended.append((began, now))
        else:
            self._seconds += now - began

    def _now(self) -> Any:
        """The time, or this place in the queue."""
        if self._device.type != "cuda":
            return time.perf_counter()
        here = torch.cuda.Event(enable_timing=True)
        here.record(torch.cuda.current_stream(self._device))
        return here

    def _read(self) -> None:
        while self._ended:
            began, ended = self._ended.pop()
            ended.synchronize()
            self._seconds += began.elapsed_time(ended) / 1000

    @property
    def seconds(self) -> float:
        self._read()
        return self._seconds
