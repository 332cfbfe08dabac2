"""The key of a visit: 128 random bits that the page makes (shared/visit.js), never part of an address or a path."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any

from vae_demo.refusal import Refusal

_KEY = re.compile(r"[0-9a-f]{32}")


def new_key() -> str:
    """A key for a visitor without a page, as a caller of the API."""
    return secrets.token_hex(16)


def checked_key(key: Any) -> str:
    """The key itself. Raises Refusal for anything that no page of ours makes."""
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Refusal("no_visit")
    return key


def name_on_disk(key: str) -> str:
    """The name of a visit on disk: nobody who sees it learns the key."""
    return hashlib.sha256(str(key).encode(errors="replace")).hexdigest()[:32]
