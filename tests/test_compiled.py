"""Compiled graphs: the frames of one call after the other, said in the record, refused where nothing can compile."""

import argparse
import shutil
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import numpy as np
import pytest
import torch
from PIL import Image
from random_models import tiniest
from small_runs import clip_of, off_by
from torch._dynamo.utils import counters

import app
from vae_demo import engine
from vae_demo.cli import main
from vae_demo.layout.variant import parse_variants
from vae_demo.models import compiled, two_stage
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
    model.vae.lay_out(channels_last=stages != compiled.STAGES["cuda"])  # as it is when it is loaded
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
    monkeypatch.setattr(kept_model, "check_compiler", lambda device: None)
    kept = Kept()
    kept.compile(warm.append)
    assert asked == [("tiny-17", True)] and len(warm) == there
    if there:
        assert kept.get("tiny-17", "cpu") is warm[0], "what was warmed up is what runs"


# How many graphs there are, and when they are made

def made():
    return counters["stats"]["unique_graphs"]


def visited(model, folder, n_frames, height, width, variants):
    """A run as the app has it, in a thread of the server; gives the stages that its record says are compiled."""
    folder.mkdir()
    jobs = engine.jobs_of(model, parse_variants(variants))
    with clip_of(n_frames, height, width) as clip, ThreadPoolExecutor(1) as beside:
        return beside.submit(engine.measure, clip, jobs, folder).result().comparison.provenance.compiled


@contextmanager
def without_onednn():
    """As on CUDA: which convolutions oneDNN takes, and so which graphs there are, hangs on sizes."""
    torch.backends.mkldnn.set_flags(False)
    try:
        yield
    finally:
        torch.backends.mkldnn.set_flags(True)


# Square and not, with as many latents along a side as there are channels (16), one frame at a time and several.
VISITS = [(19, 128, 128, "17,16"), (3, 64, 96, "whole"), (10, 40, 48, "5"), (1, 136, 120, "17"), (2, 512, 512, "17")]
# Cuts with one chunk and several, of one latent and of several.
CUTS = [(9, 64, 96, "5,4,whole"), (35, 40, 40, "17:16,8"), (51, 24, 16, "17,18,4"), (1, 48, 16, "17")]


@pytest.mark.parametrize(("device", "visits"), [
    ("cpu", VISITS), pytest.param("cuda", VISITS + CUTS, marks=pytest.mark.long)])
def test_what_visitors_run_was_compiled_before_the_page_opened(tmp_path, monkeypatch, device, visits):
    model, before = graphs(monkeypatch, "aot_eager", compiled.STAGES[device]), made()
    with ExitStack() as as_there:
        if device == "cuda":
            monkeypatch.setattr(two_stage, "CPU_CHUNKS", sys.maxsize)
            as_there.enter_context(without_onednn())
        trial.warm_up(model)
        # Frames: several, one, a large one. Or frames: several, one; chunks: several, one, and of latents again, twice.
        assert made() - before == {"cpu": 3, "cuda": 2 + 4 + 4}[device]
        before = made()
        for number, visit in enumerate(visits):
            assert visited(model, tmp_path / str(number), *visit) == compiled.STAGES[device]
            assert made() == before, visit


@pytest.mark.parametrize(("stage", "factor"), [("temporal_encode", 4), ("temporal_decode", 1)])
def test_sizes_that_are_equal_once_need_not_be_again(vae, stage, factor):
    own, before = vae.stages()[stage], made()
    torch.compiler.reset()
    with torch.inference_mode(), without_onednn(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "BACKEND", "eager")
        ours = compiled.Graphs(own)
        # Channels as latents along both sides; as many chunks as latents of each; then nothing like anything.
        for chunks, latents, *sides in ((3, 3, 16, 16), (2, 5, 8, 12), (5, 2, 3, 3)):
            x = torch.randn(chunks, 16, latents * factor, *sides)
            given, wanted = ours(x), own(x)
            for a, b in zip(*([each] if torch.is_tensor(each) else each for each in (given, wanted)), strict=True):
                assert torch.equal(a, b)
    assert made() - before == 1


def test_an_axis_of_one_has_one_stride_however_it_was_cut():
    whole = torch.randn(1, 16, 9, 2, 3)
    frames = [whole[:, :, 4], whole.transpose(1, 2)[0, 4:5], whole[:, :, 4].contiguous()]
    assert len({compiled.settled(each.contiguous(memory_format=torch.channels_last)).stride() for each in frames}) == 1
    assert all(torch.equal(compiled.settled(each), each) for each in frames)


def test_beyond_the_most_graphs_are_made_anew_and_nothing_runs_without(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(compiled, "MOST", 1)
    monkeypatch.setattr(compiled.log, "warning", lambda text, *gaps: told.append(text % gaps))
    model, before = graphs(monkeypatch, "eager"), made()
    for number, n_frames in enumerate((1, 9, 9, 1)):
        assert visited(model, tmp_path / str(number), n_frames, 16, 24, "17") == ("spatial_decode",)
    assert made() - before == 3 and told == 2 * ["A stage has 1 graphs and needs another; all are made anew."]
