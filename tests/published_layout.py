"""Folders as diffusers' video VAEs are published: config.json beside one safetensors file, or an index and its shards.

The networks are the smallest of their class, with random weights: those of diffusers_twin.twin_of where the seed is 0.
"""

import json
import math
from pathlib import Path

import torch
from safetensors.torch import save_file

from vae_demo.models.diffusers_calls import class_of
from vae_demo.models.diffusers_families import RECIPES

STEM = "diffusion_pytorch_model"


def write_folder(folder: Path, family: str, shards: int = 1, dtype=torch.float32, seed: int = 0) -> Path:
    """Such a folder, made where it is not there yet; its weights are spread over so many files."""
    folder.mkdir(parents=True, exist_ok=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        vae = class_of(RECIPES[family])(**RECIPES[family].twin)
    vae.save_config(folder)
    write_tensors(folder, {key: value.to(dtype).contiguous() for key, value in vae.state_dict().items()}, shards)
    return folder


def write_tensors(folder: Path, tensors: dict[str, torch.Tensor], shards: int = 1) -> None:
    """The files alone: one, or the shards and the index that says where each tensor is."""
    if shards == 1:
        save_file(tensors, folder / f"{STEM}.safetensors", {"format": "pt"})
        return
    names, each = list(tensors), math.ceil(len(tensors) / shards)
    where = {name: f"{STEM}-{at // each + 1:05d}-of-{shards:05d}.safetensors" for at, name in enumerate(names)}
    for file in sorted(set(where.values())):
        save_file({name: tensors[name] for name in names if where[name] == file}, folder / file, {"format": "pt"})
    size = sum(value.numel() * value.element_size() for value in tensors.values())
    (folder / f"{STEM}.safetensors.index.json").write_text(
        json.dumps({"metadata": {"total_size": size}, "weight_map": where}, indent=2), encoding="utf-8")
