"""A still life: pixels that never change, so anything that moves after the model was made by it.

Traced once as distance fields, with soft shadows; y is up, the table is y = 0, a pear is about one unit high.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from vae_demo.synthetic.canvas import WORK, blend, colour, finish, noise, sample, smooth

EYE, LOOK, ZOOM = np.array([0.1, 1.95, 5.0], np.float32), np.array([0.08, 0.74, 0.0], np.float32), 2.45
SUN = np.array([-0.62, 0.66, 0.42], np.float32) / np.float32(np.sqrt(0.62 ** 2 + 0.66 ** 2 + 0.42 ** 2))
FAR = 14.0


def _ball(p: np.ndarray, at: tuple[float, float, float], radius: float) -> np.ndarray:
    x, y, z = (axis - np.float32(centre) for axis, centre in zip(p, at, strict=True))
    return np.sqrt(x * x + y * y + z * z) - np.float32(radius)


def _melt(a: np.ndarray, b: np.ndarray, k: float) -> np.ndarray:
    h = np.clip(0.5 + 0.5 * (b - a) / k, 0, 1)
    return b + (a - b) * h - k * h * (1 - h)


def _stick(p: np.ndarray, a: tuple[float, float, float], b: tuple[float, float, float], radius: float) -> np.ndarray:
    start, along = np.array(a, np.float32), np.array(b, np.float32) - np.array(a, np.float32)
    h = np.clip(along @ (p - start[:, None]) / (along @ along), 0, 1)
    return _ball(p - h * along[:, None], a, radius)


def _apple(p: np.ndarray, x: float, z: float, r: float) -> np.ndarray:
    around = np.hypot(p[0] - np.float32(x), p[2] - np.float32(z))
    # A sphere swept along a small ring dips in at both ends, as an apple does.
    return np.hypot(around - 0.32 * r, (p[1] - 0.92 * r) * 1.06) - 0.70 * r


def _lemon(p: np.ndarray, x: float, z: float) -> np.ndarray:
    dx, dy, dz = p[0] - np.float32(x), p[1] - np.float32(0.27), p[2] - np.float32(z)
    q = np.stack([0.8 * dx - 0.6 * dz, dy, 0.6 * dx + 0.8 * dz])
    body = np.sqrt((q[0] / 1.32) ** 2 + q[1] ** 2 + q[2] ** 2) - 0.27
    return _melt(body, _ball(q, (0.36, 0, 0), 0.05), 0.1)


def _jug(p: np.ndarray, x: float, z: float) -> np.ndarray:
    dx, y, dz = p[0] - np.float32(x), p[1], p[2] - np.float32(z)
    swell = 0.46 + 0.13 * np.sin(np.clip(y, 0, 1.6) * 3.3 + 0.2) - 0.07 * y
    outside = np.hypot(dx, dz) - swell
    wall = np.abs(outside) - 0.035
    side = np.maximum(wall, np.maximum(y - 1.52, -y)) * 0.7
    loop = np.hypot(np.hypot(dx - 0.46, y - 0.86) - 0.34, dz) - 0.05
    return np.minimum(side, np.maximum(loop, -outside))  # the handle ends where it meets the wall


def _parts(p: np.ndarray) -> list[np.ndarray]:
    """Distance to each thing from points (3, n); the order is that of the paints."""
    pear = _melt(_ball(p, (0.62, 0.42, 0.55), 0.42), _ball(p, (0.68, 0.98, 0.52), 0.2), 0.34)
    stems = np.minimum(_stick(p, (0.69, 1.15, 0.52), (0.78, 1.4, 0.5), 0.022),
                       np.minimum(_stick(p, (-0.42, 0.62, 0.95), (-0.36, 0.86, 0.93), 0.018),
                                  _stick(p, (-1.28, 0.6, 0.3), (-1.36, 0.82, 0.34), 0.018)))
    grapes = np.min([_ball(p, at, 0.135) for at in (
        (1.2, 0.13, 1.0), (1.44, 0.13, 0.9), (1.32, 0.13, 1.2), (1.55, 0.13, 1.13), (1.36, 0.34, 1.02),
        (1.18, 0.13, 1.26), (1.68, 0.13, 0.92), (1.53, 0.34, 1.0))], 0)
    return [p[1], 2.3 + p[2], _jug(p, -0.45, -0.35), pear, _apple(p, -0.42, 0.95, 0.42),
            _apple(p, -1.28, 0.3, 0.4), _lemon(p, 0.25, 1.42), grapes, stems]


def _nearest(p: np.ndarray) -> np.ndarray:
    return np.min(_parts(p), axis=0)


def _shadow(p: np.ndarray, open_to_sun: np.ndarray) -> np.ndarray:
    light, far = open_to_sun.astype(np.float32), np.full(p.shape[1], 0.03, np.float32)
    # What lies well outside the group cannot be shaded by it.
    active = np.flatnonzero(open_to_sun & (np.abs(p[0]) < 2.6) & (np.abs(p[2]) < 2.6) & (p[1] < 1.6))
    for _ in range(30):
        reach = _nearest(p[:, active] + far[active] * SUN[:, None])
        light[active] = np.minimum(light[active], 9 * reach / far[active] + 0.05)
        far[active] += np.clip(reach, 0.02, 0.3)
        active = active[(light[active] > 0.02) & (far[active] < 3.2)]
    return np.clip(light, 0, 1)


def _paint(seed: int, thing: np.ndarray, p: np.ndarray, normal: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng([seed, 1])
    wood, fleck, soft = noise(rng, (512, 512), 0.8, 14.0), noise(rng, (512, 512), 0.5), noise(rng, (512, 512), 1.5)
    x, y, z = p
    round_it = np.arctan2(normal[2], normal[0])
    grain = sample(wood, z * 120, x * 60) + 0.8 * np.sin(9 * z + 1.5 * sample(soft, z * 30, x * 12))
    plank = np.abs(np.mod(z + 0.2, 0.62) - 0.31) < 0.012
    table = blend([(-2, "#7a4f34"), (0, "#a9744a"), (2, "#cf9d68")], grain) * np.where(plank, 0.55, 1)[:, None]
    stripe = smooth(0.05, 0.02, np.abs(np.mod(x * 1.6, 0.5) - 0.25)) + smooth(0.2, 0.22, np.mod(x * 1.6, 0.5))
    plaster = 0.02 * sample(soft, y * 60, x * 60) + 0.01 * sample(fleck, y * 90, x * 90)
    wall = colour("#9db3a8") + (plaster - 0.05 * stripe)[:, None]
    band = np.abs(y - 1.02) < 0.035
    motif = (np.abs(np.mod(np.arctan2(z + 0.35, x + 0.45) * 5.1, 1) - 0.5) + np.abs(y - 0.72) * 3.2 < 0.36)
    jug = np.where((band | motif)[:, None], colour("#3b5f97"), colour("#f1ebdc"))
    turn = sample(fleck, y * 130, round_it * 60)
    pear = blend([(-1, "#b7ba4a"), (0.6, "#d8c652"), (1.5, "#d99a4a")], 0.9 * x + 0.25 * turn)
    streak = sample(wood.T, y * 26, round_it * 70)
    red = blend([(-2, "#8f1d22"), (0, "#c0322f"), (1.6, "#e5733f"), (2.4, "#e9b65a")], streak + 0.35 * turn)
    green = blend([(-2, "#7d9a34"), (0, "#a2bb45"), (2, "#cdd56a")], streak * 0.7 + 0.4 * turn)
    lemon = colour("#f0c92e") * (1 + 0.05 * turn)[:, None]
    grape = blend([(-1.5, "#4a2450"), (1.5, "#7b4a86")], turn)
    stem = np.broadcast_to(colour("#5b4028"), table.shape)
    return np.select([(thing == i)[:, None] for i in range(9)],
                     [table, wall, jug, pear, red, green, lemon, grape, stem]).astype(np.float32)


@lru_cache(maxsize=1)
def _picture(seed: int) -> np.ndarray:
    ahead = (LOOK - EYE) / np.linalg.norm(LOOK - EYE)
    right = np.cross(ahead, [0, 1, 0]) / np.linalg.norm(np.cross(ahead, [0, 1, 0]))
    v, u = np.mgrid[WORK - 1:-WORK:-2, 1 - WORK:WORK:2].astype(np.float32) / WORK
    axes = np.stack([right, np.cross(right, ahead), ahead], 1)
    ray = axes @ np.stack([u.ravel(), v.ravel(), np.full(u.size, ZOOM)])
    ray = (ray / np.linalg.norm(ray, axis=0)).astype(np.float32)
    eye = EYE[:, None]
    far = np.full(u.size, 2.0, np.float32)
    active = np.arange(u.size)
    for _ in range(90):
        step = _nearest(eye + far[active] * ray[:, active])
        far[active] += step
        active = active[(step > 0.001) & (far[active] < FAR)]
    p = eye + far * ray
    thing = np.argmin(_parts(p), axis=0)
    nudge = np.eye(3, dtype=np.float32)[..., None] * np.float32(0.002)
    normal = np.stack([_nearest(p + e) - _nearest(p - e) for e in nudge])
    normal /= np.maximum(np.linalg.norm(normal, axis=0), 1e-6)
    paint = _paint(seed, thing, p, normal)
    facing = SUN @ normal
    shade = _shadow(p + 0.01 * normal, facing > 0)
    sun = np.clip(facing, 0, 1) * shade
    open_air = np.clip(0.35 + 0.65 * _nearest(p + 0.22 * normal) / 0.22, 0, 1)
    sky = open_air * (0.62 + 0.38 * normal[1])
    shiny = np.array([0.05, 0, 0.5, 0.18, 0.45, 0.4, 0.25, 0.5, 0], np.float32)[thing]
    half = SUN[:, None] - ray
    half /= np.linalg.norm(half, axis=0)
    glint = shiny * np.clip((normal * half).sum(0), 0, 1) ** 60 * shade
    light = 1.15 * sun[:, None] * colour("#ffeccb") + 0.5 * sky[:, None] * colour("#b9cbe6") + 0.05
    rim = 1 - 0.25 * smooth(0.75, 1.35, np.hypot(u, v).ravel())
    image = (paint ** 1.6 * light + glint[:, None] * colour("#fff6e0")) * rim[:, None]
    return finish(np.clip(image, 0, 1).reshape(WORK, WORK, 3) ** np.float32(0.62))


def frame(seed: int, index: int) -> np.ndarray:
    """The picture, whatever the index: uint8 256 256 3."""
    return _picture(seed).copy()
