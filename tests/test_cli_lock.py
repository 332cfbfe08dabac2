"""Two runs into one folder: the second is refused while the first lives, whichever way the first one ends."""

import multiprocessing
import os
import signal
import subprocess
import sys

import pytest
from command_line import told

from vae_demo.cli import lock
from vae_demo.cli.lock import NAME, only_run
from vae_demo.refusal import Refusal

HOLD = """
import sys, time
from pathlib import Path
from vae_demo import scratch
from vae_demo.cli import lock
if sys.argv[2] == "by name":
    lock.fcntl = None
scratch.clean_on_terminate()
with lock.only_run(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=["by system", "by name"])
def way(request, monkeypatch):
    """With the system's locks, and as it works where there are none."""
    if request.param == "by name":
        monkeypatch.setattr(lock, "fcntl", None)
    return request.param


@pytest.fixture
def holder(tmp_path, way):
    """A process that holds the folder."""
    run = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path), way], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "held\n"
    yield run
    run.kill()
    run.communicate()


def held(folder):
    """Whether somebody holds it; holds it for a moment itself where not."""
    try:
        with only_run(folder):
            return False
    except Refusal:
        return True


def test_the_second_run_is_refused_in_one_sentence(tmp_path, holder, capsys):
    for command in ("compare", "sweep"):
        code, out, errors = told([command, "no-such-clip.mp4", "--out", str(tmp_path)], capsys)
        assert (code, out, len(errors)) == (2, "", 1) and f"process {holder.pid}" in errors[0]
        assert str(tmp_path) in errors[0]
    assert [path.name for path in tmp_path.iterdir()] == [NAME], "the first one still holds it"


@pytest.mark.parametrize("end", ["normal", signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_ends_lets_go(tmp_path, holder, end):
    assert held(tmp_path)
    if end == "normal":
        holder.communicate("")
    else:
        holder.send_signal(end)
        holder.wait()
    assert (tmp_path / NAME).exists() is (end == signal.SIGKILL)
    assert not held(tmp_path) and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", [
    "", "nonsense", "1 2 3", "999999999 1", "{here} 12345", "-1 5", "9" * 400, "é"])
def test_a_file_that_names_nobody_alive_blocks_nobody(tmp_path, way, text):
    # With the number of a process that lives and another hour of birth: a number given out again.
    (tmp_path / NAME).write_text(text.replace("{here}", str(os.getpid())), encoding="utf-8")
    os.utime(tmp_path / NAME, (1, 1))
    assert not held(tmp_path) and list(tmp_path.iterdir()) == []


def test_other_names_of_a_folder_are_the_same_folder(tmp_path, way):
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "out")
    with only_run(tmp_path / "out"):
        assert held(tmp_path / "link") and held(tmp_path / "out" / ".." / "out") and not held(tmp_path)
    assert not held(tmp_path / "out")


def test_a_failed_run_lets_go_and_other_files_stay(tmp_path, way):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), only_run(tmp_path):
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("code", lock._NO_LOCKS)
def test_a_file_system_that_cannot_lock_is_served_by_name(tmp_path, monkeypatch, code):
    def unsupported(descriptor, what):
        raise OSError(code, "no locks")

    monkeypatch.setattr(lock.fcntl, "flock", unsupported)
    with only_run(tmp_path):
        assert held(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path, way):
    (tmp_path / NAME).mkdir()
    with pytest.raises(Refusal, match="name another"):
        with only_run(tmp_path):
            pass


def _race(folder, barrier, inside, most):
    barrier.wait()
    for _ in range(200):
        try:
            with only_run(folder):
                with inside.get_lock():
                    inside.value += 1
                    most.value = max(most.value, inside.value)
                with inside.get_lock():
                    inside.value -= 1
        except Refusal:
            continue


def test_never_two_at_once_however_they_race(tmp_path):
    fork = multiprocessing.get_context("fork")
    barrier, inside, most = fork.Barrier(3), fork.Value("i", 0), fork.Value("i", 0)
    racers = [fork.Process(target=_race, args=(tmp_path, barrier, inside, most)) for _ in range(3)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert [racer.exitcode for racer in racers] == [0, 0, 0] and most.value == 1
    assert list(tmp_path.iterdir()) == []
