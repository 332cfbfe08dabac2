"""The folder of a process goes with it: after a normal end, after SIGTERM, and by the next start after SIGKILL."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vae_demo import scratch

PRINT = "from vae_demo import scratch; print(scratch.folder(), flush=True)"
# What a shell starts in the background ignores SIGINT, and so do its children.
HEAR = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
WAIT = f"{HEAR}; {PRINT}; scratch.clean_on_terminate(); import time; print('ready', flush=True); time.sleep(60)"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty temporary folder of the system, for this process and those it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(scratch, "_mine", {})
    return tmp_path


@pytest.fixture
def started(place):
    """Starts a process that prints its folder; gives both."""
    running = []

    def start(code):
        run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        running.append(run)
        return run, Path(run.stdout.readline().strip())

    yield start
    for run in running:
        run.kill()
        run.communicate()


def test_a_normal_end_takes_the_folder_along(place, started):
    run, folder = started(f"{PRINT}; (scratch.folder() / 'a').write_text('a')")
    assert run.wait() == 0 and folder.parent == place and not folder.exists()


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGINT, None)])
def test_a_signal_takes_the_folder_along(place, started, number, code):
    run, folder = started(WAIT)
    assert run.stdout.readline() == "ready\n" and folder.is_dir()
    run.send_signal(number)
    run.wait(30)
    assert code in (None, run.returncode) and not folder.exists()


def test_the_next_start_deletes_what_a_killed_process_left(place, started):
    run, folder = started(WAIT)
    run.stdout.readline()
    (folder / "deep").mkdir()
    (folder / "deep" / "file").write_bytes(b"x" * 1000)
    assert scratch.sweep() == []
    run.kill()
    run.wait()
    assert folder.is_dir()
    assert scratch.sweep() == [folder] and not folder.exists()


def test_our_own_folder_and_strangers_stay(place):
    mine = scratch.folder()
    other, link = place / "somebody-else", place / "vae-demo-link"
    other.mkdir()
    link.symlink_to(other)
    assert scratch.sweep(older_than_s=0) == []
    assert mine.is_dir() and other.is_dir() and link.is_symlink()


def test_a_number_used_again_is_no_owner(place):
    left = place / f"vae-demo-{os.getpid()}-12345-abc"
    left.mkdir()
    assert scratch.sweep() == [left]


def test_a_living_owner_in_another_container_keeps_its_folder(place, started, monkeypatch):
    """Processes of another container have numbers that mean nothing, or somebody else, here."""
    run, folder = started(WAIT)
    run.stdout.readline()
    monkeypatch.setattr(scratch, "_lives", lambda pid, born: False)
    assert scratch.sweep() == [] and folder.is_dir()
    run.kill()
    run.wait()
    assert scratch.sweep() == [folder]


def test_folders_of_earlier_versions_go_by_age(place):
    old, fresh = place / "vae-demo-aaaa", place / "vae-demo-bbbb"
    for path in (old, fresh):
        path.mkdir()
    then = time.time() - scratch.LEFT_BEHIND_S - 60
    os.utime(old, (then, then))
    assert scratch.sweep() == [old] and fresh.is_dir()


def test_a_folder_that_was_deleted_by_somebody_is_made_again(place):
    first = scratch.folder()
    shutil.rmtree(first)
    assert scratch.folder().is_dir()


def test_a_work_folder_goes_even_when_the_work_fails(place):
    with pytest.raises(RuntimeError), scratch.work_folder() as work:
        (work / "frames").write_bytes(b"x")
        raise RuntimeError
    assert not work.exists() and work.parent == scratch.folder()
