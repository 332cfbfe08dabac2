"""`python -m benchmarks.graphs --loop SECONDS`: benchmarks/against_loop.py's runs as compiled graphs alone, with seeded
weights; a line of JSON as each ends. `within` has that in a process of its own, which is ended when its time is up:
nobody can tell beforehand how long a compiler takes."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from typing import Any

import numpy as np

from benchmarks import against_loop
from benchmarks.memory import noise
from vae_demo.clips import Clip
from vae_demo.models.spec import MODELS, OPEN_SORA_1_2


def within(limit_s: float, loop: float, **options: Any) -> tuple[dict[str, dict[str, float]], str | None]:
    """What was measured of against_loop.COMPILED in so many seconds, and why the rest is left out, if any is.

    loop: seconds of the loop on the same clip. options: of the command line.
    """
    given = [f"--{name}={value}" for name, value in {"loop": loop, **options}.items()]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = subprocess.Popen([sys.executable, "-m", "benchmarks.graphs", *given], stdout=out, stderr=err,
                                 start_new_session=True)
        try:
            why = None if child.wait(limit_s) == 0 else "it failed"
        except subprocess.TimeoutExpired:
            why = f"not done within {limit_s:.0f} s"
        finally:
            _end(child)
        out.seek(0), err.seek(0)
        measured = dict(pair for line in out if line.startswith("{") for pair in json.loads(line).items())
        last = [line.strip() for line in err if line.strip()][-1:]
    return measured, " ".join(last) if why == "it failed" and last else why


def _end(child: subprocess.Popen) -> None:
    """With the processes that it compiles in."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=[name for name, spec in MODELS.items() if spec.costs.baseline],
                        default=OPEN_SORA_1_2)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--frames", type=int, default=51)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--loop", type=float, required=True, help="seconds of the loop on the same clip")
    args = parser.parse_args()
    try:
        model = against_loop.random_model(args.model, args.device, "auto")
        with Clip.from_array(np.stack(list(noise(args.frames, args.size))), 24, "made here") as clip:
            for name, found in against_loop.as_graphs(model, clip, args.loop):
                print(json.dumps({name: found}), flush=True)
    except Exception as error:  # the table has a line for it
        print(against_loop.said(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
