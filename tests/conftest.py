"""What tests in every file may ask for."""

import asyncio
import gc
import os
import warnings
from contextlib import suppress

# Networks and pictures of tests are so small that a second thread waits for work longer than it works, and what it
# waits with is a core that the browser or the server needs. Before anybody imports torch or numpy.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from browser import Tabs
from browser import seats as open_seats
from kept_open import KeptOpen

KEPT_OPEN = KeptOpen()
# What is kept open, by the fixture that asks for it, and the files with a test that does.
WANTED = {"seats": set(), "shared_app": set(), "live_app": set()}


def pytest_collection_modifyitems(config, items):
    """What `make check-long` is for is not collected without it; files that share what is kept open stand together."""
    if not os.environ.get("VAE_DEMO_TEST_ALL"):
        left = {item for item in items if item.get_closest_marker("long")}
        config.hook.pytest_deselected(items=[*left])
        items[:] = [item for item in items if item not in left]
    for fixture, files in WANTED.items():
        files.update(item.path for item in items if fixture in item.fixturenames)
    items.sort(key=lambda item: [item.path in files for files in WANTED.values()])


def pytest_collection_finish():
    """What is imported by now stays: who collects what a test leaves behind need not look through all of it."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """An app that is kept open stands in the way of others, a browser in that of `asyncio.run`."""
    for fixture, files in WANTED.items():
        if item.path not in files:
            KEPT_OPEN.close(fixture)


@pytest.fixture(scope="module")
def seats():
    """Seats in headless Chromium, the same for one file after another."""
    return KEPT_OPEN.get("seats", None, lambda _: open_seats())


@pytest.fixture(scope="module")
def browser(seats):
    """That browser."""
    return seats.browser


@pytest.fixture(scope="module")
def tabs(seats, address):
    """Tabs in it on the app whose `address` the file gives."""
    return Tabs(seats, address)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """made_once(make) -> the file that `make(folder)` writes, for all tests that ask; nobody writes there."""
    made = {}

    def once(make):
        if make not in made:
            made[make] = make(tmp_path_factory.mktemp("made"))
        return made[make]

    return once


@pytest.fixture(scope="session")
def numbered_assets(tmp_path_factory):
    """The app's clips and saved results on numbered frames."""
    from explore_app import make_assets

    return made_for_all(tmp_path_factory, "numbered", make_assets)


@pytest.fixture(scope="session")
def live_examples(tmp_path_factory):
    """Saved results of the Learn tab, those of its live step made by the bundled model."""
    from live_lesson import make_examples

    return made_for_all(tmp_path_factory, "live", make_examples)


def made_for_all(tmp_path_factory, name, make):
    """The folder that `make(folder)` fills, once, whichever process comes first; nobody writes there."""
    made = tmp_path_factory.mktemp(name)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        make(made)
        return made
    of_all = tmp_path_factory.getbasetemp().parent / f"{name}-for-all"
    if not of_all.exists():
        make(made)
        with suppress(OSError):  # another was faster
            made.rename(of_all)
    return of_all


@pytest.fixture(scope="module")
def assets(numbered_assets):
    """The clips and saved results that `address` shows; a file may have its own."""
    return numbered_assets


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory):
    """shared_app(assets) -> address of the app on those, the same for one file after another."""
    from served import serving

    return lambda assets: KEPT_OPEN.get(
        "shared_app", assets, lambda assets: serving(assets, tmp_path_factory.mktemp("kept")))


@pytest.fixture(scope="module")
def address(assets, shared_app):
    """Address of the app on those; a file may have its own."""
    return shared_app(assets)


@pytest.fixture(scope="module")
def live_app(tmp_path_factory, live_examples):
    """Address of the app whose live step computes, the same for one file after another."""
    from live_lesson import live_app as serving_live

    return KEPT_OPEN.get("live_app", None, lambda _: serving_live(live_examples, tmp_path_factory.mktemp("live")))


@pytest.fixture(scope="module")
def vae():
    """The smallest network that does everything."""
    from random_models import tiniest

    return tiniest()


@pytest.fixture
def calls(monkeypatch):
    """How much each half of it was given, call by call."""
    from small_runs import watch_primitives

    return watch_primitives(monkeypatch)


@pytest.fixture
def without_tf32():
    """Convolutions and products of a GPU in float32 as it is, not rounded to TF32."""
    import torch

    places = torch.backends.cudnn.conv, torch.backends.cuda.matmul
    before = [place.fp32_precision for place in places]
    for place in places:
        place.fp32_precision = "ieee"
    yield
    for place, own in zip(places, before, strict=True):
        place.fp32_precision = own


@pytest.fixture(autouse=True, scope="module")
def left_behind():
    """Gradio makes an event loop where a thread has none, and leaves it open. It is let go of here: where it is found
    in somebody else's test, that one fails, or the parser of Python, when it is in the middle of a file."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        asyncio.set_event_loop(None)
        gc.collect()


@pytest.fixture(autouse=True)
def ordinary():
    """A test that leaves its process with another priority would slow down, or stop, all that come after it."""
    yield
    if hasattr(os, "sched_getscheduler"):
        assert os.sched_getscheduler(0) == os.SCHED_OTHER, "a library has changed the priority of this process"


def pytest_sessionfinish():
    """Sockets of servers and clients that are let go of at the very end are nobody's fault."""
    KEPT_OPEN.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
