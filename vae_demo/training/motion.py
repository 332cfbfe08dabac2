"""Clips from stills: a camera that pans, zooms, turns and shakes, objects that move and cover each other,
light that changes, cuts, blur and noise. uint8 T H W 3."""

from __future__ import annotations

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d
from torch.nn.functional import affine_grid, grid_sample

from vae_demo.pixels import WHITE
from vae_demo.training.look import filmed
from vae_demo.training.scenes import shape_mask
from vae_demo.training.textures import Rng


def path(rng: Rng, n: int, speed: float, roughness: float) -> np.ndarray:
    """n positions that drift at about `speed` a frame, wander, and may shake; starts anywhere near 0."""
    velocity = rng.normal(0, speed) + gaussian_filter1d(rng.normal(0, speed * 2, n), 5)
    shake = gaussian_filter1d(rng.normal(0, 1, n), 0.8) * roughness
    return np.cumsum(velocity) + shake + rng.normal(0, 0.1)


def _views(rng: Rng, n: int, size: int, source: int, speed: float, shake: float) -> torch.Tensor:
    """n affine maps (n 2 3) that look at a window of `size` pixels inside a still of `source` pixels."""
    unit = 2 / source
    zoom = size / source * rng.uniform(0.5, 1.8)
    zoom = zoom * np.exp(np.clip(path(rng, n, rng.choice([0, 0.001, 0.004]), 0), -0.7, 0.7))
    turn = path(rng, n, rng.choice([0, 0, 0.002, 0.008]), shake * 0.002)
    dx, dy = (path(rng, n, speed * unit * rng.uniform(0.2, 1), shake * unit) for _ in range(2))
    cos, sin = np.cos(turn) * zoom, np.sin(turn) * zoom
    return torch.from_numpy(np.stack([np.stack([cos, -sin, dx], -1), np.stack([sin, cos, dy], -1)], 1)).float()


def _look(image: torch.Tensor, views: torch.Tensor, size: int) -> torch.Tensor:
    """1 C S S seen through n affine maps -> n C size size."""
    grid = affine_grid(views, [len(views), image.shape[1], size, size], align_corners=False)
    return grid_sample(image.expand(len(views), -1, -1, -1), grid, padding_mode="reflection", align_corners=False)


def _planes(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image).permute(2, 0, 1)[None].float()


def clip(rng: Rng, stills: list[np.ndarray], n: int, size: int) -> np.ndarray:
    """One clip of n frames, uint8 n size size 3, made from float32 stills in 0..1."""
    # Motion blur is real averaging: some clips are shot at 3x the rate and summed.
    fast = rng.random() < 0.5
    speed = rng.choice([2.0, 4.0, 8.0]) if fast else rng.choice([0.0, 0.3, 1.0, 2.0])
    samples = 3 if fast and rng.random() < 0.5 else 1
    steps = n * samples
    shake = rng.choice([0.0, 0.0, 0.5, 2.0])
    pick = lambda: _planes(stills[rng.integers(len(stills))])  # noqa: E731
    source = stills[0].shape[0]
    frames = _look(pick(), _views(rng, steps, size, source, speed / samples, shake), size)
    for _ in range(int(rng.choice([0, 1, 2, 4]))):
        frames = _add_object(rng, frames, pick(), speed / samples)
    if samples > 1:
        frames = frames.reshape(n, samples, 3, size, size).mean(1)
    if n > 8 and rng.random() < 0.04:
        frames[int(rng.integers(2, n - 2)):] = _look(pick(), _views(rng, 1, size, source, 0, 0), size)
    return _developed(rng, frames)


def _add_object(rng: Rng, frames: torch.Tensor, still: torch.Tensor, speed: float) -> torch.Tensor:
    steps, _, size, _ = frames.shape
    mask = torch.from_numpy(shape_mask(rng, 64, 64))[None, None].float()
    mask = torch.nn.functional.pad(mask, (32, 32, 32, 32))
    # The mask map is zoomed out, so the object is a part of the picture; it turns and drifts on its own.
    views = _views(rng, steps, size, size, speed * rng.uniform(0.5, 2), 0)
    views[:, :, :2] *= float(rng.uniform(1.0, 4.0))
    views[:, :, 2] += torch.from_numpy(rng.uniform(-1.2, 1.2, 2)).float()
    grid = affine_grid(views, [steps, 1, size, size], align_corners=False)
    alpha = grid_sample(mask.expand(steps, -1, -1, -1), grid, padding_mode="zeros", align_corners=False)
    surface = _look(still, views * 0.5, size)
    return frames * (1 - alpha) + surface * alpha


def _developed(rng: Rng, frames: torch.Tensor) -> np.ndarray:
    """Light changes, the look of a camera, sensor noise, rounding."""
    n = len(frames)
    if rng.random() < 0.3:
        light = 1 + gaussian_filter1d(rng.normal(0, 1, n), rng.choice([2, 8])) * rng.uniform(0.05, 0.4)
        frames = frames * torch.from_numpy(light).float()[:, None, None, None].clamp(0.2, 1.6)
    frames = filmed(rng, frames * 2 - 1) / 2 + 0.5
    if rng.random() < 0.4:
        seed = int(rng.integers(2**31))
        frames = frames + torch.randn(frames.shape, generator=torch.Generator().manual_seed(seed)) * float(
            rng.choice([0.005, 0.01, 0.02]))
    return (frames.clamp(0, 1) * WHITE).round().byte().permute(0, 2, 3, 1).contiguous().numpy()
