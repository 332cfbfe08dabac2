"""The Inspect tab without a browser: what its events do, what it says of an inspection, what it keeps of a file."""

import hashlib
import json
import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from films import film, written
from hypothesis import given, settings
from hypothesis import strategies as st
from inspect_app import make_films
from scipy.ndimage import gaussian_filter
from scripts_of import scripts_of
from served import placed, reception_in

from vae_demo import words
from vae_demo.clips import watching
from vae_demo.clips.files import display_name
from vae_demo.refusal import Refusal
from vae_demo.report.small_pictures import load_inspected
from vae_demo.synthetic.flickering import FLICKERS, flicker_file
from vae_demo.synthetic.samples import SAMPLES
from vae_demo.views.inspect import asking, explored, run, saved
from vae_demo.views.inspect import tab as inspect_tab
from vae_demo.views.inspect.files import Asked, asked_of, known_files, menus, sample_files
from vae_demo.views.inspect.pairing import source_of
from vae_demo.views.serving import uploads
from vae_demo.views.serving.keys import new_key
from vae_demo.views.shared.component import read_source
from vae_demo.views.shared.packed import unpacked

NOTHING = ("none", "none", 0, None)


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    return make_films(tmp_path_factory.mktemp("films"))


@pytest.fixture
def tab(tmp_path, monkeypatch):
    return inspect_tab.tab_of(reception_in(tmp_path, monkeypatch))


@pytest.fixture
def upload(tab):
    """Puts a file where Gradio puts an upload."""
    def placed_there(path):
        content = path.read_bytes()
        file = Path(uploads.get_upload_folder()) / hashlib.sha256(content).hexdigest() / path.name
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, file)
        return {"path": str(file)}

    return placed_there


def controls(answer):
    """What the four controls say after an event."""
    video, source, start, frames = answer[:4]
    return video["value"], source["value"], start, frames


def worked(tab, key, order):
    """The values of a run that an order asks for."""
    for name in (tab.name, *map(tab.lent_name, tab.beside)):
        tab.reception.visits.lend(key, name, None if name == tab.name else name.removeprefix(f"{tab.name}-run-"))
    return list(asking.run_of(tab, key, asking.ordered(order["of"])))


# Samples

def test_a_sample_is_shown_at_once_and_its_files_are_where_they_say():
    for name in FLICKERS:
        value = asking._saved(name)
        assert value["saved"] and value["sample"] == name and "series" not in value["inspection"]
        assert all(Path(path).is_file() for path in value["urls"].values())
        assert set(value["drawn"]) == set(value["signals"])
        assert all(len(each["values"]) == 136 for each in value["drawn"].values())
        # The line runs as it stands in a checkout.
        words_of = shlex.split(value["calls"]["cli"])
        named = [Path(__file__).parents[1] / word for word in words_of if word.endswith(".mp4")]
        assert named == [path for path in sample_files(name) if path], name
        assert unpacked(inspect_tab.InspectFigure().postprocess(value))["settings"] == value["settings"]
    assert "inspect-ghost" in asking._saved("pair")["urls"]["video/video-0.webp"]
    assert asking._saved("../ghost") is None


def test_a_sample_knows_the_clip_of_explore_that_it_is_made_of(tab):
    scenes = {name: asking.begin(tab, new_key(), (name, "none", 0, None))[6]["scene"] for name in FLICKERS}
    assert scenes == {name: flicker.scene for name, flicker in FLICKERS.items()}
    assert set(scenes.values()) <= set(SAMPLES) and scenes["keys"] == "fish" and scenes["pair"] == "harbour"


def test_a_part_of_a_sample_is_looked_at_anew(tab):
    key = new_key()
    answer = asking.begin(tab, key, ("ghost", "none", 10, 100))
    value = worked(tab, key, answer[5])[-1]
    assert value["sample"] == "ghost" and not value["saved"] and value["inspection"]["video"]["n_frames"] == 100
    # Frames are named as the file counts them.
    assert value["inspection"]["headline"][0]["params"] == {"period": 16, "phase": 16}


def test_cards_are_drawn_from_the_records():
    made = {card["name"]: card for card in saved.cards()}
    assert list(made) == list(FLICKERS) and all(card["picture"] for card in made.values())
    columns = {name: np.array(card["ink"]).mean(0) for name, card in made.items()}
    assert columns["ghost"].argmax() == 0 and columns["dark"].argmax() == 16 and columns["nothing"].max() < 0.5
    # The long period of two, told by the signal of the short one: each fourth frame.
    assert set(np.argsort(columns["two"])[-4:]) == {0, 4, 8, 12}


