"""`python -m benchmarks.calls`: what frames cost by how many of them go through the spatial half in one call on a CPU:
processor milliseconds a frame, how much of that the system takes, and pages of memory that it had to bring. In a thread
beside the main one, as in the app; with MALLOC_ARENA_MAX=8 as it would be without vae_demo/heap.py."""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from benchmarks.machine import describe, warn_if_busy
from vae_demo.models.loading import load_vae
from vae_demo.models.spec import DEFAULT_MODEL
from vae_demo.models.video_vae import PIXELS_PER_CALL, VideoVAE

FRAMES, ROUNDS = 40, 3
PER_CALL = (1, 2, 4, 5, 8, 10, 20)


@torch.inference_mode()
def costs(vae: VideoVAE, side: int, rounds: int = ROUNDS) -> Iterator[tuple[str, int, np.ndarray]]:
    """(half, frames a call, [processor ms, ms of the system, pages], each a frame) of the cheapest of `rounds`, one
    number of frames after the other within each."""
    edge = side // vae.spec.spatial_factor
    images = torch.rand(FRAMES, 3, side, side) * 2 - 1
    latents = torch.randn(FRAMES, vae.temporal_vae.config.in_channels, edge, edge)
    for name, half, given in (("encode", vae.spatial_vae.encode, images), ("decode", vae.spatial_vae.decode, latents)):
        taken: dict[int, list[np.ndarray]] = {n: [] for n in PER_CALL}
        for _ in range(rounds + 1):  # the first finds its algorithms
            for n, found in taken.items():
                parts = [part.contiguous(memory_format=torch.channels_last) for part in given.split(n)]
                found.append(_spent(lambda half=half, parts=parts: [half(part) for part in parts]) / FRAMES)
        for n, found in taken.items():
            yield name, n, min(found[1:], key=lambda each: each[0])


def _spent(work: Callable[[], object]) -> np.ndarray:
    def so_far() -> np.ndarray:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return np.array([1e3 * (used.ru_utime + used.ru_stime), 1e3 * used.ru_stime, used.ru_minflt])

    before = so_far()
    work()
    return so_far() - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--size", type=int, default=256)
    args = parser.parse_args()
    warn_if_busy()
    print(describe())
    with ThreadPoolExecutor(1) as beside:
        beside.submit(_print, load_vae(args.model, "cpu"), args.size).result()
    print(f"A run takes {max(1, PIXELS_PER_CALL['cpu'] // args.size**2)} a call.")


def _print(vae: VideoVAE, side: int) -> None:
    for name, n, (cpu, system, pages) in costs(vae, side):
        print(f"{name}, {n:2d} frames of {side} px a call: {cpu:6.1f} processor ms a frame, {system:5.1f} of them "
              f"the system's, {pages:6.0f} pages", flush=True)


if __name__ == "__main__":
    main()
