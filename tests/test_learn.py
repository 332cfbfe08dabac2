"""The lessons without a browser: every number and every right answer comes from the results they are given."""

import json
import re
from dataclasses import replace
from pathlib import Path

import fabricated_sweep
import pytest
from fabricated_lessons import FIRST, MIXED, learn_result, learn_sweep
from lesson_words import made, plain, told
from scripts_of import scripts_of

from vae_demo import assets, words
from vae_demo.examples import EXAMPLES, LEARN_17, LEARN_MIXED, SAMPLES
from vae_demo.layout.plan import plan
from vae_demo.models.spec import MODELS
from vae_demo.report import load_result
from vae_demo.report.small_pictures import load_inspected
from vae_demo.synthetic.flickering import inspection_name
from vae_demo.views.learn import by_size, lessons, measured
from vae_demo.views.learn.steps import clash
from vae_demo.views.learn.steps.find import find as find_step
from vae_demo.views.learn.tab import SCRIPTS, LearnPage, learn_value, saved_value
from vae_demo.views.shared.component import read_source
from vae_demo.views.shared.packed import unpacked
from vae_demo.views.shared.samples import clip_facts
from vae_demo.views.shared.settings import read_settings

TABLE, GLOSSARY = words.table("learn", "learn_live"), words.table("glossary")
KEYS = ("compress", "group", "breaks", "live", "clash", "borders", "mixed", "find")


def lesson(runs, key):
    return next(each for each in lessons.lessons(runs) if each.key == key)


def answer(runs, key, lang="en"):
    question = lesson(runs, key).question
    assert question.right in [value for value, _ in question.options]
    return question.right, " ".join(told(each, lang) for each in question.answer)