def test_without_saved_inspections_there_is_still_a_tab(tmp_path):
    for folder in ("clips", "examples"):
        (tmp_path / folder).mkdir()
    with placed(tmp_path):
        assert saved.sample_names() == () and saved.cards() == [] and asking._saved("ghost") is None
        assert [value for _, value in menus({}, "ghost", "none")[0]["choices"]] == ["none"]


# What may be asked for

@pytest.mark.parametrize("values", [
    ("../x", "none", 0, None), ("/etc/passwd", "none", 0, None), ("", "none", 0, None), (None, None, None, None),
    ("own", "none", 0, None), ("made", "made-source", 0, None), ("ghost", "none", -1, None),
    ("ghost", "none", 0, -5), ("ghost", "none", 1e300, None)])
def test_what_is_not_there_is_refused_in_a_sentence(tab, values):
    with pytest.raises(Refusal) as refused:
        asked_of(asking._find(tab, new_key()), values)
    assert re.search("[\u4e00-\u9fff]", refused.value.said["zh"])


@settings(max_examples=60, deadline=None)
@given(of=st.one_of(st.none(), st.text(), st.lists(st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.integers(), max_size=2)),
    max_size=6)))
def test_whatever_the_page_says_an_order_is_for_it_is_four_values_of_their_kinds(of):
    video, source, start, frames = asking.ordered(of)
    assert isinstance(video, str) and isinstance(source, str)
    assert all(number is None or isinstance(number, int) for number in (start, frames))
    # And no file but a sample or one of the visit is ever found by it.
    def find(name):
        assert name in ("own", "given", "made", "made-source")
        raise Refusal("no_file")
    try:
        asked = asked_of(find, (video, source, start, frames))
    except Refusal:
        return
    assert asked.video in {flicker_file(name) for name in FLICKERS if not FLICKERS[name].files_of}


def test_menus_offer_what_there_is_and_a_sample_brings_its_own_source():
    files = {"own": {"shown": "a.mp4", "id": "1"}, "given": {"shown": "b.mp4", "id": "2"}}
    video, source = menus(files, "own", "given")
    assert (video["value"], source["value"]) == ("own", "given")
    assert ("a.mp4", "own") in video["choices"] and ("b.mp4", "given") in source["choices"]
    video, source = menus(files, "pair", "given")
    assert source["value"] == "sample" and [name for name, _ in source["choices"][1:]] == ["harbour.mp4"]
    assert menus(files, "own", "own")[1]["value"] == "none" and menus({}, "own", "none")[0]["value"] == "none"


# Files of a visitor

def test_one_file_is_the_video_and_a_run_of_it_is_kept(tab, films, upload):
    key = new_key()
    answer = asking.uploaded(tab, key, upload(films / "ghosts.mp4"), NOTHING)
    assert controls(answer) == ("own", "none", 0, None) and answer[4]["own"]["shown"] == "ghosts.mp4"
    *steps, value = worked(tab, key, answer[5])
    assert steps[0]["running"]["fraction"] == 0 and steps[-1]["running"]["frames"] == 96
    found = value["inspection"]["findings"][0]
    assert (found["period"], found["phase"], found["kind"]) == (16, 0, "ghost") and value["sample"] is None
    (listed,) = tab.reception.runs.listed(key, "inspect")["runs"]
    assert listed["id"] == value["run"] and tab.reception.visits.kept(key, "inspect") == json.loads(json.dumps(value))
    again = asking.reopened(tab, key, value)
    assert controls(again) == ("own", "none", 0, None)
    back = asking.opened(tab, {"visit": key, "video": "own", "source": "none", "start": 0, "frames": None})
    assert back[-1]["inspection"] == json.loads(json.dumps(value["inspection"])) and back[-1]["back"]
    # What a run was lent it has given back; the clip itself stays.
    assert list(known_files(tab.reception.visits, key)) == ["own"] and not tab.reception.visits.held(key, "inspect")
    # Another clip is not what that was of.
    asking.uploaded(tab, key, upload(films / "plain.mp4"), NOTHING)
    assert asking.reopened(tab, key, value)[0] == gr.skip()


