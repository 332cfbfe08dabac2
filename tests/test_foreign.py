"""A comparison.json that somebody brings: read as it was written, or refused in a sentence, whatever is in it."""

import copy
import json

import pytest
from fabricated import comparison
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vae_demo import words
from vae_demo.clips import Limits
from vae_demo.refusal import Refusal
from vae_demo.results import foreign_parts
from vae_demo.results.foreign import MOST_VARIANTS, read_foreign
from vae_demo.verdicts import judged
from vae_demo.words.sentences import headline_sentence, note_sentence, verdict_sentence

NOTE = {"case": "scaled", "params": {"from_width": 64, "from_height": 48, "width": 32, "height": 24}, "text": ""}
MADE, _ = comparison(20, ("17", "16", "17:16"))
GOOD = json.loads(json.dumps({**MADE.to_json(), "media": {"panels": "whatever"}}))
GOOD["clip"]["notes"] = [NOTE]
DEEP = "[" * 100_000


def read(data, folder):
    path = folder / "upload"
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return read_foreign(path, "mine.json")


def changed(*place, to):
    data = copy.deepcopy(GOOD)
    inner = data
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = to
    return data


def test_what_was_written_is_read_and_judged_alike(tmp_path):
    found, media = read(GOOD, tmp_path)
    again = judged(found).to_json()
    assert {key for key in GOOD if again[key] != GOOD[key]} == {"clip", "media"} and media == {"panels": "whatever"}
    assert {key for key in GOOD["clip"] if again["clip"][key] != GOOD["clip"][key]} == {"source", "notes"}
    assert again["clip"]["notes"][0]["text"] == words.say("en", "note_scaled", **NOTE["params"])
    assert json.loads(json.dumps(again)) == again


def test_more_variants_than_a_page_runs_are_read(tmp_path):
    """The command line compares any number of them."""
    made, _ = comparison(20, [str(size) for size in range(2, 2 + MOST_VARIANTS)])
    found, _ = read(made.to_json(), tmp_path)
    assert [each.label for each in found.variants] == [each.label for each in made.variants]


REFUSED = [
    ("result_json", b""), ("result_json", b"\xff\xfe{"), ("result_json", DEEP.encode()), ("result_json", b"{" * 9),
    ("result_json", json.dumps(GOOD).replace("32.0", "NaN").encode().replace(b"0.5", b"NaN")),
    ("result_json", json.dumps(GOOD).replace("0.5", "1e999").encode()),
    ("result_json", json.dumps(GOOD).replace('"start": 0', f'"start": {"9" * 5000}').encode()),
    ("result_format", []), ("result_format", {}), ("result_format", {"format": True}), ("result_format", {"format": 2}),
    ("result_format", b"null"), ("result_format", b"3"),
    ("result_form", {"format": 1}), ("result_form", changed("clip", to=None)),
    ("result_form", changed("variants", to=[])), ("result_form", changed("variants", 0, "psnr", 3, to="32")),
    ("result_form", changed("variants", 0, "psnr", 3, to=1e6)), ("result_form", changed("variants", 0, "psnr", to=[])),
    ("result_form", changed("variants", 0, "ssim", to=[0.5])),
    ("result_form", changed("variants", 0, "aligned", "l1", to=[None])),
    ("result_form", changed("variants", 0, "means", "psnr", to=99.0)),
    ("result_form", changed("variants", 0, "means", "psnr", to=10**400)),
    ("result_form", changed("variants", 0, "means", "psnr_worst", to=99.0)),
    ("result_form", changed("variants", 0, "label", to="<b>17</b>")),
    ("result_form", changed("variants", 0, "spelling", to="17:cache")),
    ("result_form", changed("variants", 1, "spelling", to="17")), ("result_form", changed("reference", to="18")),
    ("result_form", changed("variants", 0, "ghosts", to=[1])),
    ("result_form", changed("variants", 0, "ghosts", 0, to=18)),
    ("result_form", changed("variants", 0, "rule", "stride", to=0)),
    ("result_form", changed("variants", 0, "rule", "first", to="last")),
    ("result_form", changed("variants", 0, "rule", "more", to=1)),
    ("result_form", changed("variants", 0, "seam", to={"score": -1, "p": 0, "boundaries": 0})),
    ("result_form", changed("variants", 0, "seam", to={"score": 2, "p": 3, "boundaries": 0})),
    ("result_form", changed("variants", 0, "seconds", to={"<b>": 1})),
    ("result_form", changed("variants", 0, "provenance", "clip_sha256", to="x")),
    ("result_form", changed("variants", 0, "provenance", "model", to="\u202e\n")),
    ("result_form", changed("clip", "width", to=1_000_000)), ("result_form", changed("clip", "fps", to=0)),
    ("result_form", changed("clip", "start", to=-1)), ("result_form", changed("clip", "name", to=None)),
    ("clip_frames", changed("clip", "n_frames", to=Limits().max_frames + 1)),
    ("clip_frames", changed("clip", "n_frames", to=10**300)),
    ("result_plan", changed("clip", "n_frames", to=21)), ("result_plan", changed("variants", 1, "latents", to=9)),
    ("result_plan", changed("variants", 2, "slots", 3, to=3)), ("result_plan", changed("variants", 0, "fit", to=True)),
    ("result_plan", changed("variants", 0, "decode_chunks", 0, "crop", to=1)),
    ("result_variants", changed("variants", to=GOOD["variants"] * 9)),
    ("result_is_sweep", {"format": 1, "rows": []}),
]


