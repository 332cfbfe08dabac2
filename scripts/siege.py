"""A siege of our own app: visitors who stay, cancel, vanish, lose their connection, flood the line and pry.

    python scripts/siege.py --visitors 50 --rounds 3 [--seed N] [--port N]

Starts app.py with a temporary folder of its own, sends one round of visitors to warm up and then those that count,
and says what each left behind. Ends with 0 where nobody saw what is not theirs, every no was a sentence, nothing was
left and memory stayed where it was.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "siege")]  # files that mean no good are made there

from siege_raiders import HOSTILE  # noqa: E402
from siege_roles import SHARING, dealt, lives  # noqa: E402
from siege_wire import (  # noqa: E402
    CANCELLED,
    FINISHED,
    GRACE_S,
    HELD,
    REFUSED,
    VANISHED,
    Place,
    Record,
    Visitor,
    written,
)

UNHEARD_S = 8.0
# Fewer than Gradio's forty workers, each of which watches one run: a full line must be able to say that it is.
WAITING = 24
# Visits, uploads and runs nobody hears go one after another.
SETTLED_S = GRACE_S + UNHEARD_S + 15
MEGABYTE = 1e6
NEAR, NEAR_MB = 0.05, 50.0
COLUMNS = ("round", "finished", "cancelled", "vanished", "turned away", "held", "refusals", "no sentence", "foreign",
           "left", "MB", "MB with readers", "threads", "files", "s")


@dataclass(frozen=True)
class State:
    """What the app takes. reader_mb: the largest of the processes that read clips, of which there are one or more."""

    app_mb: float
    reader_mb: float
    all_mb: float
    threads: int
    files: int


class App:
    """The app as a process of its own, in a temporary folder of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.temporary, self._log = folder / "temporary", folder / "log"
        self.temporary.mkdir()
        self.address = f"http://127.0.0.1:{port}/"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GRADIO_", "VAE_DEMO_"))}
        bounds = {"GRACE_S": GRACE_S, "UNHEARD_S": UNHEARD_S, "WAITING": WAITING}
        ours = {f"VAE_DEMO_{name}": f"{value:g}" for name, value in bounds.items()}
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "app.py", "--port", str(port)], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
                env={**kept, **ours, "TMPDIR": str(self.temporary), "GRADIO_ANALYTICS_ENABLED": "False"})
        self._seen = psutil.Process(self._process.pid)

    def config(self, seconds: float = 120) -> dict:
        """What the page is made of, once it answers. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(httpx.HTTPError):
                return httpx.get(f"{self.address}config", timeout=10, trust_env=False).json()
            time.sleep(0.2)
        raise TimeoutError(f"the app did not start:\n{self.log()[-2000:]}")

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def there(self) -> set[str]:
        """Everything in its temporary folder; what goes while we look is not missed."""
        return {os.path.relpath(os.path.join(place, name), self.temporary)
                for place, folders, files in os.walk(self.temporary) for name in (*folders, *files)}

    def left(self, house: set[str]) -> set[str]:
        """What is there beyond `house`, once it goes no further down."""
        deadline = time.monotonic() + SETTLED_S
        while (found := self.there() - house) and time.monotonic() < deadline:
            time.sleep(0.25)
        return found

    def state(self) -> State:
        readers = [0]
        for child in self._seen.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                readers.append(child.memory_info().rss)
        own, largest, total = (n / MEGABYTE for n in (self._seen.memory_info().rss, max(readers), sum(readers)))
        return State(own, largest, own + total, self._seen.num_threads(), self._seen.num_fds())

    def end(self) -> list[str]:
        """As a Space ends it; what is wrong with that end. Leaves no process behind, whatever happens."""
        family = [self._seen, *self._seen.children(recursive=True)] if self._seen.is_running() else []
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(30)
        _, alive = psutil.wait_procs(family, timeout=5)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, timeout=5)
        wrong = [f"{len(alive)} processes outlived SIGTERM"] if alive else []
        if found := sorted(self.there()):
            wrong.append(f"left in the temporary folder at the end: {', '.join(found[:10])}")
        return wrong


async def visited(place: Place, n_visitors: int, rng: Random, folder: Path) -> Record:
    """One round: all come within seconds, and nobody stays longer than the deadline."""
    record, shared = Record(), written(folder, _mark(rng))
    everybody, tasks = [], []
    for number, role in enumerate(dealt(n_visitors, rng)):
        clip = shared if role in SHARING else written(folder, _mark(rng))
        everybody.append(Visitor(role.__name__, number, place, record, Random(rng.random()), clip))
        everybody[-1].others = everybody
        tasks.append(asyncio.create_task(lives(everybody[-1], role, rng.uniform(0, 4))))
    _, late = await asyncio.wait(tasks, timeout=90 + 4 * n_visitors)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return record


def _mark(rng: Random) -> str:
    return "mark" + "".join(rng.choices("0123456789abcdef", k=12))


def hostile_files(folder: Path) -> list[tuple[str, bytes]]:
    """Small files of the catalogue that keep no reader busy for long."""
    from hostile import CATALOGUE
    from material import Targets

    (folder / "canary.txt").write_text("nobody reads this\n")
    rng, targets, found = Random(1), Targets(folder / "canary.txt", 9, 9), []
    families = {each.family for each in CATALOGUE.values()} - {"names and paths"}
    for family in sorted(families):
        kinds = [each for each in CATALOGUE.values() if each.family == family and not each.busy]
        for each in rng.sample(kinds, 3):
            path = Path(each.into(folder / "hostile", targets))
            if path.is_file() and 0 < path.stat().st_size < 1_000_000:
                found.append((path.name, path.read_bytes()))
    return found


def besieged(app: App, args: argparse.Namespace, folder: Path) -> int:
    """All rounds, each a line of the table and below it what went wrong; how much did."""
    place = Place.of(app.address, app.config())
    house, states, n_wrong, n_log = app.there(), [app.state()], 0, len(app.log())
    _line("idle", Record(), 0, states[-1], 0)
    for number in range(args.rounds + 1):
        began = time.monotonic()
        record = asyncio.run(visited(place, args.visitors, Random(f"{args.seed} {number}"), folder))
        seconds = time.monotonic() - began
        left, said = app.left(house), app.log()[n_log:]
        n_log += len(said)
        states.append(app.state())
        _line(str(number or "warm-up"), record, len(left), states[-1], seconds)
        wrong = [*record.faults, *(f"left: {name}" for name in sorted(left)[:5])]
        if "Traceback" in said:
            wrong.append(f"{said.count('Traceback')} tracebacks in the app's log, the first:\n"
                         f"{said[said.index('Traceback'):][:3000]}")
        if number == args.rounds > 1:
            wrong += _grown(*states[-2:])
        n_wrong += _told(wrong)
    return n_wrong


def _told(wrong: list[str]) -> int:
    for each in wrong:
        print(f"    {each}", flush=True)
    return len(wrong)


def _grown(before: State, after: State) -> list[str]:
    # A reader more or less is no leak: there are as many as clips are read at once, each replaced after some files.
    pairs = {"the app": (before.app_mb, after.app_mb), "its largest reader": (before.reader_mb, after.reader_mb)}
    return [f"memory of {name} went from {was:.0f} to {now:.0f} MB in the last round" for name, (was, now)
            in pairs.items() if abs(now - was) > max(NEAR_MB, NEAR * was)]


def _line(name: str, record: Record, n_left: int, state: State, seconds: float) -> None:
    values = (name, *(record.outcomes[each] for each in (FINISHED, CANCELLED, VANISHED, REFUSED, HELD)),
              record.refused, record.nameless, record.foreign, n_left, f"{state.app_mb:.0f}", f"{state.all_mb:.0f}",
              state.threads, state.files, f"{seconds:.0f}")
    widths = (max(len(column), 7) for column in COLUMNS)
    print("  ".join(f"{value:>{width}}" for value, width in zip(values, widths, strict=True)), flush=True)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=50, help="at once (default 50)")
    parser.add_argument("--rounds", type=int, default=3, help="after the one that warms up (default 3)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the app must not outlive us
    with tempfile.TemporaryDirectory(prefix="siege-") as made:
        folder = Path(made)
        HOSTILE[:] = hostile_files(folder)
        print("  ".join(f"{column:>7}" for column in COLUMNS), flush=True)
        app, n_wrong = App(folder, args.port or _free_port()), 0
        try:
            n_wrong += besieged(app, args, folder)
        except TimeoutError as error:
            n_wrong += _told([str(error)])
        finally:
            n_wrong += _told(app.end())
    print(f"siege: {n_wrong} things broke" if n_wrong else "siege: held")
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
