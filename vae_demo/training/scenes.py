"""Still scenes: dead leaves (Lee, Mumford and Huang 2001) - shapes of every size that cover each other.

Occlusion gives the edges, the size law r^-3 gives the scale invariance of natural images, textures
and shading give the surfaces.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from vae_demo.pixels import WHITE, to_unit
from vae_demo.training.textures import Rng, texture


def shape_mask(rng: Rng, height: int, width: int) -> np.ndarray:
    """A soft-edged random shape filling height x width: ellipse, polygon, box or wobbly blob; 0..1."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    u, v = (x + 0.5) / width * 2 - 1, (y + 0.5) / height * 2 - 1
    angle = np.arctan2(v, u)
    kind = rng.random()
    if kind < 0.35:
        edge = np.ones_like(angle)
    elif kind < 0.6:
        corners = int(rng.integers(3, 7))
        turn = (angle + rng.uniform(0, 7)) % (2 * np.pi / corners) - np.pi / corners
        edge = np.cos(np.pi / corners) / np.cos(turn)
    elif kind < 0.75:
        edge = 1 / np.maximum(np.abs(np.cos(angle)), np.abs(np.sin(angle))) * 0.95
    else:
        edge = np.full_like(angle, 0.75)
        for wave in range(2, 6):
            edge += rng.normal(0, 0.12) * np.cos(wave * angle + rng.uniform(0, 7))
    return np.clip((edge - np.hypot(u, v)) * min(height, width) / 2 / rng.uniform(0.8, 2.5) + 0.5, 0, 1)


def scene(rng: Rng, bank: list[np.ndarray], size: int, n_shapes: int) -> np.ndarray:
    """One still scene, float32 size size 3 in 0..1, from a bank of textures of at least that size."""
    image = _shaded(rng, _crop(rng, bank, size, size))
    sizes = np.clip(rng.choice([8, 14, 24]) * rng.random(n_shapes) ** -0.5, 8, size)
    for radius in sorted(sizes, reverse=True) if rng.random() < 0.5 else sizes:
        height = int(np.clip(radius * rng.uniform(0.5, 2), 6, size))
        width = int(np.clip(radius * rng.uniform(0.5, 2), 6, size))
        top = int(rng.integers(-height // 2, size - height // 2))
        left = int(rng.integers(-width // 2, size - width // 2))
        mask = shape_mask(rng, height, width)
        y0, x0, y1, x1 = max(top, 0), max(left, 0), min(top + height, size), min(left + width, size)
        part = mask[y0 - top:y1 - top, x0 - left:x1 - left, None]
        fill = _shaded(rng, _crop(rng, bank, height, width))[y0 - top:y1 - top, x0 - left:x1 - left]
        if rng.random() < 0.3:
            # A cast shadow, a little down and right, ties the shape to what it covers.
            image[y0:y1, x0:x1] *= 1 - 0.5 * np.roll(part, (3, 3), (0, 1))
        image[y0:y1, x0:x1] = image[y0:y1, x0:x1] * (1 - part) + fill * part
    if rng.random() < 0.4:
        image = _with_lines(rng, image)
    return _exposed(rng, image)


def _crop(rng: Rng, bank: list[np.ndarray], height: int, width: int) -> np.ndarray:
    source = bank[rng.integers(len(bank))]
    top, left = rng.integers(0, source.shape[0] - height + 1), rng.integers(0, source.shape[1] - width + 1)
    return source[top:top + height, left:left + width]


def _shaded(rng: Rng, fill: np.ndarray) -> np.ndarray:
    height, width, _ = fill.shape
    y, x = np.linspace(-1, 1, height)[:, None, None], np.linspace(-1, 1, width)[None, :, None]
    light = 1 + rng.normal(0, 0.25) * x + rng.normal(0, 0.25) * y
    if rng.random() < 0.4:
        # A ball catches light in the middle: the roundness of heads and fruit.
        light = light * (1.15 - 0.5 * (x**2 + y**2))
    flat = fill.mean((0, 1), keepdims=True)
    # Most surfaces of a photograph are nearly plain: what is left is edges, and few of them.
    return np.clip((flat + (fill - flat) * rng.choice([0.0, 0.05, 0.15, 0.4, 1.0])) * light, 0, 1)


def _with_lines(rng: Rng, image: np.ndarray) -> np.ndarray:
    """Thin outlines, wires and dots on top: what is small, bright and alone. Drawn at 3x, so that edges are soft."""
    size, scale = len(image), 3
    over = Image.fromarray((np.clip(image, 0, 1) * WHITE).astype(np.uint8)).resize((size * scale,) * 2)
    draw = ImageDraw.Draw(over)
    for _ in range(int(rng.choice([4, 12, 30]))):
        colour = tuple(int(v) for v in rng.integers(0, 256, 3))
        width = int(rng.integers(1, 5) * scale * rng.uniform(0.5, 1.5)) or 1
        x, y = rng.uniform(0, size * scale, 2)
        w, h = np.exp(rng.uniform(np.log(4), np.log(size / 2), 2)) * scale
        kind = rng.random()
        if kind < 0.3:
            draw.rounded_rectangle((x, y, x + w, y + h), radius=float(min(w, h) * rng.uniform(0, 0.5)),
                                   outline=colour, width=width)
        elif kind < 0.5:
            draw.ellipse((x, y, x + w, y + h), outline=colour, width=width)
        elif kind < 0.8:
            turns = np.cumsum(rng.normal(0, 0.3, 24)) + rng.uniform(0, 7)
            steps = np.cumsum(np.stack([np.cos(turns), np.sin(turns)], -1) * w / 12, 0) + (x, y)
            draw.line([tuple(point) for point in steps], fill=colour, width=width, joint="curve")
        else:
            radius = width * rng.uniform(0.7, 1.5)
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return to_unit(np.asarray(over.resize((size, size), Image.Resampling.BOX)))


def _exposed(rng: Rng, image: np.ndarray) -> np.ndarray:
    """Exposure, contrast and focus of a whole scene; one in six is dark."""
    image = np.clip(image, 0, 1) ** rng.uniform(0.5, 1.2)
    if rng.random() < 0.17:
        image = image * rng.uniform(0.3, 0.7)
    if rng.random() < 0.4:
        grey = image.mean(-1, keepdims=True)
        image = grey + (image - grey) * rng.uniform(0.0, 0.7)
    if rng.random() < 0.35:
        image = gaussian_filter(image, (*(rng.uniform(0.5, 1.8),) * 2, 0))
    return np.clip(image, 0, 1).astype(np.float32)


def texture_bank(rng: Rng, n: int, size: int) -> list[np.ndarray]:
    return [texture(rng, size) for _ in range(n)]
