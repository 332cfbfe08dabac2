"""`python -m benchmarks.live`: the engine in the page, in Chromium: how soon the frame in view is there, and all of
them.

Spatial latents of the clip are kept, as they are after the first size; every size is decoded anew. A drag goes over
the sizes 4 to 40, a step every few milliseconds.
"""

from __future__ import annotations

import argparse
import os
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.live_page import chromium, live_page
from benchmarks.machine import describe, warn_if_busy

SIZES = ((17, 17), (16, 16), (18, 18), (5, 5), (40, 40), (17, 16))
FRAME_IN_VIEW = 17
SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def measure(page: Any, workers: int, rounds: int, step_ms: int) -> dict[str, Any]:
    """open_ms, clip_ms (to the first whole size), runs {label: [[first, all], ...]}, drag."""
    asked = {"workers": workers, "rounds": rounds, "stepMs": step_ms, "view": FRAME_IN_VIEW,
             "sizes": [list(pair) for pair in SIZES]}
    return page.evaluate(SCRIPT, asked)


def rows(side: int, workers: int, found: dict[str, Any]) -> Iterator[str]:
    firsts, wholes = zip(*(run for runs in found["runs"].values() for run in runs), strict=True)
    slowest = max(statistics.median(first for first, _ in runs) for runs in found["runs"].values())
    drag, memory = found["drag"], found["memory"]
    seen = f"{drag['seen']} of {drag['steps']}, {statistics.median(drag['waits']):.0f} ({max(drag['waits']):.0f})"
    yield (f"| {side} px | {workers} | {found['openMs']:.0f} | {found['clipMs'][0]:.0f} and {found['clipMs'][1]:.0f} | "
           f"{statistics.median(firsts):.0f} ({min(firsts):.0f} to {max(firsts):.0f}) | {slowest:.0f} | "
           f"{statistics.median(wholes):.0f} ({min(wholes):.0f} to {max(wholes):.0f}) | {seen} | "
           f"{memory['workers'] / 1e6:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sides", type=int, nargs="+", default=[64, 96, 128])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--step", type=int, default=50, help="milliseconds between two sizes of the drag")
    args = parser.parse_args()
    warn_if_busy()
    with chromium() as browser:
        print(f"{describe()}, Chromium {browser.version}, load {os.getloadavg()[0]:.1f}\n")
        print("| side | workers | open | a new clip: in view, whole | in view: median (range) | slowest size | "
              "whole: median (range) | drag: sizes seen, wait (longest) | MB of workers |")
        print("|---|---|---|---|---|---|---|---|---|")
        for side in args.sides:
            for workers in args.workers:
                with live_page(browser, side) as page:
                    found = measure(page, workers, args.rounds, args.step)
                    print("\n".join(rows(side, workers, found)), flush=True)
        print(f"\nLoad at the end {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
