"""The Sweep tab without a browser: what it says of a sweep, what its events do."""

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from fabricated_sweep import sweep
from random_models import tiny_model
from scripts_of import scripts_of
from served import placed, reception_in
from sweep_app import FRAMES, make_assets

from vae_demo import examples, words
from vae_demo.layout.variant import parse_variants
from vae_demo.models import loading
from vae_demo.results.rerun import sweep_client_call, sweep_command_line
from vae_demo.results.sweep import load_sweep
from vae_demo.views.explore import run as explore_run
from vae_demo.views.explore import tab as explore
from vae_demo.views.serving.keys import new_key
from vae_demo.views.shared import kept_model
from vae_demo.views.shared.component import read_source
from vae_demo.views.shared.packed import unpacked
from vae_demo.views.sweep import run as sweep_run
from vae_demo.views.sweep import tab as sweep_tab
from vae_demo.views.sweep.back import reopened
from vae_demo.views.sweep.figure import SweepFigure, sweep_value

ALL = (*range(4, 41), None)


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    return make_assets(tmp_path_factory.mktemp("assets"))


@pytest.fixture
def app(assets):
    with placed(assets):
        yield assets


@pytest.fixture
def tab(app, tmp_path, monkeypatch):
    return sweep_tab.tab_of(reception_in(tmp_path, monkeypatch))


@pytest.fixture
def planned(tab):
    return lambda values: sweep_tab._planned(tab, new_key(), values)


@pytest.fixture
def checked(tab):
    return lambda values: sweep_tab._checked(tab, new_key(), values)


# Files and lines

def test_a_saved_sweep_loads_as_the_mapping_a_live_one_is(app):
    folder = sweep_run.saved_folder("harbour", "tiny-17")
    made = sweep()
    assert load_sweep(folder) == made.to_json()
    assert all(len(r["psnr_by_frame"]) == 85 for r in made.to_json()["rows"])
    report = (folder / "sweep.html").read_text(encoding="utf-8")
    assert "Every other size drops to" in report and "其他长度都降到" in report and "<script" not in report
    (folder.parent / "broken").mkdir(exist_ok=True)
    (folder.parent / "broken" / "sweep.json").write_text("{}")
    with pytest.raises(ValueError, match="run it again"):
        load_sweep(folder.parent / "broken")


def test_the_lines_that_repeat_a_sweep():
    data = sweep().to_json()
    assert sweep_command_line(data) == (
        "python -m vae_demo sweep harbour.mp4 --model tiny-17 --sizes 4-40,whole --start 0 --frames 85 --size 256 "
        "--crop square --device cpu --out results")
    call = sweep_client_call(data, "http://here/")
    assert 'api_name="/sweep"' in call and 'sizes="4-40,whole"' in call
    compile(call, "call", "exec")


def test_the_value_names_its_files_and_the_other_model(app):
    value = sweep_tab._saved("harbour", "tiny-17")
    assert set(value["urls"]) == {"sweep.csv", "sweep.json", "sweep.html"}
    assert value["other"]["model"] == "tiny-mixed" and value["other"]["worst"]["16"] == pytest.approx(28.0)
    assert value["saved"] and value["sample"] == "harbour" and value["running"] is None
    sent = SweepFigure().postprocess(value)
    assert [file["url"].rpartition("/")[2] for file in sent["urls"].values()] == list(value["urls"])
    assert all(Path(path).exists() for path in value["urls"].values())
    assert unpacked(sent)["sweep"] == value["sweep"]
    assert sweep_value(value["sweep"], Path(), None, None)["stamp"] != value["stamp"]


def test_the_dashed_line_is_of_this_very_clip(app):
    shown = sweep_run.saved("harbour", "tiny-17")
    assert sweep_run.other_model("harbour", shown)["model"] == "tiny-mixed"
    for changed in ({"n_frames": 84}, {"width": 128}, {"name": "another.mp4"}, {"start": 1}):
        assert sweep_run.other_model("harbour", {**shown, "clip": {**shown["clip"], **changed}}) is None
    # An upload may carry a sample's file name; it is no sample all the same.
    assert sweep_run.other_model(None, shown) is None


@pytest.mark.parametrize(("clip", "model"), [
    ("../harbour", "tiny-17"), ("harbour", "../x"), (None, "tiny-17"), ("no", "tiny-17")])
