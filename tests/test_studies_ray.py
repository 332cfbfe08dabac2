"""What a study does about workers, losses and nodes, on a Ray that only counts."""

import shutil
import sys
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest
from small_studies import make_clips

from vae_demo.cli import main
from vae_demo.refusal import Refusal
from vae_demo.studies import cluster, ray_start
from vae_demo.studies.clip_list import digest_of
from vae_demo.studies.loop import Ready, Told
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.rows import Failure
from vae_demo.studies.task import Maker, Settings, Unit


@pytest.fixture(scope="module")
def clips(made_once):
    return made_once(make_clips)


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
