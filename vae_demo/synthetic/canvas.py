"""Shared drawing: periodic noise, soft edges, sprites placed between pixels, and the way down to uint8.

Scenes draw at WORK x WORK, float32 H W 3 in [0, 1], and `finish` averages blocks: moving edges stay smooth.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw, ImageFilter
from scipy import ndimage

from vae_demo.pixels import WHITE, from_unit, to_unit

SIZE = 256
WORK = 2 * SIZE


def colour(text: str) -> np.ndarray:
    """'#rrggbb' -> float32 (3,) in [0, 1]."""
    return to_unit(np.array([int(text[i:i + 2], 16) for i in (1, 3, 5)]))


def grid(size: int = WORK) -> tuple[np.ndarray, np.ndarray]:
    """Pixel centres: y and x, float32 (size, size)."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    return y, x


def smooth(low: float, high: float, value: ArrayLike) -> np.ndarray:
    """0 below low, 1 above high, an S between them. low > high turns it round."""
    part = np.clip((np.asarray(value, np.float32) - low) / (high - low), 0, 1)
    return part * part * (3 - 2 * part)


def noise(rng: np.random.Generator, shape: tuple[int, ...], slope: float, stretch: float = 1.0) -> np.ndarray:
    """Periodic noise with amplitude ~ 1 / frequency ** slope, float32, mean 0 and deviation 1.

    stretch > 1 lengthens the last axis. Made in the frequency domain, so it wraps without a seam.
    """
    spectrum = np.fft.fftn(rng.standard_normal(shape))
    axes = [np.fft.fftfreq(n) * n for n in shape]
    axes[-1] = axes[-1] * stretch
    radius = np.sqrt(sum(a ** 2 for a in np.meshgrid(*axes, indexing="ij")))
    gain = np.zeros(shape)
    np.power(radius, -slope, where=radius > 0, out=gain)
    field = np.fft.ifftn(spectrum * gain).real
    return ((field - field.mean()) / field.std()).astype(np.float32)


def sample(field: np.ndarray, *where: ArrayLike) -> np.ndarray:
    """Read a periodic field between its points, linearly; one coordinate array an axis."""
    return ndimage.map_coordinates(field, np.broadcast_arrays(*where), order=1, mode="grid-wrap")


def over(image: np.ndarray, paint: ArrayLike, cover: np.ndarray) -> None:
    """Paint `paint` (3,) or (H, W, 3) on image (H, W, 3) in place where cover (H, W), 0 to 1, says."""
    image += (np.asarray(paint, np.float32) - image) * cover[..., None]


def blend(stops: list[tuple[float, str]], value: np.ndarray) -> np.ndarray:
    """A colour ramp: value (H, W) -> (H, W, 3) float32 through (position, '#rrggbb') stops."""
    places = [p for p, _ in stops]
    paints = np.stack([colour(c) for _, c in stops])
    return np.stack([np.interp(value, places, paints[:, i]) for i in range(3)], -1).astype(np.float32)


def blank(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """An empty RGBA sprite and the pen for it; translucent paint replaces what is there."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    return image, ImageDraw.Draw(image)


def place(image: np.ndarray, sprite: Image.Image, x: float, y: float, scale: float, turn: float = 0.0) -> None:
    """Draw an RGBA sprite (premultiplied alpha) so that its bottom centre lies at (x, y), turned by radians.

    Bilinear between pixels: a slow sprite glides instead of hopping. Draw sprites at twice the size shown
    or less; more than that would alias.
    """
    c, s = np.cos(turn) / scale, np.sin(turn) / scale
    size = (image.shape[1], image.shape[0])
    x, y = x + 0.5, y + 0.5
    matrix = (c, s, sprite.width / 2 - c * x - s * y, -s, c, sprite.height + s * x - c * y)
    layer = sprite.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    values = to_unit(np.asarray(layer))
    image *= 1 - values[..., 3:]
    image += values[..., :3]


def premultiplied(sprite: Image.Image) -> Image.Image:
    """RGBA as drawn -> RGBA with the colours times alpha: no dark or light fringe when resampled.

    Pillow draws stairs; a blur of less than a drawn pixel makes edges of them.
    """
    values = np.array(sprite, np.float32)
    values[..., :3] *= values[..., 3:] / WHITE
    return Image.fromarray(np.rint(values).astype(np.uint8), "RGBA").filter(ImageFilter.BoxBlur(0.7))


def finish(image: np.ndarray, size: int = SIZE) -> np.ndarray:
    """float H W 3 in [0, 1] -> uint8 size size 3, each pixel the mean of a block (the area filter)."""
    block = image.shape[0] // size
    mean = image.reshape(size, block, size, block, 3).mean((1, 3))
    return from_unit(mean)
