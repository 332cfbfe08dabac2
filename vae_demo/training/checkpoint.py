"""Checkpoints in safetensors: module, AdamW state and step, so that a stopped run goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn


def save(path: Path, module: nn.Module, optimizer: torch.optim.Optimizer | None, facts: dict) -> None:
    """Write module (and optimizer) tensors; `facts` (step, seconds, seed, ...) go into the metadata as JSON."""
    tensors = {f"module.{name}": value.detach().cpu().contiguous() for name, value in module.state_dict().items()}
    if optimizer is not None:
        for index, state in optimizer.state_dict()["state"].items():
            tensors |= {f"adam.{index}.{key}": value.detach().cpu().contiguous() for key, value in state.items()}
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata={"facts": json.dumps(facts)})
    partial.rename(path)


def load(path: Path, module: nn.Module, optimizer: torch.optim.Optimizer | None = None) -> dict:
    """Restore module (strictly) and optimizer in place; returns the facts saved with them."""
    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        facts = json.loads(file.metadata()["facts"])
    module.load_state_dict({n.removeprefix("module."): t for n, t in tensors.items() if n.startswith("module.")})
    if optimizer is not None:
        state: dict[int, dict] = {}
        for name, tensor in tensors.items():
            if name.startswith("adam."):
                _, index, key = name.split(".")
                state.setdefault(int(index), {})[key] = tensor
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return facts
