"""`python -m benchmarks.gpu_check`: on a machine with a GPU, its tests, the benchmark against the plain loop at full
size, and the two commands as anybody would type them; a short table last. scripts/gpu_check.sh sets up and calls it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any

import torch

from benchmarks import against_loop
from benchmarks.machine import describe
from vae_demo import assets
from vae_demo.models.spec import OPEN_SORA_1_2

MODEL, FRAMES, SIZE = OPEN_SORA_1_2, 51, 512


def timed(command: Sequence[str]) -> tuple[float, bool]:
    """Seconds of a Python command line, and whether it ended well; its output goes to ours."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *command], check=False)
    return time.perf_counter() - began, done.returncode == 0


def table(found: dict[str, Any], commands: dict[str, tuple[float, bool]]) -> list[str]:
    """The last lines: what was run, seconds, and how it ended or what it is of the loop's time."""
    rows = [(name, f"{seconds:.1f} s", "passed" if good else "FAILED") for name, (seconds, good) in commands.items()]
    rows += [(name, f"{found[name]['seconds']:.2f} s",
              f"{found[name]['ratio']:.2f} of the loop" if "ratio" in found[name] else f"{found['variants']}")
             for name in ("loop", *against_loop.RUNS, *against_loop.COMPILED) if name in found]
    least = found["floor"]["whole"]
    rows.append(("floor", f"{least['seconds']:.2f} s", f"{least['tflop']:.0f} TFLOP"))
    return [f"{name:24} {seconds:>10}   {told}" for name, seconds, told in rows]


def main() -> int:
    if not torch.cuda.is_available():
        print("This needs a CUDA device, and this machine has none.", file=sys.stderr)
        return 2
    clip = str(assets.CLIPS / "harbour.mp4")
    with tempfile.TemporaryDirectory() as out:
        commands = {
            "tests": timed(
                ["-m", "pytest", "-q", "-m", "gpu", "-s", "tests/test_gpu.py", "tests/test_gpu_diffusers.py"]),
            "compare 85 x 256": timed(["-m", "vae_demo", "compare", clip, "--device", "cuda", "--out", f"{out}/a"]),
            "sweep 4-40,whole": timed(["-m", "vae_demo", "sweep", clip, "--device", "cuda", "--out", f"{out}/b"])}
    found = against_loop.measure(against_loop.random_model(MODEL, "cuda", "auto"), FRAMES, SIZE, compiled=True)
    print("\n".join(["", describe(), *against_loop.lines(found), "", *table(found, commands)]))
    return 0 if all(good for _, good in commands.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
