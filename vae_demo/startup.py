"""What a process that computes settles before anything else: how its threads wait, and what becomes of memory that it
lets go of. Both change time, never a value."""

from __future__ import annotations

import ctypes
import os
import sys

# mallopt(3) of glibc: names in malloc.h, and values in bytes or a count.
_KEPT = {"M_ARENA_MAX": (-8, 1), "M_MMAP_THRESHOLD": (-3, 32 * 2**20), "M_TRIM_THRESHOLD": (-1, 256 * 2**20)}


def prepare() -> None:
    """Before torch is imported, which reads how threads wait once. What the environment says already holds."""
    # A thread that spins while it waits takes a core from whatever else wants it, such as the browser that shows the
    # run: on two busy cores a decoder takes up to twice as long; on quiet ones it takes as long either way.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    keep_memory()


def keep_memory() -> None:
    """Arrays of a network that are let go of stay with the process for the next layer, up to 256 MiB at the end of its
    memory; given back, they would come page by page each time (benchmarks/calls.py says what that takes).

    All threads share one pool, for those of other threads hold too little to keep such arrays. What the environment
    says of it holds. Does nothing where the C library is not glibc.
    """
    if sys.platform != "linux" or any(name.startswith(("MALLOC_", "GLIBC_TUNABLES")) for name in os.environ):
        return
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        for parameter, value in _KEPT.values():
            mallopt(parameter, value)
