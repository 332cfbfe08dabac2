"""What may be in a weights file: the one error about it, and the checks that safetensors itself does not make."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import torch

from vae_demo.refusal import Refusal, shown

# The format's own limit on the header, in bytes.
MOST_HEADER = 100_000_000
SHOWN = 60




def unreadable(path: Path) -> Refusal:
    return Refusal("unreadable_weights", file=path.name)


def check_header(path: Path) -> None:
    """Raise Refusal unless the header of a safetensors file is JSON that says nothing twice.

    Of a name written twice safetensors takes the last one in silence, others the first: two readers would see two
    models in one file. Offsets, shapes, types and lengths it checks itself. Raises OSError where there is no file.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        text = file.read(length) if length <= MOST_HEADER else b""
    if not text or len(text) < length:
        raise unreadable(path)

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(items)
        if len(found) != len(items):
            seen: set[str] = set()
            twice = next(key for key, _ in items if key in seen or seen.add(key))
            raise Refusal("double_weights", file=path.name, name=shown(twice, SHOWN))
        return found

    try:
        json.loads(text, object_pairs_hook=pairs)
    except Refusal:
        raise
    except (ValueError, RecursionError) as error:
        raise unreadable(path) from error


def check_finite(tensors: Iterable[tuple[str, torch.Tensor]], path: Path) -> None:
    """Raise Refusal for a NaN or an infinity: every frame they touch would be one too."""
    for name, value in tensors:
        if not bool(torch.isfinite(value).all()):
            dtype = str(value.dtype).removeprefix("torch.")
            raise Refusal("not_finite_weights", file=path.name, name=name, dtype=dtype)
