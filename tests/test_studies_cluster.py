"""A study on a Ray of two nodes on loopback, which `ray start` begins, with a driver and a node that are killed."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from small_studies import N_TASKS, ROOT, begin, kept, killed_between, make_clips, rows, run_study

PATIENCE_S = 240


@pytest.fixture(scope="module")
def clips(made_once):
    return made_once(make_clips)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory):
    """Two nodes; say(line) to whoever keeps them, end() them. What Ray writes of a driver goes to a home of its own."""
    own = tmp_path_factory.mktemp("own")
    # In /tmp: with more folders before it a path to a socket is too long.
    folders = Path(tempfile.mkdtemp(prefix="r", dir="/tmp"))
    keeper = subprocess.Popen([sys.executable, "-m", "scripts.loopback_cluster", "2"], cwd=ROOT, text=True,
                              env={**os.environ, "TMPDIR": str(folders), "OMP_NUM_THREADS": "1"},
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def say(line):
        keeper.stdin.write(f"{line}\n")
        keeper.stdin.flush()
        return int(keeper.stdout.readline())

    def end():
        keeper.communicate(timeout=PATIENCE_S)
        left = list(folders.iterdir())
        shutil.rmtree(folders)
        return left

    address = keeper.stdout.readline().strip()
    assert address, "no cluster, see what it said above"
    yield SimpleNamespace(address=address, home=str(own), pid=keeper.pid, say=say, end=end)
    if keeper.returncode is None:
        end()


def below(pid):
    """A process and all that it has begun."""
    with suppress(psutil.NoSuchProcess):
        return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return []


def is_worker(process):
    """Whether it is one of a study, which Ray calls by what it does."""
    with suppress(psutil.NoSuchProcess):
        return "".join(process.cmdline()[:1]).startswith("ray::Worker")
    return False


def listening(processes):
    """Addresses at which they wait for others."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            yield from (each.laddr.ip.removeprefix("::ffff:") for each in process.net_connections("inet")
                        if each.status == psutil.CONN_LISTEN)


@pytest.mark.weights
@pytest.mark.slow
def test_driver_and_node_are_killed_and_the_table_is_the_same(clips, nodes, tmp_path):
    out = tmp_path / "out"
    ray, home = ("--ray", nodes.address), {"HOME": nodes.home}
    first = killed_between(clips, out, *ray, **home)
    process = begin(clips, out, *ray, **home)
    until, seen, heard = time.monotonic() + PATIENCE_S, set(), set()
    working = False
    while not (working and len(kept(out)) > len(first)) and process.poll() is None and time.monotonic() < until:
        its = [*below(nodes.pid), *below(process.pid)]
        seen.update(its)
        heard.update(listening(its))
        # Whether the node that will be lost, begun last, has got a worker.
        working = any(map(is_worker, below(psutil.Process(nodes.pid).children()[-1].pid)))
        time.sleep(0.05)
    assert heard == {"127.0.0.1"}
    assert nodes.say("drop") == 1
    said, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, said
    assert f"{N_TASKS} rows of 3 clips; {N_TASKS - len(first)} computed now" in said
    assert {name: written for name, written in kept(out).items() if name in first} == first
    again = run_study(clips, out)
    assert again.scored == 0 and rows(again.study()) == rows(run_study(clips, tmp_path / "whole").study())
    assert (out / "study.json").is_file() and (out / "frames.parquet").is_file()
    assert nodes.end() == []
    assert [process for process in seen if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []
