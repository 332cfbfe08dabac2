"""`make gpu-check` without a GPU: rows as they come, a table whatever fails, a compiler's time is bounded, and few
packages."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from random_models import tiny_model

from benchmarks import against_loop, floor, gpu_check, graphs
from vae_demo.models import two_stage
from vae_demo.refusal import Refusal

ROOT = Path(__file__).parents[1]
ROW = {"seconds": 2.0, "ratio": 0.5, "peak_mib": 10.0}
FOUND = {"loop": {"seconds": 4.0, "peak_mib": 20.0}, **dict.fromkeys(against_loop.RUNS, ROW),
         "floor": {"whole": {"seconds": 1.0, "tflop": 3.0}}}


@pytest.fixture
def card(monkeypatch):
    """A machine that believes it has one; commands and measurements give what is said here."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda *device: "a card")
    monkeypatch.setattr(gpu_check, "timed", lambda command: (3.0, command[1] != "pytest"))
    monkeypatch.setattr(against_loop, "random_model", lambda *arguments: None)
    monkeypatch.setattr(against_loop, "lines", lambda found: ["in words"])
    monkeypatch.setattr(against_loop, "measure", lambda *arguments, **options: FOUND)
    monkeypatch.setattr(graphs, "within", lambda *arguments, **options: ({"compiling": ROW}, "not done within 300 s"))
    return monkeypatch


def table(told):
    """Name -> what the last table says of it."""
    return dict(re.split("   +", re.sub(r" +\d+\.\d\d s", "  ", line), maxsplit=1)
                for line in told.split("\n\n")[-1].splitlines()[1:])


def test_the_table_tells_what_failed_and_what_is_left_out_and_why(card, capsys):
    assert gpu_check.main() == 1
    told = capsys.readouterr().out
    rows = table(told)
    assert list(rows) == ["tests", "compare 85 x 256", "sweep 4-40,whole", "loop", *against_loop.RUNS, "floor",
                          "compiling", "compiled"]
    assert rows["tests"] == "FAILED" and rows["sweep 4-40,whole"] == "passed" and rows["floor"] == "3 TFLOP"
    assert rows["whole"] == "0.50 of the loop, peak 10 MiB" and rows["compiled"] == "left out: not done within 300 s"
    assert told.count("sweep 4-40,whole") == 2, "as it comes, and in the table"


def test_a_benchmark_that_fails_leaves_the_rows_before_it(card, capsys):
    def full(*arguments, **options):
        raise Refusal("out_of_memory")

    card.setattr(gpu_check, "timed", lambda command: (3.0, True))
    card.setattr(against_loop, "measure", full)
    assert gpu_check.main() == 1
    rows = table(capsys.readouterr().out)
    assert rows["tests"] == "passed" and rows["loop"].startswith("FAILED: ") and "compiled" not in rows


def test_figures_stay_where_nothing_can_be_compiled(monkeypatch):
    def broken(vae):
        raise Refusal("no_compiler")

    monkeypatch.setattr(floor, "ceilings", lambda device, dtype: (1e9, 1e8))
    monkeypatch.setattr(two_stage, "compile_halves", broken)
    found = against_loop.measure(tiny_model(), 5, 16, compiled=True)
    assert found["whole"]["ratio"] > 0 and not set(against_loop.COMPILED) & set(found)
    assert f"{'compiled':20} left out: {Refusal('no_compiler')}" in against_loop.lines(found)


SMALL = {"model": "tiny-17", "device": "cpu", "frames": 5, "size": 16}


def test_the_process_that_compiles_says_why_it_could_not(monkeypatch):
    monkeypatch.setenv("CXX", "")
    monkeypatch.setenv("PATH", "")
    measured, why = graphs.within(60, 1.0, **SMALL)
    assert measured == {} and why == str(Refusal("no_compiler"))


def test_the_process_that_compiles_has_so_long_and_no_longer():
    assert graphs.within(0.2, 1.0, **SMALL) == ({}, "not done within 0 s")


@pytest.mark.long
def test_the_process_that_compiles_tells_each_run():
    measured, why = graphs.within(250, 1.0, **SMALL)
    assert why is None and list(measured) == list(against_loop.COMPILED)
    assert "ratio" not in measured["compiling"] and measured["whole_compiled"]["ratio"] > 0


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU to check")
def test_without_a_gpu_the_check_says_so():
    done = subprocess.run([sys.executable, "-m", "benchmarks.gpu_check"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 2 and "none" in done.stderr and not done.stdout


def named(file):
    """Packages that a file of requirements names itself, as they are imported."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {re.split("[<>=]", line)[0].replace("-", "_") for line in lines if line[:1].isalpha()}


# Whatever is imported in the name of one of these fails.
BLOCKED = """
import sys
for name in {names}:
    sys.modules[name] = None
import pytest
sys.exit(pytest.main(["-q", "--collect-only", "-p", "pytest_timeout", "-p", "no:cacheprovider", *{files}]))
"""


@pytest.mark.parametrize(("files", "runs"), [
    (["tests/test_gpu.py", "tests/test_gpu_diffusers.py"], True), (["tests/test_frames_properties.py"], False)],
    ids=["enough", "the check can fail"])
def test_it_needs_no_package_but_those_it_installs(files, runs):
    said = (ROOT / "scripts" / "gpu_check.sh").read_text(encoding="utf-8")
    assert "python_env.sh requirements-gpu-check.txt" in said
    assert all(file in (ROOT / "benchmarks" / "gpu_check.py").read_text(encoding="utf-8") for file in files) is runs
    others = named("requirements-dev.txt") | named("requirements-ray.txt")
    assert {"playwright", "ray", "ruff"} <= others and not others & named("requirements-gpu-check.txt")
    names = sorted({name.replace("scikit_image", "skimage") for name in others})
    script = BLOCKED.format(names=names, files=files)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    assert (done.returncode == 0) is runs, done.stdout + done.stderr
