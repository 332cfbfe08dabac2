"""What stands behind the Explore tab, without a browser: links, visits, pace, refusals, results that grow."""

import os
import shlex
from pathlib import Path

import pytest
from fabricated import moving_clip
from random_models import tiny_model
from served import reception_in

from vae_demo import assets, engine, report
from vae_demo.clips import Clip, write_video
from vae_demo.layout.plan import plan
from vae_demo.layout.variant import DEFAULT_VARIANTS, parse_variants
from vae_demo.refusal import Refusal
from vae_demo.results.rerun import client_call
from vae_demo.views.explore import run as explore_run
from vae_demo.views.explore import saved
from vae_demo.views.explore import tab as explore
from vae_demo.views.explore.player import player_value
from vae_demo.views.serving.keys import new_key
from vae_demo.views.shared import clip_menu, kept_model, samples
from vae_demo.views.shared.running import Request
from vae_demo.views.shared.settings import Settings, read_settings, size_and_crop

DEFAULT = Settings("harbour")


def read(**asked):
    return read_settings(asked, ("harbour", "fish"), "harbour")


def test_a_link_restores_what_it_names():
    got = read(clip="fish", model="open-sora-1.2", variants="17,13:17,whole", start="4", frames="60", size="192",
               crop="none", dtype="bfloat16", frame="9", selected="13:17")
    assert (got.clip, got.model, got.labels) == ("fish", "open-sora-1.2", ["17", "13→17", "whole"])
    assert (got.start, got.n_frames, got.size, got.dtype) == (4, 60, "192:none", "bfloat16")
    assert (got.frame, got.selected) == (9, "13→17")
    assert read(variants=["17→16 fit", "21"]).labels == ["17→16 fit", "21"]


@pytest.mark.parametrize("asked", [
    {"clip": "../../etc/passwd"}, {"clip": "/etc/passwd"}, {"model": "nope"}, {"variants": "17,x"}, {"variants": ""},
    {"variants": ",".join(map(str, range(4, 40)))}, {"start": "-1"}, {"start": "1e3"}, {"frames": "0"},
    {"frames": "9999"}, {"size": "255"}, {"size": "x"}, {"dtype": "float8"},
    {"dtype": "torch.float32"}, {"crop": "wide"}, {"frame": "-3"}, {"selected": "99"},
    {"variants": "1" * 5000}, {"lang": "zh", "unknown": "1"}, {"frames": None}, {"frames": {"a": 1}}])
def test_whatever_makes_no_sense_in_a_link_is_the_default(asked):
    assert read(**asked) == DEFAULT


def test_a_link_says_how_to_look_at_a_result_and_nothing_that_makes_no_sense():
    good = {"view": "wipe", "against": "17:16", "score": "ssim", "row": "error", "gain": "8", "shades": "heat",
            "zoom": "2,0.25,1"}
    assert read(variants="17,17:16", **good).look == {
        "compare": "wipe", "against": "17→16", "score": "ssim", "layer": "error", "gain": 8, "shades": "heat",
        "zoom": "2", "x": 0.25, "y": 1.0}
    assert read(zoom="3.5,0,0").look == {"zoom": 3.5, "x": 0.0, "y": 0.0}
    for name, wrong in (("view", "x"), ("against", "21"), ("against", "<b>"), ("score", "vmaf"), ("row", "off"),
                        ("gain", "3"), ("gain", "x"), ("shades", "red"), ("zoom", "2"), ("zoom", "2,nan,0"),
                        ("zoom", "nan,0,0"), ("zoom", "1e9,0,0"), ("zoom", "2,0,2"), ("zoom", "2,0,0,0")):
        assert read(**{name: wrong}) == DEFAULT, (name, wrong)


def test_sizes_are_those_of_the_menu():
    offered = [value for _, value in explore._size_choices()]
    assert [size_and_crop(value) for value in offered][:1] == [(128, "square")]
    assert size_and_crop("256:none") == (256, "none")
    with pytest.raises(ValueError):
        size_and_crop("257")


def test_a_growing_result_judges_what_is_measured_and_nothing_else(tmp_path):
    clip = Clip.from_array(moving_clip(40), 24, "moving.mp4")
    jobs = engine.jobs_of(tiny_model(), parse_variants("16,17,17:16"))
    done = next(event for event in engine.run(clip, jobs, tmp_path) if isinstance(event, engine.VariantDone))
    (tmp_path / "shown").mkdir()
    got = report.save_so_far(done.so_far, {"source": clip, "16": done.frames}, tmp_path / "shown")
    cases = {each.label: each.verdict.case for each in got.variants}
    assert cases["17"] == cases["17→16"] == "waiting" and cases["16"] != "waiting" and got.reference == "17"
    waiting = got.variants[2].to_json()
    assert waiting["frames_out"] == plan(40, 17, 16).frames_out == len(waiting["psnr"])
    assert waiting["means"]["psnr"] is None
    assert {panel["key"] for panel in got.media["panels"]} == {"source", "16"}
    assert got.media["n_frames"] == plan(40, 17, 16).frames_out
    assert all(label == "16" for f in got.findings for c in f.params["clauses"] for label in c["params"]["labels"])


@pytest.fixture
def sample(tmp_path, monkeypatch):
    (tmp_path / "clips").mkdir()
    write_video(tmp_path / "clips" / "harbour.mp4", iter(moving_clip(20)), 24)
    monkeypatch.setattr(assets, "CLIPS", tmp_path / "clips")
    monkeypatch.setattr(assets, "EXAMPLES", tmp_path / "examples")
    samples.sample_names.cache_clear()
    yield tmp_path
    samples.sample_names.cache_clear()


