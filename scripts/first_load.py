"""How long a newcomer waits: python scripts/first_load.py [--megabits 4] [--latency 100] [ADDRESS]

Starts the app, opens it in headless Chromium over a throttled line with an empty cache, then once more as somebody who
comes back, and prints a table. Bytes are those on the wire. ADDRESS is of an app that runs already.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

ROOT = Path(__file__).parents[1]
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]
QUIET_S, MOST_S, START_S = 3.0, 120.0, 120.0
# What a visitor sees, looked for at every frame that is painted: name -> milliseconds since the address was asked for.
WATCH = """(() => {
  const seen = window.vdSeen = {}, shown = (node) => node && node.getClientRects().length > 0;
  const some = (selector, test) => [...document.querySelectorAll(selector)].some((node) => shown(node) && test(node));
  const painted = (canvas) => canvas.width > 0
    && canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] > 0;
  let bus = null, drawn = false;
  const ask = async () => {
    bus ||= (await window.vdModule?.("explore/bus.js"))?.bus;
    drawn = Boolean(bus?.told.drawn);
  };
  const tests = {
    headline: () => some(".vd-head h2", (node) => node.textContent.trim()),
    picture: () => some("[data-picture] img", (img) => img.complete && img.naturalWidth)
      || some("#vd-player [data-picture] canvas", painted),
    controls: () => some("#vd-run", () => true) && some("#vd-player .vd-transport", () => true)
      && !document.querySelector("#vd-first"),
    video: () => drawn,
  };
  const look = () => {
    if (seen.controls) ask().catch(() => {});
    for (const [name, test] of Object.entries(tests)) if (!(name in seen) && test()) seen[name] = performance.now();
    if (Object.keys(seen).length < Object.keys(tests).length) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""
SAYS = {"headline": "headline and verdicts", "picture": "first picture (a still)",
        "controls": "page answers (controls, player)", "video": "every frame can be shown"}


@contextmanager
def app() -> Iterator[str]:
    """The address of an app of its own, until it is no longer needed."""
    with server() as (address, _):
        yield address


@contextmanager
def server() -> Iterator[tuple[str, subprocess.Popen]]:
    """The same, and its process."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    process = subprocess.Popen([sys.executable, "app.py", "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + START_S
        while True:
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                if process.poll() is not None or time.monotonic() > end:
                    raise SystemExit("The app did not start.") from None
                time.sleep(0.2)
        yield address, process
    finally:
        process.terminate()
        process.wait()


def load(context: BrowserContext, address: str, megabits: float, latency_ms: float) -> tuple[dict, list[tuple]]:
    """What was seen when (ms), and every answer: (ms, bytes, address)."""
    page = context.new_page()
    page.add_init_script(WATCH)
    wire = context.new_cdp_session(page)
    asked: dict[str, str] = {}
    came: list[tuple[float, int, str]] = []
    began: list[float] = []
    last = [time.monotonic()]

    def sent(event: dict) -> None:
        began.append(event["timestamp"])
        asked[event["requestId"]] = event["request"]["url"]
        last[0] = time.monotonic()

    def over(event: dict) -> None:
        url = asked.get(event["requestId"], "")
        if url.startswith("http"):
            came.append(((event["timestamp"] - began[0]) * 1000, int(event["encodedDataLength"]), url))
        last[0] = time.monotonic()

    wire.on("Network.requestWillBeSent", sent)
    wire.on("Network.loadingFinished", over)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": latency_ms, "downloadThroughput": megabits * 1e6 / 8,
        "uploadThroughput": megabits * 1e6 / 8})
    page.goto(address, wait_until="commit")
    end = time.monotonic() + MOST_S
    while time.monotonic() < end:
        page.wait_for_timeout(250)
        if time.monotonic() - last[0] > QUIET_S and len(page.evaluate("Object.keys(vdSeen)")) == len(SAYS):
            break
    seen = page.evaluate("vdSeen")
    page.close()
    return seen, came


def told(name: str, seen: dict, came: list[tuple]) -> Iterator[str]:
    """The rows of one visit. An answer from the browser's own cache has no bytes."""
    def sums(until: float) -> str:
        before = [size for at, size, _ in came if at <= until and size]
        return f"{len(before)} | {sum(before) / 1e6:.2f} MB"

    for key, says in SAYS.items():
        at = seen.get(key)
        yield f"| {name} | {says} | " + (f"{at / 1000:.1f} s | {sums(at)} |" if at else "never | |")
    yield f"| {name} | everything that is fetched | | {sums(float('inf'))} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", nargs="?", help="of a running app (default: one is started)")
    parser.add_argument("--megabits", type=float, default=4.0, help="per second, down and up")
    parser.add_argument("--latency", type=float, default=100.0, help="milliseconds")
    parser.add_argument("--width", type=int, default=1440, help="of the window")
    parser.add_argument("--list", action="store_true", help="every answer too: when, how large, which")
    args = parser.parse_args()
    with sync_playwright() as playwright:
        if args.address:
            measure(playwright, args.address, args)
        else:
            with app() as address:
                measure(playwright, address, args)


def measure(playwright, address: str, args: argparse.Namespace) -> None:
    browser = playwright.chromium.launch(
        executable_path=os.environ.get("BROWSER_PATH", "/usr/bin/chromium"), args=ARGS)
    context = browser.new_context(viewport={"width": args.width, "height": 900})
    print(f"{args.megabits:g} Mbit/s, {args.latency:g} ms, {args.width} px\n")
    print("| visit | what | after | requests | bytes |\n|---|---|---|---|---|")
    for name in ("first", "again"):
        seen, came = load(context, address, args.megabits, args.latency)
        print("\n".join(told(name, seen, came)), flush=True)
        if args.list:
            for at, size, url in sorted(came):
                print(f"{at / 1000:7.2f} s {size:9d}  {url[:110]}", file=sys.stderr)
    browser.close()


if __name__ == "__main__":
    main()
