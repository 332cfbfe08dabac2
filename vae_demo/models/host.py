"""Between the host and a device, without either of them waiting for the other."""

from __future__ import annotations

from collections.abc import Callable

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
