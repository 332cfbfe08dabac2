"""The harbour's drawn things: town with lighthouse, sailing boat, quay. RGBA at twice the size they are shown."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from vae_demo.pixels import WHITE
from vae_demo.synthetic.canvas import blank, colour, premultiplied

WALLS = ["#d8b08c", "#c98a74", "#e2c7a0", "#b7787a", "#d9bfae", "#a98a94", "#e0a67e"]
ROOFS = ["#8a4c4a", "#7a4552", "#9a5a48", "#5f4a66"]


def _house(draw: ImageDraw.ImageDraw, rng: np.random.Generator, x: int, foot: int, wide: int, high: int) -> None:
    top = foot - high
    wall = colour(str(rng.choice(WALLS))) * WHITE
    draw.rectangle((x, top, x + wide, foot), fill=(*wall.astype(int), 255))
    draw.rectangle((x, top, x + wide // 5, foot), fill=(*(wall * 0.84).astype(int), 255))
    roof = int(wide * rng.uniform(0.3, 0.5))
    draw.polygon([(x - 5, top), (x + wide // 2, top - roof), (x + wide + 5, top)], fill=str(rng.choice(ROOFS)))
    draw.rectangle((x + wide * 2 // 3, top - roof + 2, x + wide * 2 // 3 + 8, top - 4), fill="#6d4a4a")
    for row in range(top + 12, foot - 18, 28):
        for column in range(x + 9, x + wide - 14, 22):
            lit = rng.random() < 0.45
            draw.rectangle((column, row, column + 10, row + 14), fill="#ffe08a" if lit else "#574a66")


def _lighthouse(draw: ImageDraw.ImageDraw, x: int, foot: int, high: int) -> None:
    bands = 5
    for i in range(bands):
        low, up = i / bands, (i + 1) / bands
        half = [26 - 11 * low, 26 - 11 * up]
        ys = [foot - high * low, foot - high * up]
        fill = "#f4e6d6" if i % 2 == 0 else "#c4473f"
        shade = "#c9b3b4" if i % 2 == 0 else "#8e3440"
        draw.polygon([(x - half[0], ys[0]), (x + half[0], ys[0]), (x + half[1], ys[1]), (x - half[1], ys[1])],
                     fill=fill)
        draw.polygon([(x - half[0], ys[0]), (x - half[0] * 0.25, ys[0]), (x - half[1] * 0.25, ys[1]),
                      (x - half[1], ys[1])], fill=shade)
    top = foot - high
    draw.rectangle((x - 24, top - 6, x + 24, top), fill="#4b4058")
    draw.rectangle((x - 11, top - 32, x + 11, top - 6), fill="#fff2b8")
    for bar in (-11, -1, 9):
        draw.rectangle((x + bar, top - 32, x + bar + 2, top - 6), fill="#4b4058")
    draw.polygon([(x - 17, top - 32), (x, top - 52), (x + 17, top - 32)], fill="#a83c3a")


def town(rng: np.random.Generator) -> Image.Image:
    """A headland, 900 x 460: rock, two rows of houses, the lighthouse at its right end."""
    image, draw = blank(900, 460)
    xs = np.arange(0, 901, 4)
    bump = 14 * np.sin(xs / 37.0) + 9 * np.sin(xs / 13.0 + 1) + rng.normal(0, 3, xs.size)
    hill = 460 - 150 * np.clip((700 - xs) / 600, 0, 1) ** 0.8 - bump * 0.7
    draw.polygon([(0, 460), *zip(xs.tolist(), hill.tolist(), strict=True), (900, 460)], fill="#6a6278")
    for x in range(-10, 520, 44):
        _house(draw, rng, x, int(np.interp(x + 20, xs, hill)) + 14, int(rng.integers(40, 58)),
               int(rng.integers(56, 92)))
    for x in range(0, 600, 52):
        _house(draw, rng, x, 448, int(rng.integers(46, 62)), int(rng.integers(52, 84)))
    rock = 460 - 50 * np.clip(np.minimum((900 - xs) / 70, (xs - 560) / 70), 0, 1) - np.abs(bump) * 0.5
    shore = np.where(xs < 560, 446 - np.abs(bump) * 0.3, rock)
    draw.polygon([(0, 460), *zip(xs.tolist(), shore.tolist(), strict=True), (900, 460)], fill="#544c62")
    for _ in range(420):
        x, deep = rng.uniform(560, 895), rng.uniform(0, 1)
        top = float(np.interp(x, xs, rock))
        y, tone = top + (459 - top) * deep, int(rng.integers(-16, 17) - 18 * deep)
        sunny = 26 if x > 770 else 0
        paint = (112 + tone + sunny, 98 + tone + sunny // 2, 112 + tone, 255) if deep > 0.22 else (
            116 + tone + sunny, 122 + tone, 88 + tone, 255)
        wide = float(rng.uniform(4, 15))
        draw.polygon([(x, y), (x + wide, y + 2), (x + wide * 0.7, y + 7), (x + 2, y + 6)], fill=paint)
    _lighthouse(draw, 770, 418, 230)
    draw.rectangle((800, 392, 846, 420), fill="#ead3bd")
    draw.polygon([(796, 392), (823, 374), (850, 392)], fill="#a1494a")
    draw.rectangle((812, 400, 821, 412), fill="#ffdf8d")
    return premultiplied(image)


def boat() -> Image.Image:
    """A sloop sailing right, 240 x 330, sails lit from the right."""
    image, draw = blank(240, 330)
    draw.polygon([(10, 282), (232, 276), (204, 326), (38, 328)], fill="#7c3f3e")
    draw.polygon([(10, 282), (232, 276), (226, 288), (14, 294)], fill="#f1dcc0")
    draw.rectangle((70, 264, 132, 282), fill="#d8c0a8")
    for x in (78, 96, 114):
        draw.rectangle((x, 269, x + 9, 276), fill="#4a4260")
    draw.rectangle((118, 8, 122, 282), fill="#4c3a3e")
    draw.polygon([(114, 18), (114, 258), (18, 262)], fill="#f6e4cb")
    draw.polygon([(114, 18), (114, 258), (82, 260)], fill="#fff4df")
    draw.polygon([(127, 30), (222, 268), (130, 258)], fill="#e8826a")
    draw.polygon([(127, 30), (222, 268), (186, 264)], fill="#f7a183")
    for i in range(1, 5):
        y = 18 + 48 * i
        draw.line((114, y, 114 - 96 * (y - 18) / 242, y + 3), fill="#c9ad9c", width=2)
    draw.line((120, 8, 230, 276), fill="#4c3a3e", width=2)
    draw.polygon([(122, 8), (148, 15), (122, 22)], fill="#d04a45")
    return premultiplied(image)


def quay(rng: np.random.Generator) -> Image.Image:
    """A wooden jetty across the bottom, 1500 x 330: planks, posts with rope, a lantern."""
    image, draw = blank(1500, 330)
    for x in range(0, 1500, 34):
        tone = int(rng.integers(-14, 15))
        draw.rectangle((x, 250, x + 31, 330), fill=(112 + tone, 84 + tone, 84 + tone, 255))
        draw.rectangle((x + 32, 250, x + 33, 330), fill="#3a2c3a")
    draw.rectangle((0, 244, 1500, 254), fill="#c59a80")
    for x in range(90, 1500, 230):
        draw.rectangle((x - 13, 168, x + 13, 268), fill="#5a4450")
        draw.rectangle((x + 4, 168, x + 13, 268), fill="#9a7268")
        draw.ellipse((x - 13, 160, x + 13, 176), fill="#b98f7c")
        points = [(x + 230 * i / 20, 190 + 46 * (1 - (i / 10 - 1) ** 2)) for i in range(21)]
        draw.line(points, fill="#d8b890", width=5)
    return premultiplied(image)
