"""Small clips made to measure, for tests that must know the answer."""

from __future__ import annotations

import numpy as np

from vae_demo.synthetic.scenes import numbered as numbered_scene


def single_flash(at: int = 7, n_frames: int = 24, size: int = 64) -> np.ndarray:
    """uint8 T size size 3: a still pattern, and frame `at` much brighter everywhere. IndexError if outside."""
    if not 0 <= at < n_frames:
        raise IndexError(f"The flash must fall on a frame from 0 to {n_frames - 1}; got {at}.")
    y, x = np.mgrid[0:size, 0:size] * (2 * np.pi / size)
    waves = np.stack([np.sin(x + 2 * y), np.sin(3 * x - y), np.cos(2 * x + y)], -1)
    clip = np.repeat(np.rint(70 + 30 * waves).astype(np.uint8)[None], n_frames, 0)
    clip[at] += 130
    return clip


def numbered(n_frames: int = 24, size: int = 256) -> np.ndarray:
    """uint8 T size size 3: frame i carries the number i. size must be a multiple of 16."""
    if size % 16:
        raise ValueError(f"The size must be a multiple of 16; got {size}.")
    return np.stack([numbered_scene.draw(index, n_frames, size) for index in range(n_frames)])
