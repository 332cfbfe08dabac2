"""`python -m benchmarks.gpu_check`: on a machine with a GPU, its tests, two commands as anybody would type them, the
benchmark against the plain loop at full size, and that as compiled graphs. Every row is told as it comes; all of them
make a short table last, whatever fails on the way. scripts/gpu_check.sh sets up and calls it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from benchmarks import against_loop, graphs
from benchmarks.machine import describe
from vae_demo import assets
from vae_demo.models.spec import OPEN_SORA_1_2

MODEL, FRAMES, SIZE = OPEN_SORA_1_2, 51, 512
# Compiling is left out after so long: about eight graphs of the full size, at a guess of 15 to 30 s each.
COMPILED_S = 300
PASSED, FAILED = "passed", "FAILED"
# What was run, how long it took, and how it ended or what it is of the loop's time.
Row = tuple[str, float | None, str]


def timed(command: Sequence[str]) -> tuple[float, bool]:
    """Seconds of a Python command line, and whether it ended well; its output goes to ours."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *command], check=False)
    return time.perf_counter() - began, done.returncode == 0


def commands(out: str) -> Iterator[Row]:
    clip = str(assets.CLIPS / "harbour.mp4")
    for name, command in {
        "tests": ["-m", "pytest", "-q", "-m", "gpu", "-s", "tests/test_gpu.py", "tests/test_gpu_diffusers.py"],
        "compare 85 x 256": ["-m", "vae_demo", "compare", clip, "--device", "cuda", "--out", f"{out}/a"],
        "sweep 4-40,whole": ["-m", "vae_demo", "sweep", clip, "--device", "cuda", "--out", f"{out}/b"],
    }.items():
        seconds, good = timed(command)
        yield name, seconds, PASSED if good else FAILED


def against() -> Iterator[Row]:
    """The loop, what is held against it, and the floor; then the same as graphs."""
    try:
        found = against_loop.measure(against_loop.random_model(MODEL, "cuda", "auto"), FRAMES, SIZE)
    except Exception as error:  # the rows before this one are told all the same
        yield "loop", None, f"{FAILED}: {against_loop.said(error)}"
        return
    print("\n".join(against_loop.lines(found)), flush=True)
    yield from (_run(name, found[name]) for name in ("loop", *against_loop.RUNS))
    least = found["floor"]["whole"]
    yield "floor", least["seconds"], f"{least['tflop']:.0f} TFLOP"
    torch.cuda.empty_cache()
    measured, why = graphs.within(
        COMPILED_S, found["loop"]["seconds"], model=MODEL, device="cuda", frames=FRAMES, size=SIZE)
    yield from (_run(*pair) for pair in measured.items())
    if why:
        yield "compiled", None, f"left out: {why}"


def _run(name: str, found: dict[str, Any]) -> Row:
    ratio = f"{found['ratio']:.2f} of the loop, " if "ratio" in found else ""
    return name, found["seconds"], f"{ratio}peak {found['peak_mib']:.0f} MiB"


def line(row: Row) -> str:
    name, seconds, told = row
    return f"{name:24} {'' if seconds is None else f'{seconds:.2f} s':>10}   {told}"


def main() -> int:
    if not torch.cuda.is_available():
        print("This needs a CUDA device, and this machine has none.", file=sys.stderr)
        return 2
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as out:
        for part in (commands(out), against()):
            for row in part:
                rows.append(row)
                print(line(row), flush=True)
    print("\n".join(["", describe(), *map(line, rows)]))
    return 1 if any(told.startswith(FAILED) for *_, told in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
