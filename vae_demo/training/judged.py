"""What a folder of exported weights says of itself: metadata of the files, saved evaluations."""

from __future__ import annotations

import json
import math
from pathlib import Path

from safetensors import safe_open

from vae_demo.models.spec import MODELS

# Of the facts of a training, in this order.
STAGES = {"spatial": 1, "temporal": 2, "pixels": 3}


def opened(directory: Path, name: str) -> tuple[dict[str, str], dict[str, int]]:
    """Metadata of a weights file, and how many numbers each of its tensors has."""
    with safe_open(directory / MODELS[name].weights, "pt") as file:
        sizes = {key: math.prod(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
        return file.metadata(), sizes


def facts_of(directory: Path, name: str) -> dict:
    return json.loads(opened(directory, name)[0]["training"])


def evaluation_of(directory: Path, name: str) -> dict:
    return json.loads((directory / f"{name}.evaluation.json").read_text(encoding="utf-8"))


def precision_of(run: dict) -> str:
    return run["method"].rsplit(", ", 1)[-1]