def test_the_source_shows_before_anything_is_measured(sample, tmp_path, monkeypatch):
    monkeypatch.setattr(kept_model, "model_for", lambda name, device, dtype="auto": tiny_model())
    folders = (tmp_path / str(n) for n in range(9))

    def new_folder():
        (folder := next(folders)).mkdir()
        return folder

    request = Request(assets.CLIPS / "harbour.mp4", "17,16,13", "tiny-17", size=64)
    shown = [event for event in explore_run.run(request, new_folder) if isinstance(event, explore_run.Shown)]
    assert [(each.measured, each.whole) for each in shown] == [
        (False, False), (True, False), (True, False), (True, True)]
    keys = [[panel["key"] for panel in each.comparison.media["panels"] if panel["layer"] == "frames"] for each in shown]
    assert keys == [["source"], ["source", "17"], ["source", "17", "16"], ["source", "17", "16", "13"]]
    assert {each.label: each.verdict.case for each in shown[0].comparison.variants} == dict.fromkeys(
        ("17", "16", "13"), "waiting")
    assert shown[0].comparison.provenance.clip_sha256 == shown[-1].comparison.provenance.clip_sha256


@pytest.mark.parametrize(("change", "at"), [
    ({1: ["17", "x"]}, "variants"), ({1: []}, "variants"), ({1: ["4", "5", "6", "7", "8", "9", "10"]}, "variants"),
    ({3: 20}, "start"), ({3: -1}, "start"), ({4: 0}, "frames"), ({4: 9999}, "frames"), ({0: "gone"}, "clip"),
    ({0: None}, "clip"), ({1: ["17:17:fit"]}, "variants"), ({2: "huge"}, "model"), ({6: "float8"}, "dtype")])
def test_a_refusal_names_the_control_to_blame(sample, tmp_path, monkeypatch, change, at):
    tab = explore.tab_of(reception_in(tmp_path, monkeypatch))
    values = ["harbour", ["17"], "tiny-17", 0, 20, "256", "auto"]

    def checked():
        return explore._checked(tab, new_key(), tuple(values))

    assert list(checked()) == ["go"] and checked() != checked()
    for index, value in change.items():
        values[index] = value
    told = checked()
    assert told["at"] == at
    assert any("\u4e00" <= char <= "\u9fff" for char in told["refused"]["zh"])


def test_a_path_never_comes_from_a_name(sample):
    own = Path("/somewhere/else.mp4")
    assert clip_menu.clip_path("else.mp4", lambda: own) == own, "what is no sample is the visitor's own"
    assert clip_menu.clip_path("harbour", lambda: own) == assets.CLIPS / "harbour.mp4"
    for another in ("../clips/harbour", "/somewhere/else.mp4", "earlier.mp4", "x" * 5000, ["else.mp4"]):
        with pytest.raises(Refusal):
            clip_menu.clip_path(another, lambda: own)
    for nothing in (None, "", []):
        with pytest.raises(Refusal):
            clip_menu.clip_path(nothing, lambda: own)


def test_a_space_gives_its_own_address(monkeypatch):
    monkeypatch.delenv("SPACE_HOST", raising=False)
    assert explore._home() == ""
    monkeypatch.setenv("SPACE_HOST", "somebody-lab.hf.space")
    assert explore._home() == "https://somebody-lab.hf.space/"


@pytest.mark.parametrize(("dtype", "named"), [("float32", {}), ("bfloat16", {"dtype": "bfloat16"})])
def test_the_client_call_is_python_and_asks_for_this_run(dtype, named):
    data = {"clip": {"name": 'a "b".mp4', "width": 320, "height": 192, "start": 3, "n_frames": 40}, "model": "tiny-17",
            "variants": [{"spelling": v.spelling} for v in DEFAULT_VARIANTS], "device": "cpu", "dtype": dtype}
    asked = {}

    class Client:
        def __init__(self, address, verbose):
            asked["address"] = address

        def predict(self, **arguments):
            asked.update(arguments)
            return {"variants": []}

    lines = client_call(data, "http://here/").replace("from gradio_client import Client, handle_file\n", "")
    exec(compile(lines, "call", "exec"), {"Client": Client, "handle_file": Path})
    assert asked == {"address": "http://here/", "clip": Path('a "b".mp4'), "variants": "17,16,18,17:16",
                     "model": "tiny-17", "start": 3, "frames": 40, "size": 192, "crop": "none", **named,
                     "api_name": "/compare"}


@pytest.mark.parametrize("name", ["harbour", "still"])
def test_the_shell_line_of_a_saved_result_names_a_file_that_is_there(name):
    data = report.load_result(assets.EXAMPLES / name)
    line = player_value(data, assets.EXAMPLES / name, settings=saved.settings_of(data, name))["calls"]["cli"]
    assert (assets.CLIPS.parents[1] / shlex.split(line)[4]).is_file()
    own = player_value(data, assets.EXAMPLES / name, settings={"upload": True})["calls"]["cli"]
    assert shlex.split(own)[4] == f"{name}.mp4"


def test_an_upload_s_name_never_passes_for_a_sample(sample):
    assert samples.shown_name("/tmp/x/harbour") == "harbour "
    assert samples.shown_name("/tmp/x/a\nb.mp4") == "ab.mp4" and samples.shown_name(os.sep) == "upload"
