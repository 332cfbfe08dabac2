"""`python -m benchmarks.memory`: peak memory and time of a whole comparison at 85 and 408 frames, and the
measured peak of one chunk beside what `chunk_bytes` estimates. Every figure comes from a fresh process."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

MIB = 2**20


def peak() -> float:
    """Peak resident memory of this process so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def comparison(n_frames: int, size: int) -> None:
    from vae_demo import experiment
    from vae_demo.clips import read_clip, write_video
    from vae_demo.models.loading import load_vae
    from vae_demo.records import DEFAULT_VARIANTS

    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        # Made and read frame by frame: the clip itself must not count.
        write_video(work / "clip.mp4", _noise(n_frames, size), 24)
        vae = load_vae("tiny-17")
        with read_clip(work / "clip.mp4", n_frames=n_frames, size=size) as clip:
            before, began = peak(), time.perf_counter()
            for _ in experiment.compare(clip, vae, DEFAULT_VARIANTS, work):
                pass
            print(f"{n_frames} frames at {size} px, 4 variants: {time.perf_counter() - began:.0f} s, "
                  f"peak {peak():.0f} MiB ({before:.0f} before it began)")


def _noise(n_frames: int, size: int):
    rng = np.random.default_rng(0)
    tile = rng.integers(0, 256, (size // 8, size // 8, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    for t in range(n_frames):
        yield np.roll(tile, t, 1)


def chunk(length: int, side: int) -> None:
    import torch

    from vae_demo.models.loading import load_vae

    vae = load_vae("tiny-17")
    x = torch.zeros(1, vae.temporal_vae.config.in_channels, length, side // 8, side // 8)
    with torch.inference_mode():
        vae.decode_chunks(vae.encode_chunks(x[:, :, :4, :4, :4]))
        before = peak()
        vae.decode_chunks(vae.encode_chunks(x))
    print(f"chunk of {length} at {side} px: peak {peak() - before:.0f} MiB, "
          f"estimated {vae.chunk_bytes(length, side // 8, side // 8) / MIB:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=3, metavar=("WHAT", "FRAMES", "SIZE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        what, frames, size = args.one
        {"comparison": comparison, "chunk": chunk}[what](int(frames), int(size))
        return
    from benchmarks.machine import describe

    print(describe(), flush=True)
    runs = [("chunk", "20", "256"), ("chunk", "88", "256"), ("chunk", "20", "512"),
            ("comparison", "85", "256"), ("comparison", "408", "256")]
    for run in runs:
        subprocess.run([sys.executable, "-m", "benchmarks.memory", "--one", *run], check=True)


if __name__ == "__main__":
    main()
