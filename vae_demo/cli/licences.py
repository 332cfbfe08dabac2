"""What the person at this machine has accepted, once for each model or repository and its licence.

A small JSON file in the place for settings; one that cannot be read accepts nothing.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from vae_demo.models.published import read_object
from vae_demo.refusal import Refusal

FOLDER, NAME = "1-4k-lab", "licences.json"
MOST_BYTES = 100_000


def has_accepted(of: str, licence: str) -> bool:
    """of: name of a model, or hub:owner/name."""
    return _read().get(of) == licence


def accept(of: str, licence: str) -> bool:
    """Whether that could be written down; the file is whole at any moment."""
    try:
        path = _path()
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.with_name(f"{NAME}.{os.getpid()}")
        written.write_text(json.dumps({"accepted": {**_read(), of: licence}}, indent=2) + "\n", encoding="utf-8")
        written.replace(path)
    except (OSError, RuntimeError):
        return False
    return True


def _read() -> dict[str, str]:
    with suppress(Refusal, RuntimeError):
        found = read_object(_path(), MOST_BYTES).get("accepted")
        if isinstance(found, dict):
            return {of: licence for of, licence in found.items() if isinstance(licence, str)}
    return {}


def _path() -> Path:
    """Raises RuntimeError where nobody is at home."""
    told = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(told) if os.path.isabs(told) else Path.home() / ".config") / FOLDER / NAME
