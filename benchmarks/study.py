"""`python -m benchmarks.study`: tasks a second of a study with 1, 2 and 4 workers, each of one thread, and what a
thousand clips would take by that: here, and on paper on eight GPUs.

0 workers are the plain loop without Ray. Counted is from the first task that is done to the last one. What one GPU
takes is read from what `benchmarks.against_loop --json` wrote on it (--gpu-figures), or given (--gpu-seconds); with
neither that part is left open. On a machine with a GPU, `--device cuda --workers 1` measures the whole instead.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.machine import describe, warn_if_busy
from benchmarks.study_paper import GPUS, THOUSAND, Gpu, Measured, Study, gpu_of, on_paper
from vae_demo.models.spec import TINY_17, TINY_MIXED

ROOT = Path(__file__).parents[1]


@contextmanager
def cluster(workers: int, home: str) -> Iterator[list[str]]:
    """Options for a study on a Ray of one node with so many cores; none for the plain loop."""
    if not workers:
        yield []
        return
    keeper = subprocess.Popen([sys.executable, "-m", "scripts.loopback_cluster", "1", str(workers)], cwd=ROOT,
                              env={**os.environ, "HOME": home}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    assert keeper.stdout is not None
    try:
        yield ["--ray", keeper.stdout.readline().strip()]
    finally:
        keeper.communicate()


def measure(workers: int, args: argparse.Namespace) -> dict[str, float]:
    """One study in a process of its own."""
    with tempfile.TemporaryDirectory() as folder, cluster(workers, folder) as more:
        out, began = Path(folder) / "out", time.time()
        command = [
            sys.executable, "-m", "benchmarks.study", "--one", "study", *args.clips, "--models", args.models,
            "--variants", args.variants, "--frames", str(args.frames), "--size", str(args.size), "--device",
            args.device, "--threads", "1", "--out", str(out), *more]
        told = subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "HOME": folder, "OMP_NUM_THREADS": "1"},
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
        marks = json.loads(told.splitlines()[-1])
        size = sum(path.stat().st_size for path in out.glob("rows/*/*.json"))
    (first, began_at), (last, ended_at) = marks[0], marks[-1]
    return {"workers": workers, "tasks": len(marks), "start": first - began, "seconds": last - first,
            "bytes": size / len(marks), "driver": (ended_at - began_at) / (len(marks) - 1)}


def one(arguments: list[str]) -> None:
    """The command line; then, for each task that was done, the time and the processor seconds of this process."""
    from vae_demo.cli import main as command_line
    from vae_demo.studies.scoring import Scored
    from vae_demo.studies.study import StudyRun

    own, marks = StudyRun._take, []

    def take(run: StudyRun, result: Any) -> Any:
        told = own(run, result)
        if isinstance(result, Scored):
            marks.append((time.time(), time.process_time()))
        return told

    with patch.object(StudyRun, "_take", take):
        code = command_line(arguments)
    print(json.dumps(marks))
    sys.exit(code)


def reading(args: argparse.Namespace) -> float:
    """Seconds that a clip takes through its worker, the first one aside, which finds none."""
    from vae_demo.clips import read_clip
    from vae_demo.studies.clip_list import listed

    seconds, (clips, _) = [], listed(args.clips)
    for clip in [clips[0], *clips]:
        began = time.perf_counter()
        read_clip(Path(clip.path), clip.start, args.frames, args.size).close()
        seconds.append(time.perf_counter() - began)
    return sum(seconds[1:]) / len(clips)


def study_of(args: argparse.Namespace) -> Study:
    return Study(args.models.split(","), args.variants.split(","), args.frames, args.size)


def lines(
    found: list[dict[str, float]], args: argparse.Namespace, reading_s: float, gpu: Gpu | None = None
) -> list[str]:
    study = study_of(args)
    per_clip = study.tasks // THOUSAND
    n_clips = found[0]["tasks"] / per_clip
    rates = {each["workers"]: (each["tasks"] - 1) / each["seconds"] for each in found}
    told = [describe(), "",
            f"{found[0]['tasks']:.0f} tasks: {n_clips:.0f} clips of {args.frames} frames and {args.size} px, "
            f"{args.models}, {args.variants}; {found[0]['bytes'] / 1000:.0f} kB of rows a task", "",
            "| workers | first task after | tasks a second | rows of frames a second | driver, ms of a core a task |",
            "|---|---|---|---|---|"]
    for each in found:
        rate = rates[each["workers"]]
        driver = f"{1000 * each['driver']:.1f}" if each["workers"] else "computes itself"
        told.append(f"| {each['workers'] or 'loop'} | {each['start']:.1f} s | {rate:.2f} | {rate * args.frames:.0f} | "
                    f"{driver} |")
    told += ["", f"{THOUSAND} clips like these are {study.tasks} tasks: "
                 f"{study.tasks / max(rates.values()) / 3600:.2f} hours here."]
    if args.device == "cuda":
        hours = study.tasks / rates[min(rates)] / GPUS / 3600
        told.append(f"On {GPUS} such GPUs, a worker on each: {hours:.2f} hours.")
    elif drivers := [each["driver"] for each in found if each["workers"]]:
        told += ["", *on_paper(study, Measured(reading_s, max(drivers), found[0]["bytes"]), gpu)]
    return told


def gpu_told(args: argparse.Namespace) -> Gpu | None:
    if args.gpu_figures:
        return gpu_of(args.gpu_figures, study_of(args))
    return None if args.gpu_seconds is None else Gpu(args.gpu_seconds, "as given, measured by nobody here")


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", nargs="*", default=["assets/clips"])
    parser.add_argument("--workers", default="0,1,2,4")
    parser.add_argument("--models", default=",".join((TINY_17, TINY_MIXED)))
    parser.add_argument("--variants", default="17,16,18,17:16,whole")
    parser.add_argument("--frames", type=int, default=34)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    of_gpu = parser.add_mutually_exclusive_group()
    of_gpu.add_argument("--gpu-figures", type=Path, metavar="FILE", help="of benchmarks.against_loop --json on a GPU")
    of_gpu.add_argument("--gpu-seconds", type=float, metavar="S", help="of a GPU for a clip, a model and its variants")
    args = parser.parse_args()
    try:
        gpu = gpu_told(args)
    except ValueError as error:
        parser.error(str(error))
    warn_if_busy()
    found = [measure(int(each), args) for each in args.workers.split(",")]
    print("\n".join(lines(found, args, reading(args), gpu)))


if __name__ == "__main__":
    main()
