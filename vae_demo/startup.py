"""What a process that computes settles before anything else: how its threads wait, and what it does with memory."""

from __future__ import annotations

import os

from vae_demo import heap


def prepare() -> None:
    """Before torch is imported, which reads how threads wait once. What the environment says already holds."""
    # A thread that spins while it waits takes a core from whatever else wants it, such as the browser that shows the
    # run: on two busy cores a decoder takes up to twice as long; on quiet ones it takes as long either way.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    heap.keep()
