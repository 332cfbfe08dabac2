"""The layout in which diffusers publishes a network: config.json beside one safetensors file, or an index and shards.

Only these names are ever looked for or fetched. Importing this module loads neither torch nor diffusers.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from vae_demo.refusal import Refusal, shown

CONFIG = "config.json"
WEIGHTS = "diffusion_pytorch_model.safetensors"
INDEX = f"{WEIGHTS}.index.json"
# Bytes; published configurations have 2 kB at most, an index 200 bytes a tensor.
MOST_CONFIG, MOST_INDEX = 100_000, 10_000_000
MOST_SHARDS = 64
# A file of the same folder and nothing else: no path, no "..", nothing hidden.
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.safetensors", re.ASCII)
PICKLES = (".bin", ".ckpt", ".pkl", ".pt", ".pth")


def read_object(path: Path, most: int) -> dict[str, Any]:
    """A JSON object of at most so many bytes, no name in it twice, every number finite. Raises Refusal."""
    try:
        with path.open("rb") as file:
            text = file.read(most + 1)
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_finite, parse_float=_finite) \
            if len(text) <= most else None
    except (OSError, ValueError, RecursionError) as error:
        raise Refusal("weights_json", file=path.name) from error
    if not isinstance(found, dict):
        raise Refusal("weights_json", file=path.name)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def read_index(path: Path) -> dict[str, str]:
    """Which file of the same folder holds which tensor. Raises Refusal."""
    where = read_object(path, MOST_INDEX).get("weight_map")
    if not isinstance(where, dict) or not where:
        raise Refusal("weights_json", file=path.name)
    for name in where.values():
        if not isinstance(name, str) or not PLAIN.fullmatch(name):
            raise Refusal("shard_name", file=path.name, name=shown(name))
    if len(set(where.values())) > MOST_SHARDS:
        raise Refusal("weights_json", file=path.name)
    return where


def files_in(folder: Path, model: str) -> tuple[list[Path], dict[str, str] | None]:
    """The safetensors files of a folder, and which of them holds which tensor where an index says so.

    model: its name, for whoever is told. Raises Refusal.
    """
    whole, index = folder / WEIGHTS, folder / INDEX
    if whole.is_file() and index.is_file():
        raise Refusal("two_weights", folder=folder.name, one=WEIGHTS, other=INDEX)
    if whole.is_file():
        return [whole], None
    if not index.is_file():
        refuse_pickles(folder.iterdir() if folder.is_dir() else [], model)
        raise Refusal("no_weights", folder=folder.name, file=WEIGHTS)
    where = read_index(index)
    shards = sorted(set(where.values()))
    for name in shards:
        if not (folder / name).is_file():
            raise Refusal("shard_missing", file=INDEX, name=name)
    numbered = re.compile(WEIGHTS.replace(".", r"-\d+-of-\d+\."))
    if extra := sorted(path.name for path in folder.iterdir() if numbered.fullmatch(path.name)
                       and path.name not in shards):
        raise Refusal("shard_extra", file=INDEX, name=shown(extra[0], 80))
    return [folder / name for name in shards], where


def refuse_pickles(paths: Any, model: str) -> None:
    """Raise Refusal where one of these is a pickle, which could run programs."""
    for path in sorted(paths):
        if path.suffix.lower() in PICKLES:
            raise Refusal("pickle_weights", file=shown(path.name, 80), model=model)
