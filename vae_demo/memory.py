"""How much memory one batch of activations may take, on the device at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    import torch

# Half of what is free: the estimate of a batch is a model, not a promise, and others use the machine.
SHARE = 0.5
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_CGROUP_USED = Path("/sys/fs/cgroup/memory.current")


def batch_budget(device: torch.device | str) -> int:
    """Bytes one step may use for activations: half of the free memory of `device`."""
    # Here, for whoever only asks what is free has no use for torch.
    import torch

    device = torch.device(device)
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return int(free * SHARE)
    return int(free_bytes() * SHARE)


def free_bytes() -> int:
    """Bytes of main memory that may still be taken, in the machine and in the container around us."""
    return int(min(psutil.virtual_memory().available, _container_room()))


def _container_room() -> float:
    # A container (a Space, for one) may be allowed far less than the host reports as free.
    try:
        # "max" stands for no limit, and is no number either.
        limit, used = int(_CGROUP_LIMIT.read_text()), int(_CGROUP_USED.read_text())
    except (OSError, ValueError):
        return float("inf")
    return max(limit - used, 0)