def everything(value):
    """Every sentence in a nested value."""
    if isinstance(value, (list, tuple)):
        if len(value) == 2 and str(value[0]).startswith("learn_") and isinstance(value[1], dict):
            yield value
            value = list(value[1].values())
        for each in value:
            yield from everything(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from everything(each)


def inspected():
    return load_inspected(assets.EXAMPLES / inspection_name("ghost"))[0]


def test_the_period_to_find_is_read_from_the_inspection():
    record = inspected()
    step = find_step(record)
    told_of = record.findings[0]
    assert step.question.right == str(told_of.period) and step.figure["sample"] == "ghost"
    given, later = step.figure["given"]["ink"], step.figure["later"]["ink"]
    assert [len(row) for row in given[:-1]] == [told_of.period - 1] * (len(given) - 1)
    # In rows of the period the events stand in one column, in shorter rows each one frame further on.
    assert all(row[told_of.phase] > 0.5 for row in later)
    assert all(row[told_of.phase + y] > 0.5 for y, row in enumerate(given[:6]))
    assert "9 of 9 times" in told(step.question.answer[0])
    for nothing in (None, replace(record, findings=())):
        assert find_step(nothing).question is None and find_step(nothing).figure == {}


@pytest.mark.parametrize(("outcome", "right", "says"), [
    ({}, "first", ["four real frames instead of one", "17.3 dB at 16, 22.5 at 18 and 34.9 at 17"]),
    ({"first": FIRST | {"16": 20.1}}, "first", ["20.1 dB at 16"]),
    ({"first": FIRST | {"17": 18.0}}, "first", ["as badly at 17", "17.3 dB at 16"]),
    ({"first": FIRST | {"16": 33.0}, "last": {"16": 20.0}}, "last", ["12.0 dB below", "33.0 dB at 16"]),
    ({"first": FIRST | {"16": 30.0}, "base": {"16": 30.0}}, "all", ["16 averages 2.2 dB less than 17"]),
    ({"first": FIRST | {"16": 32.0}}, "none", ["no more than 1 dB below 17", "32.0 dB at 16"]),
])
def test_which_frames_break_is_read_from_the_result(outcome, right, says):
    found, text = answer(made(**outcome), "breaks")
    assert found == right
    for part in says:
        assert part in text


@pytest.mark.parametrize(("first", "says"), [
    (FIRST, "length mod 4 = 1"),
    (FIRST | {"21": 30.0}, "the length itself counts as well"),
    (FIRST | {"16": 32.0}, "21 opens with one frame alone too; its first frame averages 34.8 dB"),
])
def test_21_proves_the_rule_only_where_it_does(first, says):
    assert says in [told(each) for each in lesson(made(first=first), "breaks").after if "breaks_21" in each[0]][0]


def test_marked_numbers_are_those_that_stand_out():
    table = {row["key"]: row for row in lesson(made(), "breaks").figure["table"]}
    assert {key: row["low"] for key, row in table.items()} == {"17": [], "16": [0], "18": [0], "21": []}
    assert table["16"]["values"] == ["17.3", "32.0", "32.0", "32.0"] and table["16"]["chunks"] == 5


def test_the_clash_is_counted():
    right, text = answer(made(), "clash")
    fit = plan(85, 17, 16, MODELS["tiny-17"].rule, fit=True)
    assert right == str(plan(85, 17, 16).frames_out) == "94"
    said = plain(text)
    assert "25 latents hold 100 slots: 85 frames and 15 pads" in said and "pieces of 16, 5×16 + 5" in said
    assert "Piece 6 counts as 5 frames, which would need 3 pads, so 3 slots in front are cut: 3 pads." in said
    assert "Piece 7 is what is over" in said and "3 slots in front are cut: f81–83." in said
    assert said.endswith("100 − 3 − 3 = 94: 12 pads play, and f81–83 are gone.")
    made_fit = told(lesson(made(), "clash").after[0])
    assert f"only the {fit.latents} latents" in made_fit and "f73–84 are missing" in made_fit
    shown = lesson(made(), "clash").figure
    assert [plan(85, 17, 16).slots[frame] for frame in shown["frames"]] == [15, 16, None, None, None, 17]


@pytest.mark.parametrize("frames", [34, 51, 68, 83, 85, 86, 102, 136, 150])
def test_the_clash_adds_up_at_any_length(frames):
    run = json.loads(json.dumps(made()["tiny-17"]))
    read = plan(frames, 17, 16)
    run["clip"]["n_frames"] = frames
    measured.find(run, "17→16").update(read.to_json())
    said = plain(" ".join(told(each) for each in clash._answer(frames, measured.find(run, "17→16"))))
    total, *cuts = map(int, re.search(r"([\d −]+) = \d+: ", said)[1].split(" − "))
    assert total - sum(cuts) == read.frames_out and total == 4 * read.latents
    assert f"= {read.frames_out}: {read.pads_shown} pads play" in said
    assert ("no real frame is lost" in said) == (not read.lost_frames)


@pytest.mark.parametrize(("rows", "says"), [
    ({}, ["Of 38 sizes tried on this clip, all 10 that open with one frame alone", "at 30.8 dB; sizes",
          "two frames fall to 20.0, three", "In chunks of 13 the worst frame of full chunks is 30.8 dB; in the tail",
          "that costs nothing that counts"]),
    ({"breaks": 0.0}, ["are not clearly apart from the rest"]),
])
def test_what_sizes_open_with_is_read_from_the_sweep(rows, says):
    swept = json.loads(json.dumps(fabricated_sweep.sweep(**rows).to_json()))
    said = " ".join(told(each) for each in by_size.said(swept))
    for part in says:
        assert part in said, said
    table = by_size.table(swept)
    assert [row["size"] for row in table] == list(by_size.SHOWN)
    assert [row["opens"] for row in table] == [1, 4, 1, 2, 3, 4, 1, 1, 1]


def test_long_chunks_that_lose_are_told():
    swept = json.loads(json.dumps(fabricated_sweep.sweep().to_json()))
    next(row for row in swept["rows"] if row["size"] == "whole")["full"]["psnr"] -= 1.0
    assert "Here that costs something" in told(by_size.said(swept)[-1])
    assert by_size.said(None) == () and by_size.table(None) == []


@pytest.mark.parametrize(("seam", "right", "says"), [
    ((0.73, 0.99), "none", "0.73 times as much over 4 borders ([p|p] .99)"),
    ((1.4, 0.2), "none", "1.40 times"),
    ((3.0, 0.2), "hint", "3.00 times"),
    ((1.4, 0.02), "hint", "not enough to be sure"),
    ((2.2, 0.03), "hint", "2.20 times"),
    ((2.2, 0.001), "twice", "17 shows a seam here too"),
    ((6.1, 0.0005), "five", "6.10 times as much"),
])
def test_the_seam_at_17_is_read_from_the_result(seam, right, says):
    found, text = answer(made(seams={"17": seam, "16": (5.35, 0.0005)}), "borders")
    assert found == right and says in text
    assert "At 16 it is 5.35 times (p .0005, 5 borders)." in text


@pytest.mark.parametrize(("mixed", "outcome", "right", "says"), [
    (MIXED, {}, "round", ["The round trip, mostly", "from 17.3 to 26.8 dB", "A hint of a seam stays: 1.48",
                          "The clash stays"]),
    ({"first": FIRST | {"16": 34.5}, "seams": {"16": (0.9, 0.7)}}, {}, "round", [
        "as far as measured", "No seam is left"]),
    ({"first": FIRST | {"16": 27.0}, "seams": {"16": (3.0, 0.001)}}, {}, "round", [
        "The round trip, in part", "A seam stays: 3.00 times"]),
    ({"first": FIRST | {"16": 19.0}}, {}, "neither", ["Neither", "17.3 dB with tiny-17 to 19.0"]),
    (MIXED, {"first": FIRST | {"16": 32.0}}, "neither", ["did not fail with tiny-17 in the first place"]),
])
def test_what_mixed_training_heals_is_read_from_the_results(mixed, outcome, right, says):
    found, text = answer(made(mixed=mixed, **outcome), "mixed")
    assert found == right
    for part in says:
        assert part in text, text


@pytest.mark.parametrize(("heals_round", "right"), [(True, "both"), (False, "clash")])
def test_a_healed_clash_would_be_said(heals_round, right):
    runs = json.loads(json.dumps(made(mixed=MIXED if heals_round else {"first": FIRST})))
    clash = measured.find(runs["tiny-mixed"], "17→16")
    clash["pads_shown"], clash["lost_frames"] = 0, []
    found, text = answer(runs, "mixed")
    assert found == right and "The clash stays" not in text


def test_compression_is_counted_from_the_saved_latents():
    right, text = answer(made(), "compress")
    numbers, left = 17 * 64 * 64 * 3, 5 * 8 * 8 * 16
    assert right == str(round(numbers / left)) == "41" and f"{left:,} numbers" in text
    run = json.loads(json.dumps(made()["tiny-17"]))
    run["media"]["latents"]["channels"] = 4
    right, text = answer({"tiny-17": run}, "compress")
    assert right == "163" and "1,280 numbers" in text


def test_groups_follow_frames_py():
    right, text = answer(made(), "group")
    assert right == "2" and "18 = 2+4+4+4+4" in text.replace("\u00a0", " ")
    for length in range(1, 41):
        encoded = plan(length, None, None).latent_slots
        real = [sum(slot is not None for slot in group) for group in encoded]
        assert list(MODELS["tiny-17"].rule.groups(length)) == real


# -- the tab -------------------------------------------------------------------------------------------------


def test_every_sentence_can_be_told_in_both_languages(tmp_path):
    runs = made()
    swept = fabricated_sweep.sweep().to_json()
    value = learn_value({LEARN_17: runs["tiny-17"], LEARN_MIXED: runs["tiny-mixed"]}, tmp_path, swept, inspected())
    json.dumps(value, allow_nan=False)
    assert told(value["measured"]) == "On our own clip harbour: 85 frames, 64 × 64, through tiny-17 and tiny-mixed."
    sentences = list(everything(value))
    assert len(sentences) > 70
    for sentence in sentences:
        english, chinese = told(sentence, "en"), told(sentence, "zh")
        assert english and chinese and "{" not in english + chinese
    assert [step["key"] for step in value["steps"]] == list(KEYS) and value["complete"]
    assert all(step["question"] for step in value["steps"] if step["key"] != "live")


def explained(term):
    """Once: in the page's glossary or in the lessons' words, never in both."""
    return (f"term_{term}_help" in GLOSSARY) != (f"learn_help_{term}" in TABLE)


def test_terms_and_links_exist():
    scripts = "\n".join(map(read_source, scripts_of(*SCRIPTS)))
    for key, entry in TABLE.items():
        for lang in words.LANGUAGES:
            for text in words.texts(entry[lang]):
                for shown, term in re.findall(r"\[([^|\]]+)\|(=?\w+|#)\]", text):
                    known = term == "#" or (
                        term[1:] in lessons.LINKS if term[0] == "=" else explained(term))
                    assert shown and known, key
                assert text.count("**") % 2 == 0, key
    assert len(lessons.GLOSSARY) == len(set(lessons.GLOSSARY)) == 10
    assert all(explained(term) for term in lessons.GLOSSARY)
    assert all(f"term_{term}" in GLOSSARY or f"learn_term_{term}" in TABLE for term in lessons.GLOSSARY)
    assert "innerHTML" not in scripts and "http" not in scripts.replace("http://www.w3.org/2000/svg", "")


def left_over(table):
    """Keys that neither the lessons nor the scripts ask for; `breaks_a_{case}` stands for every key of that form."""
    views = Path(lessons.__file__).parent
    code = "\n".join(map(read_source, scripts_of(*SCRIPTS))) + "".join(
        path.read_text(encoding="utf-8") for path in sorted(views.rglob("*.py")))
    asked = set(re.findall(r"""["'`](?:learn_)?([a-z]\w*(?:\$?\{[^}"'`]*\}\w*)*)["'`]""", code))
    # Which terms are explained is known from the texts.
    asked = [key for key in asked if not re.match(r"(help|term)_\$?\{", key)] + ["measured", "counted", "quoted"]
    forms = [re.sub(r"\$?\{[^}]*\}", r"\\w+", key) for key in asked]
    terms = {f"help_{term}" for term in lessons.GLOSSARY} | {f"term_{term}" for term in lessons.GLOSSARY}
    texts = " ".join(text for entry in table.values() for lang in entry for text in words.texts(entry[lang]))
    terms |= {f"help_{term}" for term in re.findall(r"\|(\w+)\]", texts)}
    keys = [key.removeprefix("learn_") for key in table if key.startswith("learn_")]
    return [key for key in keys if key not in terms and not any(re.fullmatch(form, key) for form in forms)]


def test_no_word_is_left_over():
    assert left_over(TABLE) == []
    extra = {"learn_not_asked_for": TABLE["learn_title"], "learn_help_nothing": TABLE["learn_title"]}
    assert left_over(TABLE | extra) == ["not_asked_for", "help_nothing"]


def test_without_results_the_page_still_reads(tmp_path):
    value = saved_value(tmp_path)
    assert not value["complete"] and value["runs"] == {} and value["urls"] == {}
    steps = {step["key"]: step for step in value["steps"]}
    assert list(steps) == list(KEYS) and steps["group"]["question"] and not steps["breaks"]["question"]
    assert [each["key"] for each in value["quiz"]["questions"]] == ["fits", "tail"]
    assert LearnPage().postprocess(value)["urls"] == {}


def test_pictures_are_files_of_the_result(tmp_path):
    runs = {LEARN_17: learn_result(tmp_path), LEARN_MIXED: learn_result(tmp_path, "tiny-mixed", **MIXED)}
    assert not saved_value(tmp_path)["complete"]
    learn_sweep(tmp_path)
    assert saved_value(tmp_path)["complete"]
    sent = LearnPage().postprocess(saved_value(tmp_path))
    assert set(sent["urls"]) == {"tiny-17", "tiny-mixed"}
    for files in sent["urls"].values():
        assert set(files) == {"stills", "chunk", "latents", "tapes"}
        assert all(Path(file["path"]).is_file() for file in files.values())
    stills = runs[LEARN_17]["media"]["stills"]
    for step in unpacked(sent)["steps"]:
        for name in ("frames", "round", "clash"):
            if isinstance(shown := step["figure"].get(name), list) and isinstance(shown[0], int):
                assert set(shown) <= set(stills["frames"])


def test_settings_of_every_step_can_be_opened_in_explore():
    for step in lessons.lessons(made()):
        assert step.model in MODELS and 0 <= step.frame < 85
        assert step.selected is None or step.selected in step.variants
        assert set(step.variants) <= set(step.opens)


def test_saved_results_where_they_were_made():
    """The examples in assets, whatever weights made them: complete, or not there at all."""
    for name in (LEARN_17, LEARN_MIXED):
        folder = assets.EXAMPLES / name
        if (folder / "comparison.json").exists():
            run = load_result(folder)
            assert run["model"] == EXAMPLES[name].model and run["clip"]["n_frames"] == 85
            assert [v["spelling"] for v in run["variants"]] == [v.spelling for v in EXAMPLES[name].variants]
    value = saved_value()
    assert all(told(sentence, lang) for sentence in everything(value) for lang in words.LANGUAGES)


def test_the_fourteen_questions_are_answered_on_the_page():
    doc = (Path(__file__).parents[1] / "docs" / "lesson.md").read_text(encoding="utf-8")
    page = "\n".join(plain(told(each, lang)) for lang in words.LANGUAGES for each in everything(saved_value()))
    parts = re.split(r"^## (\d+)\. ", doc, flags=re.M)[1:]
    assert parts[::2] == [str(n) for n in range(1, 15)]
    for text in parts[1::2]:
        quotes = re.findall(r"^> (.+)$", text, re.M)
        assert len(quotes) > 1 and any(re.search("[\u4e00-\u9fff]", quote) for quote in quotes), text
        for quote in quotes:
            # A quote may run over sentences that the page says one after the other.
            for sentence in re.split(r"(?<=[.。:] )", quote):
                assert sentence.strip() in page, sentence


def test_what_there_is_to_try_can_be_opened_in_explore():
    for each in saved_value()["further"]["tries"]:
        for settings in each["opens"]:
            asked = read_settings(settings, SAMPLES, "harbour")
            assert asked.clip == settings["clip"] and asked.labels == settings["variants"]
            assert asked.n_frames == settings.get("frames", 85) <= clip_facts(assets.clip(asked.clip))["n_frames"]
            assert asked.model == settings["model"]


def test_examples_name_every_sample_and_both_lessons():
    pictures = {name for name, example in EXAMPLES.items() if example.kind in ("result", "stills")}
    assert pictures == {*SAMPLES, LEARN_17, LEARN_MIXED}
    assert all(EXAMPLES[name].clip == name and EXAMPLES[name].kind == "result" for name in SAMPLES)
