"""Files of strangers cost a worker at most: memory, time and crashes stop there, and nothing is left of them."""

import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest
from hostile_media import endless_index, endless_scans
from media import barcode_frames, encode, read_barcodes

from vae_demo.clips import Limits, probe, process, read_clip, read_steps, reading
from vae_demo.clips.pool import Pool, close_pool, pool
from vae_demo.refusal import Refusal

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@pytest.fixture(scope="module")
def clip_file(tmp_path_factory):
    return encode(tmp_path_factory.mktemp("clips") / "a.mp4", barcode_frames(12))


@pytest.fixture(scope="module")
def hanging(tmp_path_factory):
    """Minutes of work in one call of the decoder."""
    return endless_scans(tmp_path_factory.mktemp("hanging"))


@pytest.fixture(autouse=True)
def nothing_left():
    """Whatever happens: no process of ours survives the pool, and no pipe does."""
    yield
    close_pool()
    assert children() == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("clip-worker")]


def children():
    return [child.pid for child in psutil.Process().children() if process.MODULE in " ".join(_command(child))]


def _command(child):
    try:
        return child.cmdline() or [process.MODULE]  # a zombie has none, and counts
    except psutil.NoSuchProcess:
        return []


def case_of(call, *arguments, **named):
    with pytest.raises(Refusal) as caught:
        call(*arguments, **named)
    return caught.value.case


def works(path):
    with read_clip(path, crop="none") as clip:
        return read_barcodes(clip.frames(0, clip.n_frames)) == list(range(12))


def started(path):
    """A read in progress: (steps, worker)."""
    steps = read_steps(path)
    while not pool()._lent or not next(iter(pool()._lent))._ready:
        next(steps)
    next(steps)
    return steps, next(iter(pool()._lent))


# memory

@linux
def test_an_index_of_gigabytes_is_one_sentence(tmp_path, clip_file):
    before = psutil.Process().memory_info().rss
    path = endless_index(tmp_path)
    assert path.stat().st_size < 5000
    assert case_of(probe, path) == case_of(read_clip, path) == "too_much_memory"
    assert psutil.Process().memory_info().rss - before < 100e6
    assert works(clip_file)


def test_where_the_system_has_no_limit_the_parent_watches(tmp_path, clip_file, monkeypatch):
    own = Pool(1, system_limit=False)
    monkeypatch.setattr(reading, "pool", lambda: own)
    limits = Limits(max_memory_bytes=150_000_000, probe_seconds=60)
    assert case_of(probe, endless_index(tmp_path, 1, 40_000_000), limits) == "too_much_memory"
    assert works(clip_file)
    own.close()


def test_another_limit_is_another_worker(clip_file):
    assert works(clip_file)
    first = pool()._idle[0].pid
    read_clip(clip_file, limits=Limits(max_memory_bytes=1_000_000_000)).close()
    assert pool()._idle[0].pid != first


# time

def test_a_file_that_hangs_is_stopped_and_the_next_one_read(hanging, clip_file, monkeypatch):
    monkeypatch.setattr(reading, "GRACE_S", 0.1)
    began = time.monotonic()
    assert case_of(read_clip, hanging, limits=Limits(max_seconds=0.2)) == "too_slow"
    assert case_of(probe, hanging, Limits(probe_seconds=0.2)) == "too_slow"
    assert time.monotonic() - began < 60
    assert works(clip_file)