@pytest.mark.parametrize(("case", "data"), REFUSED, ids=[f"{at}-{case}" for at, (case, _) in enumerate(REFUSED)])
def test_what_was_not_written_so_is_refused_in_both_languages(case, data, tmp_path):
    with pytest.raises(Refusal) as error:
        read(data, tmp_path)
    assert error.value.case == case, str(error.value)
    assert all(text.isprintable() and len(text) < 300 for text in error.value.said.values())


def test_a_file_of_any_size_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(foreign_parts, "MOST_BYTES", 1000)
    with pytest.raises(Refusal) as error:
        read(b" " * 1001, tmp_path)
    assert error.value.case == "result_size"


def test_texts_are_cut_made_printable_and_name_no_path(tmp_path):
    data = changed("clip", "name", to="../../etc/\u202e<img src=x>\n" + "x" * 500)
    data["device"] = data["dtype"] = "\x1b[31m" * 100 + "\ud800"
    for variant in data["variants"]:
        variant["provenance"].update(model="<script>" * 20, weights="/elsewhere/secret.safetensors")
    found, _ = read(data, tmp_path)
    assert found.clip["name"].startswith("<img src=x> x") and len(found.clip["name"]) == 80
    assert len(found.device) <= 60 and found.device.isprintable() and found.model == ("<script>" * 20)[:60]
    assert found.provenance.weights == "secret.safetensors"
    json.dumps(found.to_json(), ensure_ascii=False).encode()


def test_notes_and_reasons_are_said_in_our_words_or_not_at_all(tmp_path):
    hostile = [{"case": "scaled", "params": {}, "text": "x"}, {"case": "../x", "params": {}}, 3, None, [],
               {"case": "variable_rate", "params": {"slowest": "a", "fastest": [], "fps": {}}, "text": ""},
               {"case": "alpha", "params": {"more": "<b>"}, "text": "<script>"}]
    data = changed("clip", "notes", to=hostile)
    data["variants"][0]["seam_reason"] = {"case": "few_borders", "params": {"n": 1, "needed": 4, "more": []}}
    data["variants"][1]["seam_reason"] = {"case": "headline", "params": {}}
    found, _ = read(data, tmp_path)
    assert found.clip["notes"] == [{"case": "alpha", "params": {}, "text": words.say("en", "note_alpha")}]
    assert found.variants[0].seam_reason.params == {"n": 1, "needed": 4} and found.variants[1].seam_reason is None


def places(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*path, key))


PLACES = [path for path in places(GOOD) if path]
HOSTILE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=9),
    st.sampled_from([[], {}, [None], [[]], "17", "whole", -1, 0, 1e308, 10**400, "\ud800", "x" * 10_000, ["17"] * 99]),
    st.lists(st.integers(-2, 99), max_size=4), st.dictionaries(st.text(max_size=4), st.integers(), max_size=3))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
        found, _ = read(data, tmp_path)
    except Refusal:
        return
    shown = judged(found)
    json.dumps(shown.to_json(), allow_nan=False, ensure_ascii=False).encode()
    for lang in words.LANGUAGES:
        for each in (*(verdict_sentence(lang, v.verdict) for v in shown.variants),
                     *(headline_sentence(lang, f) for f in shown.findings),
                     *(note_sentence(lang, n) for n in shown.clip["notes"])):
            assert each.isprintable()
