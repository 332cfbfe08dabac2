"""Fish that pass in front of one another and behind weed: edges that cover and uncover what lies behind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vae_demo.synthetic.canvas import WORK, blend, colour, finish, grid, noise, over, sample, smooth

SAND = 430


@dataclass(frozen=True)
class Fish:
    """Work pixels and work pixels a second; length is nose to tail fin; stripes is bands along the body."""

    x: float
    y: float
    speed: float
    length: float
    deep: float
    back: str
    belly: str
    band: str
    stripes: float
    phase: float


SCHOOL = (  # far to near
    Fish(330, 118, -62, 84, 0.40, "#3f6fae", "#c4dcf0", "#2b4f86", 0.0, 0.4),
    Fish(400, 158, -62, 78, 0.40, "#3f6fae", "#c4dcf0", "#2b4f86", 0.0, 1.9),
    Fish(452, 92, -62, 80, 0.40, "#3f6fae", "#c4dcf0", "#2b4f86", 0.0, 3.1),
    Fish(64, 306, 84, 132, 0.66, "#e8b32c", "#fff0a8", "#3a3a4a", 3.0, 0.8),
    Fish(424, 240, -80, 156, 0.54, "#c9523c", "#f7b78a", "#f5e3c8", 2.0, 2.2),
    Fish(24, 200, 112, 176, 0.54, "#e8762c", "#ffc067", "#fbf6ea", 2.4, 4.0),
    Fish(486, 356, -104, 122, 0.58, "#3f9a76", "#d8efb4", "#246058", 4.0, 5.2),
)


@lru_cache(maxsize=1)
def _fields(seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng([seed, 1])
    return noise(rng, (512, 512), 0.9), noise(rng, (512, 512), 1.1), noise(rng, (512, 512), 1.5)


def _water(seed: int, time: float) -> np.ndarray:
    grit, soft, stone = _fields(seed)
    y, x = grid()
    image = blend([(0, "#7fd6dc"), (0.35, "#3fa9c4"), (0.75, "#2b7ba6"), (1, "#2a6a94")], y / SAND)
    fan = (x - 190 + 40 * np.sin(0.4 * time)) / (y + 260) * 460
    rays = sample(soft, 7 * time + np.zeros_like(fan), fan * 0.35 + 4 * time) + 0.6 * np.sin(fan / 21 + 0.9 * time)
    over(image, colour("#d9fbf2"), 0.24 * smooth(0.0, 1.6, rays) * smooth(SAND, 60, y))
    rock = SAND - 24 - 46 * np.maximum(sample(stone, 40 + 0 * x, x * 0.7), -0.6)
    shade = 0.07 * sample(grit, y * 1.3, x * 1.3) + 0.05 * sample(soft, y * 3, x * 3)
    over(image, colour("#4f7f8e") + shade[..., None], smooth(-1.5, 1.5, y - rock))
    edge = SAND + 9 * sample(stone, 200 + 0 * x, x * 0.4)
    ridge = np.sin((y - edge) * 0.32 + 2.5 * sample(stone, y, x))
    tone = 0.05 * sample(grit, y, x) + 0.03 * ridge
    # Light through waves: two families of bent lines, bright where they meet.
    bend = 1.6 * sample(stone, y * 2, x + 9 * time)
    net = np.abs(np.sin(0.045 * x + bend + 1.1 * time)) * np.abs(np.sin(0.11 * y - 0.02 * x + bend - 0.8 * time))
    bright = 0.2 * smooth(0.3, 0.0, net) * smooth(edge - 20, edge + 50, y)
    over(image, colour("#cdb98c") + (tone + bright)[..., None], smooth(-1.5, 1.5, y - edge))
    return image


def _draw_fish(image: np.ndarray, fish: Fish, time: float, scales: np.ndarray) -> None:
    y, x = grid()
    face = np.sign(fish.speed)
    cx, cy = fish.x + fish.speed * time, fish.y + 7 * np.sin(1.6 * time + fish.phase)
    half, high = fish.length / 2, fish.length * fish.deep / 2
    left, right = int(max(cx - 1.35 * half, 0)), int(min(cx + 1.35 * half, WORK))
    top, low = int(max(cy - 2 * high, 0)), int(min(cy + 2 * high, WORK))
    if left >= right:
        return
    box = (slice(top, low), slice(left, right))
    u = (x[box] - cx) * face / half  # 1 at the nose, -1 where the tail fin ends
    sway = 0.16 * np.clip(0.5 - u, 0, 2) ** 1.6 * np.sin(9 * time + fish.phase + 1.8 * u)
    v = (y[box] - cy) / high - sway
    pixel = 1.0 / high
    body = np.sqrt(np.clip(1 - ((u - 0.2) / 0.8) ** 2, 0, 1)) * (0.78 + 0.22 * u)
    body = np.maximum(body, 0.13 * smooth(-0.75, -0.55, u) * (u < 0.2))
    fan = np.clip((-0.56 - u) / 0.44, 0, 1)
    tail = 0.13 + 0.8 * fan ** 0.8
    # The fork: the trailing edge lies farther in at the middle than at the tips.
    trailing = -1 + 0.24 * np.clip(1 - np.abs(v) / 0.95, 0, 1)
    caudal = smooth(pixel, -pixel, np.abs(v) - tail) * (fan > 0) * smooth(-1 / half, 1 / half, u - trailing)
    back = smooth(-0.52, -0.3, u + 0.12 * v) * smooth(0.62, 0.0, u + 0.25 * v)
    under = smooth(-0.42, -0.2, u) * smooth(0.2, -0.15, u)
    reach = body + np.where(v < 0, 0.5 * back, 0.42 * under)
    fins = np.maximum(caudal, smooth(pixel, -pixel, np.abs(v) - reach) * (body > 0.14))
    rays = 0.07 * np.sin(v * 22 + u * np.where(fan > 0, 6, 46))
    over(image[box], colour(fish.back) * 0.88 + 0.08 + rays[..., None], fins * 0.94)
    skin = blend([(-1, fish.back), (0.1, fish.back), (0.75, fish.belly), (1, fish.belly)], v / np.maximum(body, 0.1))
    if fish.stripes:
        wave = np.sin(2 * np.pi * fish.stripes * (u + 0.05 * np.cos(3 * v)) * 0.62 + fish.phase)
        over(skin, colour(fish.band), smooth(0.45, 0.72, wave) * smooth(0.75, 0.55, u))
    round_off = np.sqrt(np.clip(1 - (v / np.maximum(body, 0.05)) ** 2, 0, 1))
    skin = skin * (0.62 + 0.42 * round_off[..., None]) + 0.06 * sample(scales, v * 40, u * 60)[..., None]
    skin += 0.3 * np.exp(-((v / np.maximum(body, 0.05) + 0.5) / 0.2) ** 2)[..., None] * smooth(-0.5, 0.4, u)[..., None]
    over(image[box], skin, smooth(pixel, -pixel, np.abs(v) - body) * (u < 1) * (u > -0.75))
    flap = 0.5 + 0.35 * np.sin(7 * time + fish.phase)
    paddle = np.hypot((u - 0.16) / 0.17, (v - 0.26 - 0.5 * flap * (0.3 - u)) / 0.17)
    over(image[box], colour(fish.back) * 0.9 + 0.1 + 0.06 * np.sin(60 * v)[..., None], 0.9 * smooth(1.08, 0.92, paddle))
    eye = np.hypot((u - 0.68) * half, (v + 0.16) * high)
    wide = 0.055 * fish.length
    over(image[box], colour("#fdfbee"), smooth(wide + 1, wide - 1, eye))
    over(image[box], colour("#1c2130"), smooth(wide * 0.62 + 1, wide * 0.62 - 1, eye))
    gill = np.abs(np.hypot((u - 0.7) * half, v * high) - 0.15 * fish.length)
    over(image[box], colour(fish.back) * 0.6, 0.55 * smooth(2.2, 0.6, gill) * (u < 0.5) * (np.abs(v) < 0.55))
    mouth = np.abs(np.hypot((u - 1.02) * half, (v - 0.02) * high) - 0.085 * fish.length)
    over(image[box], colour(fish.back) * 0.45, smooth(2, 0.6, mouth) * (v > 0.04) * (v < 0.3) * (np.abs(v) < body))


def _weed(image: np.ndarray, at: float, count: int, time: float, tint: str, rng: np.random.Generator) -> None:
    y, x = grid()
    for _ in range(count):
        base, high, phase = at + rng.normal(0, 26), rng.uniform(170, 330), rng.uniform(0, 6.28)
        foot, wide, light = rng.uniform(470, 512), rng.uniform(6, 10), rng.uniform(-0.06, 0.1)
        up = np.clip((foot - y) / high, 0, 1)
        mid = base + 34 * up ** 1.4 * np.sin(1.7 * time + phase - 2.6 * up)
        half = wide * np.clip(1 - up, 0, 1) ** 0.45 * (0.84 + 0.16 * np.sin(up * 16 + phase))
        across = (x - mid) / np.maximum(half, 0.5)
        over(image, colour("#7d6f52"), 0.3 * smooth(1.2, 0.4, np.hypot((x - base) / 22, (y - foot) / 5)))
        cover = smooth(1.15, 0.85, np.abs(across)) * (up > 0) * (up < 1)
        over(image, colour(tint) + (light + 0.1 * up - 0.09 * across)[..., None], cover)


def _bubbles(image: np.ndarray, time: float, rng: np.random.Generator) -> None:
    y, x = grid()
    for i in range(11):
        size, rise, start = rng.uniform(2.6, 6), rng.uniform(70, 120), rng.uniform(0, 480)
        cy = 440 - (start + rise * time) % 480
        cx = 214 + 3 * i + 7 * np.sin(cy / 23 + i)
        top, left = int(max(cy - 12, 0)), int(cx - 12)
        box = (slice(top, int(max(cy + 12, 0))), slice(left, left + 24))
        reach = np.hypot(x[box] - cx, y[box] - cy)
        over(image[box], colour("#e9fffb"), 0.75 * smooth(1.6, 0.4, np.abs(reach - size)) + 0.12 * (reach < size))
        over(image[box], colour("#ffffff"), smooth(1.8, 0.6, np.hypot(x[box] - cx + size / 3, y[box] - cy + size / 3)))


def frame(seed: int, index: int) -> np.ndarray:
    """Frame `index`: uint8 256 256 3."""
    time = index / 24
    image = _water(seed, time)
    scales = _fields(seed)[0]
    for fish in SCHOOL[:3]:
        _draw_fish(image, fish, time, scales)
    _bubbles(image, time, np.random.default_rng([seed, 5]))
    _weed(image, 400, 6, time, "#3f8f63", np.random.default_rng([seed, 2]))
    for fish in SCHOOL[3:5]:
        _draw_fish(image, fish, time, scales)
    _weed(image, 96, 5, time, "#57a84f", np.random.default_rng([seed, 3]))
    for fish in SCHOOL[5:]:
        _draw_fish(image, fish, time, scales)
    _weed(image, 268, 3, time, "#86b84a", np.random.default_rng([seed, 4]))
    return finish(image)
