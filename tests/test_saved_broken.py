"""Saved examples that were cut off or edited: each is left out and logged in one line, and the page is built."""

import asyncio
import gc
import json
import logging
import shutil
import warnings
from pathlib import Path

import pytest
from fabricated import Frames, comparison, moving_clip
from fabricated_lessons import MIXED, learn_result
from fabricated_sweep import row, sweep
from served import QUIET, placed, reception_in

from vae_demo import report
from vae_demo.clips import write_video
from vae_demo.clips.whole import is_whole
from vae_demo.examples import LEARN_17, LEARN_MIXED
from vae_demo.layout.variant import DEFAULT_VARIANTS
from vae_demo.report.sweep import save_sweep
from vae_demo.shapes import Maybe, misfit
from vae_demo.views.explore import saved
from vae_demo.views.learn import tab as learn_tab
from vae_demo.views.page import build_page
from vae_demo.views.shared import samples, saved_examples, saved_sweeps
from vae_demo.views.shared.settings import Settings
from vae_demo.views.sweep import run as sweep_run

pytestmark = QUIET
SHOWN, SWEPT = "harbour", "sweep-harbour-tiny-17"
# Few frames would do, but the page asks for as many as it shows first.
N_FRAMES, SIDE = 85, 256


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Two clips, one saved comparison, a sweep, and both results of the Learn tab."""
    root = tmp_path_factory.mktemp("whole")
    (root / "clips").mkdir()
    for name in (SHOWN, "pan"):
        write_video(root / "clips" / f"{name}.mp4", iter(moving_clip(9, 32, 32)), 24)
    made, _ = comparison(N_FRAMES, [v.spelling for v in DEFAULT_VARIANTS], "harbour.mp4", 24.0, 8)
    small = {key: Frames(moving_clip(each.plan.frames_out if each else N_FRAMES, 32, 32))
             for key, each in {"source": None, **{v.label: v for v in made.variants}}.items()}
    made.clip.update(width=SIDE, height=SIDE)
    report.save_result(made, small, root / "examples" / SHOWN, layers=())
    save_sweep(sweep(rows=[row(17), row(16)]), root / "examples" / SWEPT)
    learn_result(root / "examples")
    learn_result(root / "examples", "tiny-mixed", **MIXED)
    return root


@pytest.fixture
def assets(whole, tmp_path, monkeypatch):
    """A copy to break, in the place of the app's own."""
    shutil.copytree(whole, tmp_path / "assets")
    monkeypatch.setattr(saved_examples, "_told", set())
    saved_sweeps._saved.cache_clear()
    with placed(tmp_path / "assets"):
        yield tmp_path / "assets"
    saved_sweeps._saved.cache_clear()


def seen():
    """What of the saved things the page would show."""
    learn = learn_tab.saved_value()
    return {name for name, found in {
        "pan": "pan" in samples.sample_names(), "harbour": "harbour" in samples.sample_names(),
        f"examples/{SHOWN}": saved.saved_value(Settings(SHOWN)),
        f"examples/{SWEPT}": sweep_run.saved(SHOWN, "tiny-17"),
        f"examples/{LEARN_17}": "tiny-17" in learn["runs"], f"examples/{LEARN_MIXED}": "tiny-mixed" in learn["runs"],
    }.items() if found}


EVERYTHING = {"pan", "harbour", f"examples/{SHOWN}", f"examples/{SWEPT}", f"examples/{LEARN_17}",
              f"examples/{LEARN_MIXED}"}


def cut(path):
    path.write_bytes(path.read_bytes()[:-20])