def test_of_two_files_the_one_that_is_called_so_is_the_source(tab, films, upload, tmp_path):
    source = tmp_path / "my_source.mp4"
    shutil.copyfile(films / "plain.mp4", source)
    key = new_key()
    for pair in ([source, films / "ghosts.mp4"], [films / "ghosts.mp4", source]):
        answer = asking.uploaded(tab, key, [upload(path) for path in pair], NOTHING)
        assert controls(answer) == ("own", "given", 0, None)
        files = known_files(tab.reception.visits, key)
        assert (files["own"]["shown"], files["given"]["shown"]) == ("ghosts.mp4", "my_source.mp4")
    value = worked(tab, key, answer[5])[-1]
    assert value["inspection"]["reference"]["name"] == "my_source.mp4" and set(value["pictures"]) == {"video", "source"}
    assert value["inspection"]["headline"][0]["case"].startswith("pair_")
    # With one click the source is the visit's clip, and the video the file beside it.
    promoted = asking.promoted(tab, key, controls(answer))
    assert controls(promoted) == ("given", "own", 0, None) and promoted[4]["own"]["shown"] == "my_source.mp4"
    files = known_files(tab.reception.visits, key)
    assert (files["own"]["shown"], files["given"]["shown"]) == ("my_source.mp4", "ghosts.mp4")


def test_where_names_do_not_tell_the_sharper_of_two_files_is_the_source(tab, films, upload, tmp_path):
    small = tmp_path / "small.mp4"
    written(small, film(40, side=48), crf=12)
    soft, again = tmp_path / "soft.mp4", tmp_path / "again.mp4"
    frames = film(96)[:40]  # of which plain.mp4 has all
    written(soft, gaussian_filter(frames.astype(np.float32), (0, 2, 2, 0)).astype(np.uint8), crf=12)
    written(again, frames, crf=14)
    plain = films / "plain.mp4"
    assert source_of([plain, soft]) == (0, "detail") and source_of([soft, plain]) == (1, "detail")
    # Of another size, as sharp, or not to be read: nobody knows, and the page asks.
    for other in (small, again, films / "text.mp4"):
        assert source_of([plain, other]) == (1, "unknown")
    assert source_of([tmp_path / "source-of-all.mp4", soft]) == (0, "name")
    assert source_of([tmp_path / "source-1.mp4", tmp_path / "source-2.mp4"]) == (1, "unknown")
    answer = asking.uploaded(tab, new_key(), [upload(soft), upload(plain)], NOTHING)
    assert answer[4]["paired"] == {"source": "plain.mp4", "why": "detail"}
    assert "paired" not in asking.uploaded(tab, new_key(), upload(plain), NOTHING)[4]


def test_a_source_that_is_the_visits_clip_is_not_replaced_by_the_video(tab, films, upload):
    key = new_key()
    asking.uploaded(tab, key, upload(films / "plain.mp4"), NOTHING)
    answer = asking.uploaded(tab, key, upload(films / "ghosts.mp4"), ("none", "own", 0, None))
    assert controls(answer)[:2] == ("given", "own")
    answer = asking.given(tab, key, upload(films / "plain.mp4"), controls(answer))
    assert controls(answer)[:2] == ("given", "own")


@pytest.mark.parametrize("told", [None, 7, [], {"path": "/etc/passwd"}, [{"path": "x"}], "own"])
def test_no_path_from_outside_is_opened(tab, told):
    for act in (asking.uploaded, asking.given):
        answer = act(tab, new_key(), told, NOTHING)
        assert all(each == gr.skip() for each in answer[:6]) and answer[6]["running"]["error"]["en"]


def test_errors_are_sentences_and_leave_the_result(tab, films, upload):
    key = new_key()
    answer = asking.uploaded(tab, key, upload(films / "short.mp4"), NOTHING)
    assert "only 10 frames" in answer[6]["running"]["error"]["en"] and answer[5] == gr.skip()
    answer = asking.uploaded(tab, key, upload(films / "text.mp4"), NOTHING)
    assert "text.mp4" in answer[6]["running"]["error"]["en"]
    gone = asking.opened(tab, {"visit": new_key(), "video": "own", "source": "none", "start": 0, "frames": None})
    assert "no longer on this server" in gone[6]["running"]["error"]["en"]
    assert asking.opened(tab, {"sample": "dark", "visit": "nobody"})[6]["sample"] == "dark"
    assert asking.begin(tab, key, NOTHING)[6] == {"empty": True}


def test_a_run_that_is_closed_leaves_nothing(tab, films, tmp_path):
    steps = run.run(Asked(films / "ghosts.mp4"), lambda: tab.reception.visits.new_result(new_key(), "inspect"))
    next(steps)
    assert any(tmp_path.glob("work-*"))
    steps.close()
    assert not any(tmp_path.glob("work-*")) and not any((tmp_path / "gradio" / "results").iterdir())


