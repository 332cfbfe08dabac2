"""What scripts/study_check.sh runs; prints markdown for benchmarks/RESULTS.md, and exits with 1 where tables differ."""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from vae_demo.models.spec import TINY_17, TINY_MIXED

ROOT = Path(__file__).parents[1]
MODELS, VARIANTS = ",".join((TINY_17, TINY_MIXED)), "17,16,18,13,17:16,16:17,whole"
TABLES = ("variants.parquet", "frames.parquet", "study.csv", "study.json")
KILLS = 3


def study(args: argparse.Namespace, out: Path, *more: str) -> subprocess.Popen:
    """The command in a process group of its own, one thread a worker."""
    command = [
        sys.executable, "-m", "vae_demo", "study", "assets/clips", "--models", MODELS, "--variants", VARIANTS,
        "--frames", str(args.frames), "--size", str(args.size), "--threads", "1", "--out", str(out), *more]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                            env={**os.environ, "OMP_NUM_THREADS": "1"}, start_new_session=True)


def kept(out: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in out.glob("rows/*/*.json")}


def ended(process: subprocess.Popen) -> str:
    said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"a study ended with {process.returncode}: {said}")
    return said


def killed(process: subprocess.Popen, out: Path, tasks: int, chance: random.Random) -> str:
    """SIGKILL after a random number of tasks more and a random moment; one line of what it left."""
    before = kept(out)
    more = chance.randint(1, max((tasks - len(before)) // KILLS, 1))
    while len(kept(out)) < len(before) + more and process.poll() is None:
        time.sleep(0.05)
    time.sleep(chance.random())
    # The whole group: nothing gets to say goodbye, the reader of files neither.
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    after = kept(out)
    if any(after[name] != written for name, written in before.items()):
        raise SystemExit("a finished row was written again")
    return f"killed with {len(after)} of {tasks} tasks kept"


def disturbed(
    args: argparse.Namespace, out: Path, tasks: int, more: tuple[str, ...] = (), lose: Callable[[], None] | None = None
) -> Iterator[str]:
    """Killed three times, then to its end; lose: done while it runs for the last time."""
    chance = random.Random(args.seed + len(more))
    for _ in range(KILLS):
        yield killed(study(args, out, *more), out, tasks, chance)
    before = len(kept(out))
    process = study(args, out, *more)
    if lose:
        while len(kept(out)) == before and process.poll() is None:
            time.sleep(0.05)
        lose()
    said = ended(process)
    if f"; {tasks - before} computed now" not in said:
        raise SystemExit(f"{tasks - before} tasks were left, and it says: {said}")
    lost = ", and a node was lost meanwhile" if lose else ""
    yield f"the last start computed the {tasks - before} that were left, nothing twice{lost}"


def digests(out: Path) -> dict[str, str]:
    return {name: hashlib.sha256((out / name).read_bytes()).hexdigest()[:16] for name in TABLES}


def on_two_nodes(args: argparse.Namespace, out: Path, tasks: int) -> Iterator[str]:
    """The same on Ray, whose own notes go to a home of their own."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        keeper = subprocess.Popen([sys.executable, "-m", "scripts.loopback_cluster", "2"], cwd=ROOT, text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert keeper.stdin is not None and keeper.stdout is not None

        def lose() -> None:
            print("drop", file=keeper.stdin, flush=True)

        try:
            yield from disturbed(args, out, tasks, ("--ray", keeper.stdout.readline().strip()), lose)
        finally:
            keeper.communicate()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=34)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the moments of killing")
    parser.add_argument("--keep", type=Path, help="folder for the three studies, instead of one that goes")
    args = parser.parse_args()
    tasks = len(list((ROOT / "assets/clips").glob("*.mp4"))) * (MODELS.count(",") + 1) * (VARIANTS.count(",") + 1)
    print(f"{tasks} tasks: seven clips of {args.frames} frames and {args.size} px, {MODELS}, {VARIANTS}; "
          f"moments by seed {args.seed}.\n")
    with tempfile.TemporaryDirectory() as folder:
        folder = args.keep or Path(folder)
        outs = {name: folder / name for name in ("undisturbed", "killed", "ray")}
        began = time.monotonic()
        ended(study(args, outs["undisturbed"]))
        print(f"- undisturbed: {time.monotonic() - began:.0f} s", flush=True)
        for name, lines in (("killed", disturbed(args, outs["killed"], tasks)),
                            ("ray", on_two_nodes(args, outs["ray"], tasks))):
            for line in lines:
                print(f"- {name}: {line}", flush=True)
        found = {name: digests(out) for name, out in outs.items()}
    print(f"\n| SHA-256, first 16 | {' | '.join(TABLES)} |\n|---|{'---|' * len(TABLES)}")
    for name, told in found.items():
        print(f"| {name} | {' | '.join(told.values())} |")
    equal = len({tuple(told.values()) for told in found.values()}) == 1
    print(f"\n{'All three tables are equal.' if equal else 'THE TABLES DIFFER.'}")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
