"""A quiet lake under a heavy evening sky, and lightning in exactly one frame.

A model that mixes frames smears that one over its neighbours, and a shifted frame moves it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from vae_demo.synthetic.canvas import WORK, blend, colour, finish, grid, noise, over, sample, smooth

FLASH_FRAME = 40
SHORE = 330
RIDGES = [(150, 46, "#7487a5", "#93a3b8"), (92, 40, "#52688a", "#6f86a2"), (44, 24, "#33475f", "#425a72")]


@lru_cache(maxsize=1)
def _fields(seed: int) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray, np.ndarray]:
    rng = np.random.default_rng([seed, 1])
    return ([noise(rng, (512, 1024), 1.6, 2.0) for _ in range(2)], [noise(rng, (2048,), 1.2) for _ in RIDGES],
            noise(rng, (512, 512), 1.0, 4.0), noise(rng, (512, 512), 1.0, 4.0))


def _bolt(seed: int) -> np.ndarray:
    """How near each pixel is to the lightning's path: work size, 0 to 1."""
    rng = np.random.default_rng([seed, 2])
    y, x = grid()
    glow = np.zeros_like(y)
    starts = [(300.0, 0.0, 205, 0.0, 1.0), (318.0, 62.0, 150, 1.1, 0.5), (286.0, 112.0, 176, -1.3, 0.55)]
    for at, top, bottom, lean, strength in starts:
        rows = np.arange(WORK)
        path = at + np.cumsum(rng.normal(lean * 0.5, 2.6, WORK)) + 5 * np.sin(rows / 9.0)
        path += at - path[int(top)]
        alive = (y >= top) * smooth(bottom + 2, bottom - 20, y)
        reach = np.abs(x - path[:, None])
        glow = np.maximum(glow, strength * alive * (np.exp(-(reach / 2.4) ** 2) + 0.35 * np.exp(-reach / 26)))
    return np.minimum(glow, 1)


def frame(seed: int, index: int, flash: int = FLASH_FRAME) -> np.ndarray:
    """Frame `index`: uint8 256 256 3."""
    clouds, ridges, near_wave, far_wave = _fields(seed)
    time, lit = index / 24, index == flash
    y, x = grid()
    image = blend([(0, "#46587a"), (0.55, "#7c8db0"), (0.85, "#c9b6b4"), (1, "#e5c7ae")], np.minimum(y / SHORE, 1))
    low = 1 / (1.2 - np.minimum(y / SHORE, 1))
    density = sample(clouds[0], low * 80, (x - 256) * low * 0.3 + 5 * time)
    density = density + 0.5 * sample(clouds[1], low * 170, (x - 256) * low * 0.6 + 9 * time)
    light = np.clip(0.5 + 0.24 * density, 0, 1)
    cover = 0.75 * smooth(-0.6, 1.2, density) * smooth(1, 0.75, y / SHORE)
    over(image, blend([(0, "#b9bdcd"), (0.5, "#7d88a6"), (1, "#4a5674")], light), cover)
    if lit:
        image += (1 - image) * (0.5 + 0.2 * smooth(300, 40, np.hypot(x - 300, y - 120)))[..., None] * colour("#e8ecff")
        over(image, colour("#ffffff"), _bolt(seed))
    for profile, (rise, rough, top, foot) in zip(ridges, RIDGES, strict=True):
        edge = SHORE - rise - rough * sample(profile, x[0] * 0.8)
        depth = np.clip((y - edge) / (SHORE - edge), 0, 1)
        grain = sample(near_wave, y * 1.5, x * 1.5 + 99)
        slope = blend([(0, top), (1, foot)], depth) + 0.016 * grain[..., None]
        over(image, slope * (1.55 if lit else 1), smooth(-1, 1, y - edge) * (y <= SHORE))
    down = y[SHORE:] - SHORE + 0.5
    away, wide = np.log(down + 9), (x[SHORE:] - 256) / (down + 30)
    ripple = sample(near_wave, -55 * away + 6 * time, 50 * wide + 4 * time)
    ripple = ripple + 0.7 * sample(far_wave, -80 * away + 5 * time, 60 * wide - 5 * time)
    row = np.clip(SHORE - 1 - down * 1.3 - ripple * (1 + 0.06 * down), 0, SHORE - 1)
    mirrored = np.stack([sample(image[..., c], row, x[SHORE:] + ripple) for c in range(3)], -1)
    over(mirrored, colour("#3d5878"), np.clip(0.24 - 0.1 * ripple, 0, 0.6) * (0.6 if lit else 1))
    image[SHORE:] = mirrored
    return finish(image)
