"""The string table: both languages, same placeholders, nothing twice, nothing untranslated."""

import json
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from vae_demo import words
from vae_demo.bundle import bundle
from vae_demo.clips.messages import note
from vae_demo.results.findings import Finding
from vae_demo.synthetic.samples import SAMPLES
from vae_demo.words.sentences import (
    headline_sentence,
    join_labels,
    note_sentence,
    verdict_sentence,
)

TABLE = words.table()
# The same text in both languages on purpose: names, units, punctuation.
SAME_IN_BOTH = {"PSNR", "SSIM", "VAE", "ΔΔ", "1:1", "2:1", "English", "中文", "中", "EN", "17→16", "Hugging Face",
                "JSON", "CSV", "mp4", "comparison.mp4", "PSNR, dB", "1 + {stride}k", "{n} MB", "{n} GB"}
CJK = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def every_text():
    for key, entry in TABLE.items():
        for lang, form in entry.items():
            for text in words.texts(form):
                yield key, lang, text


@pytest.mark.parametrize("key", TABLE)
def test_each_entry_has_both_languages_with_the_same_parameters(key):
    entry = TABLE[key]
    assert set(entry) == set(words.LANGUAGES)
    names = {lang: words.placeholders(entry[lang]) for lang in entry}
    # A number may be spelled out in one language ("One ghost frame"); everything else must appear in both.
    assert names["en"] - set(words.NUMBERS) == names["zh"] - set(words.NUMBERS), names


@pytest.mark.parametrize("key", TABLE)
def test_chinese_is_chinese_and_english_is_not(key):
    english, chinese = list(words.texts(TABLE[key]["en"])), list(words.texts(TABLE[key]["zh"]))
    assert english and chinese
    if english == chinese and english[0] in SAME_IN_BOTH:
        return
    assert all(CJK.search(text) or not re.search("[A-Za-z]{2,}", text) for text in chinese), chinese
    assert not any(re.search("[\u4e00-\u9fff]", text) for text in english), english


def test_texts_are_clean():
    for key, _, text in every_text():
        assert text, key
        assert "\n" not in text and "  " not in text, key
        assert text == text.strip() or key.startswith("list_"), key


def test_every_form_can_be_chosen_for_any_number():
    for key, entry in TABLE.items():
        for lang in words.LANGUAGES:
            params = dict.fromkeys(words.placeholders(entry[lang]), 7.25)
            for n in (0, 1, 2, 5):
                for m in (0, 1, 2):
                    text = words.say(lang, key, **{**params, "n": n, "m": m})
                    assert "{" not in text, key


def test_plurals_choose_by_number():
    def said(n, m):
        return words.say("en", "verdict_pads_and_lost", n=n, m=m)
    assert said(12, 3) == "12 pads play as frames, and 3 real frames are lost."
    assert said(1, 1) == "1 pad plays as a frame, and 1 real frame is lost."
    assert said(1, 2) == "1 pad plays as a frame, and 2 real frames are lost."
    assert words.say("zh", "verdict_pads_and_lost", n=12, m=3) == "12 个填充位被当成帧播放，3 个真实帧丢失。"
    assert words.say("en", "verdict_ghosts", n=2, count=5, chunks=6) == "Two ghost frames open 5 of 6 chunks."
    assert words.say("en", "verdict_ghosts", n=7, count=5, chunks=6) == "7 ghost frames open 5 of 6 chunks."


@pytest.mark.parametrize(("lang", "key", "params"), [
    ("en", "no_such_key", {}), ("fr", "verdict_no_seam", {}), ("en", "verdict_seam", {}), ("en", "verdict_ghosts", {}),
])
def test_a_missing_word_or_parameter_is_loud(lang, key, params):
    with pytest.raises(KeyError):
        words.say(lang, key, **params)


def test_parameters_are_text_never_templates():
    assert words.say("en", "verdict_equal", reference="{db}{0.__class__}", db="0.3").count("{db}") == 1


def test_the_guards_can_fail():
    with pytest.raises(ValueError, match="b.json defines again: x"):
        words.merge({"a.json": {"x": {}}, "b.json": {"x": {}}})
    with pytest.raises(ValueError, match="written twice: x"):
        words.read_strict('{"x": 1, "y": 2, "x": 3}')
    assert words.placeholders({"one": "{a}", "other": {"other": "{b} {a}"}}) == {"a", "b"}


