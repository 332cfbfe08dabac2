"""How a process that computes begins: threads that sleep while they wait, memory that stays with it."""

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
    for _ in range(20):
        held = [b"x" * (megabytes << 20) for megabytes in (25, 17, 12)]
        del held
thread = threading.Thread(target=layers)
thread.start()
thread.join()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""


def pages(how, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    return int(subprocess.run([sys.executable, "-c", LAYERS, how], cwd=ROOT, env=kept | environment, check=True,
                              capture_output=True, text=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the C library is not glibc")
def test_memory_that_is_let_go_of_comes_back_without_the_system():
    usual, prepared = pages("plain"), pages("prepared")
    assert prepared < usual / 5, (usual, prepared)
    assert pages("prepared", MALLOC_ARENA_MAX="8") > 5 * prepared, "what the environment says holds"


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
