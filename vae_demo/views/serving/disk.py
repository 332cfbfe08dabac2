"""What files take, and how old a folder is, also while others delete them."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path


def bytes_of(*folders: Path) -> int:
    """Bytes of all files, one with several names or in several of the folders counted once."""
    found = {}
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in names:
                with suppress(OSError):
                    file = os.lstat(os.path.join(place, name))
                    found[file.st_dev, file.st_ino] = file.st_size
    return sum(found.values())


def age_s(folder: Path) -> float:
    """Seconds since something was put into it; of one that is gone, as much as can be."""
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return float("inf")
