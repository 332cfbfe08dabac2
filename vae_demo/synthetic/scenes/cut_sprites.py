"""What stands in the day and in the night of the cut. RGBA at twice the size they are shown."""

from __future__ import annotations

import numpy as np
from PIL import Image

from vae_demo.pixels import WHITE
from vae_demo.synthetic.canvas import blank, colour, premultiplied

LIT = ("#ffd98a", "#ffe9b8", "#ffc46b", "#bfe3ff")


def mill(rng: np.random.Generator) -> Image.Image:
    """A windmill without its sails, 260 x 520; the hub is at 130, 48 from the top."""
    image, draw = blank(260, 520)
    for row in range(110):
        top, width = 92 + row * 3.9, 44 + row * 0.46
        for column in range(-6, 6):
            left = 130 + width * column / 5.5 - width / 11 + (row % 2) * 4
            tone = 226 - 34 * column / 5 * (column > 0) + 10 * (column < 0) - rng.uniform(0, 20)
            right = min(left + width / 5.5 - 1, 130 + width)
            if right <= 130 - width:
                continue
            draw.rectangle((max(left, 130 - width), top, right, top + 2.9),
                           fill=(int(tone), int(tone * 0.95), int(tone * 0.86), 255))
    draw.polygon([(76, 96), (98, 34), (130, 14), (162, 34), (184, 96)], fill="#7b3f3a")
    draw.polygon([(130, 14), (162, 34), (184, 96), (140, 96)], fill="#9c5348")
    draw.rectangle((66, 300, 194, 310), fill="#6a4a3a")
    for x in range(62, 202, 15):
        draw.rectangle((x, 276, x + 4, 302), fill="#6a4a3a")
    draw.rectangle((60, 272, 200, 278), fill="#7d5945")
    for x, y in ((116, 150), (118, 220), (112, 350)):
        draw.rectangle((x, y, x + 28, y + 38), fill="#4b6f8d")
        draw.rectangle((x + 12, y, x + 15, y + 38), fill="#f4ecdc")
        draw.rectangle((x, y + 17, x + 28, y + 20), fill="#f4ecdc")
    draw.rectangle((108, 436, 152, 520), fill="#5d3f33")
    return premultiplied(image)


def blade() -> Image.Image:
    """One sail, 90 x 330, its foot at the hub: a lattice, half covered with cloth."""
    image, draw = blank(90, 330)
    draw.rectangle((48, 40, 84, 268), fill="#f3e2c0")
    for y in range(40, 270, 19):
        draw.rectangle((20, y, 86, y + 3), fill="#5b4034")
    for x in (20, 82):
        draw.rectangle((x, 40, x + 4, 270), fill="#5b4034")
    draw.rectangle((41, 18, 49, 330), fill="#4a342b")
    draw.ellipse((33, 314, 57, 338), fill="#3b2a24")
    return premultiplied(image)


def towers(rng: np.random.Generator, width: int, height: int, share: float, wall: str) -> Image.Image:
    """A row of towers with some windows lit (`share` of them), width x height."""
    image, draw = blank(width, height)
    base, x = colour(wall) * WHITE, 0
    while x < width:
        wide, high = int(rng.integers(52, 118)), int(height * rng.uniform(0.36, 0.96))
        tone = rng.uniform(-8, 12)
        paint = tuple(int(v) for v in np.clip(base + tone, 0, WHITE))
        top = height - high
        draw.rectangle((x, top, x + wide, height), fill=(*paint, 255))
        draw.rectangle((x, top, x + 3, height), fill=tuple(min(v + 22, 255) for v in paint) + (255,))
        if rng.random() < 0.3:
            draw.rectangle((x + wide // 2 - 2, top - 34, x + wide // 2 + 2, top), fill=(*paint, 255))
            draw.ellipse((x + wide // 2 - 5, top - 42, x + wide // 2 + 5, top - 32), fill="#ff6a5e")
        glow = str(rng.choice(LIT))
        for row in range(top + 14, height - 12, 22):
            for column in range(x + 9, x + wide - 12, 17):
                if rng.random() < share:
                    draw.rectangle((column, row, column + 9, row + 12), fill=glow)
        x += wide + int(rng.integers(2, 12))
    return premultiplied(image)


def train(rng: np.random.Generator) -> Image.Image:
    """Four carriages, 760 x 60, every window lit."""
    image, draw = blank(760, 60)
    for left in range(0, 760, 190):
        draw.rounded_rectangle((left + 3, 6, left + 187, 56), 9, fill="#c8ced9")
        draw.rectangle((left + 3, 40, left + 187, 47), fill="#3d78c9")
        for x in range(left + 14, left + 176, 27):
            draw.rectangle((x, 15, x + 19, 34), fill=str(rng.choice(["#fff0bd", "#ffe39a"])))
    draw.rectangle((750, 36, 759, 44), fill="#fffbe8")
    return premultiplied(image)


def bridge() -> Image.Image:
    """A deck on arches with lamps, 1400 x 140; the rails lie 66 above its foot."""
    image, draw = blank(1400, 140)
    draw.rectangle((0, 74, 1400, 100), fill="#2b3157")
    draw.rectangle((0, 72, 1400, 76), fill="#7a7fb2")
    for x in range(0, 1400, 140):
        draw.rectangle((x, 74, x + 22, 140), fill="#2b3157")
        draw.polygon([(x + 22, 100), (x + 44, 100), (x + 22, 132)], fill="#2b3157")
        draw.polygon([(x + 140, 100), (x + 118, 100), (x + 140, 132)], fill="#2b3157")
    for x in range(80, 1400, 140):
        draw.rectangle((x - 2, 14, x + 2, 74), fill="#3d4472")
        draw.ellipse((x - 17, -6, x + 17, 28), fill="#ffdf9a40")
        draw.ellipse((x - 7, 4, x + 7, 18), fill="#fff2c8")
    return premultiplied(image)
