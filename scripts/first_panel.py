"""How long after Run the page shows something of it: python scripts/first_panel.py [--rounds 3]

Starts the app, presses Run for what the page opens with, 85 frames of 256 x 256 and four variants, and waits until the
source, and then the first variant, is painted. Two figures each: seconds on the clock, which are others' too where a
machine is busy, and processor seconds of the server and its workers: with nothing else to do it takes no longer.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

import first_load
import psutil
from playwright.sync_api import Page, sync_playwright

READY = "async () => { window.vdBus = (await window.vdModule('explore/bus.js')).bus; return true; }"
# The machine has been tried, which also has the model loaded: somebody who reads the page first waits for neither.
TRIED = "() => window.vdBus.told.drawn && window.vdBus.told.estimate && document.querySelector('#vd-run')"
# Of the run that is on: so many panels of pictures, painted.
PAINTED = """(n) => {
  const {result} = window.vdBus.told, columns = [...document.querySelectorAll("#vd-player .vd-columns canvas")];
  const painted = (canvas) => canvas.width > 0
    && canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] > 0;
  return result?.whole === false && (n < 2 || result.partly) && columns.filter(painted).length >= n;
}"""
# What a page fetches late is no part of a run.
SETTLED_MS = 3000
STEPS = {"the source": 1, "the first variant": 2}


def cores(server: psutil.Process) -> float:
    """Processor seconds of the server and its workers so far."""
    return sum(sum(each.cpu_times()[:2]) for each in (server, *server.children(recursive=True)))


def measure(page: Page, server: psutil.Process) -> dict[str, tuple[float, float]]:
    """Seconds, and processor seconds, from Run to each of STEPS; then the run is stopped."""
    began, spent, found = time.perf_counter(), cores(server), {}
    page.click("#vd-run")
    for name, panels in STEPS.items():
        page.wait_for_function(PAINTED, arg=panels, timeout=first_load.MOST_S * 1000, polling=50)
        found[name] = time.perf_counter() - began, cores(server) - spent
    page.click("#vd-cancel")
    page.wait_for_function("() => !document.body.classList.contains('vd-running')")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    with first_load.server() as (address, process):
        server = psutil.Process(process.pid)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("BROWSER_PATH", "/usr/bin/chromium"), args=first_load.ARGS)
            rounds = []
            for _ in range(args.rounds):
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.goto(address)
                page.wait_for_function("() => window.vdModule")
                page.evaluate(READY)
                page.wait_for_function(TRIED, timeout=first_load.MOST_S * 1000)
                page.wait_for_timeout(SETTLED_MS)
                rounds.append(measure(page, server))
                page.close()
            browser.close()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for name in STEPS:
        seconds, spent = zip(*(each[name] for each in rounds), strict=True)
        print(f"{name}: {statistics.median(seconds):.1f} s ({', '.join(f'{each:.1f}' for each in seconds)}), "
              f"{statistics.median(spent):.1f} processor seconds ({', '.join(f'{each:.1f}' for each in spent)})")


if __name__ == "__main__":
    main()
