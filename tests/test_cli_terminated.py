"""SIGTERM in the middle of a run, to a real process: exit code 143, not a word of Python, nothing left anywhere."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fabricated import moving_clip

from vae_demo.clips import write_video

ROOT = Path(__file__).parents[1]
PATIENCE_S = 240


@pytest.mark.weights
@pytest.mark.parametrize(("command", "arguments", "moment"), [
    pytest.param("sweep", ["--sizes", "4-40"], "work/vae-demo-*/*/*.npy", marks=pytest.mark.long),
    ("compare", ["--variants", "17,16"], "out/.writing-*/*"),
])
def test_a_terminated_run_leaves_nothing(tmp_path, command, arguments, moment):
    (tmp_path / "work").mkdir()
    write_video(tmp_path / "clip.mp4", iter(moving_clip(34, 64, 64)), 24)
    environment = {**os.environ, "TMPDIR": str(tmp_path / "work"), "OMP_NUM_THREADS": "1",
                   "OMP_DISPLAY_ENV": "TRUE"}
    run = subprocess.Popen(
        [sys.executable, "-m", "vae_demo", command, str(tmp_path / "clip.mp4"), "--size", "64", *arguments,
         "--out", str(tmp_path / "out")],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + PATIENCE_S
        while not list(tmp_path.glob(moment)) and run.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        run.send_signal(signal.SIGTERM)
        printed, errors = run.communicate(timeout=PATIENCE_S)
    finally:
        run.kill()
    assert run.returncode == 143, errors
    assert "OMP_WAIT_POLICY = 'PASSIVE'" in errors, "set before torch was imported"
    assert "Traceback" not in errors and "Exception" not in errors and "written" not in printed
    assert list((tmp_path / "work").iterdir()) == [] and list((tmp_path / "out").iterdir()) == []
