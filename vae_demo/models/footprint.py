"""What a call takes in memory, counted without doing it: the same layers on the meta device, which holds no values."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

# What a call really takes, by what its tensors do: layers have room of their own to work in. The most that was
# measured of any family (`python -m benchmarks.footprint`).
OVERHEAD = {"cpu": 5.0, "cuda": 2.0}


def overhead(device: str) -> float:
    """Of a kind of device; what nobody has measured is taken for the worst."""
    return OVERHEAD.get(device, max(OVERHEAD.values()))


class _LiveBytes(TorchDispatchMode):
    """Counts the storages that are alive at once, of all tensors that are made while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[int, list[int]] = {}
        self.live = self.peak = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = function(*args, **(kwargs or {}))
        for tensor in tree_leaves(made):
            if isinstance(tensor, Tensor):
                self._hold(tensor)
        self.peak = max(self.peak, self.live)
        return made

    def _hold(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        key = storage._cdata
        # Views share a storage: it is alive as long as any of them.
        if key in self._held:
            self._held[key][0] += 1
        else:
            self._held[key] = [1, storage.nbytes()]
            self.live += storage.nbytes()
        weakref.finalize(tensor, self._let_go, key)

    def _let_go(self, key: int) -> None:
        held = self._held[key]
        held[0] -= 1
        if not held[0]:
            del self._held[key]
            self.live -= held[1]


def peak_bytes(call: Callable[[], object], device: str) -> int:
    """Bytes that `call`, on tensors and modules of the meta device, would take at most on `device`, those it starts
    from left aside."""
    with torch.inference_mode(), _LiveBytes() as counted:
        call()
    return int(counted.peak * overhead(device))
