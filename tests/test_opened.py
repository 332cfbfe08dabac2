"""Files that a visitor brings as a result: shown with their pictures where those are what the record makes of them."""

import json
import shutil
import threading
from pathlib import Path

import pytest
from fabricated import comparison
from PIL import Image
from uploaded_files import brought, foreign_paths

from vae_demo import report
from vae_demo.refusal import Refusal
from vae_demo.views.explore.opened import open_files
from vae_demo.views.explore.player import ExplorePlayer
from vae_demo.views.shared.packed import unpacked

ALL = {"atlas.mp4", "atlas-error.mp4", "atlas-delta.mp4", "tapes.webp", "comparison.json"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A result as `compare --out` leaves it."""
    folder = tmp_path_factory.mktemp("whole")
    report.save_result(*comparison(20, ("17", "16", "17:16")), folder)
    return folder


@pytest.fixture
def uploads(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))

    def upload(path, name=None, change=None):
        """The file as Gradio stores it, and what the browser says of it."""
        told = brought(tmp_path / "gradio", name or path.name, path.read_bytes())
        if change:
            change(Path(told["path"]))
        return told

    return upload


def opened(told, tmp_path):
    folder = tmp_path / "served"
    folder.mkdir()
    value, made = open_files(told, lambda n_bytes: folder)
    assert made == folder and {path.name for path in folder.iterdir()} == set(value["urls"])
    json.dumps(value, allow_nan=False)
    return unpacked(ExplorePlayer().postprocess(value))


def edited(**media):
    def edit(path):
        data = json.loads(path.read_text(encoding="utf-8"))
        data["media"].update(media)
        path.write_text(json.dumps(data), encoding="utf-8")
    return edit


def test_the_files_of_a_run_show_it_whole(whole, uploads, tmp_path):
    value = opened([uploads(path) for path in sorted(whole.iterdir())], tmp_path)
    saved = report.load_result(whole)
    for name in ("panels", "tapes", "fps", "n_frames", "tile"):
        assert value["comparison"]["media"][name] == saved["media"][name], name
    assert set(value["urls"]) == ALL and value["left_out"] == [] and value["opened_from"] == "comparison.json"
    assert [v["verdict"] for v in value["comparison"]["variants"]] == [v["verdict"] for v in saved["variants"]]
    assert value["settings"]["upload"] and not value["saved"]


def test_the_record_alone_shows_its_numbers(whole, uploads, tmp_path):
    value = opened([uploads(whole / "comparison.json", "mine (2).JSON")], tmp_path)
    media = value["comparison"]["media"]
    assert media["panels"] == [] and media["tapes"] is None and set(value["urls"]) == {"comparison.json"}
    assert media["n_frames"] == report.load_result(whole)["media"]["n_frames"]
    assert value["opened_from"] == "mine (2).JSON"


def grey(path):
    Image.new("RGB", (9, 9)).save(path)


SPOILED = {
    "atlas.mp4": (lambda path: path.write_bytes(b"<script>alert(1)</script>"), {"comparison.json"}),
    "atlas-error.mp4": (lambda path: path.write_bytes(path.read_bytes()[:100]), ALL - {"atlas-error.mp4"}),
    "tapes.webp": (grey, ALL - {"tapes.webp"})}


@pytest.mark.parametrize("name", SPOILED)
def test_a_file_that_is_not_what_the_record_says_stays_out_and_is_named(name, whole, uploads, tmp_path):
    spoil, left = SPOILED[name]
    value = opened([uploads(whole / each, change=spoil if each == name else None) for each in ALL], tmp_path)
    assert set(value["urls"]) == left and name in value["left_out"]


def panel(saved, at, **about):
    panels = json.loads(json.dumps(saved["media"]["panels"]))
    panels[at].update(about)
    return panels


MEDIA = {
    "a path": lambda saved: {"panels": panel(saved, 0, file="../../atlas.mp4")},
    "another file": lambda saved: {"panels": panel(saved, 0, file="comparison.json")},
    "outside": lambda saved: {"panels": panel(saved, 0, x=10_000)},
    "before": lambda saved: {"panels": panel(saved, 0, y=-64)},
    "another key": lambda saved: {"panels": panel(saved, 1, key="21")},
    "twice": lambda saved: {"panels": saved["media"]["panels"] + saved["media"]["panels"][:1]},
    "too short": lambda saved: {"panels": panel(saved, 0, n_frames=3)},
    "another size": lambda saved: {"tile": [8, 8]}, "no size": lambda saved: {"tile": []},
    "more frames": lambda saved: {"n_frames": 23}, "no rate": lambda saved: {"fps": None},
    "another rate": lambda saved: {"fps": 12.0}, "too fast": lambda saved: {"fps": 1e9},
    "too slow": lambda saved: {"fps": 1e-9}, "no panels": lambda saved: {"panels": None}}


@pytest.mark.parametrize("wrong", MEDIA)
def test_media_that_do_not_agree_with_the_record_show_no_pictures(wrong, whole, uploads, tmp_path):
    change = edited(**MEDIA[wrong](report.load_result(whole)))
    told = [uploads(whole / "comparison.json", change=change), *(uploads(whole / name) for name in ALL
                                                                if name != "comparison.json")]
    value = opened(told, tmp_path)
    assert value["comparison"]["media"]["panels"] == [] and set(value["urls"]) <= {"comparison.json"}


def test_only_uploads_are_read_and_one_of_them_is_the_record(whole, uploads, tmp_path):
    good = uploads(whole / "comparison.json")
    for told in ([], [uploads(whole / "atlas.mp4")], [uploads(whole / "comparison.json", "a.json"),
                                                      uploads(whole / "comparison.json", "b.json")]):
        with pytest.raises(Refusal) as error:
            open_files(told, lambda n_bytes: tmp_path)
        assert error.value.case == "no_result"
    for path in foreign_paths(tmp_path / "gradio", tmp_path):
        with pytest.raises(Refusal) as error:
            open_files([good, path], lambda n_bytes: tmp_path)
        assert error.value.case == "not_uploaded", path


def test_what_finds_no_room_or_is_gone_is_a_sentence_and_leaves_nothing(whole, uploads, tmp_path, monkeypatch):
    told = [uploads(whole / name) for name in ALL]
    served = tmp_path / "served"

    def new_folder(n_bytes):
        assert n_bytes == sum((whole / name).stat().st_size for name in ALL - {"comparison.json"})
        served.mkdir()
        return served

    for fault, case in ((OSError(28, "No space left on device"), "no_room"), (FileNotFoundError(), "not_uploaded")):
        with monkeypatch.context() as patch, pytest.raises(Refusal) as error:
            patch.setattr(shutil, "copyfile", raising(fault))
            open_files(told, new_folder)
        assert error.value.case == case and not served.exists()
    with monkeypatch.context() as patch, pytest.raises(Refusal) as error:
        patch.setattr("vae_demo.views.shared.brought.TURN_S", 0)
        patch.setattr("vae_demo.views.shared.brought._turn", threading.Semaphore(0))
        open_files(told, new_folder)
    assert error.value.case == "busy"
    open_files(told, new_folder)


def raising(fault):
    def raised(*arguments):
        raise fault
    return raised
