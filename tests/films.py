"""Films with a known event: a camera over a textured plane, and what a test does to some of its frames."""

import numpy as np
from media import encode
from scipy.ndimage import gaussian_filter

SIDE = 96


def film(n, seed=0, side=SIDE):
    """uint8 n side side 3: a camera that wanders over a texture, with a little noise."""
    rng = np.random.default_rng(seed)
    reach = side + 4 * n
    plane = np.stack([gaussian_filter(rng.normal(0, 1, (side + 80, reach)), 3) for _ in range(3)], -1)
    plane = 128 + plane * 45 / plane.std()
    x, y = 0.0, 40.0
    frames = np.empty((n, side, side, 3), np.uint8)
    for t in range(n):
        x += 2.5 + rng.normal(0, 0.4)
        y = min(max(y + rng.normal(0, 0.5), 0), 79)
        view = plane[int(y):int(y) + side, int(x):int(x) + side]
        frames[t] = np.clip(view + rng.normal(0, 1.5, view.shape), 0, 255)
    return frames


def at(frames, period, phase=0):
    """The frames of that phase, to be changed in place."""
    return frames[phase::period]


def ghosts(frames, period, phase=0, share=0.8):
    """Every so often a frame that is mostly grey."""
    frames = frames.copy()
    some = at(frames, period, phase)
    some[:] = (some * (1 - share) + 110 * share).astype(np.uint8)
    return frames


def darker(frames, period, phase=0, by=30):
    frames = frames.copy()
    some = at(frames, period, phase)
    some[:] = np.clip(some.astype(int) - by, 0, 255)
    return frames


def converted(frames, slow, fast):
    """The same film with frames shown twice: `slow` frames a second played at `fast`."""
    return frames[[t * slow // fast for t in range(len(frames) * fast // slow)]]


def written(path, frames, fps=24, crf=23, **options):
    """As x264 does it when it is left alone, but for what is asked: key frames where it sees a cut, and every 250."""
    encode(path, frames, rate=fps, options={"crf": str(crf), **options})
    return path
