"""What a camera and a codec do to a drawn scene: soft focus, muted colour, colour at half the resolution."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, conv2d, interpolate, pad

# ITU-R BT.601: luma as a weighted sum of red, green and blue.
LUMA = (0.299, 0.587, 0.114)
REACH = 6
SUBSAMPLED = 0.25


def photographed(rng: np.random.Generator, images: Tensor) -> Tensor:
    """N 3 H W in -1..1, H and W even -> the same shape and range, channels last; each image gets its own look.

    Half of the images are out of focus (0.5 to 2 px), all lose some saturation, a quarter half of their colour
    resolution: nearly every video file is 4:2:0, but most clips are shrunk to the size they are judged at.
    """
    return _looked(images, *_looks(rng, len(images)))


def filmed(rng: np.random.Generator, frames: Tensor) -> Tensor:
    """As `photographed`, one look for all frames of a clip."""
    return _looked(frames, *(np.repeat(values, len(frames)) for values in _looks(rng, 1)))


def _looks(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """n each of: blur in pixels, saturation, whether colour is subsampled."""
    focus = np.where(rng.random(n) < 0.5, rng.uniform(0.5, 2, n), 1e-3)
    return focus, rng.uniform(0.5, 1, n), rng.random(n) < SUBSAMPLED


def _looked(images: Tensor, sigmas: np.ndarray, saturation: np.ndarray, subsampled: np.ndarray) -> Tensor:
    def each(values: np.ndarray) -> Tensor:
        return torch.from_numpy(values).to(images.device)[:, None, None, None]

    images = _blurred(images, sigmas)
    luma = sum(weight * images[:, c:c + 1] for c, weight in enumerate(LUMA))
    colour = (images[:, [0, 2]] - luma) * each(saturation).to(images.dtype)
    halved = interpolate(avg_pool2d(colour, 2), scale_factor=2, mode="bilinear")
    red, blue = (torch.where(each(subsampled), halved, colour) + luma).split(1, dim=1)
    green = (luma - LUMA[0] * red - LUMA[2] * blue) / LUMA[1]
    return torch.cat([red, green, blue], 1).clamp(-1, 1).contiguous(memory_format=torch.channels_last)


def _blurred(images: Tensor, sigmas: np.ndarray) -> Tensor:
    """Gaussian blur, one sigma in pixels per image."""
    x = torch.arange(-REACH, REACH + 1, device=images.device)
    kernels = torch.exp(-x**2 / (2 * torch.from_numpy(sigmas**2).to(images)[:, None]))
    kernels = (kernels / kernels.sum(1, keepdim=True)).repeat_interleave(images.shape[1], 0)[:, None]
    flat = pad(images.reshape(1, -1, *images.shape[2:]), (REACH,) * 4, mode="reflect")
    rows = conv2d(flat, kernels[:, :, None], groups=len(kernels))
    return conv2d(rows, kernels[:, :, :, None], groups=len(kernels)).reshape(images.shape)