def halve(path):
    path.write_bytes(path.read_bytes()[:path.stat().st_size // 2])


def empty(path):
    path.write_bytes(b"")


def folder(path):
    path.unlink()
    path.mkdir()


def edited(*place, to):
    """Another value at that place of a JSON file."""
    def edit(path):
        data = json.loads(path.read_text(encoding="utf-8"))
        inner = data
        for key in place[:-1]:
            inner = inner[key]
        if to is None:
            del inner[place[-1]]
        else:
            inner[place[-1]] = to
        path.write_text(json.dumps(data), encoding="utf-8")
    return edit


def text(content):
    return lambda path: path.write_bytes(content)


BREAKS = [
    *((f"examples/{SHOWN}", "comparison.json", how) for how in (
        cut, empty, folder, text(b"[]"), text(b"null"), text(b"\xff\xfe"), text(b"[" * 100_000), text(b'{"format": 1}'),
        edited("clip", to=None), edited("variants", to=[]), edited("variants", to={}), edited("media", to="x"),
        edited("variants", 1, "psnr", to=[float("nan")]), edited("variants", 0, "slots", to=[0]),
        edited("media", "panels", 0, "file", to="../../secret"), edited("media", "downloads", "csv", to=7),
        edited("clip", "width", to="256"), edited("clip", "n_frames", to=True))),
    *((f"examples/{SHOWN}", name, how) for name in ("atlas.mp4", "tapes.webp", "report.html", "comparison.mp4")
      for how in (cut, Path.unlink)),
    (f"examples/{SHOWN}", "atlas.mp4", empty), (f"examples/{SHOWN}", "frames.csv", empty),
    *((f"examples/{SWEPT}", "sweep.json", how) for how in (
        cut, Path.unlink, folder, edited("rows", to=[]), edited("rows", 0, "full", "psnr_worst", to="x"),
        edited("clip", "start", to=None), edited("trained_lengths", to=[17]))),
    (f"examples/{SWEPT}", "sweep.html", cut), (f"examples/{SWEPT}", "sweep.csv", Path.unlink),
    *((f"examples/{LEARN_17}", "comparison.json", how) for how in (
        halve, Path.unlink, edited("variants", 0, "label", to="19"), edited("media", "latents", to=None),
        edited("media", "latents", "tile", to=[0, 0]), edited("media", "stills", "frames", to=[]))),
    (f"examples/{LEARN_MIXED}", "comparison.json", edited("variants", 1, "label", to="19")),
    (f"examples/{LEARN_MIXED}", "stills.webp", cut),
    *(("pan", "", how) for how in (cut, halve, empty, text(b"no clip"))),
]


@pytest.mark.parametrize(("what", "file", "how"), BREAKS)
def test_what_is_broken_is_left_out_and_the_rest_stays(assets, caplog, what, file, how):
    path = assets / what / file if file else assets / "clips" / f"{what}.mp4"
    how(path)
    with caplog.at_level(logging.WARNING):
        assert seen() == EVERYTHING - {what}
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1 and "is left out: " in told[0] and "\n" not in told[0]
    assert told[0].startswith(Path(what).name)


def test_what_is_broken_is_told_once_however_often_it_is_looked_for(assets, caplog):
    broken = {f"examples/{SHOWN}": "comparison.json", f"examples/{SWEPT}": "sweep.json",
              f"examples/{LEARN_17}": "comparison.json"}
    for what, file in broken.items():
        halve(assets / what / file)
    halve(assets / "clips" / "pan.mp4")
    with caplog.at_level(logging.WARNING):
        assert seen() == seen() == EVERYTHING - {*broken, "pan"}
    assert len({record.getMessage() for record in caplog.records}) == len(caplog.records) == 4


def test_nothing_is_left_out_of_what_is_whole(assets, caplog):
    assert seen() == EVERYTHING and not caplog.records


def test_examples_that_are_not_made_yet_are_no_news(assets, caplog):
    shutil.rmtree(assets / "examples")
    assert seen() == {"pan", "harbour"} and not caplog.records


@pytest.mark.parametrize("breakage", ["every JSON", "every clip"])
def test_the_page_is_built_whatever_is_broken(assets, caplog, breakage, tmp_path, monkeypatch):
    paths = list(assets.glob({"every JSON": "examples/*/*.json", "every clip": "clips/*.mp4"}[breakage]))
    assert paths
    for path in paths:
        halve(path)
    with warnings.catch_warnings():
        # Gradio opens an event loop for each page and leaves closing it to the collector.
        warnings.simplefilter("ignore")
        build_page(reception_in(tmp_path, monkeypatch))
        asyncio.set_event_loop(None)
        gc.collect()
    assert any("is left out" in record.getMessage() for record in caplog.records)
    assert samples.first_sample() == (None if breakage == "every clip" else SHOWN)


def test_without_the_first_clip_the_next_one_is_first(assets):
    halve(assets / "clips" / "harbour.mp4")
    assert samples.first_sample() == "pan"


def test_files_of_ours_are_whole_and_cut_ones_are_not(whole, tmp_path):
    kinds = set()
    for path in whole.rglob("*.*"):
        kinds.add(path.suffix)
        assert is_whole(path), path
        for size in (0, 5, path.stat().st_size // 2, path.stat().st_size - 1):
            if path.suffix != ".csv" and not (size == path.stat().st_size - 1 and path.read_bytes().endswith(b"\n")):
                (tmp_path / path.name).write_bytes(path.read_bytes()[:size])
                assert not is_whole(tmp_path / path.name), (path, size)
    assert kinds == {".mp4", ".webp", ".html", ".json", ".csv"} and not is_whole(tmp_path / "nothing.mp4")


@pytest.mark.parametrize(("value", "form", "place"), [
    ({"a": 1}, {"a": int}, None), ({"a": 1, "b": 2}, {"a": float}, None), ({"a": 1.5}, {"a": int}, "a"),
    ({"a": True}, {"a": int}, "a"), ({"a": 1}, {"a": bool}, "a"), ({}, {"a": int}, "a"), ({"a": None}, {"a": int}, "a"),
    ({"a": None}, {"a": Maybe(int)}, None), ({"a": "x"}, {"a": Maybe(int)}, "a"), ({}, {"a": Maybe(int)}, "a"),
    ({"a": [1, 2, "x"]}, {"a": [int]}, "a.2"), ({"a": [{"b": []}]}, {"a": [{"b": [int]}]}, None),
    ({"a": [{"b": 1}]}, {"a": [{"b": [int]}]}, "a.0.b"), ([], {"a": int}, "all of it"), (3, [int], "all of it"),
])
def test_a_form_says_where_a_value_leaves_it(value, form, place):
    assert misfit(value, form) == place
