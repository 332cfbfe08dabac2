"""Procedural textures: the only 'photographs' the bundled models ever see. float32 H W 3 in 0..1."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter, map_coordinates

from vae_demo.pixels import WHITE, to_unit

Rng = np.random.Generator


def _unit(field: np.ndarray) -> np.ndarray:
    low, high = np.percentile(field, (1, 99))
    return np.clip((field - low) / max(high - low, 1e-6), 0, 1).astype(np.float32)


def power_noise(rng: Rng, size: int, slope: float) -> np.ndarray:
    """size x size noise whose amplitude falls as 1/f^slope, as natural images do near slope 1; range 0..1."""
    fy, fx = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]
    frequency = np.hypot(fy, fx)
    frequency[0, 0] = 1.0
    phase = rng.uniform(0, 2 * np.pi, frequency.shape)
    return _unit(np.fft.irfft2(np.exp(1j * phase) / frequency**slope, s=(size, size)))


def palette(rng: Rng, n: int) -> np.ndarray:
    """n colours (n 3): a hue family with varied lightness; most are muted, as in photographs."""
    base = rng.uniform(0.05, 0.95, 3)
    colours = np.clip(base + rng.normal(0, 0.25, (n, 3)) + rng.normal(0, 0.25, (n, 1)), 0, 1)
    grey = colours.mean(1, keepdims=True)
    saturation = rng.uniform(0.1, 0.8) if rng.random() < 0.7 else 1.0
    return (grey + (colours - grey) * saturation).astype(np.float32)


def colourise(rng: Rng, field: np.ndarray) -> np.ndarray:
    """Map a scalar field 0..1 through a random ramp of three to five colours."""
    colours = palette(rng, int(rng.integers(3, 6)))
    stops = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(field, stops, colours[:, c]) for c in range(3)], -1).astype(np.float32)


def clouds(rng: Rng, size: int) -> np.ndarray:
    return colourise(rng, power_noise(rng, size, rng.uniform(0.8, 1.7)))


def chroma_noise(rng: Rng, size: int) -> np.ndarray:
    """Three fields that mostly agree: luminance detail with drifting colour."""
    luma = power_noise(rng, size, rng.uniform(0.8, 1.5))[..., None]
    chroma = np.stack([power_noise(rng, size, 1.8) for _ in range(3)], -1) - 0.5
    return np.clip(luma * rng.uniform(0.4, 1) + chroma * rng.uniform(0.1, 0.5) + rng.uniform(-0.1, 0.3), 0, 1)


def grating(rng: Rng, size: int) -> np.ndarray:
    """Stripes or checks, bent by slow noise: cloth, blinds, bricks."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    bend = (power_noise(rng, size, 2.0) - 0.5) * rng.choice([0, 10, 40])
    angle, period = rng.uniform(0, np.pi), rng.uniform(4, 40)
    wave = np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle) + bend) / period)
    if rng.random() < 0.4:
        across = y * np.cos(angle) - x * np.sin(angle) + bend
        wave = wave * np.sin(2 * np.pi * across / (period * rng.uniform(0.5, 2)))
    if rng.random() < 0.5:
        wave = np.tanh(wave * rng.uniform(2, 8))
    return colourise(rng, _unit(wave))


def strokes(rng: Rng, size: int) -> np.ndarray:
    """Fine lines that follow a slow flow: hair, grass, wood."""
    flow = power_noise(rng, size, 2.2) * rng.uniform(0.5, 2) * np.pi + rng.uniform(0, np.pi)
    noise = rng.random((size, size), dtype=np.float32)
    y, x = np.mgrid[:size, :size].astype(np.float32)
    total, reach = np.zeros_like(noise), int(rng.integers(6, 14))
    for step in range(-reach, reach + 1):
        total += map_coordinates(noise, [y + step * np.sin(flow), x + step * np.cos(flow)], order=1, mode="wrap")
    return colourise(rng, _unit(gaussian_filter(total, rng.uniform(0, 1.2))))


def spots(rng: Rng, size: int) -> np.ndarray:
    """Soft-edged blobs at one scale: leaves, pebbles, skin."""
    field = gaussian_filter(rng.standard_normal((size, size)).astype(np.float32), rng.uniform(2, 12), mode="wrap")
    return colourise(rng, _unit(np.tanh(field / field.std() * rng.uniform(1, 6))))


def gradient(rng: Rng, size: int) -> np.ndarray:
    """Nearly flat shading with a little grain: sky, walls, skin."""
    y, x = np.mgrid[:size, :size].astype(np.float32) / size
    angle = rng.uniform(0, 2 * np.pi)
    ramp = (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle) + 0.5 + 0.3 * power_noise(rng, size, 2.2)
    colours = palette(rng, 2)
    shade = np.clip(ramp, 0, 1.3)[..., None]
    return np.clip(colours[0] * (1 - shade) + colours[1] * shade + rng.normal(0, 0.01, (size, size, 1)), 0, 1)


def lettering(rng: Rng, size: int) -> np.ndarray:
    """Rows of random glyphs on a plain ground."""
    colours = (palette(rng, 2) * WHITE).astype(int)
    image = Image.new("RGB", (size, size), tuple(colours[0]))
    draw, y = ImageDraw.Draw(image), 0
    letters = np.array(list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;!?"))
    height = int(rng.integers(10, 44))
    font = ImageFont.load_default(height)
    while y < size:
        draw.text((rng.integers(-20, 10), y), "".join(rng.choice(letters, 60)), fill=tuple(colours[1]), font=font)
        y += int(height * 1.3)
    return to_unit(np.asarray(image))


MAKERS = (clouds, clouds, chroma_noise, chroma_noise, grating, strokes, strokes, spots, gradient, gradient, lettering)


def texture(rng: Rng, size: int) -> np.ndarray:
    """One random texture, float32 size size 3 in 0..1."""
    return np.asarray(MAKERS[rng.integers(len(MAKERS))](rng, size), np.float32)