def test_nothing_but_samples_has_a_saved_sweep(app, clip, model):
    assert sweep_run.saved(clip, model) is None


def test_saved_sweeps_are_made_once_and_again_when_what_they_rest_on_changes(assets, tmp_path, monkeypatch):
    for name in ("clips", "weights"):
        monkeypatch.setattr(f"vae_demo.assets.{name.upper()}", assets / name)
    monkeypatch.setattr(loading, "load_model", lambda name: tiny_model())
    monkeypatch.setattr(examples, "DEFAULT_FRAMES", 20)
    weights = assets / "weights" / "tiny-17.safetensors"
    weights.parent.mkdir(exist_ok=True)
    weights.write_bytes(b"one")
    example = examples.Example("sweep-harbour-tiny-17", "harbour", "tiny-17", parse_variants("16,17"), "sweep")
    out = tmp_path / example.name
    assert examples.make(example, out) and examples.make(example, out) is None
    assert [r["size"] for r in load_sweep(out)["rows"]] == ["16", "17"]
    weights.write_bytes(b"another")
    assert examples.make(example, out) is not None and examples.make(example, out) is None
    assert examples.make(replace(example, variants=parse_variants("17")), out)
    # What the page opens with has the names it looks for.
    assert {sweep_run.saved_folder("harbour", model).name for model in ("tiny-17", "tiny-mixed")} == {
        name for name, example in examples.EXAMPLES.items() if example.kind == "sweep"}


# Handlers

def ask(**changed):
    controls = {"clip": "harbour", "model": "tiny-17", "sizes": "16,17,whole", "start": 0,
                "frames": 85, "size": "128", "dtype": "auto", **changed}
    return tuple(controls.values())


def test_the_line_below_the_controls_counts_and_estimates(planned, monkeypatch):
    monkeypatch.setattr(kept_model, "PACE", kept_model.Pace())
    assert planned(ask()) == {"of": list(ask()), "n": 3, "frames": FRAMES, "seconds": None, "tried": True,
                              "upload": False}
    kept_model.PACE._trials["tiny-17", "cpu"] = [1e-3]
    assert planned(ask(dtype="bfloat16"))["seconds"] is None, "another dtype has a pace of its own"
    (low, high), long = (planned(ask(sizes=sizes))["seconds"] for sizes in ("17", "4-40"))
    assert 0 < low < high < long[0] / 4


@pytest.mark.parametrize(("changed", "told"), [
    ({"sizes": "9-4"}, "not a size"), ({"sizes": ""}, "at least one size"), ({"sizes": "1-99"}, "at most 64"),
    ({"frames": 0}, "from 1 to"), ({"frames": None}, "from 1 to"), ({"start": 99}, "cannot start at frame 99"),
    ({"start": -1}, "0 or more"), ({"clip": "../x"}, "no longer on this server"), ({"model": "nothing"}, "no model"),
    ({"dtype": "float8"}, "no number format"),
])
def test_what_cannot_run_is_refused_before_the_queue(planned, checked, changed, told):
    for answer in (planned(ask(**changed))["error"], checked(ask(**changed))["refused"]):
        assert told in answer["en"] and re.search("[\u4e00-\u9fff]", answer["zh"])
    assert list(checked(ask())) == ["go"]


def test_a_run_grows_row_by_row_and_ends_with_a_result(tab, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_run, "REPORT_S", 0)
    key = new_key()
    values = list(sweep_tab._run(tab, key, ask()))
    (run,) = tab.reception.runs.listed(key, "sweep")["runs"]
    assert values[-1]["run"] == run["id"] and (run["clip"], run["cuts"]) == (ask()[0], ask()[2])
    clip, *others, again = reopened(tab, key, tab.reception.runs.value(key, "sweep", run["id"]))
    assert (clip["value"], *others) == ask() and again == values[-1]
    settings = {"clip": "harbour", "upload": False, "model": "tiny-17", "sizes": "16,17,whole", "start": 0,
                "frames": 85, "size": "128", "dtype": "auto"}
    assert values[0] == {"running": {"fraction": 0, "so_far": None, "sample": "harbour", "settings": settings}}
    assert values[-1]["settings"] == settings
    grown = [len(v["running"]["so_far"]["rows"]) for v in values[:-1] if v["running"].get("so_far")]
    assert sorted(grown) == grown and set(grown) == {0, 1, 2, 3}
    fractions = [v["running"]["fraction"] for v in values[:-1]]
    assert sorted(fractions) == fractions
    final = values[-1]
    assert [r["size"] for r in final["sweep"]["rows"]] == ["16", "17", "whole"] and final["running"] is None
    (folder,) = (tmp_path / "gradio" / "results").iterdir()
    assert final["sweep"] == load_sweep(folder) and not final["saved"]
    assert tab.reception.visits.kept(key, "sweep") == json.loads(json.dumps(final))
    # 85 frames were asked for and the clip has fewer: the saved sweep of 85 is not this clip's.
    assert final["other"] is None and final["sweep"]["clip"]["n_frames"] == FRAMES
    json.dumps(final, allow_nan=False)
    assert "tiny-17" in kept_model.PACE.known("cpu")["computing"]


