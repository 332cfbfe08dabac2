"""What becomes of memory that a process which computes lets go of. It changes time, never a value."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable

# mallopt(3) of glibc: names in malloc.h, and values as a count or in bytes.
_KEPT = {"M_ARENA_MAX": (-8, 1), "M_MMAP_MAX": (-4, 0), "M_TRIM_THRESHOLD": (-1, 256 * 2**20)}


def keep() -> None:
    """Arrays of a network that are let go of stay with the process for the next layer, up to 256 MiB at the end of its
    memory; given back, they would come page by page each time (benchmarks/calls.py says what that takes).

    All threads share one pool, for those of other threads hold too little to keep such arrays, and no array is too
    large for it. What the environment says holds. Does nothing where the C library is not glibc.
    """
    if any(name.startswith(("MALLOC_", "GLIBC_TUNABLES")) for name in os.environ):
        return
    if mallopt := _of_glibc("mallopt"):
        for parameter, value in _KEPT.values():
            mallopt(parameter, value)


def give_back() -> None:
    """Gives everything back that nobody holds, which takes milliseconds: for the end of a run, after which others may
    need the memory, and whoever asks how much there is should be told of it."""
    if malloc_trim := _of_glibc("malloc_trim"):
        malloc_trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
