"""`python -m benchmarks.live`: the engine in the page, in Chromium: how soon the frame in view is there, and all of
them.

Milliseconds, median (range). Spatial latents of the clip are kept, as they are after the first size; every size is
decoded anew. A drag goes over the sizes 4 to 40, a step every few milliseconds.
"""

from __future__ import annotations

import argparse
import os
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.live_page import chromium, live_page
from benchmarks.machine import describe, warn_if_busy

SIZES = ((17, 17), (16, 16), (18, 18), (5, 5), (40, 40), (17, 16))
FRAME_IN_VIEW = 17
SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def measure(browser: Any, side: int, workers: int, rounds: int, step_ms: int) -> dict[str, Any]:
    """opened; clip [first, all]; runs {label: [[first, all], ...]}; processor, of a run; drag."""
    asked = {"workers": workers, "view": FRAME_IN_VIEW, "sizes": [list(pair) for pair in SIZES]}
    with live_page(browser, side) as page:
        page.evaluate(SCRIPT, asked)
        found = page.evaluate("bench.open()")
        before = processor_ms(browser)
        found["runs"] = page.evaluate("rounds => bench.turns(rounds)", rounds)
        found["processor"] = (processor_ms(browser) - before) / (rounds * len(SIZES))
        found["drag"] = page.evaluate("stepMs => bench.drag(stepMs)", step_ms)
    return found


def processor_ms(browser: Any) -> float:
    """Of all pages and their workers so far: what a busy machine changes least."""
    wire = browser.new_browser_cdp_session()
    told = wire.send("SystemInfo.getProcessInfo")["processInfo"]
    wire.detach()
    return 1000 * sum(each["cpuTime"] for each in told if each["type"] == "renderer")


def row(side: int, workers: int, found: dict[str, Any]) -> str:
    firsts, wholes = zip(*(run for runs in found["runs"].values() for run in runs), strict=True)
    waits = found["drag"]["waits"]
    opened, processor = f"{found['opened']:.0f}", f"{found['processor']:.0f}"
    cells = (f"{side} px", workers, opened, "{:.0f} and {:.0f}".format(*found["clip"]), spread(firsts), spread(wholes),
             processor, f"{len(waits)} of {found['drag']['steps']}", spread(waits),
             f"{found['drag']['memory']['workers'] / 1e6:.0f}")
    return f"| {' | '.join(map(str, cells))} |"


def spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


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
        print("| side | workers | opened | first size: in view, all | in view | all | processor | drag: sizes seen | "
              "after | MB of workers |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        for side in args.sides:
            for workers in args.workers:
                print(row(side, workers, measure(browser, side, workers, args.rounds, args.step)), flush=True)
        print(f"\nLoad at the end {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
