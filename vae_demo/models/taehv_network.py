"""TAEHV: a tiny autoencoder for the latents of a large video VAE, run in pieces of time that carry its memory.

Names and shapes are those of the files that madebyollin/taehv publishes (128 tensors), in whose order the layers stand;
read from its taehv.py at 1f14a56. What that chooses by a file's name is a `TAEHVConfig` here.

Both halves work frame by frame but for three kinds of layer: a memory block sees the frame before its own, at its own
level; a pool joins neighbours in time, a grow parts them. So time may be cut between any two latents as long as the
memory goes on, and a clip at once is its pieces in a row.

Arrays are N T C H W, float: pixels in [0, 1], latents as a diffusion model of the large one sees them, unscaled.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import pixel_shuffle, pixel_unshuffle

LEVELS = 3
BLOCKS = 3  # memory blocks per level
COLOURS = 3


@dataclass(frozen=True)
class TAEHVConfig:
    """What files may differ in.

    latent_channels    of the large model
    patch              pixels along each side that are channels of one place, before and after everything
    time_down, time_up per level, from pixels to latents and from latents to pixels: whether time is halved, doubled
    encoder_width      channels of every level of the encoder
    decoder_widths     channels per level from latents to pixels, and before the last convolution
    """

    latent_channels: int = 16
    patch: int = 1
    time_down: tuple[bool, ...] = (True, True, False)
    time_up: tuple[bool, ...] = (False, True, True)
    encoder_width: int = 64
    decoder_widths: tuple[int, ...] = (256, 128, 64, 64)

    def __post_init__(self) -> None:
        if (len(self.time_down), len(self.time_up), len(self.decoder_widths)) != (LEVELS, LEVELS, LEVELS + 1):
            raise ValueError(f"expected {LEVELS} levels, got {self}")
        if sum(self.time_down) != sum(self.time_up):
            raise ValueError(f"time must grow as much as it shrinks, got {self}")

    @property
    def stride(self) -> int:
        """Frames per latent."""
        return 2 ** sum(self.time_down)

    @property
    def spatial(self) -> int:
        """Pixels per latent, along each side."""
        return self.patch * 2 ** LEVELS


class Bounded(nn.Module):
    """Latents far out are drawn to within 3 of zero."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(x / 3) * 3


class MemoryBlock(nn.Module):
    """x and the same one frame before, T c h w each -> T c h w."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            _conv(2 * width, width), nn.ReLU(inplace=True), _conv(width, width), nn.ReLU(inplace=True),
            _conv(width, width))

    def forward(self, x: Tensor, before: Tensor) -> Tensor:
        return (self.conv(torch.cat([x, before], 1)) + x).relu_()


class Pool(nn.Module):
    """T c h w -> T/n c h w: n frames in a row become one."""

    def __init__(self, width: int, n: int) -> None:
        super().__init__()
        self.n = n
        self.conv = nn.Conv2d(n * width, width, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        frames, c, h, w = x.shape
        return self.conv(x.reshape(frames // self.n, self.n * c, h, w))


class Grow(nn.Module):
    """T c h w -> T*n c h w: one frame becomes n in a row."""

    def __init__(self, width: int, n: int) -> None:
        super().__init__()
        self.n = n
        self.conv = nn.Conv2d(width, n * width, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        frames, c, h, w = x.shape
        return self.conv(x).reshape(frames * self.n, c, h, w)


class Stream:
    """A row of layers over pieces of one clip, N T c h w each, in order; the first piece finds no memory.

    Between pieces it keeps one frame per memory block. A piece that fails leaves it as it was.
    """

    def __init__(self, layers: nn.Sequential) -> None:
        self._layers = layers
        self._last: dict[int, Tensor] = {}

    def __call__(self, piece: Tensor) -> Tensor:
        n, last, x = len(piece), dict[int, Tensor](), piece.flatten(0, 1)
        for index, layer in enumerate(self._layers):
            if isinstance(layer, MemoryBlock):
                frames = x.unflatten(0, (n, -1))
                first = self._last.get(index, torch.zeros_like(frames[:, :1]))
                # A clone lets the other frames go; a view would keep them all alive.
                last[index] = frames[:, -1:].clone()
                x = layer(x, torch.cat([first, frames[:, :-1]], 1).flatten(0, 1))
            else:
                x = layer(x)
        self._last = last
        return x.unflatten(0, (n, -1))


class Encoding(Stream):
    """Pixels N T 3 H W in [0, 1] -> latents N K c h w, a piece at a time; H and W multiples of the spatial factor.

    T is a multiple of the stride in all pieces but the last: there the last frame is repeated until the latent is full.
    """

    def __init__(self, vae: TAEHV) -> None:
        super().__init__(vae.encoder)
        self._config = vae.config

    def __call__(self, piece: Tensor) -> Tensor:
        missing = -piece.shape[1] % self._config.stride
        if missing:
            piece = torch.cat([piece, piece[:, -1:].expand(-1, missing, -1, -1, -1)], 1)
        return super().__call__(pixel_unshuffle(piece, self._config.patch))


class Decoding(Stream):
    """Latents N K c h w -> pixels N K*stride 3 H W, about [0, 1], not clipped, a piece at a time; nothing is cut."""

    def __init__(self, vae: TAEHV) -> None:
        super().__init__(vae.decoder)
        self._config = vae.config

    def __call__(self, piece: Tensor) -> Tensor:
        return pixel_shuffle(super().__call__(piece), self._config.patch)


class TAEHV(nn.Module):
    """Encoder and decoder. `encode` and `decode` take a clip at once and need memory for all of it; an Encoding and a
    Decoding take its pieces, and give the same."""

    def __init__(self, config: TAEHVConfig = TAEHVConfig()) -> None:
        super().__init__()
        self.config = config
        self.encoder = _encoder(config)
        self.decoder = _decoder(config)

    def encode(self, video: Tensor) -> Tensor:
        """Pixels N T 3 H W in [0, 1] -> latents N K c h w, one per `stride` frames begun."""
        return Encoding(self)(video)

    def decode(self, latents: Tensor) -> Tensor:
        """Latents N K c h w -> pixels N K*stride 3 H W, about [0, 1], not clipped; nothing is cut in front."""
        return Decoding(self)(latents)


def _conv(inputs: int, outputs: int, step: int = 1, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, step, padding=1, bias=bias)


def _memory(width: int) -> list[nn.Module]:
    return [MemoryBlock(width) for _ in range(BLOCKS)]


def _encoder(config: TAEHVConfig) -> nn.Sequential:
    width = config.encoder_width
    layers: list[nn.Module] = [_conv(COLOURS * config.patch ** 2, width), nn.ReLU(inplace=True)]
    for halved in config.time_down:
        layers += [Pool(width, 2 if halved else 1), _conv(width, width, 2, bias=False), *_memory(width)]
    return nn.Sequential(*layers, _conv(width, config.latent_channels))


def _decoder(config: TAEHVConfig) -> nn.Sequential:
    first, *_, last = widths = config.decoder_widths
    layers: list[nn.Module] = [Bounded(), _conv(config.latent_channels, first), nn.ReLU(inplace=True)]
    for level, doubled in enumerate(config.time_up):
        width, after = widths[level:level + 2]
        layers += [*_memory(width), nn.Upsample(scale_factor=2), Grow(width, 2 if doubled else 1),
                   _conv(width, after, bias=False)]
    return nn.Sequential(*layers, nn.ReLU(inplace=True), _conv(last, COLOURS * config.patch ** 2))
