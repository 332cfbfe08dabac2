"""A page of the app on a free port of this machine, for tests that visit it or call it."""

import asyncio
import gc
import socket
import warnings
from contextlib import contextmanager
from functools import cache

import pytest
from random_models import tiny_model

from vae_demo import assets as places
from vae_demo import scratch
from vae_demo.views.explore import first
from vae_demo.views.page import build_page, launch_options
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.serving.reception import Reception
from vae_demo.views.shared import kept_model, samples, trial
from vae_demo.views.sweep.figure import figure_script

# Warnings of the server's own machinery; that ours are none is for the other tests to say.
QUIET = [pytest.mark.filterwarnings(f"ignore::{kind}") for kind in (
    "DeprecationWarning", "ResourceWarning", "pytest.PytestUnraisableExceptionWarning")]


class Address(str):
    """Where a page is, and the reception behind it."""

    @classmethod
    def of(cls, address, reception):
        found = cls(address)
        found.reception = reception
        return found


@contextmanager
def served(kept, build=build_page, bounds=Bounds()):
    """Address of the page that `build(reception)` makes; `kept` is where it keeps what visitors leave."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
        # Gradio gives its own page three seconds; on a busy machine that is no fault of the page.
        patch.setattr("gradio.networking.url_ok", lambda url: True)
        # A model is tried while the first visitor looks, and how well its pace is known is for tests of their own.
        patch.setattr(trial, "ENOUGH_S", 0.0)
        reception = reception_in(kept, patch, bounds)
        reception.sweeper.start()
        page = build(reception)
        _, address, _ = page.launch(
            prevent_thread_lock=True, server_name="127.0.0.1", server_port=usual_port(), quiet=True,
            **launch_options(reception))
        try:
            yield Address.of(address, reception)
        finally:
            page.close(verbose=False)
            reception.sweeper.stop()
            # Server and client let go of their sockets, and the page of its event loop, when they are collected; here,
            # not in somebody else's test.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                asyncio.set_event_loop(None)
                gc.collect()


def reception_in(kept, patch, bounds=Bounds()):
    """Where visitors meet, with everything they leave in `kept`: what one test leaves is not found by another."""
    patch.setenv("GRADIO_TEMP_DIR", str(kept / "gradio"))
    patch.setattr(scratch, "folder", lambda: kept)
    return Reception(bounds)


@contextmanager
def placed(assets, model=tiny_model):
    """The app's own clips and saved results replaced by those in `assets`, its models by what `model()` makes."""
    made = cache(model)  # not every test runs it
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_model, "model_for", lambda name, device, dtype="auto": made())
        patch.setattr(places, "CLIPS", assets / "clips")
        patch.setattr(places, "EXAMPLES", assets / "examples")
        _forget()
        try:
            yield
        finally:
            _forget()


@contextmanager
def serving(assets, kept, model=tiny_model):
    """Address of the app on the clips and saved results in `assets`."""
    with placed(assets, model), served(kept) as address:
        yield address


@cache
def _first_port():
    return free_port()


def usual_port():
    """The same for one app after another, so that a browser knows the scripts of the next one already."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", _first_port()))
        except OSError:
            return free_port()
    return _first_port()


def free_port():
    """A port nobody listens on: Gradio's own search and another app's may meet."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _forget():
    """What the page remembers of clips and models."""
    for known in (samples.sample_names, samples.sample_facts, figure_script, first.made):
        known.cache_clear()
