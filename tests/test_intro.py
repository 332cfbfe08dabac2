"""The top of Explore: sentences that are true for what is shown, in both languages; and the glossary they use."""

import json
import re
import shutil
import subprocess

import pytest

from vae_demo import words
from vae_demo.bundle import bundle
from vae_demo.layout.plan import plan
from vae_demo.layout.variant import DEFAULT_VARIANTS, Variant
from vae_demo.models.spec import MODELS
from vae_demo.views.explore.intro import ISSUE, intro_of
from vae_demo.views.learn.lessons import LINKS
from vae_demo.words.sentences import told_sentence


def comparison(*spellings, model="tiny-17"):
    variants = [Variant.read(text) for text in spellings]
    return {"model": model, "variants": [
        {"label": v.label, "encode": str(v.encode), "decode": str(v.decode), "model": v.model or model}
        for v in variants]}


def said(intro, part, lang="en"):
    return [told_sentence(lang, each).replace("\xa0", " ") for each in intro[part]]


def test_the_default_page_says_what_it_is_and_why_17():
    intro = intro_of(comparison(*(variant.spelling for variant in DEFAULT_VARIANTS)))
    assert said(intro, "lead") == [
        "A video VAE compresses video in chunks of frames; this one learned 17 = 1+4+4+4+4 frames.",
        "Below, one clip: cut at 17, 16 and 18; cut at 17 but read at 16."]
    why = said(intro, "why")
    assert why[0] == "Why 17?" and why[2].startswith("16 and 18 put 4 and 2 frames into") and "never" in why[2]
    assert "17→16 below" in said(intro, "story")[2]


@pytest.mark.parametrize(("spellings", "told"), [
    (["17"], "cut at 17"), (["17", "whole"], "cut at 17; left whole"),
    (["17:16", "17:16:fit"], "cut at 17 but read at 16"), (["whole:16"], "cut at whole but read at 16"),
    (["tile16/12", "20/16:drop"], "cut as tile16/12 and 20/16 drop")])
def test_it_follows_the_variants(spellings, told):
    intro = intro_of(comparison(*spellings))
    assert said(intro, "lead")[1] == f"Below, one clip: {told}."
    assert ("17→16" in said(intro, "story")[2]) and ("below" in said(intro, "story")[2]) is ("17:16" in spellings)


@pytest.mark.parametrize(("model", "told"), [
    ("tiny-mixed", "learned 17 = 1+4+4+4+4 frames first, then any length from 1 to 34"),
    ("open-sora-1.2", "its authors say, learned 17 = 1+4+4+4+4 frames first, then any length up to 34"),
    ("somebody-elses", "which lengths somebody-elses learned is not known here")])
def test_it_follows_the_model(model, told):
    intro = intro_of(comparison("17", "16", model=model))
    assert told in said(intro, "lead")[0]
    why = said(intro, "why")
    assert why == [] if model not in MODELS else "16 puts 4 frames" in why[2] and "only later" in why[2]


def test_of_several_models_it_names_them_and_of_no_result_it_says_nothing():
    both = intro_of(comparison("17", "tiny-mixed@17"))
    assert said(both, "lead")[0].endswith("here are tiny-17 and tiny-mixed.") and both["why"] == []
    none = intro_of(None)
    assert len(none["lead"]) == 1 and len(none["why"]) == 2 and len(none["story"]) == 3


def test_the_story_s_numbers_are_computed():
    story = {key: params for key, params in intro_of(None)["story"]}["story_why"]
    assert story["latents"] == plan(51, 16, 16).latents == 13
    assert (story["written"], story["read"]) == (plan(17, 17, 17).latents, plan(16, 16, 16).latents)
    assert ISSUE == LINKS["issue_536"]


def test_it_can_be_said_in_chinese():
    intro = intro_of(comparison("17", "16", "whole"))
    for part in ("lead", "why", "story"):
        assert all(re.search("[\u4e00-\u9fff]", text) for text in said(intro, part, "zh")), part


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_the_browser_says_the_same_and_explains_a_term_once():
    intro = intro_of(comparison("17", "16", "whole", "17:16"))
    script = bundle("words/say.js", "say") + bundle("views/shared/glossary.js", "terms") + """
    globalThis.document = {createElement: () => ({set: {}, kids: [], addEventListener() {},
      setAttribute(name, value) { this.set[name] = value; }, append(kid) { this.kids.push(kid); }})};
    const {words, intro} = JSON.parse(require("fs").readFileSync(0)), out = {};
    for (const lang of ["en", "zh"]) {
      const {say: one, told} = say.makeSay(words, lang), {explained} = terms.glossary(one, lang), met = new Set();
      out[lang] = {lead: intro.lead.map(told), marked: [told(intro.why[1]), told(intro.why[1]), "xseamx, seams"]
        .map((text) => explained(text, met).map((node) => typeof node === "string" ? node
          : [node.kids[0], node.set["data-help"]]))};
    }
    console.log(JSON.stringify(out));"""
    ran = subprocess.run(["node", "-e", script], input=json.dumps({"words": words.table(), "intro": intro}),
                         capture_output=True, text=True, check=True, timeout=60)
    out = json.loads(ran.stdout)
    for lang in words.LANGUAGES:
        assert out[lang]["lead"] == [told_sentence(lang, each) for each in intro["lead"]]
    first, again, seams = out["en"]["marked"]
    assert [node[0] for node in first if isinstance(node, list)] == ["chunk", "latent"]
    assert first[1][1] == words.say("en", "term_chunk_help") and len(again) == 1
    assert [node if isinstance(node, str) else node[0] for node in seams] == ["xseamx, ", "seams"]
    assert "".join(node if isinstance(node, str) else node[0] for node in first) == told_sentence("en", intro["why"][1])
    assert ["潜在帧", words.say("zh", "term_latent_help")] in out["zh"]["marked"][0]
