"""A sweep.json that somebody brings: read as it was written, or refused in a sentence, whatever is in it."""

import copy
import json
from functools import partial

import pytest
from fabricated_sweep import sweep
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_foreign import HOSTILE, places
from uploaded_files import brought

from vae_demo import words
from vae_demo.clips import Limits
from vae_demo.refusal import Refusal
from vae_demo.results.foreign_sweep import MOST_ROWS
from vae_demo.verdicts import judged_sizes
from vae_demo.views.shared.packed import unpacked
from vae_demo.views.sweep import opened
from vae_demo.views.sweep.figure import FILES, SweepFigure
from vae_demo.words.sentences import note_sentence

NOTE = {"case": "scaled", "params": {"from_width": 64, "from_height": 48, "width": 32, "height": 24}, "text": ""}
GOOD = sweep("4-8,17,whole", frames=40).to_json()
GOOD["clip"]["notes"] = [NOTE]


def read(data, folder):
    path = folder / "upload"
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return opened.read_foreign_sweep(path, "mine.json", opened._known)


def changed(*place, to):
    data = copy.deepcopy(GOOD)
    inner = data
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = to
    return data


def judged(found):
    return judged_sizes(found, opened.MODELS[found.model].rule)


def test_what_was_written_is_read_and_judged_alike(tmp_path):
    again = judged(read(GOOD, tmp_path)).to_json()
    assert {key for key in GOOD if again[key] != GOOD[key]} == {"clip"}
    assert {key for key in GOOD["clip"] if again["clip"][key] != GOOD["clip"][key]} == {"notes"}
    assert again["clip"]["notes"][0]["text"] == words.say("en", "note_scaled", **NOTE["params"])
    assert judged(read(again, tmp_path)).to_json() == again


def test_more_sizes_than_a_page_runs_are_read(tmp_path):
    many = sweep(f"1-{MOST_ROWS}", frames=20).to_json()
    assert len(read(many, tmp_path).rows) == MOST_ROWS


ROW = ("rows", 5)
REFUSED = [
    ("result_json", b"{" * 100_000), ("result_json", json.dumps(GOOD).replace("32.0", "NaN").encode()),
    ("result_format", []), ("result_format", {**GOOD, "format": 2}), ("result_is_comparison", {"format": 1,
                                                                                             "variants": []}),
    ("result_form", {"format": 1}), ("result_form", changed("rows", to=[])), ("result_form", changed("clip", to=3)),
    ("result_form", changed("clip", "width", to=10**6)), ("result_form", changed("clip", "fps", to="24")),
    ("result_form", changed("clip", "fps", to=0)), ("clip_frames", changed("clip", "n_frames",
                                                                          to=Limits().max_frames + 1)),
    ("result_plan", changed("clip", "n_frames", to=41)),
    ("result_form", changed(*ROW, "size", to="<b>")), ("result_form", changed(*ROW, "size", to="017")),
    ("result_form", changed(*ROW, "size", to="17-18")), ("result_form", changed(*ROW, "size", to="9" * 5000)),
    ("result_plan", changed(*ROW, "size", to="18")), ("result_form", changed("rows", 1, to=GOOD["rows"][0])),
    ("result_plan", changed(*ROW, "latents", to=99)), ("result_plan", changed(*ROW, "n_chunks", to=1)),
    ("result_plan", changed(*ROW, "first_alone", to=False)),
    ("result_plan", changed(*ROW, "tail_first_alone", to=None)), ("result_plan", changed(*ROW, "frames_out", to=39)),
    ("result_form", changed(*ROW, "psnr", to=99.0)), ("result_form", changed(*ROW, "psnr_by_frame", to=[32.0])),
    ("result_form", changed(*ROW, "psnr_by_frame", 3, to=1e9)), ("result_form", changed(*ROW, "full", to=None)),
    ("result_form", changed(*ROW, "full", "frames", to=35)), ("result_form", changed(*ROW, "full", "psnr", to=99.0)),
    ("result_form", changed(*ROW, "full", "psnr_worst", to=31.0)),
    ("result_form", changed(*ROW, "full", "psnr_worst", to=None)),
    ("result_form", changed(*ROW, "full", "temporal_step", to=-1.0)),
    ("result_form", changed(*ROW, "tail", "psnr", to=None)), ("result_form", changed(*ROW, "tail", to=None)),
    ("result_form", changed("rows", 6, "tail", to=GOOD["rows"][5]["tail"])),
    ("result_form", changed("rows", 0, "seam", "score", to=-1)), ("result_form", changed("rows", 0, "seam", "p", to=2)),
    ("result_form", changed(*ROW, "seconds", to={"<b>": 1})), ("result_form", changed("baseline_psnr", to=1e9)),
    ("result_form", changed("reference", to="16")), ("result_form", changed("trained_lengths", to=[1, 34])),
    ("result_form", changed("trained_lengths", to=None)), ("result_form", changed("model", to="tiny-mixed")),
    ("result_form", changed("provenance", "model", to="\u202e")),
    ("result_form", changed("provenance", "clip_sha256", to="x")),
    ("result_model", {**changed("provenance", "model", to="<i>mine"), "model": "<i>mine"}),
    ("result_sizes", changed("rows", to=GOOD["rows"] * 19))]


