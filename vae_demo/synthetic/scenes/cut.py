"""A hard cut from day to night: a windmill over wheat, then a city across a river.

Light, hues and shapes all change at once, so a frame that holds both is seen at a glance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from vae_demo.synthetic.canvas import WORK, blend, colour, finish, grid, noise, over, place, sample, smooth
from vae_demo.synthetic.scenes import cut_sprites as sprites

HUB = (322, 168)
HILLS = [  # height of the crest, roughness, pan share, colour at the crest, colour below
    (292, 26, 0.15, "#8fb4c4", "#b5cdb8"),
    (322, 22, 0.3, "#7fb069", "#a8c46c"),
    (372, 16, 0.6, "#6d9f4f", "#9bbd55"),
]
RIVER = 352


@dataclass(frozen=True)
class Day:
    clouds: np.ndarray
    crests: list[np.ndarray]
    crop: np.ndarray
    mill: Image.Image
    blade: Image.Image


@dataclass(frozen=True)
class Night:
    stars: np.ndarray
    haze: np.ndarray
    waves: list[np.ndarray]
    far: Image.Image
    near: Image.Image
    train: Image.Image
    bridge: Image.Image


@lru_cache(maxsize=1)
def _day_world(seed: int) -> Day:
    rng = np.random.default_rng([seed, 1])
    return Day(noise(rng, (512, 1024), 1.75, 1.5), [noise(rng, (1024,), 1.7) for _ in HILLS],
               noise(rng, (512, 1024), 0.7), sprites.mill(rng), sprites.blade())


@lru_cache(maxsize=1)
def _night_world(seed: int) -> Night:
    rng = np.random.default_rng([seed, 2])
    stars = np.stack([rng.uniform(0, WORK, 90), rng.uniform(0, 250, 90), rng.uniform(0.3, 1, 90)], 1)
    return Night(stars, noise(rng, (512, 1024), 1.6, 2.0), [noise(rng, (512, 512), 1.0, 4.0) for _ in range(2)],
                 sprites.towers(rng, 1500, 400, 0.16, "#242c55"), sprites.towers(rng, 1500, 300, 0.42, "#141a38"),
                 sprites.train(rng), sprites.bridge())


def _day(seed: int, time: float) -> np.ndarray:
    world, pan = _day_world(seed), 14 * time
    y, x = grid()
    image = blend([(0, "#3f8fd6"), (0.6, "#8cc4ea"), (1, "#dff0f2")], np.minimum(y / 320, 1))
    low = 1 / (1.25 - np.minimum(y / 320, 1))
    row, column = low * 92 + 40, (x - 256) * low * 0.42 + 22 * time
    density = sample(world.clouds, row, column)
    lift = density - sample(world.clouds, row + 10, column + 6)
    paint = blend([(0, "#9fb6d2"), (0.5, "#e3ecf4"), (1, "#ffffff")], np.clip(0.55 + 0.6 * lift, 0, 1))
    over(image, paint, smooth(0.15, 0.85, density) * smooth(1.05, 0.8, y / 320))
    for crest, (top, rough, share, light, deep) in zip(world.crests, HILLS, strict=True):
        edge = top - rough * sample(crest, (x[0] + share * pan + 200) * 0.5)
        below = np.clip((y - edge) / 110, 0, 1)
        field = np.sin(sample(crest, y * 1.7 + x * 0.4) * 5 + (x + share * pan) * 0.02)
        ground = blend([(0, light), (1, deep)], below) + 0.035 * field[..., None]
        ground += 0.03 * sample(world.crop, y * 1.6, (x + share * pan) * 1.6)[..., None]
        over(image, ground, smooth(-1, 1, y - edge))
    place(image, world.mill, HUB[0] - 0.6 * pan, 404, 0.5)
    for quarter in range(4):
        place(image, world.blade, HUB[0] - 0.6 * pan, HUB[1], 0.5, 1.15 * time + quarter * np.pi / 2 + 0.3)
    _wheat(image, world, time, pan)
    return image


def _wheat(image: np.ndarray, world: Day, time: float, pan: float) -> None:
    """Ears in rows that bend as gusts run through them; nearer rows are larger and pass faster."""
    y, x = grid()
    gust = sample(world.clouds, y * 0.5 + 160, (x - 120 * time) * 0.35)
    for row in range(5):
        top, scale, share = 398 + 24 * row, 0.55 + 0.16 * row, 0.9 + 0.22 * row
        along = (x + share * pan + (5 + 3 * row) * gust * np.clip((top + 40 - y) / 40, 0, 1)) / scale
        height = sample(world.crop[row * 40], along * 0.35)
        edge = top - 9 * scale * (np.abs(np.sin(along * 0.33)) + 0.5 * height)
        stalk = np.sin(along * 0.66 + 2 * height) * smooth(70, 0, y - edge)
        tone = blend([(0, "#fbe08a"), (0.35, "#e2b04a"), (1, "#a9762c")], np.clip((y - edge) / 60, 0, 1))
        tone = tone * (0.9 + 0.1 * stalk + 0.07 * gust + 0.05 * height)[..., None]
        over(image, tone, smooth(-1, 1.5, y - edge))


def _night(seed: int, time: float) -> np.ndarray:
    world, pan = _night_world(seed), 14 * time
    y, x = grid()
    image = blend([(0, "#0a1030"), (0.5, "#1d2560"), (0.85, "#4a3f86"), (1, "#7d5590")], np.minimum(y / RIVER, 1))
    for sx, sy, strength in world.stars:
        box = (slice(max(int(sy) - 3, 0), int(sy) + 4), slice(max(int(sx) - 3, 0), int(sx) + 4))
        reach = np.hypot(x[box] - sx, y[box] - sy)
        over(image[box], colour("#fdf6e0"), strength * smooth(2.4, 0.4, reach))
    moon = np.hypot(x - 130, y - 96)
    image += (0.35 * np.exp(-np.maximum(moon - 34, 0) / 40))[..., None] * colour("#8fa2e8")
    craters = 0.06 * sample(world.haze, y * 4, x * 4)
    over(image, colour("#fff3cf") - craters[..., None], smooth(36, 34, moon))
    haze = sample(world.haze, y * 1.2, x * 0.5 + 26 * time)
    over(image, colour("#56518f"), 0.5 * smooth(0.2, 1.8, haze) * smooth(RIVER, 120, y))
    place(image, world.far, 300 - 0.2 * pan, RIVER - 2, 0.5)
    place(image, world.near, 240 - 0.5 * pan, RIVER, 0.5)
    place(image, world.train, -20 + 150 * time, RIVER - 29, 0.5)
    place(image, world.bridge, 256 - 0.5 * pan, RIVER + 4, 0.5)
    _river(image, world, time)
    return image


def _river(image: np.ndarray, world: Night, time: float) -> None:
    y, x = grid()
    y, x = y[RIVER:], x[RIVER:]
    down = y - RIVER + 0.5
    away, wide = np.log(down + 8), (x - 256) / (down + 30)
    ripple = sample(world.waves[0], -52 * away + 12 * time, 46 * wide + 5 * time)
    ripple = ripple + 0.7 * sample(world.waves[1], -78 * away + 10 * time, 58 * wide - 7 * time)
    # Lights draw out into columns: several heights are mixed.
    mirrored = np.zeros_like(image[RIVER:])
    for stretch in (1.1, 1.5, 2.0):
        row = np.clip(RIVER - 1 - down * stretch - ripple * (1.4 + 0.12 * down), 0, RIVER - 1)
        column = np.clip(x + 1.6 * ripple, 0, WORK - 1)
        mirrored += np.stack([sample(image[..., c], row, column) for c in range(3)], -1) / 3
    over(mirrored, colour("#0d1538"), np.clip(0.18 - 0.16 * ripple, 0, 0.7))
    image[RIVER:] = np.clip(mirrored * 1.15, 0, 1)


def frame(seed: int, index: int, cut: int) -> np.ndarray:
    """Frame `index`, by night from number `cut` on: uint8 256 256 3."""
    return finish((_day if index < cut else _night)(seed, index / 24))
