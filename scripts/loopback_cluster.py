"""A Ray cluster of several nodes on this machine, each a `ray start` of its own, none of which listens beyond loopback.

`python -m scripts.loopback_cluster 2 [CPUS]` prints the address once all nodes are there, each with so many cores (1
unless said), and ends them when its standard input does. A line `drop` kills the node that came last, as a power cut
would; `add` brings another one. What they write of themselves lies in a folder of its own and goes with them.

How `ray start` of 2.60 is kept on loopback: its servers listen there alone where a node's address is 127.0.0.1, and
anywhere (gcs_server and raylet on `*`) where it is another one of 127/8. It takes 127.0.0.1 for the address that others
reach this machine by, unless RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER=0 says that there is no such thing as a cluster, with
which no second node may start. That one is therefore told another spelling of the head's name, which Ray leaves as it
is, and finds out by itself that it reaches it from 127.0.0.1.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

HEAD, NODE = "127.0.0.1", "Localhost"
ALONE = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"
OPTIONS = ("--block", "--object-store-memory", "100000000", "--disable-usage-stats", "--include-log-monitor", "false")
# `ray stop` ends every Ray of this machine, also somebody else's: nodes are known by the session that they began.
PATIENCE_S = 120


@dataclass(frozen=True)
class Node:
    """One `ray start`, the leader of a session that all its processes belong to."""

    started: subprocess.Popen
    folder: Path

    @classmethod
    def start(cls, folder: Path, cpus: int, *options: str, alone: bool = False) -> Node:
        """folder: of its own; a path to a socket in it has at most 107 bytes, of which Ray takes 60."""
        folder.mkdir()
        with (folder / "said").open("w", encoding="utf-8") as said:
            started = subprocess.Popen(
                [sys.executable, "-m", "ray.scripts.scripts", "start", *options, *OPTIONS, "--num-cpus", str(cpus),
                 "--temp-dir", str(folder / "ray")], stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "RAY_USAGE_STATS_ENABLED": "0", ALONE: str(int(not alone)), "HOME": str(folder),
                     "TMPDIR": str(folder)})
        return cls(started, folder)

    def address(self) -> str:
        """Of the cluster, once the node is part of it: Ray writes it down last. Ends with what it said if it fails."""
        place, until = self.folder / "ray" / "ray_current_cluster", time.monotonic() + PATIENCE_S
        while not (place.is_file() and (said := place.read_text(encoding="utf-8").strip())):
            if self.started.poll() is not None or time.monotonic() > until:
                raise SystemExit((self.folder / "said").read_text(encoding="utf-8"))
            time.sleep(0.05)
        return said

    def kill(self) -> None:
        """All its processes at once; asked one by one, those that are left wait for those that are gone."""
        while alive := list(_of_session(self.started.pid)):
            for process in alive:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            # Its leader is ours to take away; the others are waited for, so that nothing is written after it.
            with suppress(subprocess.TimeoutExpired):
                self.started.wait(1)
            psutil.wait_procs(alive, 1)


def _of_session(leader: int) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, PermissionError, psutil.NoSuchProcess):
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                yield process


def main() -> None:
    cpus = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    nodes: list[Node] = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        def add(number: int) -> None:
            nodes.append(Node.start(Path(folder) / str(number), cpus, "--address", f"{NODE}:{port}"))
            nodes[-1].address()

        try:
            nodes.append(Node.start(Path(folder) / "0", cpus, "--head", "--node-ip-address", HEAD, "--port", "0",
                                    "--include-dashboard", "false", alone=True))
            address = nodes[0].address()
            port, started = address.rpartition(":")[2], int(sys.argv[1])
            for number in range(1, started):
                add(number)
            print(address, flush=True)
            for line in sys.stdin:
                if line.strip() == "drop" and len(nodes) > 1:
                    nodes.pop().kill()
                elif line.strip() == "add":
                    add(started := started + 1)
                print(len(nodes), flush=True)
        finally:
            for node in nodes:
                node.kill()


if __name__ == "__main__":
    main()
