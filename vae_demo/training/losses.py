"""Losses that give sharp frames without a network from a hub. All return a scalar."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import l1_loss, mse_loss


def gradient_l1(a: Tensor, b: Tensor) -> Tensor:
    """L1 between horizontal and vertical differences of N C H W: edges have to be where they were."""
    dx = l1_loss(a[..., :, 1:] - a[..., :, :-1], b[..., :, 1:] - b[..., :, :-1])
    dy = l1_loss(a[..., 1:, :] - a[..., :-1, :], b[..., 1:, :] - b[..., :-1, :])
    return dx + dy


def pixel_loss(output: Tensor, target: Tensor) -> Tensor:
    """L1 + 0.3 gradient L1 + 2 MSE of N C H W in -1..1: sharp where it can be, and in sum close to the source."""
    return l1_loss(output, target) + 0.3 * gradient_l1(output, target) + 2 * mse_loss(output, target)


def latent_loss(output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """L1 + 0.5 MSE on spatial latents B C T h w, each channel weighted by how much pixels react to it."""
    difference = (output - target) * weight
    return difference.abs().mean() + 0.5 * difference.square().mean()


def kl(mean: Tensor, logvar: Tensor) -> Tensor:
    """KL divergence from a unit Gaussian, mean over all elements (Kingma and Welling 2014, appendix B)."""
    return 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()


def sample(mean: Tensor, logvar: Tensor) -> Tensor:
    """A draw from the posterior, of the shape of `mean`."""
    return mean + torch.randn_like(mean) * (0.5 * logvar).exp()
