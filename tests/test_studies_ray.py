"""Studies on Ray: two nodes on loopback, a driver and a node that are killed; and what is done about losses, on a Ray
that only counts."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from small_studies import N_TASKS, ROOT, begin, kept, killed_between, make_clips, rows, run_study

from vae_demo.cli import main
from vae_demo.refusal import Refusal
from vae_demo.studies import cluster, ray_start
from vae_demo.studies.clip_list import digest_of
from vae_demo.studies.loop import Ready, Told
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.rows import Failure
from vae_demo.studies.task import Maker, Settings, Unit

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


class Lost(Exception):
    """What Ray says of a worker that is gone."""


@dataclass(eq=False)
class Reference:
    value: object


class CountingRay:
    """As much of Ray as a study uses; nothing runs. Each reference is what it will give, or what it will raise.

    starts: by model what a worker answers; results: of a unit, for each time that it is tried.
    """

    class exceptions:  # noqa: N801  its name there
        RayError, RayActorError, OutOfMemoryError = Lost, Lost, MemoryError

    def __init__(self, starts, results=lambda unit, tries: iter(()), cores=1):
        self.starts, self.results, self.cores = starts, results, cores
        self.killed, self.tries = 0, []

    def remote(self, worker):
        return SimpleNamespace(options=lambda **options: SimpleNamespace(remote=self._actor))

    def _actor(self, protocol, *arguments):
        self.protocol = protocol

        def score(content, unit, tries):
            self.tries.append((unit.name, tries))
            return self.results(unit, tries)

        return SimpleNamespace(
            hold=SimpleNamespace(remote=lambda model: Reference(self.starts[model].pop(0))),
            score=SimpleNamespace(options=lambda **options: SimpleNamespace(remote=score)))

    def cluster_resources(self):
        return {"CPU": float(self.cores)}

    def nodes(self):
        return [{"Resources": {"CPU": 1.0}} for _ in range(self.cores)]

    def put(self, value):
        return value

    def wait(self, waiting, num_returns, timeout):
        return waiting[:1], waiting[1:]

    def get(self, reference):
        found = reference.value if isinstance(reference, Reference) else reference
        if isinstance(found, Exception):
            raise found
        return found

    def kill(self, actor):
        self.killed += 1


def made_by(model, sha="a", device="a processor"):
    return Maker(model, None, (sha,), "cpu", device, "float32", 1, {})


class Left:
    """Which units are kept, and by whom: (name, device)."""

    def __init__(self, *done):
        self.done = set(done)

    def __call__(self, unit, maker):
        return replace(unit, variants=()) if (unit.name, maker.device_name) in self.done else unit

    def by_somebody(self, unit):
        return any(name == unit.name for name, _ in self.done)


def run_on(ray, clips, names=("one",), models=("tiny-17",), left=Left(), weights=None):
    protocol = Protocol(models=models, weights=weights or {})
    contents = {name: (digest_of(str(clips / f"{name}.mp4")), 0) for name in names}
    units = [Unit(name, str(clips / f"{name}.mp4"), contents[name], model, ("17",))
             for name in names for model in models]
    return list(cluster._Run(ray, protocol, Settings.of(protocol), units, left).results())


@pytest.fixture
def at_once(monkeypatch):
    """Workers are looked for at every turn."""
    monkeypatch.setattr(cluster, "GROW_S", -1.0)
    monkeypatch.setattr(cluster, "LOOK_S", 0.0)


def test_a_unit_that_loses_its_worker_each_time_is_given_up_with_less_at_once(clips, at_once):
    def dies(unit, tries):
        return iter([Lost("the node went") if unit.name == "one" else f"rows of {unit.name}"])

    ray = CountingRay({"tiny-17": [made_by("tiny-17") for _ in range(9)]}, dies)
    found = run_on(ray, clips, ("one", "two"))
    assert [tries for name, tries in ray.tries if name == "one"] == [0, 1, 2]
    failures = [each for each in found if isinstance(each, Failure)]
    assert [(each.clip, each.case) for each in failures] == [("one", "study_lost")]
    assert "the node went" in failures[0].sentence() and "rows of two" in found
    assert sum(isinstance(each, Told) and each.case == "lost" for each in found) == ray.killed == 3


def test_workers_change_their_model_when_theirs_has_no_more_units(clips, at_once):
    ray = CountingRay({name: [made_by(name)] for name in ("tiny-17", "tiny-mixed")})
    found = run_on(ray, clips, ("one", "two"), ("tiny-17", "tiny-mixed"))
    assert [each.maker.model for each in found if isinstance(each, Ready)] == ["tiny-17", "tiny-mixed"]
    assert sorted(name for name, _ in ray.tries) == ["one", "one", "two", "two"]


def test_nodes_with_other_weights_are_refused(clips, at_once):
    def dies_once(unit, tries):
        return iter([Lost("gone")] if tries == 0 else ())

    ray = CountingRay({"tiny-17": [made_by("tiny-17"), made_by("tiny-17", "b")]}, dies_once)
    with pytest.raises(Refusal) as caught:
        run_on(ray, clips)
    assert caught.value.case == "study_weights"


def test_a_model_that_cannot_be_loaded_is_said(clips, at_once):
    ray = CountingRay({"tiny-17": [Failure.of(Refusal("no_cuda"), None, "tiny-17")]})
    with pytest.raises(Refusal) as caught:
        run_on(ray, clips)
    assert caught.value.case == "study_model" and str(Refusal("no_cuda")) in str(caught.value)


def test_a_worker_is_told_where_weights_are_whatever_folder_it_stands_in(clips, at_once, tmp_path, monkeypatch):
    (tmp_path / "w.safetensors").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    ray = CountingRay({"tiny-17": [made_by("tiny-17")]})
    run_on(ray, clips, weights={"tiny-17": "w.safetensors", "wan-2.1": "there/alone"})
    assert ray.protocol.weights == {"tiny-17": str(tmp_path / "w.safetensors"), "wan-2.1": "there/alone"}


def test_workers_that_never_begin_are_not_started_for_ever(clips, at_once):
    ray = CountingRay({"tiny-17": [Lost("No module named vae_demo") for _ in range(9)]})
    with pytest.raises(Refusal) as caught:
        run_on(ray, clips)
    assert caught.value.case == "study_start" and "No module named" in str(caught.value)
    assert ray.killed == cluster.STARTS


def test_a_clip_that_changed_or_does_not_fit_is_said_and_the_rest_goes_on(clips, at_once, tmp_path, monkeypatch):
    folder = tmp_path / "clips"
    shutil.copytree(clips, folder)
    own = cluster.Path.read_bytes
    monkeypatch.setattr(cluster.Path, "read_bytes", lambda path: own(path) + b" " * (path.name == "one.mp4"))

    class Small(CountingRay):
        def put(self, value):
            if len(value) == (folder / "two.mp4").stat().st_size:
                raise Lost("the store is full")
            return value

    ray = Small({"tiny-17": [made_by("tiny-17")]}, lambda unit, tries: iter([f"rows of {unit.name}"]))
    found = run_on(ray, folder, ("one", "two", "three"))
    failures = [each for each in found if isinstance(each, Failure)]
    assert [(each.clip, each.case) for each in failures] == [("one", "study_changed"), ("two", "unreadable")]
    assert "the store is full" in failures[1].sentence() and "rows of three" in found


def test_a_worker_of_another_kind_waits_for_the_one_that_has_done_it_before(clips, at_once):
    """Two kinds of nodes, started again: "one" was done by the slow one, which is ready last, "two" by the other."""

    class Late(CountingRay):
        def wait(self, waiting, num_returns, timeout):
            return waiting[-1:], waiting[:-1]

    ray = Late({"tiny-17": [made_by("tiny-17", device="the slow one"), made_by("tiny-17", device="the quick one")]},
               cores=2)
    run_on(ray, clips, ("one", "two", "three"), left=Left(("one", "the slow one"), ("two", "the quick one")))
    assert [name for name, _ in ray.tries] == ["three"]


def test_nobody_waits_for_what_no_worker_here_has_done(clips, at_once):
    ray = CountingRay({"tiny-17": [made_by("tiny-17"), made_by("tiny-17")]}, cores=2)
    run_on(ray, clips, ("one", "two"), left=Left(("one", "a machine that is gone")))
    assert sorted(name for name, _ in ray.tries) == ["one", "two"]


def test_without_room_for_a_worker_it_is_said_and_then_given_up(clips, at_once, monkeypatch):
    monkeypatch.setattr(CountingRay, "wait", lambda self, waiting, num_returns, timeout: ([], waiting))
    monkeypatch.setattr(cluster, "PATIENCE_S", -1.0)
    monkeypatch.setattr(cluster, "GIVE_UP_S", 0.05)
    ray = CountingRay({"tiny-17": [made_by("tiny-17")]})
    with pytest.raises(Refusal) as caught:
        run_on(ray, clips)
    assert caught.value.case == "study_no_worker"


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere", "127.0.0.1:port"])
def test_no_cluster_there_is_said_at_once(address):
    with pytest.raises(Refusal) as caught, ray_start.connected(address):
        pass
    assert caught.value.case == "study_no_cluster" and address in str(caught.value)


def test_without_ray_it_says_what_to_install(clips, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)
    for name in ("RAY_USAGE_STATS_ENABLED", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"):
        monkeypatch.setenv(name, "0")
    assert main(["study", str(clips), "--ray", "auto", "--out", str(tmp_path)]) == 2
    assert "pip install -r requirements-ray.txt" in capsys.readouterr().err
