"""Every frame says which one it is: to a machine by blocks, to the eye by digits, a dial and a sliding ruler."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vae_demo.pixels import from_unit, to_unit
from vae_demo.synthetic.barcode import draw_number
from vae_demo.synthetic.canvas import SIZE, colour, noise, over

TURN_FRAMES = 24  # one turn of the hand is a second
TICK = 14  # ruler pixels a frame, at four times the size shown
INK, RED, PALE = "#22304a", "#d2402f", "#8592a8"


def _face(draw: ImageDraw.ImageDraw, index: int, x: float, y: float, radius: float) -> None:
    box = (x - radius, y - radius, x + radius, y + radius)
    draw.ellipse(box, fill="#fbfaf4", outline=INK, width=10)
    turn = 360 * (index % TURN_FRAMES) / TURN_FRAMES
    draw.pieslice((x - radius + 16, y - radius + 16, x + radius - 16, y + radius - 16), -90, -90 + turn, fill="#f2b8a6")
    for i in range(TURN_FRAMES):
        angle, inner = 2 * np.pi * i / TURN_FRAMES, 0.76 if i % 6 == 0 else 0.85
        dx, dy = np.sin(angle), -np.cos(angle)
        draw.line((x + inner * radius * dx, y + inner * radius * dy, x + 0.92 * radius * dx, y + 0.92 * radius * dy),
                  fill=INK, width=9 if i % 6 == 0 else 5)
    angle = np.deg2rad(turn)
    draw.line((x, y, x + 0.8 * radius * np.sin(angle), y - 0.8 * radius * np.cos(angle)), fill=RED, width=16)
    draw.ellipse((x - 18, y - 18, x + 18, y + 18), fill=RED)


def _ruler(draw: ImageDraw.ImageDraw, index: int, n_frames: int, top: int, size: int) -> None:
    font = ImageFont.load_default(64)
    draw.rectangle((0, top, size, size), fill="#f0d48a")
    draw.line((0, top, size, top), fill=INK, width=8)
    for tick in range(n_frames):
        x = size / 2 + (tick - index) * TICK * 2
        if -100 < x < size + 100:
            long = 76 if tick % 10 == 0 else 54 if tick % 5 == 0 else 32
            draw.line((x, top, x, top + long), fill=INK, width=6)
            if tick % 10 == 0:
                draw.text((x, top + 118), str(tick), fill=INK, font=font, anchor="mm")
    draw.polygon([(size / 2 - 30, top - 46), (size / 2 + 30, top - 46), (size / 2, top + 10)], fill=RED)
    draw.line((size / 2, top, size / 2, top + 84), fill=RED, width=8)


def draw(index: int, n_frames: int, size: int, paper: np.ndarray | None = None) -> np.ndarray:
    """Frame `index` of n_frames: uint8 size size 3; paper is noise (256, 256) of deviation 1."""
    canvas = Image.new("RGB", (1024, 1024), "#dfe6ee")
    pen = ImageDraw.Draw(canvas)
    for line in range(160, 860, 50):
        pen.line((0, line, 1024, line), fill="#c9d4e2", width=4)
    pen.text((330, 480), str(index), fill=INK, font=ImageFont.load_default(440), anchor="mm")
    _face(pen, index, 820, 470, 175)
    pen.text((330, 745), f"0 ... {n_frames - 1}", fill="#5d6c86", font=ImageFont.load_default(64), anchor="mm")
    _ruler(pen, index, n_frames, 846, 1024)
    image = np.asarray(canvas.resize((size, size), Image.Resampling.BOX)).copy()
    if paper is not None and size == SIZE:
        shade = to_unit(image)
        over(shade, colour("#7d8aa0"), np.clip(0.06 + 0.035 * paper, 0, 0.3))
        image = from_unit(shade)
    draw_number(image, index)
    return image


def frame(seed: int, index: int, n_frames: int = 85) -> np.ndarray:
    """Frame `index` of the sample clip: uint8 256 256 3."""
    return draw(index, n_frames, SIZE, noise(np.random.default_rng([seed, 1]), (SIZE, SIZE), 0.8))
