"""How a worker's answers travel: a type byte, the length as four bytes, then JSON or pixels. Never pickle."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

HEADER = struct.Struct("!cI")
JSON, PIXELS = b"J", b"P"
MOST_JSON = 1 << 18  # bytes; notes and facts take some hundred


class Broken(Exception):
    """What came is no answer that a worker of ours gives."""


def request_line(request: dict[str, Any]) -> bytes:
    """One line of ASCII: bytes of a file name that are no text survive as escaped surrogates."""
    return json.dumps(request).encode("ascii") + b"\n"


def packed(kind: bytes, length: int) -> bytes:
    return HEADER.pack(kind, length)


def json_bytes(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode("ascii")


def parsed(data: bytes | bytearray) -> dict[str, Any]:
    """Bytes of a JSON answer -> the object in it. Raises Broken."""
    try:
        answer = json.loads(bytes(data), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Broken("not JSON") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("say"), str):
        raise Broken("not an answer")
    return answer


def receive(
    read_into: Callable[[memoryview], int | None], most_pixels: int, spare: list[bytearray]
) -> tuple[bytes, bytearray] | None:
    """The next answer as (type, body), None at the end. Raises Broken before room is made for a false length.

    read_into    fills a part of the buffer and gives how much, as a raw file's readinto
    most_pixels  bytes
    spare        buffers that are done with; one of the right size is filled again
    """
    head = bytearray(HEADER.size)
    if not _fill(read_into, head):
        return None
    kind, length = HEADER.unpack(head)
    if length > {JSON: MOST_JSON, PIXELS: most_pixels}.get(kind, -1):
        raise Broken(f"{length} bytes of type {kind!r}")
    try:
        body = spare.pop()
    except IndexError:
        body = bytearray()
    if len(body) != length:
        body = bytearray(length)
    return (kind, body) if _fill(read_into, body) else None


def _fill(read_into: Callable[[memoryview], int | None], buffer: bytearray) -> bool:
    view = memoryview(buffer)
    while view:
        n = read_into(view)
        if not n:
            return False
        view = view[n:]
    return True


def _no_number(name: str) -> None:
    raise ValueError(name)
