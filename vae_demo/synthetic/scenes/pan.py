"""A steady sideways move along a bookshelf: sharp edges everywhere, every frame the same step on."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from vae_demo.pixels import WHITE
from vae_demo.synthetic.canvas import WORK, colour, finish, grid, noise, over, place, smooth

STEP = 4.4  # work pixels a frame
SHELVES = (330, 672, 1014)  # heights of the boards in the drawing, which is twice the work size
WIDTH = 2000
CLOTH = ["#a63d40", "#d9953f", "#e3c16f", "#4d7a63", "#2f5d7c", "#6a4c7d", "#b0563c", "#e8dcc2", "#3f4a6b",
         "#7f9a6d", "#c77b7e", "#33686b", "#8c5a3c"]


def _book(draw: ImageDraw.ImageDraw, rng: np.random.Generator, x: int, foot: int) -> int:
    """One spine, standing on `foot` at x; returns its width."""
    wide, high = int(rng.integers(26, 62)), int(rng.integers(170, 262))
    base = colour(str(rng.choice(CLOTH))) * WHITE
    for column in range(wide):
        # A rounded back: brightest a third of the way across.
        bend = 1.1 - 0.62 * abs(column / wide - 0.36) ** 1.3
        draw.line((x + column, foot - high, x + column, foot), fill=(*(base * bend).clip(0, 255).astype(int), 255))
    pale = (*(base * 0.35 + 160).clip(0, 255).astype(int), 255) if base.mean() < 150 else (84, 56, 44, 255)
    kind = rng.integers(0, 3)
    bands = [0.08, 0.12, 0.84, 0.88] if kind else [0.2, 0.4, 0.6, 0.8]
    for band in bands:
        y = foot - high * (1 - band)
        draw.rectangle((x + 1, y, x + wide - 2, y + 4), fill=pale)
    if kind == 1:
        draw.rectangle((x + 5, foot - high * 0.78, x + wide - 6, foot - high * 0.45), fill=pale)
    for row in range(int(rng.integers(3, 8))):
        y = foot - high * 0.72 + row * 15
        inset = int(rng.integers(6, 11))
        ink = (*(base * 0.5).astype(int), 255) if kind == 1 else pale
        if y < foot - high * 0.46:
            draw.rectangle((x + inset, y, x + wide - inset, y + 6), fill=ink)
    draw.line((x, foot - high, x, foot), fill="#00000070", width=2)
    return wide + int(rng.random() < 0.12) * 12


def _plant(draw: ImageDraw.ImageDraw, rng: np.random.Generator, x: int, foot: int) -> None:
    for _ in range(46):
        angle, reach = rng.uniform(-1.5, 1.5), rng.uniform(50, 140)
        tip = (x + reach * np.sin(angle), foot - 80 - reach * np.cos(angle) * 0.9)
        bend = (x + 0.5 * reach * np.sin(angle) - 12, foot - 95 - 0.5 * reach * np.cos(angle))
        green = (70 + int(rng.integers(0, 60)), 122 + int(rng.integers(0, 60)), 78, 255)
        draw.polygon([(x, foot - 76), bend, tip, (bend[0] + 20, bend[1] + 8)], fill=green)
    draw.polygon([(x - 46, foot - 86), (x + 46, foot - 86), (x + 32, foot), (x - 32, foot)], fill="#d58455")
    draw.polygon([(x + 10, foot - 86), (x + 46, foot - 86), (x + 32, foot), (x + 8, foot)], fill="#b56a45")
    draw.rectangle((x - 52, foot - 98, x + 52, foot - 80), fill="#e09565")


@lru_cache(maxsize=1)
def _shelf(seed: int) -> Image.Image:
    rng = np.random.default_rng([seed, 1])
    grain = noise(rng, (2 * WORK, WIDTH), 1.1, 12.0)
    wall = np.clip(colour("#8a6547") + 0.035 * grain[..., None], 0, 1)
    y = np.arange(2 * WORK)
    for board in SHELVES:
        # Light falls from above: it fades under each board.
        wall *= (1 - 0.45 * np.exp(-np.clip(y - board, 0, None) / 70.0) * (y > board))[:, None, None]
    image = Image.fromarray((wall * WHITE).astype(np.uint8), "RGB")
    draw = ImageDraw.Draw(image, "RGBA")
    for board in SHELVES:
        x = -20
        while x < WIDTH:
            if rng.random() < 0.035:
                _plant(draw, rng, x + 76, board)
                x += 150
            else:
                x += _book(draw, rng, x, board)
        draw.rectangle((0, board, WIDTH, board + 26), fill="#b98a5e")
        draw.rectangle((0, board, WIDTH, board + 4), fill="#e0b583")
        draw.rectangle((0, board + 26, WIDTH, board + 52), fill="#00000040")
    return image.convert("RGBA")


def frame(seed: int, index: int) -> np.ndarray:
    """Frame `index`: uint8 256 256 3."""
    image = np.zeros((WORK, WORK, 3), np.float32)
    place(image, _shelf(seed), WIDTH / 4 - STEP * index, WORK, 0.5)
    y, x = grid()
    over(image, colour("#ffe9c4"), 0.16 * smooth(420, 60, np.hypot(x - 190, y - 120)))
    return finish(image)
