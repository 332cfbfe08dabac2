"""From checkpoints to the file the app ships: fp16 weights under the pipeline's own names, config in the metadata."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file

from vae_demo.models.spec import MODELS
from vae_demo.models.temporal import TemporalVAE
from vae_demo.models.tiny_spatial import TinySpatial
from vae_demo.models.video_vae import VideoVAE


def export(name: str, spatial: TinySpatial, temporal: TemporalVAE, facts: dict, directory: Path) -> Path:
    """Write directory/name.safetensors: fp16 tensors, no optimizer state; returns the path."""
    vae = VideoVAE(MODELS[name], spatial, temporal)
    tensors = {key: value.detach().cpu().half().contiguous() for key, value in vae.state_dict().items()}
    for key, value in tensors.items():
        if not torch.isfinite(value).all():
            raise ValueError(f"{key} does not survive fp16")
    metadata = {
        "name": name,
        "spatial": json.dumps(asdict(spatial.config)),
        "temporal": json.dumps(asdict(temporal.config)),
        "training": json.dumps({**facts, "machine": facts["spatial"]["machine"]}),
    }
    path = directory / f"{name}.safetensors"
    directory.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata=metadata)
    return path
