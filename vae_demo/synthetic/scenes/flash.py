"""A quiet lake after sunset, and lightning in exactly one frame.

A model that mixes frames smears that one over its neighbours, and a shifted frame moves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from vae_demo.synthetic.canvas import WORK, blend, colour, finish, grid, noise, over, place, sample, smooth
from vae_demo.synthetic.scenes import flash_sprites as sprites

SHORE = 316
SKY = [(0, "#27335f"), (0.4, "#4d5488"), (0.68, "#8f739d"), (0.86, "#d98f8b"), (0.96, "#f4b483"), (1, "#f8c792")]
RIDGES = [(128, 44, "#65709f", "#9d8ea9"), (84, 34, "#47557f", "#6f7396"), (42, 18, "#2d4059", "#43597a")]


@dataclass(frozen=True)
class World:
    """Everything that one seed decides: noise fields, the lightning's path and sprites."""

    clouds: list[np.ndarray]
    ridges: list[np.ndarray]
    waves: list[np.ndarray]
    bolt: np.ndarray
    pines: Image.Image
    boat: Image.Image
    jetty: Image.Image


@lru_cache(maxsize=1)
def build(seed: int) -> World:
    rng = np.random.default_rng([seed, 1])
    return World(
        clouds=[noise(rng, (512, 1024), 1.6, 2.0) for _ in range(2)],
        ridges=[noise(rng, (2048,), 1.25) for _ in RIDGES],
        waves=[noise(rng, (512, 512), 1.0, 4.0) for _ in range(2)],
        bolt=_bolt(np.random.default_rng([seed, 2])),
        pines=sprites.pines(rng),
        boat=sprites.boat(),
        jetty=sprites.jetty(rng))


def _path(rng: np.random.Generator, start: tuple[float, float], end: tuple[float, float], rough: float) -> np.ndarray:
    """A broken line (n, 2) from start to end: each half is bent sideways, by less as halves get shorter."""
    points = np.array([start, end], np.float64)
    for _ in range(5):
        along = np.diff(points, axis=0)
        middle = (points[:-1] + points[1:]) / 2
        middle += np.stack([-along[:, 1], along[:, 0]], 1) * rng.normal(0, rough, len(along))[:, None]
        joined = np.empty((2 * len(points) - 1, 2))
        joined[::2], joined[1::2] = points, middle
        points = joined
    return points


def _bolt(rng: np.random.Generator) -> np.ndarray:
    """How near each pixel is to the lightning: work size, 0 to 1."""
    y, x = grid()
    glow = np.zeros_like(y)
    trunk = _path(rng, (322, -10), (296, 236), 0.16)
    branches = [(trunk, 1.0, 2.6)]
    for at, dx, dy, wide in ((6, 92, 74, 1.5), (12, -104, 86, 1.7), (19, 74, 58, 1.2), (23, -44, 52, 1.1)):
        start = trunk[at]
        branches.append((_path(rng, tuple(start), (start[0] + dx, start[1] + dy), 0.17), 0.85, wide))
    for points, strength, wide in branches:
        reach = np.full_like(y, 1e3)
        for (ax, ay), (bx, by) in zip(points[:-1], points[1:], strict=True):
            length = (bx - ax) ** 2 + (by - ay) ** 2
            t = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0, 1)
            reach = np.minimum(reach, np.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)))
        core = smooth(wide + 1, wide - 1, reach)
        glow = np.maximum(glow, strength * np.maximum(core, 0.5 * np.exp(-reach / (6 * wide))))
    return glow


def _sky(world: World, time: float, lit: bool) -> np.ndarray:
    y, x = grid()
    up = np.minimum(y / SHORE, 1)
    image = blend(SKY, up)
    low = 1 / (1.2 - up)
    across = (x - 256) * low
    density = sample(world.clouds[0], low * 80, across * 0.3 + 13 * time)
    density = density + 0.5 * sample(world.clouds[1], low * 170, across * 0.6 + 24 * time)
    below = sample(world.clouds[0], low * 80 + 7, across * 0.3 + 13 * time)
    cover = 0.85 * smooth(-0.5, 1.3, density) * smooth(1, 0.8, up)
    light = np.clip(0.35 + 0.5 * (density - below) + 0.35 * up, 0, 1)
    over(image, blend([(0, "#323a63"), (0.45, "#6a6794"), (0.75, "#c58a9a"), (1, "#f2b094")], light), cover)
    if lit:
        reach = np.hypot(x - 310, y - 130)
        image += (1 - image) * (0.38 + 0.34 * smooth(340, 40, reach))[..., None] * colour("#dfe2ff")
        over(image, colour("#ffffff"), world.bolt)
    return image