@pytest.mark.parametrize(("case", "data"), REFUSED, ids=[f"{at}-{case}" for at, (case, _) in enumerate(REFUSED)])
def test_what_was_not_written_so_is_refused_in_both_languages(case, data, tmp_path):
    with pytest.raises(Refusal) as error:
        read(data, tmp_path)
    assert error.value.case == case, str(error.value)
    assert all(text.isprintable() and len(text) < 300 for text in error.value.said.values())


def test_weights_of_somebody_s_are_named_without_their_path_and_trained_by_nobody_knows_what(tmp_path):
    data = {**changed("provenance", "weights", to="/elsewhere/mine.safetensors"), "trained_lengths": None}
    found = read(data, tmp_path)
    assert found.provenance.weights == "mine.safetensors" and found.trained_lengths is None


@pytest.fixture
def upload(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    return partial(brought, tmp_path / "gradio")


def test_its_files_are_written_anew_and_nothing_else_is_served(upload, tmp_path):
    data = changed("clip", "name", to="../../etc/\u202e<img src=x>.mp4")
    data["findings"] = [{"case": "no_full_chunk", "params": {}}]
    data["dtype"] = "\x1b[31m" * 50
    told = [upload("sweep.json", json.dumps(data).encode()), upload("sweep.html", b"<script>alert(1)</script>")]
    folder = tmp_path / "served"
    folder.mkdir()
    value, made = opened.open_files(told, lambda n_bytes: folder)
    assert made == folder and {path.name for path in folder.iterdir()} == set(value["urls"]) == set(FILES)
    page = (folder / "sweep.html").read_text(encoding="utf-8")
    assert "<script" not in page and "<img" not in page and "&lt;img src=x&gt;" in page
    assert value["sweep"]["clip"]["name"] == "<img src=x>.mp4" and value["sweep"]["findings"][0]["case"] == "stand_out"
    assert value["sweep"]["dtype"].isprintable() and value["opened_from"] == "sweep.json"
    assert value["settings"]["opened"] and value["settings"]["sizes"] == "4-8,17,whole" and value["sample"] is None
    assert unpacked(SweepFigure().postprocess(value))["sweep"] == value["sweep"]


def test_only_uploads_are_read_and_one_of_them_is_the_record(upload, tmp_path):
    for told in ([], [upload("sweep.csv", b"size")], [upload(f"{name}.json", b"{}") for name in "ab"]):
        with pytest.raises(Refusal) as error:
            opened.open_files(told, lambda n_bytes: tmp_path)
        assert error.value.case == "no_result" and "sweep.json" in str(error.value)


PLACES = [path for path in places(GOOD) if path]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.sampled_from(PLACES), HOSTILE), min_size=1, max_size=3))
def test_whatever_is_changed_it_is_refused_or_can_be_shown(changes, tmp_path):
    data = copy.deepcopy(GOOD)
    for place, value in changes:
        inner = data
        try:
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = value
        except (LookupError, TypeError):
            continue  # an earlier change took it away
    try:
        found = read(data, tmp_path)
    except Refusal:
        return
    shown = judged(found)
    json.dumps(shown.to_json(), allow_nan=False, ensure_ascii=False).encode()
    for lang in words.LANGUAGES:
        said = [note_sentence(lang, note) for note in shown.clip["notes"]]
        said += [words.say(lang, f"sweep_{each.case}", **each.params) for each in shown.findings]
        assert all(each.isprintable() for each in said)
