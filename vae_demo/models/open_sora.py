"""Open-Sora 1.2: diffusers' AutoencoderKL frame by frame, then the temporal stage at full width.

Names and shapes are those of the published `model.safetensors` (517 tensors, both stages in one
file): `spatial_vae.module.*`, `temporal_vae.*`, `shift`, `scale`. Read from hpcaitech/Open-Sora v1.2.0,
`opensora/models/vae/vae.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from vae_demo.models import two_stage
from vae_demo.models.spec import ModelSpec
from vae_demo.models.temporal import TemporalConfig, TemporalVAE
from vae_demo.models.video_vae import VideoVAE

# Upstream uses Stable Diffusion 1's factor with SDXL's weights; the checkpoint was trained that way.
SPATIAL_FACTOR = 0.18215
# Per-channel statistics of the latents; the checkpoint carries the same values.
SHIFT = (-0.10, 0.34, 0.27, 0.98)
SCALE = (3.85, 2.32, 2.33, 3.06)
WIDTHS = (128, 256, 512, 512)


class KLSpatial(nn.Module):
    """diffusers' AutoencoderKL as the per-frame half, latents scaled by 0.18215."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS, n_groups: int = 32) -> None:
        super().__init__()
        self.factor = 2 ** (len(widths) - 1)
        # At full sides: the level above enlarged, and what its first block holds at once.
        self.values_per_pixel = 5.0 * widths[1]
        # diffusers takes a second to import, and the bundled models never need it.
        from diffusers import AutoencoderKL

        self.module = AutoencoderKL(
            in_channels=3, out_channels=3, latent_channels=4, layers_per_block=2, block_out_channels=widths,
            norm_num_groups=n_groups, down_block_types=("DownEncoderBlock2D",) * len(widths),
            up_block_types=("UpDecoderBlock2D",) * len(widths), scaling_factor=SPATIAL_FACTOR)

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """N 3 H W in [-1, 1] -> mean and log variance of the scaled latents, each N 4 h w."""
        posterior = self.module.encode(images).latent_dist
        return posterior.mean * SPATIAL_FACTOR, posterior.logvar + 2 * math.log(SPATIAL_FACTOR)

    def decode(self, latents: Tensor) -> Tensor:
        """N 4 h w -> N 3 H W."""
        return self.module.decode(latents / SPATIAL_FACTOR).sample


def build(
    spec: ModelSpec,
    metadata: Mapping[str, str] | None = None,
    temporal: TemporalConfig = TemporalConfig(),
    widths: tuple[int, ...] = WIDTHS,
    n_groups: int = 32,
) -> VideoVAE:
    """The model with fresh weights at the published configuration, or a narrower one for tests."""
    vae = VideoVAE(spec, KLSpatial(widths, n_groups), TemporalVAE(temporal))
    vae.shift.copy_(torch.tensor(SHIFT).reshape(1, 4, 1, 1, 1))
    vae.scale.copy_(torch.tensor(SCALE).reshape(1, 4, 1, 1, 1))
    return vae


def load(spec: ModelSpec, path: Path, own: bool, device: torch.device, dtype: torch.dtype) -> two_stage.TwoStage:
    """See two_stage.load."""
    return two_stage.load(build, spec, path, own, device, dtype)
