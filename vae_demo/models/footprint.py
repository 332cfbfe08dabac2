"""What a call takes in memory, counted without doing it: the same layers on the meta device, which holds no values."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

# What a call really takes, by what its tensors do: layers have room of their own to work in. What was measured of each
# family on a CPU, its largest weight aside, and a quarter more (`python -m benchmarks.footprint`, RESULTS.md); on a GPU
# nothing was, and 2 is what test_gpu_diffusers.py holds against it.
OVERHEAD = {"cpu": 5.0, "cuda": 2.0}
ON_CPU = {"hunyuanvideo": 2.0, "open-sora-2.0": 2.0, "cogvideox": 2.0, "easyanimate-5.1": 2.5, "ltx-video-0.9.0": 2.5,
          "ltx-video-0.9.5": 2.5, "ltx-2": 2.5}


def overhead(family: str, device: str) -> float:
    """Of a family on a kind of device; what nobody has measured is taken for the worst."""
    worst = OVERHEAD.get(device, max(OVERHEAD.values()))
    return ON_CPU.get(family, worst) if device == "cpu" else worst


def own_copy(part: nn.Module, device: str) -> int:
    """Bytes of the largest weight of a network: a layer on a CPU may lay its weights out anew before it uses them."""
    return max(value.nbytes for value in part.parameters()) if device == "cpu" else 0


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


def peak_bytes(call: Callable[[], object], factor: float = 1.0) -> int:
    """Bytes that the tensors of `call`, on tensors and modules of the meta device, would take at most at once, those it
    starts from left aside. factor: see overhead()."""
    with torch.inference_mode(), _LiveBytes() as counted:
        call()
    return int(counted.peak * factor)
