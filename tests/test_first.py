"""What is served before any script has run: the result of this address, or none."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from explore_app import FEW_FRAMES, FEW_SIDE, MANY
from served import placed

from vae_demo import assets as places
from vae_demo import words
from vae_demo.bundle import bundle
from vae_demo.views.explore.first import first_page
from vae_demo.views.explore.still import resting
from vae_demo.views.page import TABS
from vae_demo.words.sentences import headline_sentence, verdict_sentence

KEYS = tuple(tab.KEY for tab in TABS)
PAN = f"clip=pan&frames={FEW_FRAMES}&size={FEW_SIDE}&variants={MANY}"


@pytest.fixture(scope="module", autouse=True)
def assets(numbered_assets):
    with placed(numbered_assets):
        yield numbered_assets


def first(query=""):
    return first_page(query, KEYS, "<b>bar</b>")


def saved(name):
    return json.loads((places.EXAMPLES / name / "comparison.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("query", "name"), [("", "harbour"), ("lang=zh&__theme=dark", "harbour"), (PAN, "pan")])
def test_it_is_the_result_that_the_page_opens_with_in_both_languages(query, name):
    data, made = saved(name), first(query)
    selected, frame = resting(data)
    assert f'data-clip="{name}" data-frame="{frame}"' in made.body and "<b>bar</b>" in made.body
    for lang in words.LANGUAGES:
        part = re.search(rf'<div lang="{lang}">(.*?)(?=<div lang=|$)', made.body, re.S)[1]
        said = [headline_sentence(lang, each) for each in data["findings"]]
        said += [verdict_sentence(lang, v["verdict"]) for v in data["variants"] if v["verdict"]]
        said += [words.say(lang, "intro_title"), words.say(lang, "tab_learn"), words.say(lang, "source_says")]
        assert [text for text in said if text not in part] == []
        assert part.count("<section") == part.count("<img") == len(data["variants"]) + 1
        assert part.count("vd-selected vd-phone") == 1 and f'<div class="vd-pick">{selected}</div>' in part
    assert made.still.endswith(f"/{name}-{frame}.webp") and made.still in made.body


@pytest.mark.parametrize("query", [
    "clip=harbour&variants=13,21", "clip=harbour&model=tiny-mixed", "frames=84", "clip=pan", "start=1", "size=128"])
def test_an_address_without_a_saved_result_shows_nobody_else_s(query):
    made = first(query)
    assert made.still is None and "<img" not in made.body and "<section" not in made.body
    assert "data-clip" not in made.body and "Below" not in made.body and words.say("en", "intro_title") in made.body


@pytest.mark.parametrize(("query", "pictures"), [
    ("frame=40", False), ("selected=18", False), ("selected=16", True), ("frame=16&selected=16", True)])
def test_another_frame_than_the_still_s_shows_no_picture(query, pictures):
    made = first(query)
    assert "<section" in made.body and (made.still is not None) is ("<img" in made.body) is pictures


def test_another_tab_shows_nothing_and_nothing_saved_shows_no_result(tmp_path):
    assert [first(f"tab={key}") for key in KEYS[1:]] == [None] * (len(KEYS) - 1)
    assert first("tab=explore").still and first("tab=nowhere").still
    for name in ("clips", "examples"):
        (tmp_path / name).mkdir()
    with placed(tmp_path):
        assert first().still is None and words.say("zh", "intro_title") in first().body
    assert first().still


def test_what_a_visitor_writes_into_an_address_is_no_markup():
    made = first("clip=<script>alert(1)</script>&variants=%3Cb%3E&selected=<i>")
    assert "<script>" not in made.body and "alert" not in made.body


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_it_rests_where_the_page_does():
    bundled = Path(__file__).parents[1] / "assets" / "examples"
    made = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(bundled.glob("*/comparison.json"))]
    made = [data for data in made if "panels" in data["media"]] + [saved("harbour"), saved("pan")]
    # No borders at all, and ghosts of one that is no better than the others.
    for data in (*made[:2],):
        changed = json.loads(json.dumps(data))
        for variant in changed["variants"]:
            variant["ghosts"] = [0] * len(variant["ghosts"])
        made.append(changed)
        made.append({**changed, "variants": [{**v, "boundaries": []} for v in changed["variants"]]})
    script = bundle("views/shared/model.js", "page") + """
    const all = JSON.parse(require("fs").readFileSync(0));
    console.log(JSON.stringify(all.map((data) => page.firstStop(page.modelOf(data)))));"""
    ran = subprocess.run(["node", "-e", script], input=json.dumps(made), capture_output=True, text=True, check=True,
                         timeout=60)
    assert len(made) > 8
    assert [(each["selected"], each["frame"]) for each in json.loads(ran.stdout)] == list(map(resting, made))