def test_others_are_read_while_one_hangs(hanging, clip_file, monkeypatch):
    own = Pool(2)
    monkeypatch.setattr(reading, "pool", lambda: own)
    steps = read_steps(hanging)
    next(steps)
    found = []
    threads = [threading.Thread(target=lambda: found.append(works(clip_file))) for _ in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        next(steps)
    assert found == [True] * 8
    steps.close()
    own.close()


def test_all_busy_for_too_long_is_said(hanging, clip_file, monkeypatch):
    own = Pool(1)
    monkeypatch.setattr(reading, "pool", lambda: own)
    steps = read_steps(hanging)
    next(steps)
    assert case_of(read_clip, clip_file, limits=Limits(busy_seconds=0.2)) == "busy"
    steps.close()
    assert works(clip_file)
    own.close()


@linux
def test_processor_time_ends_it_when_nobody_else_does(hanging, monkeypatch):
    """As if the parent's clock stood still: the limit the worker set itself is what is left."""
    monkeypatch.setattr(reading, "GRACE_S", 1000)
    steps, worker = started(hanging)
    import resource

    used = sum(psutil.Process(worker.pid).cpu_times()[:2])
    resource.prlimit(worker.pid, resource.RLIMIT_CPU, (int(used) + 1, resource.RLIM_INFINITY))
    with pytest.raises(Refusal) as caught:
        for _ in steps:
            pass
    assert caught.value.case == "too_slow"


# ends

def test_a_crash_is_one_sentence_and_the_worker_replaced(hanging, clip_file):
    steps, worker = started(hanging)
    os.kill(worker.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    with pytest.raises(Refusal) as caught:
        for _ in steps:
            pass
    assert caught.value.case == "crashed"
    assert worker.pid not in children() and len(children()) == 1
    assert works(clip_file)


def test_closing_stops_the_work(hanging, clip_file):
    steps, worker = started(hanging)
    steps.close()
    assert not psutil.pid_exists(worker.pid) or worker.pid not in children()
    assert works(clip_file)


def test_something_is_heard_of_it_all_the_time(hanging):
    steps, _ = started(hanging)
    gaps = []
    for _ in range(5):
        began = time.monotonic()
        next(steps)
        gaps.append(time.monotonic() - began)
    assert sorted(gaps)[2] < 0.25
    steps.close()


def test_a_worker_that_ended_while_idle_is_not_lent(clip_file):
    assert works(clip_file)
    os.kill(pool()._idle[0].pid, signal.SIGTERM)
    pool()._idle[0]._process.wait()
    assert works(clip_file)


@linux
def test_no_descriptor_is_left(hanging, clip_file, monkeypatch):
    monkeypatch.setattr(reading, "GRACE_S", 0.1)

    def n_open():
        return len(os.listdir("/proc/self/fd"))

    close_pool()
    before = n_open()
    for _ in range(2):
        assert works(clip_file)
        assert case_of(read_clip, hanging, limits=Limits(max_seconds=0.1)) == "too_slow"
        close_pool()
    assert n_open() == before


@linux
def test_a_killed_parent_leaves_no_worker(clip_file):
    code = ("import os, sys; from vae_demo.clips import probe; from vae_demo.clips.pool import pool\n"
            "probe(sys.argv[1]); print(pool()._idle[0].pid, flush=True); os.kill(os.getpid(), 9)")
    done = subprocess.run([sys.executable, "-c", code, str(clip_file)], capture_output=True, text=True)
    worker = int(done.stdout)
    end = time.monotonic() + 20
    while psutil.pid_exists(worker) and psutil.Process(worker).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end
        time.sleep(0.05)


@linux
def test_a_fork_has_workers_of_its_own(clip_file):
    """As ZeroGPU does it; in a fresh process, for this one has threads."""
    code = (
        "import os, sys; from vae_demo.clips import read_clip; from vae_demo.clips.pool import pool, close_pool\n"
        "def read(): return read_clip(sys.argv[1]).n_frames, pool()._idle[0].pid\n"
        "first = read()\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    second = read(); close_pool()\n"
        "    os._exit(second[0] != 12 or second[1] == first[1])\n"
        "print(os.waitpid(child, 0)[1], read() == first)")
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code, str(clip_file)], capture_output=True, text=True)
    assert done.stdout.split() == ["0", "True"], done.stderr


# what a worker may see

@linux
def test_a_worker_sees_no_secret_and_holds_its_limits(clip_file, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert works(clip_file)
    worker = psutil.Process(pool()._idle[0].pid)
    told = worker.environ()
    assert not [value for value in told.values() if "secret" in value]
    assert told["MALLOC_ARENA_MAX"] == "2" and set(told) <= {
        *process.PASSED_ON, "PYTHONPATH", "MALLOC_ARENA_MAX", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
        *(name for name in told if name.startswith("LC_"))}
    assert worker.rlimit(psutil.RLIMIT_FSIZE) == (0, 0) and worker.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    soft, hard = worker.rlimit(psutil.RLIMIT_AS)
    assert soft == hard and 1.5e9 < soft < 2.5e9
    assert 0 < worker.rlimit(psutil.RLIMIT_CPU)[0] < 1000
    assert os.getsid(worker.pid) == worker.pid


def test_bytes_that_are_no_text_survive_the_way(clip_file, tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.mp4"
    os.link(clip_file, path)
    assert works(path) and probe(path).name == "caf.mp4"


def test_a_known_file_is_not_opened_again(tmp_path, monkeypatch):
    path = encode(tmp_path / "a.mp4", barcode_frames(3))
    time.sleep(0.15)
    first = probe(path)
    monkeypatch.setattr(reading, "pool", lambda: 1 / 0)
    assert probe(path) is first
    with pytest.raises(ZeroDivisionError):
        probe(path, Limits(max_side=2000))
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ZeroDivisionError):
        probe(path)
