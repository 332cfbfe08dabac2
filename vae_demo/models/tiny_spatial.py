"""The spatial half of the bundled models: frame by frame, 8x8, 16 latent channels, no attention.

Only Conv2d, GroupNorm, SiLU, addition, nearest upsampling, pixel (un)shuffle and a scale per channel, so it can
be exported and run elsewhere. Layers in order:

encoder   pixel_unshuffle 2 -> conv_in -> level 0 blocks -> down.0 (stride 2) -> level 1 blocks
          -> down.1 (stride 2) -> level 2 blocks -> conv_out
decoder   conv_in -> level 0 blocks -> nearest x2, up.0 -> level 1 blocks -> nearest x2, up.1
          -> level 2 blocks -> conv_out -> pixel_shuffle 2

Latents leave `encode` with zero mean and unit variance per channel over the training images, so a zero
pad slot means an average latent, not an extreme one.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, pixel_shuffle, pixel_unshuffle, silu


@dataclass(frozen=True)
class TinySpatialConfig:
    """Widths per level, coarse last for the encoder and first for the decoder."""

    latent_channels: int = 16
    encoder_widths: tuple[int, int, int] = (32, 64, 64)
    decoder_widths: tuple[int, int, int] = (112, 64, 48)
    encoder_blocks: tuple[int, int, int] = (1, 1, 2)
    decoder_blocks: tuple[int, int, int] = (3, 2, 1)
    norm_groups: int = 8


class Block(nn.Module):
    """x + conv(SiLU(norm(conv(SiLU(norm(x)))))); the second convolution starts at zero.

    Without norms training shrinks what reaches SiLU, down to where it is nearly a straight line.
    """

    def __init__(self, width: int, groups: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(groups, width), nn.Conv2d(width, width, 3, padding=1)
        self.norm2, self.conv2 = nn.GroupNorm(groups, width), nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(_silu(self.norm2(self.conv1(_silu(self.norm1(x))))))


def _silu(x: Tensor) -> Tensor:
    """SiLU of what nobody else needs: overwritten, unless gradients will ask for it."""
    return silu(x, inplace=not torch.is_grad_enabled())


def _levels(widths: tuple[int, ...], counts: tuple[int, ...], groups: int) -> nn.ModuleList:
    return nn.ModuleList(nn.Sequential(*(Block(width, groups) for _ in range(count)))
                         for width, count in zip(widths, counts, strict=True))


class Encoder(nn.Module):
    def __init__(self, config: TinySpatialConfig) -> None:
        super().__init__()
        a, b, c = config.encoder_widths
        self.conv_in = nn.Conv2d(12, a, 3, padding=1)
        self.levels = _levels(config.encoder_widths, config.encoder_blocks, config.norm_groups)
        self.down = nn.ModuleList(
            [nn.Conv2d(a, b, 3, stride=2, padding=1), nn.Conv2d(b, c, 3, stride=2, padding=1)])
        self.conv_out = nn.Conv2d(c, config.latent_channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.levels[0](self.conv_in(pixel_unshuffle(x, 2)))
        x = self.levels[1](self.down[0](x))
        x = self.levels[2](self.down[1](x))
        return self.conv_out(silu(x))


class Decoder(nn.Module):
    def __init__(self, config: TinySpatialConfig) -> None:
        super().__init__()
        a, b, c = config.decoder_widths
        self.conv_in = nn.Conv2d(config.latent_channels, a, 3, padding=1)
        self.levels = _levels(config.decoder_widths, config.decoder_blocks, config.norm_groups)
        self.up = nn.ModuleList([nn.Conv2d(a, b, 3, padding=1), nn.Conv2d(b, c, 3, padding=1)])
        self.conv_out = nn.Conv2d(c, 12, 3, padding=1)

    def forward(self, z: Tensor) -> Tensor:
        x = self.levels[0](self.conv_in(z))
        x = self.levels[1](self.up[0](interpolate(x, scale_factor=2.0, mode="nearest")))
        x = self.levels[2](self.up[1](interpolate(x, scale_factor=2.0, mode="nearest")))
        return pixel_shuffle(self.conv_out(silu(x)), 2)


class TinySpatial(nn.Module):
    """Images N 3 H W in -1..1 to normalised latents N 16 H/8 W/8 and back; H and W multiples of 8."""

    factor = 8

    def __init__(self, config: TinySpatialConfig = TinySpatialConfig()) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        # At half the sides: the level above enlarged, then what a block holds at once.
        self.values_per_pixel = (config.decoder_widths[1] + 5 * config.decoder_widths[2]) / 4
        self.register_buffer("shift", torch.zeros(1, config.latent_channels, 1, 1))
        self.register_buffer("scale", torch.ones(1, config.latent_channels, 1, 1))

    def encode(self, images: Tensor) -> tuple[Tensor, None]:
        """Latents and no log variance: this half is deterministic, there is nothing to sample."""
        return (self.encoder(images) - self.shift) / self.scale, None

    def decode(self, latents: Tensor) -> Tensor:
        return self.decoder(latents * self.scale + self.shift)