def test_files_are_seen_while_they_are_read(tab, films, upload, monkeypatch):
    monkeypatch.setattr(watching, "YIELD_S", 0.0)
    key = new_key()
    answer = asking.uploaded(tab, key, [upload(films / name) for name in ("plain.mp4", "ghosts.mp4")], NOTHING)
    told = [value["running"]["live"] for value in worked(tab, key, answer[5])[:-1]]
    told = [each for each in told if each]
    # The video first, then the source beside it; each word has all that came before.
    assert set(told[0]) == {"video"} and set(told[-1]) == {"video", "source"}
    counts = [each["video"]["n"] for each in told]
    assert counts == sorted(counts) and counts[0] < 20 and told[-1]["source"]["n"] > 80
    assert all(0 < each["video"]["share"] <= 1 and each["video"]["frames"][0] == 0 for each in told)


def test_a_run_writes_what_loads_back(films, tmp_path, tab):
    folder = tmp_path / "made"
    folder.mkdir()
    *_, done = run.run(Asked(films / "ghosts.mp4", films / "plain.mp4", 0, 80), lambda: folder)
    record, pictures = load_inspected(folder)
    assert record.to_json() == done.record.to_json() and pictures == done.pictures and record.n_frames == 80
    (folder / pictures["source"]["files"][0]).unlink()
    with pytest.raises(ValueError, match="is missing"):
        load_inspected(folder)


# Decodes out of Explore

def test_a_decode_of_a_saved_result_and_its_source_are_cut_out_of_its_pictures(tab, numbered_assets):
    key = new_key()
    with placed(numbered_assets):
        asked = {"visit": key, "clip": "harbour", "model": "tiny-17", "label": "17→16", "start": 0, "frames": 85,
                 "variants": ["17", "16", "18", "17→16"], "size": "256"}
        answer = asking.decoded(tab, asked)
        assert controls(answer) == ("made", "made-source", 0, None) and "go" in answer[5]
        files = known_files(tab.reception.visits, key)
        assert files["made"]["shown"] == "harbour-17to16.mp4" and files["made-source"]["shown"] == "harbour.mp4 "[:11]
        for wrong in ({"label": "99"}, {"label": None}, {"run": "nobody's"}, {"clip": "../x", "frames": 3}):
            refused = asking.decoded(tab, {**asked, **wrong})
            assert "running" in refused[6] and refused[6]["running"]["error"]["zh"]
    video = tab.reception.visits.held(key, "inspect-made")
    tab.reception.visits.end(key)
    assert not video.exists() and explored.MADE == "made"


@pytest.mark.parametrize("name", ["𠀋" * 150 + ".mp4", "a" + "海" * 150 + ".mp4", "x" * 300 + ".mp4", ".mp4"])
def test_a_file_is_called_after_its_clip_as_far_as_a_name_goes(tab, numbered_assets, monkeypatch, name):
    own = explored.saved_value

    def brought(settings):
        value = own(settings)
        clip = {**value["comparison"]["clip"], "name": name}
        return {**value, "comparison": {**value["comparison"], "clip": clip}}

    monkeypatch.setattr(explored, "saved_value", brought)
    with placed(numbered_assets):
        asked = {"clip": "harbour", "model": "tiny-17", "label": "17→16", "start": 0, "frames": 85,
                 "variants": ["17", "16", "18", "17→16"], "size": "256"}
        key = new_key()
        explored.cut_out(tab.reception, key, asked)
        paths = [tab.reception.visits.held(key, f"inspect-{each}") for each in (explored.MADE, explored.MADE_SOURCE)]
        stem = paths[1].stem
        assert paths[0].name == f"{stem}-17to16.mp4" and all(len(each.name.encode()) <= 255 for each in paths)
        assert 0 < len(stem.encode()) <= 200 and "\ufffd" not in stem
        assert Path(display_name(name)).stem.startswith(stem)


# The scripts

def test_scripts_write_no_markup_and_say_only_known_words():
    asked = set()
    for name in scripts_of(*inspect_tab.SCRIPTS):
        script = read_source(name)
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", script), name
        if name.startswith("inspect/"):
            asked |= set(re.findall(r'\bsay\(\s*"(\w+)"', script))
            asked |= {key for pair in re.findall(r'\bsay\([^"`()]*\? "(\w+)"\s*: "(\w+)"', script) for key in pair}
            # Red is a chunk border, and what a lone file shows is none that anybody knows.
            assert "vd-border" not in script, name
    assert len(asked) > 80 and {key for key in asked if not words.known(key)} == set()
    assert "--vd-border" not in "".join(map(read_source, (
        name for name in inspect_tab.STYLES if name.startswith("inspect/"))))


def test_a_record_with_a_hint_alone_is_no_finding():
    record, pictures, folder = saved.saved("ghost")
    hinted = replace(record, findings=(), hints=record.findings[:1])
    value = asking.inspect_value(hinted, pictures, folder, {})
    assert value["inspection"]["findings"] == [] and value["inspection"]["hints"]
