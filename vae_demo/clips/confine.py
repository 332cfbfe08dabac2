"""What a worker takes from itself before it opens the file of a stranger. Where the system lacks a limit, none is set.

Nothing here is undone: a worker is thrown away, never let out.
"""

from __future__ import annotations

import math
import os
import sys
from contextlib import suppress

from vae_demo.clips.limits import Limits

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SLACK_S = 5  # of processor time, so that the wall clock ends a file first


def leave_network() -> bool:
    """Move to a network namespace with nothing in it, if the kernel lets us; tells whether it did.

    Call while there is one thread only: the second way needs that.
    """
    if sys.platform != "linux":
        return False
    with suppress(Exception):  # an extra: without it the limits hold all the same
        import ctypes

        unshare = ctypes.CDLL(None, use_errno=True).unshare
        # Root would lose the right to read other people's files in a user namespace, and needs none.
        ways = (CLONE_NEWNET,) if os.geteuid() == 0 else (CLONE_NEWNET, CLONE_NEWUSER | CLONE_NEWNET)
        return any(unshare(flags) == 0 for flags in ways)
    return False


def limit_memory(extra_bytes: int) -> bool:
    """At most `extra_bytes` of address space on top of what there is; tells whether the system will see to it."""
    if sys.platform != "linux":  # macOS takes the limit and ignores it
        return False
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as sizes:
            now = int(sizes.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (now + extra_bytes,) * 2)
    except (ImportError, OSError, ValueError):
        return False
    return True


def limit_files() -> None:
    """No file grows, no core is dumped; pipes still work."""
    sys.dont_write_bytecode = True
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def renew_time(seconds: float, limits_threads: int) -> None:
    """Processor time for one more file. The parent's clock ends it sooner; this is for when the parent is gone."""
    with suppress(ImportError, OSError, ValueError, OverflowError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        most = used.ru_utime + used.ru_stime + max(seconds, 0) * limits_threads + SLACK_S
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        soft = math.ceil(most) if hard == resource.RLIM_INFINITY else min(math.ceil(most), hard)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def seconds_for(do: str, limits: Limits) -> float:
    """Wall-clock time a request may take."""
    return limits.probe_seconds if do == "probe" else limits.max_seconds
