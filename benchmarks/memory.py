"""`python -m benchmarks.memory`: peak memory and time of a whole comparison at 85 and 408 frames, how much more of it
ten times the frames take, and the measured peaks of one chunk and of one frame beside what `chunk_bytes` and
`frame_bytes` estimate. Every figure comes from a fresh process.

Memory is what the process alone holds (resident less shared): pages of the frames on disk, which the system may
drop at any time, do not count.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil

from vae_demo.models.spec import DEFAULT_MODEL, OPEN_SORA_1_2, TINY_17

MIB = 2**20


def own() -> float:
    """Memory that belongs to this process alone, MiB."""
    info = psutil.Process().memory_info()
    return (info.rss - info.shared) / MIB


class Peak:
    """The highest `own()` while the block runs, looked at every 2 ms: `with Peak() as peak: ...; peak.mib`."""

    def __enter__(self) -> Peak:
        self.before = self.mib = own()
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def _watch(self) -> None:
        while not self._stop.wait(0.002):
            self.mib = max(self.mib, own())

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._watcher.join()


def comparison(model: str, n_frames: int, size: int) -> dict[str, float]:
    """Seconds and peak of a comparison with the default variants, reading the clip from a file."""
    from vae_demo import engine
    from vae_demo.clips import Limits, read_clip, write_video
    from vae_demo.layout.variant import DEFAULT_VARIANTS
    from vae_demo.models.loading import load_model

    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        # Made and read frame by frame: the clip itself must not count.
        write_video(work / "clip.mp4", noise(n_frames, size), 24)
        jobs = engine.jobs_of(load_model(model), DEFAULT_VARIANTS)
        clip = read_clip(work / "clip.mp4", n_frames=n_frames, size=size, limits=Limits(max_frames=n_frames))
        with clip, Peak() as peak:
            began = time.perf_counter()
            engine.measure(clip, jobs, work)
            seconds = time.perf_counter() - began
    return {"seconds": seconds, "before_mib": peak.before, "peak_mib": peak.mib}


def noise(n_frames: int, size: int):
    rng = np.random.default_rng(0)
    tile = rng.integers(0, 256, (size // 8, size // 8, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    for t in range(n_frames):
        yield np.roll(tile, t, 1)


def chunk(model: str, length: int, size: int) -> dict[str, float]:
    """Peak of one chunk of `length` frames through the temporal stage, and the estimate."""
    import torch

    from vae_demo.models.loading import load_vae

    vae = load_vae(model)
    edge = size // vae.spec.spatial_factor
    x = torch.zeros(1, vae.temporal_vae.config.in_channels, length, edge, edge)
    with torch.inference_mode():
        vae.decode_chunks(vae.encode_chunks(x[:, :, :4, :4, :4]))
        with Peak() as peak:
            vae.decode_chunks(vae.encode_chunks(x))
    return {"peak_mib": peak.mib - peak.before, "estimated_mib": vae.chunk_bytes(length, edge, edge) / MIB}


def frame(model: str, n_frames: int, size: int) -> dict[str, float]:
    """Peak per frame of the spatial half, n_frames there and back at once, and the estimate; random weights."""
    import torch

    from benchmarks.against_loop import random_model

    vae = random_model(model, "cpu", "float32").vae
    x = torch.zeros(1, 3, n_frames, size, size)
    with torch.inference_mode():
        vae.decode_frames(vae.encode_frames(x[:, :, :1, :32, :32]))
        with Peak() as peak:
            vae.decode_frames(vae.encode_frames(x))
    return {"peak_mib": (peak.mib - peak.before) / n_frames, "estimated_mib": vae.frame_bytes(size, size) / MIB}


def fresh(what: str, model: str, frames: int, size: int) -> dict[str, float]:
    """One of the measurements above in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.memory", "--one", what, model, str(frames), str(size)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--one", nargs=4, metavar=("WHAT", "MODEL", "FRAMES", "SIZE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        what, model, frames, size = args.one
        measured = {"comparison": comparison, "chunk": chunk, "frame": frame}[what]
        print(json.dumps(measured(model, int(frames), int(size))))
        return
    from benchmarks.machine import describe, warn_if_busy

    warn_if_busy()
    print(describe(), flush=True)
    for length, size in ((20, 256), (88, 256), (20, 512)):
        found = fresh("chunk", args.model, length, size)
        print(f"chunk of {length} at {size} px: peak {found['peak_mib']:.0f} MiB, "
              f"estimated {found['estimated_mib']:.0f} MiB", flush=True)
    for name, n_frames, size in ((TINY_17, 8, 256), (TINY_17, 2, 512), (OPEN_SORA_1_2, 2, 256)):
        found = fresh("frame", name, n_frames, size)
        print(f"{name}, one of {n_frames} frames of {size} px: peak {found['peak_mib']:.0f} MiB, "
              f"estimated {found['estimated_mib']:.0f} MiB", flush=True)
    short, long = (fresh("comparison", args.model, n_frames, 128) for n_frames in (51, 510))
    took = [found["peak_mib"] - found["before_mib"] for found in (short, long)]
    print(f"51 and 510 frames at 128 px: {took[0]:.0f} and {took[1]:.0f} MiB more than before, "
          f"{took[1] / took[0]:.2f} x", flush=True)
    for n_frames in (85, 408):
        found = fresh("comparison", args.model, n_frames, 256)
        print(f"{n_frames} frames at 256 px, 4 variants: {found['seconds']:.0f} s, peak {found['peak_mib']:.0f} MiB "
              f"({found['before_mib']:.0f} before it began)", flush=True)


if __name__ == "__main__":
    main()
