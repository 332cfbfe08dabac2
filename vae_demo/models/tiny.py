"""The bundled tiny models: the Open-Sora 1.2 pipeline at a small configuration, spatial half of our own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import torch

from vae_demo.models import two_stage
from vae_demo.models.spec import ModelSpec
from vae_demo.models.temporal import TemporalConfig, TemporalVAE
from vae_demo.models.tiny_spatial import TinySpatial, TinySpatialConfig
from vae_demo.models.video_vae import VideoVAE

TEMPORAL = TemporalConfig(
    in_channels=16, latent_channels=16, filters=32, multipliers=(1, 1, 1, 2), n_res_blocks=1, n_groups=8,
    linear_shortcut=True, zero_init=True)


def build(spec: ModelSpec, metadata: Mapping[str, str] | None = None) -> VideoVAE:
    """The model with fresh weights; a weights file says its own widths in its metadata.

    Raises ValueError or KeyError when the metadata does not describe a configuration.
    """
    metadata = metadata or {}
    spatial = _config(TinySpatialConfig, metadata.get("spatial"), TinySpatialConfig())
    temporal = _config(TemporalConfig, metadata.get("temporal"), TEMPORAL)
    return VideoVAE(spec, TinySpatial(spatial), TemporalVAE(temporal))


def _config(kind, text: str | None, default):
    if text is None:
        return default
    values = json.loads(text)
    known = {field.name for field in fields(kind)}
    if not isinstance(values, dict) or set(values) - known:
        raise ValueError(f"unknown settings for {kind.__name__}: {sorted(set(values) - known)}")
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()})


def load(spec: ModelSpec, path: Path, own: bool, device: torch.device, dtype: torch.dtype) -> two_stage.TwoStage:
    """See two_stage.load."""
    return two_stage.load(build, spec, path, own, device, dtype)
