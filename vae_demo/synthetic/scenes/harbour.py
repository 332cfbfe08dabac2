"""The first clip a visitor sees: a harbour at dusk, with something moving at every depth.

A slow pan shows parallax; the boat, birds and clouds move steadily, so a repeated, lost or ghosted frame
shows; windows, rigging and glints are fine enough that blur shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from vae_demo.synthetic.canvas import WORK, blend, colour, finish, grid, noise, over, place, sample, smooth
from vae_demo.synthetic.scenes import harbour_sprites as sprites

HORIZON = 286
SUN_X, SUN_Y = 366, 226
SKY = [(0, "#5877b4"), (0.35, "#8f93c6"), (0.6, "#d9a3b8"), (0.8, "#f6b48c"), (0.94, "#ffcf86"), (1, "#ffdc9a")]
LAMP = (160, -148)  # from the foot of the town's middle, in work pixels
RIDGES = [  # rise above the horizon, roughness, pan share, colour at its top, colour in the haze at its foot
    (44, 12, 0.16, "#a893bb", "#e2a9a4"),
    (26, 9, 0.28, "#83759f", "#bd8d98"),
]


@dataclass(frozen=True)
class World:
    """Everything that one seed decides: noise fields and sprites."""

    clouds: np.ndarray
    wisps: np.ndarray
    ridges: list[np.ndarray]
    waves: list[np.ndarray]
    town: Image.Image
    boat: Image.Image
    quay: Image.Image
    bird_phase: np.ndarray


@lru_cache(maxsize=1)
def build(seed: int) -> World:
    rng = np.random.default_rng([seed, 1])
    return World(
        clouds=noise(rng, (512, 1024), 1.65, 1.35),
        wisps=noise(rng, (512, 1024), 1.5, 9.0),
        ridges=[noise(rng, (1024,), 1.25) for _ in RIDGES],
        waves=[noise(rng, (512, 512), 1.0, 3.2) for _ in range(2)],
        town=sprites.town(rng),
        boat=sprites.boat(),
        quay=sprites.quay(rng),
        bird_phase=rng.uniform(0, 6.28, 7))


def _sky(world: World, time: float, pan: float) -> np.ndarray:
    y, x = grid()
    image = blend(SKY, np.minimum(y / HORIZON, 1))
    reach = np.hypot((x - SUN_X + 0.1 * pan) / 1.25, y - SUN_Y)
    image += (np.exp(-reach / 70) * 0.2)[..., None] * colour("#ff9a50")
    # Nearer the horizon clouds lie farther off: thinner, closer together, slower.
    far = 1 / (1.12 - np.minimum(y / HORIZON, 1))
    column = (x - 256) * far * 0.36 + 7 * time + pan * 0.3
    row = far * 74
    density = sample(world.clouds, row, column) + 0.28 * sample(world.wisps, row * 2, column * 2)
    below = sample(world.clouds, row + 9, column) + 0.28 * sample(world.wisps, row * 2 + 9, column * 2)
    cover = smooth(-0.15, 0.95, density + 0.25 * smooth(0.7, 0.2, y / HORIZON)) * smooth(1.0, 0.82, y / HORIZON)
    light = np.clip(0.55 + 0.75 * (density - below) + 0.5 * np.exp(-reach / 150), 0, 1)
    paint = blend([(0, "#6f6ca3"), (0.35, "#a482ad"), (0.62, "#ee9496"), (0.85, "#ffb98c"), (1, "#ffe2b0")], light)
    over(image, paint, cover * 0.9)
    disc = np.hypot(x - SUN_X + 0.1 * pan, y - SUN_Y)
    image += (0.55 * np.exp(-np.maximum(disc - 19, 0) / 14))[..., None] * colour("#ff9a48") * 0.6
    over(image, colour("#fffbe6"), smooth(21, 18, disc) * (1 - 0.25 * cover))
    return image


def _hills(image: np.ndarray, world: World, pan: float) -> None:
    y, x = grid()
    for profile, (rise, rough, share, top, foot) in zip(world.ridges, RIDGES, strict=True):
        edge = HORIZON - rise - rough * sample(profile, (x[0] + share * pan + 90) * 0.6)
        depth = (y - edge) / (HORIZON - edge)
        over(image, blend([(0, top), (1, foot)], np.clip(depth, 0, 1)), smooth(-1, 1, y - edge) * (y < HORIZON + 1))


def _sea(image: np.ndarray, world: World, time: float, pan: float) -> None:
    """Mirror what stands above the horizon, bent by two wave fields that run across each other."""
    y, x = grid()
    y, x = y[HORIZON:], x[HORIZON:]
    down = y - HORIZON + 0.5
    near = smooth(0, 110, down)
    # Equal steps of log(distance) keep waves a few pixels high all the way out: nothing aliases into sparkle.
    away = np.log(down + 7)
    wide = (x - 256 + 0.6 * pan) / (down + 24)
    a = sample(world.waves[0], -46 * away + 15 * time, 44 * wide + 9 * time)
    b = sample(world.waves[1], -62 * away + 11 * time, 52 * wide - 12 * time)
    ripple = sample(world.waves[1], -105 * away + 10 * time, 90 * wide + 8 * time)
    slope = 0.6 * (a + 0.75 * b) + 0.3 * near * ripple
    row = np.clip(HORIZON - 1 - down * 0.9 - slope * (1.2 + down * 0.13), 0, HORIZON - 1)
    column = np.clip(x + (a - b) * (0.4 + 2.2 * near), 0, WORK - 1)
    mirrored = np.stack([sample(image[..., c], row, column) for c in range(3)], -1)
    water = mirrored * colour("#dcd8e0")
    over(water, colour("#2f5f8c"), np.clip(0.2 + 0.2 * near - (slope + 0.3 * ripple) * 0.26, 0, 0.8))
    path = np.exp(-((x - SUN_X + 0.1 * pan) / (15 + 0.36 * down)) ** 2)
    glint = smooth(0.95, 1.65, 0.85 * slope + (0.85 - 0.24 * near) * path + 0.35 * ripple * near)
    over(water, colour("#fff0bd"), np.clip(glint * (0.3 + 0.8 * path), 0, 0.96))
    over(water, colour("#f3c9b4"), smooth(9, 0, down) * 0.35)
    image[HORIZON:] = water


def _birds(image: np.ndarray, world: World, time: float) -> None:
    y, x = grid()
    for i, phase in enumerate(world.bird_phase):
        cx = 60 + 47 * np.cos(phase * 3) + 42 * i * 0.55 + 46 * time
        cy = 92 + 12 * i * (-1) ** i * 0.7 + 9 * np.sin(1.3 * time + phase) - 7 * time
        span = 9 + 1.2 * (i % 3)
        top, left = int(cy) - 16, int(cx) - 20
        if top < 0 or left < 0 or left + 40 > WORK:
            continue
        box = (slice(top, top + 32), slice(left, left + 40))
        across = np.abs(x[box] - cx) / span
        beat = np.sin(2 * np.pi * (1.9 * time + phase))
        wing = cy - span * (0.55 * beat + 0.1) * np.sin(np.minimum(across, 1) * 2.2) + 1.5
        thick = 2.1 * np.sqrt(np.clip(1 - across, 0, 1)) + 0.2
        cover = smooth(1.0, -0.6, np.abs(y[box] - wing) - thick) * (across < 1)
        over(image[box], colour("#3a3450"), cover)


def _lamp(image: np.ndarray, x: float, y: float, time: float) -> None:
    """A glow, and a beam that sweeps past once in four seconds."""
    yy, xx = grid()
    reach = np.hypot(xx - x, yy - y)
    over(image, colour("#fff6cf"), np.exp(-reach / 13))
    angle = np.cos(2 * np.pi * time / 4 + 0.6)
    along = (xx - x) * np.sign(angle)
    width = 3 + 0.09 * np.maximum(along, 0)
    beam = np.exp(-((yy - y + 0.05 * along) / width) ** 2) * (along > 0) * np.exp(-along / 190)
    over(image, colour("#fff2c4"), 0.75 * abs(angle) * beam)


def frame(seed: int, index: int, fps: float = 24) -> np.ndarray:
    """Frame `index` of the harbour: uint8 256 256 3."""
    world, time = build(seed), index / fps
    pan = 11.0 * time
    image = _sky(world, time, pan)
    _hills(image, world, pan)
    _birds(image, world, time)
    place(image, world.town, 120 - 0.6 * pan, HORIZON + 2, 0.5)
    _lamp(image, 120 - 0.6 * pan + LAMP[0], HORIZON + 2 + LAMP[1], time)
    boat_x, swell, lean = 92 + 84 * time, 1.5 * np.sin(2.2 * time), 0.035 + 0.03 * np.sin(2.2 * time)
    standing = image[:HORIZON].copy()
    # Its mirror image must begin at the boat's own waterline, nearer than the horizon.
    place(image, world.boat, boat_x, HORIZON - 22 + swell, 0.5, -lean)
    _sea(image, world, time, pan)
    image[:HORIZON] = standing
    place(image, world.boat, boat_x, HORIZON + 28 + swell, 0.5, lean)
    place(image, world.quay, 330 - 1.7 * pan, WORK + 2, 0.5)
    return finish(image)
