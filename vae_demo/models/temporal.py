"""The temporal half of the Open-Sora 1.2 VAE: a causal 3D autoencoder over spatial latents, x4 in time.

Parameter names and shapes are those of the published checkpoint at its own configuration (without
the `temporal_vae.` prefix); the bundled tiny models are the same class at a smaller one. Read from
hpcaitech/Open-Sora v1.2.0 (`opensora/models/vae/vae_temporal.py`), written anew.

The module sees chunks that are already padded to a multiple of the stride and returns slots that are
not yet cropped: pads, crops and chunk loops live in `vae_demo.layout`. Only Conv3d, GroupNorm, SiLU,
addition, zero padding and reshapes are used, and nothing depends on data, so it can be exported.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, silu

LOGVAR_RANGE = (-30.0, 20.0)


@dataclass(frozen=True)
class TemporalConfig:
    """Widths and depths; the defaults are the published Open-Sora 1.2 configuration.

    linear_shortcut   a linear map from the frames of a group to its latent and back, added to the network's
                      output. Not part of Open-Sora 1.2: narrow networks cannot learn identity through GroupNorm.
    zero_init         start every residual block as identity (second convolution zero), for training from scratch
    """

    in_channels: int = 4
    latent_channels: int = 4
    filters: int = 128
    multipliers: tuple[int, ...] = (1, 2, 2, 4)
    n_res_blocks: int = 4
    n_groups: int = 32
    temporal_downsample: tuple[bool, ...] = (False, True, True)
    linear_shortcut: bool = False
    zero_init: bool = False

    @property
    def stride(self) -> int:
        """Frames per latent: a factor of two for every level that downsamples."""
        return 2 ** sum(self.temporal_downsample)


class CausalConv3d(nn.Module):
    """A 3D convolution that sees no later frame: zeros on the left in time, around in space."""

    def __init__(self, n_in: int, n_out: int, kernel: int, time_stride: int = 1, bias: bool = True) -> None:
        super().__init__()
        side = kernel // 2
        self.padding = (side, side, side, side, (kernel - 1) + (1 - time_stride), 0)
        self.conv = nn.Conv3d(n_in, n_out, kernel, stride=(time_stride, 1, 1), bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        x = pad(x, self.padding)
        if _alone_on_a_cpu(x) and self.conv.kernel_size[0] > 1:
            weight, bias, stride = self.conv.weight, self.conv.bias, self.conv.stride
            return torch.mkldnn_convolution(x, weight, bias, (0, 0, 0), stride, (1, 1, 1), 1)
        return self.conv(x)


def _alone_on_a_cpu(x: Tensor) -> bool:
    """Whether PyTorch would unroll this convolution into a matrix instead of handing it to oneDNN.

    It does so for a small batch of one (x.shape[:4] up to 20480 elements): four times slower and with 27
    copies of the input in memory. The direct call has no gradient, no autocast and no place in an exported graph.
    """
    # Tracing first: while it lasts, a comparison of shapes would be recorded as data.
    return (
        not torch.jit.is_tracing() and not torch.compiler.is_compiling()
        and not torch.is_grad_enabled() and not torch.is_autocast_enabled("cpu")
        and x.device.type == "cpu" and x.dtype == torch.float32 and x.shape[0] == 1
        and torch.backends.mkldnn.is_available())


class ResBlock(nn.Module):
    """norm, SiLU, conv, twice; the skip passes a 1x1x1 convolution where the width changes."""

    def __init__(self, n_in: int, n_out: int, n_groups: int, zero_init: bool) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(n_groups, n_in)
        self.conv1 = CausalConv3d(n_in, n_out, 3, bias=False)
        self.norm2 = nn.GroupNorm(n_groups, n_out)
        self.conv2 = CausalConv3d(n_out, n_out, 3, bias=False)
        self.conv3 = CausalConv3d(n_in, n_out, 1, bias=False) if n_in != n_out else None
        if zero_init:
            nn.init.zeros_(self.conv2.conv.weight)

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv1(silu(self.norm1(x)))
        h = self.conv2(silu(self.norm2(h)))
        return h + (x if self.conv3 is None else self.conv3(x))


def _stack(n_in: int, n_out: int, config: TemporalConfig) -> nn.ModuleList:
    widths = [n_in] + [n_out] * config.n_res_blocks
    return nn.ModuleList(
        ResBlock(a, b, config.n_groups, config.zero_init) for a, b in zip(widths, widths[1:], strict=False))


def _run(blocks: nn.ModuleList, x: Tensor) -> Tensor:
    for block in blocks:
        x = block(x)
    return x


class Encoder(nn.Module):
    """B C T h w -> B 2Z T/stride h w: mean and log variance before `quant_conv`."""

    def __init__(self, config: TemporalConfig) -> None:
        super().__init__()
        widths = [config.filters * m for m in config.multipliers]
        self.conv_in = CausalConv3d(config.in_channels, config.filters, 3, bias=False)
        self.block_res_blocks = nn.ModuleList(
            _stack(a, b, config) for a, b in zip([config.filters, *widths], widths, strict=False))
        self.conv_blocks = nn.ModuleList(
            CausalConv3d(width, width, 3, time_stride=2) if down else nn.Identity()
            for width, down in zip(widths, config.temporal_downsample, strict=False))
        self.res_blocks = _stack(widths[-1], widths[-1], config)
        self.norm1 = nn.GroupNorm(config.n_groups, widths[-1])
        self.conv2 = CausalConv3d(widths[-1], 2 * config.latent_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_in(x)
        for level, blocks in enumerate(self.block_res_blocks):
            x = _run(blocks, x)
            if level < len(self.conv_blocks):
                x = self.conv_blocks[level](x)
        x = _run(self.res_blocks, x)
        return self.conv2(silu(self.norm1(x)))


def depth_to_time(x: Tensor) -> Tensor:
    """B 2C T h w -> B C 2T h w with out[:, c, 2t + s] = in[:, 2c + s, t]."""
    b, c, t, h, w = x.shape
    return x.reshape(b, c // 2, 2, t, h, w).transpose(2, 3).reshape(b, c // 2, 2 * t, h, w)


class Decoder(nn.Module):
    """B Z K h w -> B C K*stride h w."""

    def __init__(self, config: TemporalConfig) -> None:
        super().__init__()
        widths = [config.filters * m for m in config.multipliers]
        above = [*widths[1:], widths[-1]]
        self.conv1 = CausalConv3d(config.latent_channels, widths[-1], 3)
        self.res_blocks = _stack(widths[-1], widths[-1], config)
        self.block_res_blocks = nn.ModuleList(_stack(a, b, config) for a, b in zip(above, widths, strict=True))
        self.conv_blocks = nn.ModuleList(
            CausalConv3d(width, 2 * width, 3) if up else nn.Identity()
            for width, up in zip(widths[1:], config.temporal_downsample, strict=True))
        self.up = config.temporal_downsample
        self.norm1 = nn.GroupNorm(config.n_groups, widths[0])
        self.conv_out = CausalConv3d(widths[0], config.in_channels, 3)

    def forward(self, z: Tensor) -> Tensor:
        x = _run(self.res_blocks, self.conv1(z))
        for level in reversed(range(len(self.block_res_blocks))):
            x = _run(self.block_res_blocks[level], x)
            if level > 0 and self.up[level - 1]:
                x = depth_to_time(self.conv_blocks[level - 1](x))
        return self.conv_out(silu(self.norm1(x)))


class GroupShortcut(nn.Module):
    """Linear maps between the `stride` frames of a group and its one latent, shared over space.

    Starts as: the latent is the group's last frame, and every frame of a group is its latent.
    """

    def __init__(self, config: TemporalConfig) -> None:
        super().__init__()
        self.stride = config.stride
        n_frame, n_latent = config.in_channels, config.latent_channels
        self.fold = nn.Conv3d(n_frame * self.stride, n_latent, 1, bias=False)
        self.unfold = nn.Conv3d(n_latent, n_frame * self.stride, 1, bias=False)
        with torch.no_grad():
            same = torch.eye(n_latent, n_frame)
            fold = torch.zeros(n_latent, n_frame, self.stride)
            fold[:, :, -1] = same
            self.fold.weight.copy_(fold.reshape(n_latent, -1, 1, 1, 1))
            unfold = same.T[:, None, :].expand(n_frame, self.stride, n_latent)
            self.unfold.weight.copy_(unfold.reshape(-1, n_latent, 1, 1, 1))

    def to_latent(self, x: Tensor) -> Tensor:
        """B C (K stride) h w -> B Z K h w."""
        b, c, t, h, w = x.shape
        groups = x.reshape(b, c, t // self.stride, self.stride, h, w).transpose(2, 3)
        return self.fold(groups.reshape(b, c * self.stride, t // self.stride, h, w))

    def to_frames(self, z: Tensor) -> Tensor:
        """B Z K h w -> B C (K stride) h w."""
        b, _, k, h, w = z.shape
        groups = self.unfold(z).reshape(b, -1, self.stride, k, h, w).transpose(2, 3)
        return groups.reshape(b, -1, k * self.stride, h, w)


class TemporalVAE(nn.Module):
    """The temporal stage: `encode` gives mean and log variance, `decode` gives uncropped slots."""

    def __init__(self, config: TemporalConfig) -> None:
        super().__init__()
        self.config = config
        z = config.latent_channels
        self.encoder = Encoder(config)
        self.quant_conv = CausalConv3d(2 * z, 2 * z, 1)
        self.post_quant_conv = CausalConv3d(z, z, 1)
        self.decoder = Decoder(config)
        self.shortcut = GroupShortcut(config) if config.linear_shortcut else None
        if config.zero_init:
            self._start_small()

    def _start_small(self) -> None:
        # A posterior that starts wide drowns the first steps in noise; one this narrow hardly adds any.
        z = self.config.latent_channels
        with torch.no_grad():
            for conv in (self.quant_conv.conv, self.post_quant_conv.conv):
                conv.weight.copy_(torch.eye(conv.out_channels)[:, :, None, None, None])
                conv.bias.zero_()
            self.encoder.conv2.conv.bias.zero_()
            self.encoder.conv2.conv.weight[z:].zero_()
            self.encoder.conv2.conv.bias[z:].fill_(-5.0)
            if self.shortcut is not None:
                # With the shortcut on, the network starts as a correction of zero.
                self.encoder.conv2.conv.weight[:z].zero_()
                self.decoder.conv_out.conv.weight.zero_()
                self.decoder.conv_out.conv.bias.zero_()

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """B C L h w with L a multiple of the stride -> (mean, log variance), each B Z L/stride h w."""
        mean, logvar = self.quant_conv(self.encoder(x)).chunk(2, dim=1)
        if self.shortcut is not None:
            mean = mean + self.shortcut.to_latent(x)
        return mean, logvar.clamp(*LOGVAR_RANGE)

    def decode(self, z: Tensor) -> Tensor:
        """B Z K h w -> slots B C K*stride h w."""
        x = self.decoder(self.post_quant_conv(z))
        return x if self.shortcut is None else x + self.shortcut.to_frames(z)
