"""How the threads of a computation wait for each other."""

from __future__ import annotations

import os


def wait_asleep() -> None:
    """A thread that has nothing to do sleeps instead of spinning, unless the environment says otherwise.

    Threads that spin take a core from whatever else wants it, such as the browser that shows the run or another run: on
    two busy cores a decoder takes up to twice as long; on quiet ones it takes as long either way. Before torch is
    imported, which reads it once.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
