"""`python -m benchmarks.reading`: what the worker costs: a clip read in this process against through a warm worker,
turn and turn about, and how much later a command line is ready when it starts a worker first.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.machine import describe, warn_if_busy
from vae_demo.clips import Clip, Limits, read_clip, write_video
from vae_demo.clips.clip import Spool
from vae_demo.clips.decoding import frames_of
from vae_demo.steps import drain

ROUNDS = 7
# height, width, frames, size asked for: what the page reads, and the most bytes through the pipe
CASES = ((720, 1280, 85, 256), (1080, 1920, 40, None))
IMPORTS = "import torch, vae_demo.engine, vae_demo.report"
EARLY = "from vae_demo.clips import start_early, read_clip; start_early(); "
READ = "; import sys; from vae_demo.clips import read_clip; read_clip(sys.argv[1]).close()"
READ_HERE = ("; import sys; from benchmarks.reading import read_here; read_here(sys.argv[1]).close()")


def read_here(path: Path | str, n_frames: int = 85, size: int | None = 256) -> Clip:
    """As read_clip(), without a worker."""
    frames = frames_of(path, 0, n_frames, size, "none", Limits())
    with Spool(Limits().max_temp_bytes) as spool:
        found = drain(frames, spool.append)
        return Clip(spool.mapped(), found.rate, found.name, 0, found.notes, found.facts)


def alternating(first: Callable[[], object], second: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median seconds of each, measured in turns, so that a busy spell of the machine hits both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for call, kept in zip((first, second), times, strict=True):
            began = time.perf_counter()
            call()
            kept.append(time.perf_counter() - began)
    return median(times[0]), median(times[1])


def _video(path: Path, height: int, width: int, n_frames: int) -> Path:
    tile = np.random.default_rng(0).integers(0, 256, (height // 8, width // 8, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    write_video(path, (np.roll(tile, 4 * t, 1) for t in range(n_frames)), 24)
    return path


def _run(code: str, path: Path) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, "-c", code, str(path)], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    args = parser.parse_args()
    warn_if_busy()
    print(describe(), flush=True)
    with tempfile.TemporaryDirectory() as name:
        for height, width, n_frames, size in CASES:
            path = _video(Path(name) / "clip.mp4", height, width, n_frames)
            here, there = alternating(
                lambda path=path, n=n_frames, size=size: read_here(path, n, size).close(),
                lambda path=path, n=n_frames, size=size: read_clip(path, 0, n, size, "none").close(), args.rounds)
            print(f"{n_frames} frames of {width} x {height} at {size or 'full'} size: {here:.3f} s here, {there:.3f} s "
                  f"through a worker, {there / here:.2f} x, {1000 * (there - here):+.0f} ms", flush=True)
        path = _video(Path(name) / "short.mp4", 256, 256, 17)
        plain, early = alternating(_run(IMPORTS + READ_HERE, path), _run(EARLY + IMPORTS + READ, path), args.rounds)
        print(f"imports of the command line and a short clip: {plain:.2f} s here, {early:.2f} s with a worker, "
              f"{early - plain:+.2f} s", flush=True)


if __name__ == "__main__":
    main()
