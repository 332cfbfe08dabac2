"""The lake's drawn things: pines on the far shore, a rowing boat, a jetty. RGBA at twice the size they are shown."""

from __future__ import annotations

import numpy as np
from PIL import Image

from vae_demo.synthetic.canvas import blank, premultiplied


def pines(rng: np.random.Generator) -> Image.Image:
    """A row of trees, 1100 x 170, taller towards both sides."""
    image, draw = blank(1100, 170)
    draw.polygon([(0, 170), (0, 138), (300, 152), (800, 154), (1100, 136), (1100, 170)], fill="#1f3040")
    for x in np.sort(rng.uniform(0, 1100, 74)):
        high = rng.uniform(34, 64) + 84 * (abs(x - 560) / 560) ** 2
        tone = int(rng.integers(0, 14))
        foot, wide = 166 - rng.uniform(0, 14), high * rng.uniform(0.15, 0.2)
        for tier in range(6):
            top = foot - high * (1 - tier / 6.5)
            reach = wide * (tier + 1.2) / 6
            ragged = rng.uniform(-0.12, 0.12, 2) * high / 6
            draw.polygon([(x, top - high / 9), (x - reach, top + high / 6 + ragged[0]),
                          (x + reach, top + high / 6 + ragged[1])], fill=(26 + tone, 44 + tone, 54 + tone, 255))
    return premultiplied(image)


def boat() -> Image.Image:
    """A rowing boat seen from the side, 270 x 130, with its mirror image faint below it."""
    image, draw = blank(270, 130)
    draw.polygon([(34, 62), (236, 62), (214, 104), (60, 104)], fill="#5d2f3a90")
    draw.polygon([(6, 14), (40, 26), (228, 26), (264, 10), (232, 62), (38, 62)], fill="#a5493f")
    for row, paint in enumerate(("#8b3b3a", "#7a3338")):
        draw.polygon([(20 + 8 * row, 38 + 12 * row), (250 - 8 * row, 38 + 12 * row), (232, 62), (38, 62)], fill=paint)
    draw.line([(6, 14), (40, 26), (228, 26), (264, 10)], fill="#f0d2ae", width=6)
    draw.polygon([(60, 26), (206, 26), (198, 36), (68, 36)], fill="#3b2530")
    for x in (92, 150):
        draw.rectangle((x, 24, x + 22, 31), fill="#d7a97e")
    draw.line((120, 30, 28, 58), fill="#e3c096", width=5)
    draw.polygon([(32, 52), (10, 64), (18, 70), (38, 60)], fill="#e3c096")
    return premultiplied(image)


def jetty(rng: np.random.Generator) -> Image.Image:
    """A jetty that runs out to the left from the right edge, 560 x 300: planks, posts, a lamp."""
    image, draw = blank(560, 300)
    for x in (66, 206, 346, 486):
        draw.rectangle((x, 150, x + 20, 300), fill="#2c2733")
        draw.rectangle((x + 13, 150, x + 20, 300), fill="#54424a")
        for wave in range(4):
            draw.line((x - 6, 246 + 14 * wave, x + 26, 246 + 14 * wave), fill="#9a8fb050", width=3)
    for x in range(30, 560, 22):
        tone = int(rng.integers(-10, 11))
        draw.polygon([(x, 138), (x + 20, 138), (x + 20, 160), (x, 160)], fill=(106 + tone, 80 + tone, 78 + tone, 255))
    draw.rectangle((30, 158, 560, 168), fill="#3a2f3a")
    draw.rectangle((30, 134, 560, 140), fill="#c79c86")
    draw.rectangle((70, 34, 78, 138), fill="#2c2733")
    draw.ellipse((52, 12, 96, 62), fill="#ffcf7040")
    draw.rectangle((62, 22, 86, 52), fill="#ffe2a0")
    draw.polygon([(56, 24), (74, 8), (92, 24)], fill="#2c2733")
    draw.rectangle((60, 50, 88, 56), fill="#2c2733")
    return premultiplied(image)