def test_the_table_is_a_copy():
    words.table()["verdict_no_seam"]["en"] = "changed"
    assert words.say("en", "verdict_no_seam") != "changed"


def test_labels_are_joined_as_people_read_them():
    assert [join_labels("en", labels) for labels in ([], ["17"], ["16", "18"], ["15", "16", "18"])] == [
        "", "17", "16 and 18", "15, 16 and 18"]
    assert join_labels("zh", ["15", "16", "18"]) == "15、16 和 18"


HEADLINE = Finding("headline", {"clauses": [
    {"case": "ghosts", "params": {"labels": ["16", "18"]}},
    {"case": "also_slips", "params": {"labels": ["17→16"]}}]})


def test_headline_is_one_sentence():
    assert headline_sentence("en", HEADLINE) == "16 and 18 flash at chunk borders; 17→16 also slips out of time."
    assert headline_sentence("zh", HEADLINE) == "16 和 18 在分块边界处闪烁；17→16 还出现时间错位。"


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the page's script")
def test_the_browser_says_the_same():
    said = []
    for key, entry in TABLE.items():
        for n in (0, 1, 2, 5):
            params = dict.fromkeys(words.placeholders(entry["en"]) | words.placeholders(entry["zh"]), 7.25)
            said += [(lang, key, {**params, "n": n, "m": 1}) for lang in words.LANGUAGES]
    script = bundle("words/say.js", "page") + "const {makeSay} = page;" + (
        "const [words, calls, headline] = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify([calls.map(([l, k, p]) => makeSay(words, l).say(k, p)),"
        "['en', 'zh'].map(l => makeSay(words, l).headline(headline))]))")
    given = json.dumps([TABLE, said, {"case": HEADLINE.case, "params": HEADLINE.params}])
    done = subprocess.run(["node", "-e", script], input=given, capture_output=True, text=True, check=True)
    texts, headlines = json.loads(done.stdout)
    assert texts == [words.say(lang, key, **params) for lang, key, params in said]
    assert headlines == [headline_sentence(lang, HEADLINE) for lang in words.LANGUAGES]


def test_notes_say_in_english_what_the_table_says():
    made = note("still")
    assert made.text == TABLE["note_still"]["en"] == note_sentence("en", made.to_json())


def used_keys():
    """Every key that code of either language asks for by a literal, with the file that does."""
    asked = {}
    for path in Path(words.__file__).parents[1].rglob("*.*"):
        if path.suffix in (".py", ".js"):
            text = path.read_text(encoding="utf-8")
            for key in re.findall(r"""\b(?:say|both|say_both|_section)\(\s*(?:lang, |"\w\w", )?["'](\w+)["']""", text):
                asked.setdefault(key, path.name)
    return {key: name for key, name in asked.items() if key not in words.LANGUAGES}


def test_every_key_that_is_asked_for_exists():
    asked = used_keys()
    assert len(asked) > 30 and "report_rerun" in asked
    assert {key: name for key, name in asked.items() if key not in TABLE} == {}


def test_every_sample_clip_is_described():
    assert set(words.table("samples")) == {f"about_{name}" for name in SAMPLES}


def test_notes_speak_both_languages_and_old_ones_keep_their_text():
    saved = note("cropped", from_width=640, from_height=480, width=256, height=256).to_json()
    assert note_sentence("en", saved) == saved["text"] and CJK.search(note_sentence("zh", saved))
    assert note_sentence("zh", {"case": "forgotten", "params": {}, "text": "As it was."}) == "As it was."


def test_every_file_of_words_is_read():
    names = {f.name for f in files(words).iterdir() if f.name.endswith(".json")}
    assert {"verdicts.json", "report.json", "refusals.json"} <= names
    for name in names:
        assert set(words.read_strict(files(words).joinpath(name).read_text(encoding="utf-8"))) <= set(TABLE)


def test_verdict_sentences_read_records_and_saved_mappings():
    finding = Finding("seam", {"score": "2.1"})
    text = "A seam: chunk borders change 2.1× as much as other frames."
    assert verdict_sentence("en", finding) == text
    assert verdict_sentence("en", {"case": "seam", "params": {"score": "2.1"}}) == text
