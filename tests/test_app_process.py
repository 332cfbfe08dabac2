"""The app as a process: what it leaves on disk when it is terminated, and what the next one makes of one that was
killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from served import free_port

pytestmark = [pytest.mark.slow, pytest.mark.long]
ROOT = Path(__file__).parents[1]


@pytest.fixture
def start(tmp_path):
    """Starts the app in an empty temporary folder; gives the process and its address once it answers."""
    running, caller = [], httpx.Client()

    def begin():
        port = free_port()
        environment = {**os.environ, "TMPDIR": str(tmp_path), "GRADIO_ANALYTICS_ENABLED": "False"}
        environment.pop("GRADIO_TEMP_DIR", None)
        log = open(tmp_path.parent / f"log-{len(running)}.txt", "w+")  # noqa: SIM115
        app = subprocess.Popen([sys.executable, "app.py", "--port", str(port)], cwd=ROOT, env=environment, stdout=log,
                               stderr=log)
        running.append((app, log))
        address = f"http://127.0.0.1:{port}/"
        deadline = time.monotonic() + 120
        while True:
            assert app.poll() is None and time.monotonic() < deadline, "the app did not start"
            try:
                if caller.get(address, timeout=5).status_code == 200:
                    return app, address, log
            except httpx.HTTPError:
                time.sleep(0.2)

    yield begin
    for app, log in running:
        app.kill()
        app.wait()
        log.close()
    caller.close()


def ours(folder):
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("vae-demo-"))


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


LEFT = "from vae_demo import scratch; print(scratch.folder(), flush=True); input()"


def test_it_sweeps_what_a_killed_one_left_and_leaves_nothing_after_sigterm(start, tmp_path):
    with subprocess.Popen([sys.executable, "-c", LEFT], cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)},
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as left:
        killed = Path(left.stdout.readline().strip())
        (killed / "clip.mp4").write_bytes(b"x" * 10_000)
        left.kill()
    assert ours(tmp_path) == [killed.name], "a killed process deletes nothing"

    app, address, log = start()
    deadline = time.monotonic() + 30
    while killed.exists():
        assert time.monotonic() < deadline, "the next start did not sweep"
        time.sleep(0.1)
    sent = httpx.post(f"{address}gradio_api/upload", files={"files": ("clip.mp4", b"x" * 10_000)}, timeout=60)
    assert Path(sent.json()[0]).is_relative_to(tmp_path), "uploads lie in the folder of the process"
    assert len(ours(tmp_path)) == 1 and files(tmp_path)
    app.send_signal(signal.SIGTERM)
    assert app.wait(timeout=60) == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []
    log.seek(0)
    assert "Traceback" not in log.read()


@pytest.mark.parametrize(("name", "value"), [("VAE_DEMO_GRACE_S", "soon"), ("VAE_DEMO_MODELS", "nobody")])
def test_a_setting_that_makes_no_sense_is_one_line(tmp_path, name, value):
    told = subprocess.run([sys.executable, "app.py"], cwd=ROOT, capture_output=True, text=True, timeout=120,
                          env={**os.environ, name: value, "TMPDIR": str(tmp_path)})
    assert told.returncode == 2 and name in told.stderr.splitlines()[-1]
    assert "Traceback" not in told.stderr and not files(tmp_path)
