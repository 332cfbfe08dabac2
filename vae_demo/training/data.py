"""The training set: stills and clips generated from a seed, kept as .npy files that are mapped, not loaded.

Deterministic: item i of a set depends on (seed, kind, i) alone, so the number of processes changes nothing.
"""

from __future__ import annotations

import functools
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from vae_demo.pixels import from_unit, to_unit
from vae_demo.training.motion import clip
from vae_demo.training.scenes import scene, texture_bank

DATA_SEED = 20_261_123
# What the model card says of the data; change it with the code.
WORDS = """\
"Dead leaves" scenes, shapes of every size that cover each other, filled with 1/f noise, bent stripes, strokes, spots,
gradients and lettering; most surfaces are nearly plain, as in photographs, some scenes are dark, and thin lines and
dots lie on others. Clips move a camera over them (pan, zoom, turn, shake) with objects that move on their own, motion
blur, changes of light, noise and a few cuts. All of it gets the look of a camera (`look.py`): half is a little out of
focus, colour is muted, and a quarter has it at half the resolution (4:2:0)."""


@dataclass(frozen=True)
class DataConfig:
    """n_* counts, sizes in pixels; clip_frames is 2 x 17, enough for every length trained on."""

    seed: int = DATA_SEED
    n_textures: int = 64
    n_stills: int = 2000
    still_size: int = 384
    n_clips: int = 2000
    clip_size: int = 128
    clip_frames: int = 34


def _rng(config: DataConfig, kind: int, index: int) -> np.random.Generator:
    return np.random.default_rng([config.seed, kind, index])


@functools.lru_cache(maxsize=2)
def _bank(config: DataConfig, shelf: int) -> list[np.ndarray]:
    return texture_bank(_rng(config, 0, shelf), config.n_textures, config.still_size)


def make_still(config: DataConfig, index: int) -> np.ndarray:
    """Still `index`, uint8 H W 3. Every hundred stills share a shelf of textures."""
    rng = _rng(config, 1, index)
    image = scene(rng, _bank(config, index // 100), config.still_size, int(rng.choice([20, 60, 150, 300])))
    return from_unit(image)


def _make_clip(config: DataConfig, stills_path: Path, index: int) -> np.ndarray:
    torch.set_num_threads(1)
    rng = _rng(config, 2, index)
    stills = np.load(stills_path, mmap_mode="r")
    chosen = [to_unit(stills[i]) for i in rng.integers(0, len(stills), 4)]
    return clip(rng, chosen, config.clip_frames, config.clip_size)


def _fill(path: Path, shape: tuple[int, ...], make, processes: int, chunk: int) -> None:
    """Write items in parallel into a partial file, renamed when whole: a killed run leaves no half set."""
    partial = path.with_suffix(".partial.npy")
    array = np.lib.format.open_memmap(partial, "w+", np.uint8, shape)
    with ProcessPoolExecutor(processes) as pool:
        for index, item in enumerate(pool.map(make, range(shape[0]), chunksize=chunk)):
            array[index] = item
    del array
    partial.rename(path)


def generate(config: DataConfig, directory: Path, processes: int = 2) -> tuple[Path, Path]:
    """Make what is missing; returns the paths of stills (n H W 3) and clips (n T H W 3), uint8."""
    directory.mkdir(parents=True, exist_ok=True)
    stills = directory / f"stills-{config.seed}-{config.n_stills}x{config.still_size}.npy"
    clips = directory / f"clips-{config.seed}-{config.n_clips}x{config.clip_frames}x{config.clip_size}.npy"
    if not stills.exists():
        shape = (config.n_stills, config.still_size, config.still_size, 3)
        _fill(stills, shape, functools.partial(make_still, config), processes, 100)
    if not clips.exists():
        shape = (config.n_clips, config.clip_frames, config.clip_size, config.clip_size, 3)
        _fill(clips, shape, functools.partial(_make_clip, config, stills), processes, 10)
    return stills, clips
