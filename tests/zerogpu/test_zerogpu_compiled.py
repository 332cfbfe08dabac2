"""Compiled graphs asked for where the card is lent: the app starts without them, and says so."""

import os
import sys

import app
from vae_demo import scratch
from vae_demo.models.two_stage import TwoStage
from vae_demo.views import page
from vae_demo.views.serving.sweeper import Sweeper
from vae_demo.views.zerogpu import start
from vae_demo.views.zerogpu.borrowed import BORROWED


def test_the_app_starts_and_compiles_nothing(lender, monkeypatch, tmp_path, capsys):
    """The server must not ask the card for anything, which `lender` sees to, nor load a second network."""
    launched = []

    class Page:
        def launch(self, **options):
            launched.append(options)

    monkeypatch.setattr(os, "environ", {**os.environ, "SPACES_ZERO_GPU": "true", "VAE_DEMO_COMPILE": "1"})
    monkeypatch.setattr(sys, "argv", ["app.py"])
    monkeypatch.setattr("vae_demo.clips.start_early", lambda: None)
    monkeypatch.setattr(scratch, "clean_on_terminate", lambda: None)
    monkeypatch.setattr(Sweeper, "start", lambda self: None)
    monkeypatch.setattr(scratch, "folder", lambda: tmp_path)
    monkeypatch.setattr(start, "decorator", lambda: lender.GPU)
    monkeypatch.setattr(start, "get_ready", lambda gpu: None)  # as `lender` is by now
    monkeypatch.setattr(page, "build_page", lambda reception: Page())
    app.main()
    assert BORROWED.on and len(launched) == 1
    told = [line for line in capsys.readouterr().out.splitlines() if "ompil" in line]
    assert len(told) == 1 and "not compiled" in told[0]
    assert not any(model.compiled for model in BORROWED.networks.values() if isinstance(model, TwoStage))
