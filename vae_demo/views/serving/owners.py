"""Whose a session of Gradio's is: that of the page that used it first, and of nobody who only knows its name.

Gradio lets anybody who knows a session's hash hear its events and cancel them, and the hash stands in addresses. A page
of ours signs every request with its visit's key (shared/joins.js); a session that was signed once is not open to
anybody else after that.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

HEADER = b"x-vd-visit"
# The sessions of the last visitors; a page that was forgotten signs its next request all the same.
MOST = 20_000


class Owners:
    """Sessions and who signed them. Callers of the API sign nothing: their sessions are as secret as they keep them."""

    def __init__(self) -> None:
        self._signed: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, session: str | None, key: str | None, first: bool = False) -> bool:
        """Whether a request signed with `key` may act for a session; with `first` it may make the session its own."""
        if session is None:
            return True
        # Not the key itself: what lies in memory for long is no secret.
        signed = hashlib.sha256(key.encode(errors="replace")).hexdigest() if key else None
        with self._lock:
            owner = self._signed.get(session)
            if owner is None and first and signed:
                self._signed[session] = owner = signed
                if len(self._signed) > MOST:
                    self._signed.popitem(last=False)
            if owner is not None and owner == signed:
                self._signed.move_to_end(session)
            return owner is None or owner == signed
