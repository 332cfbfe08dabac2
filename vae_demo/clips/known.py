"""What probe() found out lately. A page asks for the same file at every touch of a slider."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict

from vae_demo.clips.decoding import ClipInfo
from vae_demo.clips.limits import Limits

MOST = 64
# A file written to twice within one tick of the disk's clock looks the same both times.
SETTLED_S = 0.1
Stamp = tuple[int, int, int, int, int]
_lock = threading.Lock()
_infos: OrderedDict[tuple[str, Stamp, Limits], ClipInfo] = OrderedDict()


def stamp(path: str) -> Stamp | None:
    """What changes when a file does; None where there is none."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def recall(path: str, limits: Limits) -> ClipInfo | None:
    """The info of an unchanged file, or None."""
    with _lock:
        return _infos.get((path, now, limits)) if (now := stamp(path)) else None


def remember(path: str, before: Stamp | None, limits: Limits, info: ClipInfo) -> None:
    """Keep `info`, found in the file that had the stamp `before`, unless somebody may be writing to it."""
    if before is None or before != stamp(path) or time.time_ns() - max(before[3:]) < SETTLED_S * 1e9:
        return
    with _lock:
        _infos[path, before, limits] = info
        while len(_infos) > MOST:
            _infos.popitem(last=False)
