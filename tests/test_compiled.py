"""Compiled graphs: the frames of one call after the other, said in the record, refused where nothing can compile."""

import argparse
import shutil
import warnings

import numpy as np
import pytest
import torch
from PIL import Image
from random_models import tiniest
from small_runs import clip_of, off_by

import app
from vae_demo import engine
from vae_demo.cli import main
from vae_demo.layout.variant import parse_variants
from vae_demo.models import compiled
from vae_demo.models.two_stage import TwoStage
from vae_demo.refusal import Refusal
from vae_demo.results.comparison import Comparison
from vae_demo.results.foreign_parts import Misfit, provenance_of
from vae_demo.views.shared import kept_model, trial
from vae_demo.views.shared.kept_model import Kept

N_FRAMES = 19  # two batches of eight, and three left over


def run_of(model, folder, variants="17"):
    folder.mkdir()
    done = engine.measure(clip_of(N_FRAMES, 16, 24), engine.jobs_of(model, parse_variants(variants)), folder)
    return done.comparison, {label: np.array(store.frames(0, store.n_frames)) for label, store in done.frames.items()}


def graphs(monkeypatch, backend, stages=compiled.STAGES["cpu"]):
    """The smallest network, compiled by a backend that may need no C++ compiler."""
    monkeypatch.setattr(compiled, "BACKEND", backend)
    monkeypatch.setitem(compiled.STAGES, "cpu", stages)
    torch.compiler.reset()
    model = TwoStage(tiniest())
    model.compile()
    return model


@pytest.mark.parametrize(("backend", "stages"), [
    ("aot_eager", compiled.STAGES["cpu"]), ("eager", compiled.STAGES["cuda"])])
def test_frames_are_those_of_one_call_after_the_other(tmp_path, monkeypatch, calls, backend, stages):
    _, wanted = run_of(TwoStage(tiniest()), tmp_path / "eager")
    calls["decode_frames"].clear()
    comparison, frames = run_of(graphs(monkeypatch, backend, stages), tmp_path / "graphs")
    assert comparison.provenance.compiled == stages
    assert set(calls["decode_frames"]) == {8}, "the last batch is filled up"
    for label, each in wanted.items():
        assert off_by(frames[label], each) <= 1, label


def test_the_record_says_so_and_only_where_it_is_so(tmp_path, monkeypatch):
    plain, _ = run_of(TwoStage(tiniest()), tmp_path / "eager")
    graph, _ = run_of(graphs(monkeypatch, "eager"), tmp_path / "graphs")
    made_by = plain.to_json()["provenance"]
    assert "compiled" not in made_by and "--compile" not in made_by["command"]
    data = graph.to_json()
    assert data["provenance"]["compiled"] == ["spatial_decode"] and " --compile " in data["provenance"]["command"]
    assert Comparison.from_json(data).to_json() == data
    assert provenance_of(data["provenance"], "provenance").compiled == ("spatial_decode",)
    for odd in ("spatial_decode", [1], ["<b>"], ["x"] * 99):
        with pytest.raises(Misfit):
            provenance_of({**data["provenance"], "compiled": odd}, "provenance")


@pytest.mark.long
@pytest.mark.skipif(not (shutil.which("g++") or shutil.which("clang++")), reason="needs a C++ compiler")
def test_the_compiler_that_is_shipped_with_pytorch_gives_the_same_frames_on_a_cpu(tmp_path, monkeypatch):
    _, wanted = run_of(TwoStage(tiniest()), tmp_path / "eager")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own
        _, frames = run_of(graphs(monkeypatch, "inductor"), tmp_path / "graphs")
    assert all(off_by(frames[label], each) <= 1 for label, each in wanted.items())


@pytest.fixture
def no_compiler(monkeypatch):
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)


@pytest.mark.weights
def test_without_a_compiler_the_command_line_and_the_app_say_so(tmp_path, capsys, monkeypatch, no_compiler):
    clip = tmp_path / "clip.gif"
    Image.new("RGB", (64, 64)).save(clip)
    assert main(["compare", str(clip), "--compile", "--device", "cpu", "--out", str(tmp_path / "out")]) == 2
    assert "needs a C++ compiler" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        app.compiled(argparse.ArgumentParser())
    assert stopped.value.code == 2 and "needs a C++ compiler" in capsys.readouterr().err


@pytest.mark.parametrize("there", [True, False])
def test_a_server_compiles_its_first_model_before_anybody_asks(monkeypatch, there):
    asked, warm = [], []

    def load(name, device, dtype, weights, fetch, compiled):
        asked.append((name, compiled))
        if not there:
            raise Refusal("no_cuda")
        return TwoStage(tiniest())

    monkeypatch.setattr(kept_model, "load_model", load)
    monkeypatch.setattr(kept_model, "check_compiler", lambda: None)
    kept = Kept()
    kept.compile(warm.append)
    assert asked == [("tiny-17", True)] and len(warm) == there
    if there:
        assert kept.get("tiny-17", "cpu") is warm[0], "what was warmed up is what runs"
        trial.warm_up(warm[0])
