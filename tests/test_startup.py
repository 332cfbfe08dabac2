"""How a process that computes begins: threads that sleep while they wait, memory that stays with it for a run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import app

ROOT = Path(__file__).parents[1]
# What the layers of a network do with memory, in a thread as in the app; printed: pages that the system had to bring.
LAYERS = """
import resource, sys, threading
from vae_demo.startup import prepare
if sys.argv[1] == "prepared":
    prepare()
def layers():
    for _ in range(8):
        held = [b"x" * (megabytes << 20) for megabytes in SIZES]
        del held
thread = threading.Thread(target=layers)
thread.start()
thread.join()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""
# Megabytes: of small frames, and of large ones, more than glibc keeps however it is told to.
SMALL, LARGE = (25, 17, 12), (100, 60, 50)
# What is small and stays lies above what was large and goes; printed: megabytes before, then, and after.
ENDED = """
import psutil
from vae_demo import heap
heap.keep()
def held():
    return psutil.Process().memory_info().rss >> 20
print(held())
large, small = [], []
for _ in range(6):
    large.append(b"x" * (60 << 20))
    small.append(b"x" * (1 << 20))
del large
print(held())
heap.give_back()
print(held())
"""


on_glibc = pytest.mark.skipif(sys.platform != "linux", reason="the C library is not glibc")


def told(script, *arguments, **environment):
    """The numbers that a script prints, in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    done = subprocess.run([sys.executable, "-c", script, *arguments], cwd=ROOT, env=kept | environment, check=True,
                          capture_output=True, text=True)
    return [int(word) for word in done.stdout.split()]


@on_glibc
@pytest.mark.parametrize("sizes", [SMALL, LARGE], ids=["small frames", "large frames"])
def test_memory_that_is_let_go_of_comes_back_without_the_system(sizes):
    script = LAYERS.replace("SIZES", str(sizes))
    (usual,), (prepared,) = told(script, "plain"), told(script, "prepared")
    assert prepared < usual / 5, (usual, prepared)
    (own_rules,) = told(script, "prepared", MALLOC_ARENA_MAX="8")
    assert own_rules > 5 * prepared, "what the environment says holds"


@on_glibc
def test_when_a_run_is_over_the_system_has_its_memory_back():
    before, kept, after = told(ENDED)
    assert kept > before + 300 and after < before + 30, (before, kept, after)


@pytest.mark.parametrize(("said", "holds"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_the_app_says_how_threads_wait_before_torch_is_there(monkeypatch, said, holds):
    """Torch reads that while it is imported. That the command line says it too is for test_cli_terminated."""
    monkeypatch.setenv("MALLOC_ARENA_MAX", "8")  # the allocator of the process that tests stays as it is
    monkeypatch.setenv("OMP_WAIT_POLICY", said or "")
    if said is None:
        monkeypatch.delenv("OMP_WAIT_POLICY")
    monkeypatch.setattr(sys, "argv", ["app.py", "--help"])
    with pytest.raises(SystemExit):
        app.main()
    assert os.environ["OMP_WAIT_POLICY"] == holds
