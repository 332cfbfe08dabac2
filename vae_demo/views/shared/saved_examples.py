"""Saved examples are a help, not a need: one that cannot be shown is left out and logged, and the page goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")
_told: set[tuple[Path, str]] = set()


def usable(path: Path, use: Callable[[Path], T]) -> T | None:
    """What `use` makes of a saved folder or file; None where it is not there, or cannot be used, whatever is wrong."""
    if not path.exists():
        return None
    try:
        return use(path)
    except Exception as error:
        why = " ".join(f"{error}".split()) or type(error).__name__
        if (path, why) not in _told:  # every visitor comes past here
            _told.add((path, why))
            log.warning("%s is left out: %s", path.name, why)
        return None
