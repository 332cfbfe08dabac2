"""How much memory one batch of activations may take, on the device at hand, and how it is known that it ran out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    import torch

# Half of what is free: the estimate of a batch is a model, not a promise, and others use the machine.
SHARE = 0.5
# Version 1 writes "no limit" as the largest number of whole pages, a little below 2^63.
_NO_LIMIT = 2**60
# How libraries below torch say it, which have no class for it, in lower case: a CPU's allocator and oneDNN, the CUDA
# runtime, cuDNN and cuBLAS.
_RAN_OUT = ("can't allocate memory", "not enough memory", "out of memory", "status_alloc_failed")
# What cuDNN says where no way to compute has room for its workspace, and of what it cannot compute at all.
_NO_ENGINE = "unable to find an engine"
# Processes that divide this machine's memory, or GPU, among them; this one is one of so many.
_sharers = 1
# (limit, used) as each version of control groups names them.
_FILES = (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes"))


def share_among(n: int) -> int:
    """From now on this process is one of `n` that share what is free; gives what it was before."""
    global _sharers
    before, _sharers = _sharers, n
    return before


def batch_budget(device: torch.device | str) -> int:
    """Bytes one step may use for activations: half of the free memory of `device`, and this process's share of that."""
    # Here, for whoever only asks what is free has no use for torch.
    import torch

    device = torch.device(device)
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        # What PyTorch keeps for later is not free to others, but to us.
        idle = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int((free + idle) * SHARE / _sharers)
    return int(free_bytes() * SHARE / _sharers)


def ran_out(error: BaseException, of_several: bool = False) -> bool:
    """Whether an error means that the device, or the machine, has no memory left.

    of_several: of work on several items at once; then also what may mean that, and is seen once more where one item
    alone is tried.
    """
    import torch

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    said = str(error).lower() if isinstance(error, RuntimeError) else ""
    return any(each in said for each in _RAN_OUT) or (of_several and _NO_ENGINE in said)


def let_go() -> None:
    """After memory ran out on a GPU: what PyTorch keeps there for later goes back. Where nothing holds what failed any
    more, so outside the `except` that caught it."""
    import torch

    torch.cuda.empty_cache()


def free_bytes() -> int:
    """Bytes of main memory that may still be taken, in the machine and in the container around us."""
    return int(min(psutil.virtual_memory().available, container_room()))


def container_room(root: Path = Path("/")) -> float:
    """Bytes that the control groups of this process still allow, infinite where they set no limit.

    A container (a Space, for one) may be allowed far less than the host reports as free. Every group counts, from
    the mount down to our own: any of them may be the tightest. root: where /sys and /proc are.
    """
    return min((_room(folder) for folder in _groups(root)), default=float("inf"))


def _groups(root: Path) -> Iterator[Path]:
    """Folders of the groups we are in, ours and all above it; those that are not there read as no limit."""
    mounts = root / "sys/fs/cgroup"
    # Inside a container the mount itself is our group, whatever /proc says it is called outside.
    yield from (mounts, mounts / "memory")
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        number, _, rest = line.partition(":")
        controllers, _, name = rest.partition(":")
        if number == "0" and not controllers:
            # Version 2 alone is mounted here, beside version 1 in a folder of its own.
            places = (mounts, mounts / "unified")
        elif "memory" in controllers.split(","):
            places = (mounts / "memory", mounts / controllers)
        else:
            continue
        parts = [part for part in PurePosixPath(name).parts if part not in ("/", "..")]
        for place in places:
            yield from (place.joinpath(*parts[:n]) for n in range(1, len(parts) + 1))


def _room(folder: Path) -> float:
    for limit_name, used_name in _FILES:
        try:
            # "max" stands for no limit, and is no number either.
            limit, used = (int((folder / name).read_text(encoding="ascii")) for name in (limit_name, used_name))
        except (OSError, ValueError):
            continue
        if 0 <= limit < _NO_LIMIT:
            return max(limit - used, 0)
    return float("inf")
