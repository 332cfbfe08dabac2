"""Whether a file that we wrote is all there: only its frame is read, not what it shows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

_ENDS = {".png": b"IEND\xaeB`\x82", ".html": b"</html>", ".json": b"}"}
_TAIL = 64


def is_whole(path: Path) -> bool:
    """Whether an mp4, WebP, PNG, HTML, JSON or CSV of ours reaches its own end; False where it cannot be read."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if path.suffix == ".mp4":
                return _boxes_fit(file, size)
            if path.suffix == ".webp":
                head = file.read(12)
                return head[:4] == b"RIFF" and head[8:] == b"WEBP" and 8 + int.from_bytes(head[4:8], "little") == size
            file.seek(max(size - _TAIL, 0))
            tail = file.read().rstrip()
            # Of a table only the end of its last line tells.
            return tail.endswith(_ENDS[path.suffix]) if path.suffix in _ENDS else bool(tail)
    except OSError:
        return False


def _boxes_fit(file: BinaryIO, size: int) -> bool:
    """Whether the boxes of an mp4 follow each other up to its very end, index and frames among them."""
    at, found = 0, set()
    while at < size:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8 or at + length > size:
            return False
        found.add(head[4:8])
        at += length
    return {b"ftyp", b"moov", b"mdat"} <= found