def _far_shore(image: np.ndarray, world: World, lit: bool) -> None:
    y, x = grid()
    for profile, (rise, rough, top, foot) in zip(world.ridges, RIDGES, strict=True):
        edge = SHORE - rise - rough * sample(profile, x[0] * 0.8)
        depth = np.clip((y - edge) / (SHORE - edge), 0, 1)
        grain = sample(world.waves[0], y * 1.5, x * 1.5 + 99)
        slope = blend([(0, top), (1, foot)], depth) + 0.016 * grain[..., None]
        over(image, slope * (1.5 if lit else 1), smooth(-1, 1, y - edge) * (y <= SHORE))
    place(image, world.pines, 256, SHORE + 3, 0.5)


def _lake(image: np.ndarray, world: World, time: float) -> None:
    y, x = grid()
    y, x = y[SHORE:], x[SHORE:]
    down = y - SHORE + 0.5
    away, wide = np.log(down + 9), (x - 256) / (down + 30)
    ripple = sample(world.waves[0], -55 * away + 9 * time, 50 * wide + 5 * time)
    ripple = ripple + 0.7 * sample(world.waves[1], -80 * away + 8 * time, 60 * wide - 6 * time)
    row = np.clip(SHORE - 1 - down * 1.3 - ripple * (1 + 0.06 * down), 0, SHORE - 1)
    mirrored = np.stack([sample(image[..., c], row, np.clip(x + ripple, 0, WORK - 1)) for c in range(3)], -1)
    over(mirrored, colour("#2c4468"), np.clip(0.2 - 0.12 * ripple, 0, 0.6))
    over(mirrored, colour("#ffd9b0"), smooth(7, 0, down) * 0.3)
    image[SHORE:] = mirrored


def _reeds(image: np.ndarray, time: float, rng: np.random.Generator) -> None:
    y, x = grid()
    for i in range(24):
        foot = rng.uniform(2, 110) if i < 11 else rng.uniform(420, 512)
        high, lean, phase = rng.uniform(80, 190), rng.uniform(-22, 22), rng.uniform(0, 6.28)
        box = (slice(WORK - int(high) - 12, WORK), slice(max(int(foot) - 60, 0), int(foot) + 60))
        up = (WORK - y[box]) / high
        middle = foot + lean * up ** 2 + 7 * up ** 2 * np.sin(1.9 * time + phase)
        reach, tone = np.abs(x[box] - middle), 0.05 * rng.random()
        over(image[box], colour("#1d2a2e") + tone, smooth(2.6, 1.2, reach - 1.4 * (1 - up)) * (up < 1))
        if i % 3 == 0:
            head = np.hypot(reach / 4.2, (up - 0.9) * high / 19)
            over(image[box], colour("#4a3226"), smooth(1.12, 0.85, head))


def frame(seed: int, index: int, flash: int | None = None) -> np.ndarray:
    """Frame `index`, with lightning if it is number `flash`: uint8 256 256 3."""
    world, time, lit = build(seed), index / 24, index == flash
    image = _sky(world, time, lit)
    _far_shore(image, world, lit)
    _lake(image, world, time)
    bob = 1.6 * np.sin(2.1 * time)
    place(image, world.jetty, 390, WORK + 4, 0.5)
    place(image, world.boat, 196 + 3 * np.sin(0.9 * time), 452 + bob, 0.5, 0.03 * np.sin(2.1 * time + 0.7))
    if lit:
        # What stands in front is lit from behind: paler, and no darker shadows.
        image[SHORE:] += (1 - image[SHORE:]) * np.float32(0.16) * colour("#dfe2ff")
    _reeds(image, time, np.random.default_rng([seed, 3]))
    return finish(image)
