"""The app behind its door, with narrow bounds."""

import threading
import time

import pytest
from asking import BOUNDS, CALLER, SESSIONS
from fabricated import comparison, moving_clip
from patience import until
from served import placed, served

from vae_demo import report
from vae_demo.clips import write_video
from vae_demo.views import page
from vae_demo.views.explore import run as explore_run


@pytest.fixture(scope="session")
def few(tmp_path_factory):
    """Two clips of a few small frames, and a saved result of one."""
    root = tmp_path_factory.mktemp("few")
    (root / "clips").mkdir()
    for name in ("harbour", "pan"):
        write_video(root / "clips" / f"{name}.mp4", iter(moving_clip(20)), 24)
    report.save_result(*comparison(name="harbour.mp4"), root / "examples" / "harbour")
    return root


@pytest.fixture(scope="module")
def places(few, tmp_path_factory):
    folders = {name: tmp_path_factory.mktemp(name) for name in ("kept", "outside")}
    return {"assets": few, **folders}


@pytest.fixture(scope="module")
def address(places):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "SESSIONS", SESSIONS)  # fewer than 5,000, so that a small flood is one
        with placed(places["assets"]), served(places["kept"], bounds=BOUNDS) as url:
            yield url


@pytest.fixture(scope="module")
def events(address):
    """Every event of the page that reaches the server: its number and the kinds of its inputs."""
    config = CALLER.get(f"{address}config").json()
    kinds = {each["id"]: each["type"] for each in config["components"]}
    found = [(each["id"], each["api_name"], [kinds[one] for one in each["inputs"]])
             for each in config["dependencies"] if each["backend_fn"]]
    assert len(found) > 15
    return found


@pytest.fixture
def slow(monkeypatch):
    """Runs that go on for ever, a step every few milliseconds, until they are released; counts those that work."""
    state = {"working": 0, "free": threading.Event()}
    own = explore_run.run

    def slowly(*arguments, **options):
        state["working"] += 1
        try:
            while not state["free"].is_set():
                time.sleep(0.01)
                yield explore_run.Update(None)
            yield from own(*arguments, **options)
        finally:
            state["working"] -= 1

    monkeypatch.setattr(explore_run, "run", slowly)
    yield state
    state["free"].set()
    until(lambda: state["working"] == 0)
