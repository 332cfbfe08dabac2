"""Checkpoints in safetensors: module, optimizer states and step, so that a stopped run goes on where it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from vae_demo.training.optimizers import Optimizers


def fingerprint(*modules: nn.Module) -> str:
    """Sixteen hexadecimal digits that change with any weight: what a later stage was trained on."""
    digest = hashlib.sha256()
    for module in modules:
        for name, value in module.state_dict().items():
            digest.update(name.encode() + value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


def save(path: Path, module: nn.Module, optimizers: Optimizers, facts: dict) -> None:
    """Write module and optimizer tensors; `facts` (step, seconds, seed, ...) go into the metadata as JSON."""
    tensors = {f"module.{name}": value for name, value in module.state_dict().items()}
    for kind, optimizer in optimizers.named.items():
        for index, state in optimizer.state_dict()["state"].items():
            tensors |= {f"{kind}.{index}.{key}": value for key, value in state.items()}
    partial = path.with_suffix(".partial")
    save_file({name: value.detach().cpu().contiguous() for name, value in tensors.items()}, partial,
              metadata={"facts": json.dumps(facts)})
    partial.rename(path)


def load(path: Path, module: nn.Module, optimizers: Optimizers | None = None) -> dict:
    """Restore module (strictly) and optimizers in place; returns the facts saved with them."""
    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        facts = json.loads(file.metadata()["facts"])
    module.load_state_dict({n.removeprefix("module."): t for n, t in tensors.items() if n.startswith("module.")})
    for kind, optimizer in optimizers.named.items() if optimizers else ():
        state: dict[int, dict] = {}
        for name, tensor in tensors.items():
            if name.startswith(f"{kind}."):
                _, index, key = name.split(".")
                state.setdefault(int(index), {})[key] = tensor
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return facts