def test_in_what_it_computed_is_in_the_list_and_comes_back_with_a_run(tab):
    key = new_key()
    final = list(sweep_tab._run(tab, key, ask(sizes="17", dtype="bfloat16")))[-1]
    (run,) = tab.reception.runs.listed(key, "sweep")["runs"]
    assert run["model"] == "tiny-17 bfloat16" and final["settings"]["dtype"] == "bfloat16"
    assert reopened(tab, key, tab.reception.runs.value(key, "sweep", run["id"]))[-2] == "bfloat16"


def test_a_run_that_is_closed_leaves_nothing(tab, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_run, "REPORT_S", 0)
    running = sweep_tab._run(tab, new_key(), ask())
    assert next(v for v in running if v["running"].get("so_far"))
    assert any(tmp_path.glob("work-*"))
    running.close()
    assert not any(tmp_path.glob("work-*")) and not any((tmp_path / "gradio" / "results").iterdir())


def all_of(values):
    async def collected():
        return [value async for value in values]

    return asyncio.run(collected())


def told_by(tab, module, values, key):
    """What the page is told of a run that somebody listens to."""
    heard = type("Heard", (), {"session_hash": "x", "headers": {}, "client": None})()
    with tab.reception.listeners.listening("x"):
        return all_of(tab.runs(key, "tiny-17", lambda: module._run(tab, key, values), False, heard))


def test_a_refusal_in_the_queue_is_a_sentence_too(tab):
    for key, values, told in ((new_key(), ask(sizes="x"), "not a size"), ("x", ask(), "who it is yet")):
        assert told in told_by(tab, sweep_tab, values, key)[-1]["running"]["error"]["en"]


def test_an_error_nobody_foresaw_is_a_sentence_and_in_the_log(tab, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("out of memory")
        yield

    monkeypatch.setattr(sweep_run, "run", broken)
    monkeypatch.setattr(explore_run, "run", broken)
    sweep = told_by(tab, sweep_tab, ask(), new_key())
    other = explore.tab_of(tab.reception)
    compared = told_by(other, explore, ("harbour", ["17"], "tiny-17", 0, 20, "128"), new_key())
    for values in (sweep, compared):
        assert values[-1]["running"]["error"]["en"].startswith("The run stopped with an error")
    assert caplog.text.count("out of memory") >= 2


# The scripts

def test_scripts_write_no_markup_and_say_only_known_words():
    heads = ("size", "latents", "chunks", "mean", "worst", "tail", "seam")
    prefixes = {"sweep_": (), "sweep_row_": (), "sweep_head_": heads, "note_": (), "sample_": (),
                "seam_reason_": ("few_borders", "one_chunk", "all_borders")}
    asked = set()
    for name in scripts_of(*sweep_tab.SCRIPTS):
        script = read_source(name)
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", script), name
        if not name.startswith("sweep/"):
            continue
        asked |= set(re.findall(r'\bsay\(\s*"(\w+)"', script))
        asked |= {key for pair in re.findall(r'\bsay\([^"`()]*\? "(\w+)" : "(\w+)"', script) for key in pair}
        for prefix in re.findall(r"\bsay\(`(\w+_)\$", script):
            asked |= {prefix + rest for rest in prefixes[prefix]}
    assert len(asked) > 50
    assert {key for key in asked if not words.known(key)} == set()
