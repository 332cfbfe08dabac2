"""study.html: asks for nothing, runs nothing, says in both languages what the numbers say."""

import re

import pytest
from fabricated_study import failure, study
from test_report_page import HOSTILE, outside, parse, text_of

from vae_demo import words
from vae_demo.report.study_figures import MOST_DOTS
from vae_demo.report.study_page import study_page
from vae_demo.studies.record import study_record
from vae_demo.studies.statistics import Draws
from vae_demo.studies.table import MORE
from vae_demo.words import say
from vae_demo.words.sentences import study_headline, study_sentence, study_sizes

FAST = Draws(resamples=300)


def record_of(*args, **kwargs):
    return study_record(study(*args, **kwargs), FAST)


@pytest.fixture(scope="module")
def data():
    return record_of(7, models=("tiny-17", "tiny-mixed"), left_out={("clip 3.mp4", "tiny-17", "18")}, missing=2,
                     failures=[failure("broken.mp4"), failure("clip 3.mp4", "tiny-17", "18")])


@pytest.fixture(scope="module")
def page(data):
    return study_page(data)


def test_it_asks_for_nothing_and_runs_nothing(page):
    assert outside(page) == []
    assert "default-src 'none'" in page and not re.search(r"https?://", page)


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_the_answer_is_said_in_words_and_the_numbers_are_there(data, page, lang):
    text = text_of(parse(page), lang)
    for group in data["groups"]:
        assert study_headline(lang, group["headline"][0], group["model"], 7) in text
        for cell in group["cells"]:
            assert study_sentence(lang, cell["finding"]) in text and study_sizes(lang, cell["finding"]) in text
            low, high = (f"{cell['scores']['psnr'][key]:.2f}" for key in ("low", "high"))
            assert f"{cell['scores']['psnr']['mean']:.2f}" in text and f"{low} … {high}" in text
    for each in data["models"]:
        assert each["finding"]["params"]["label"] == "tiny-mixed@17"
        assert study_sentence(lang, each["finding"]) in text and study_sizes(lang, each["finding"]) in text
    assert len(data["models"]) == 1 and say(lang, "studied_models") in text
    assert say(lang, "studied_table_interval", level="95") in text
    assert say(lang, "studied_stopped", n=2) in text and say(lang, "studied_absent", n=1) in text
    assert say(lang, "error_no_variant") in text and "broken.mp4" in text
    assert say(lang, "studied_left_out") in text and "LPIPS" in text


def overview(data):
    """Rows of the table, as texts."""
    table = next(table for table in parse(study_page(data)).iter("table") if table.get("class") == "overview")
    rows = [[text_of(cell, "en") for cell in row] for row in table.iter("tr")]
    return {row[0]: row[1:] for row in rows}


def test_the_table_is_that_of_the_record():
    data = record_of(8, ("17", "16"))
    rows, cell = overview(data), data["groups"][0]["cells"][1]
    shown = [f"{summary['mean']:{sign}.2f}{summary['low']:{sign}.2f} … {summary['high']:{sign}.2f}".replace("-", "−")
             for part, sign in (("scores", "-"), ("difference", "+"))
             for summary in (cell[part]["psnr"], cell[part]["psnr_worst"])]
    assert rows["16"] == [*shown, "8 of 8"] and rows["17"][2:] == ["–", "–", "–"]


def test_a_clip_that_is_worse_in_one_respect_counts_as_worse():
    def scores(clip, variant, frames):
        return [33.0] * frames if variant == "17" else [20.0, *[40.0] * (frames - 1)]
    data = record_of(2, ("17", "16"), psnr=scores)
    assert data["groups"][0]["cells"][1]["finding"]["case"] == "few_mixed" and overview(data)["16"][-1] == "2 of 2"


def test_every_score_is_defined_in_the_foot(data, page):
    terms = {term.text for term in parse(page).iter("dt")}
    assert terms >= {*data["protocol"]["scores"], *MORE}
    assert "`" not in text_of(parse(page), "en") and "inspect" in {code.text for code in parse(page).iter("code")}


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_the_protocol_is_said(page, lang):
    text = text_of(parse(page), lang)
    for key, params in (("studied_says_clips", {"n": 7, "m": 7}), ("studied_says_frames_some", {"n": 34}),
                        ("studied_says_same_one", {"n": 34, "least": 34}), ("studied_says_crop_square", {"n": 64}),
                        ("studied_says_mean", {}), ("studied_says_kept", {}), ("studied_says_kinds", {"n": 1})):
        assert say(lang, key, **params) in text, key
    assert "Lanczos" in text and "abababababababab" in text and "torch 2.0" in text


def test_other_protocols_are_said_otherwise():
    data = record_of(2, ("17",), frames_read=40)
    data["protocol"].update(frames=None, seed=4, crop="none")
    data["rows"][0]["frames"] = 29
    text = text_of(parse(study_page(data)), "en")
    for key, params in (("studied_says_frames_all", {}), ("studied_says_seed", {"seed": 4}),
                        ("studied_says_same_range", {"least": 29, "n": 34}), ("studied_says_crop_none", {"n": 64}),
                        ("studied_says_dropped", {"n": 2, "m": 17})):
        assert say("en", key, **params) in text, key


def drawings(page, label):
    return [svg for svg in parse(page).iter("svg") if svg.get("aria-label") == label]


def test_figures_have_a_dot_per_clip_and_a_bar_per_interval(data, page):
    played, paired = drawings(page, "psnr")[0], drawings(page, "psnr −")[0]
    group = data["groups"][0]
    n_rows = sum(cell["scores"]["psnr"]["n"] for cell in group["cells"])
    assert len(list(played.iter("circle"))) == n_rows == 34
    assert [path.get("class") for path in played.iter("path")].count("line bar v17") == 1
    assert len(list(paired.iter("circle"))) == n_rows - 7
    assert {title.text[-6:-3] for title in paired.iter("title")} >= {" −3", " −1"}, "the variant less the reference"
    bars = [path for path in paired.iter("path") if "bar" in path.get("class")]
    assert len(bars) == len(group["cells"]) - 1
    assert [title.text for title in played.iter("title")][0].startswith("clip 1.mp4: ")


def test_a_dot_stands_where_its_number_is(data, page):
    """The axis is linear: what hover says and where the dot is are one line."""
    circles = [(float(dot.get("cx")), float(dot.find("title").text.rpartition(" ")[2]))
               for dot in drawings(page, "psnr")[0].iter("circle")]
    (x0, v0), (x1, v1) = min(circles), max(circles)
    for x, value in circles:
        assert value == pytest.approx(v0 + (x - x0) * (v1 - v0) / (x1 - x0), abs=0.02)


def test_few_clips_have_no_bars_and_it_is_said_why():
    page = study_page(record_of(3, ("17", "16")))
    text = text_of(parse(page), "en")
    assert "line bar" not in page.partition("</style>")[2]
    assert say("en", "studied_few", n=3, least=6) in text and say("en", "studied_few_share", n=3, share="25") in text
    assert "Worse than 17 on all 3 clips." in text and "interval is drawn" in text
    assert say("en", "studied_table_interval", level="95") not in text


def test_one_clip_is_called_what_it_is():
    text = text_of(parse(study_page(record_of(1, ("17", "16")))), "en")
    assert "Worse than 17 on the one clip." in text and "One clip says nothing of others." in text


def test_many_clips_are_drawn_as_lines():
    page = study_page(record_of(MOST_DOTS + 1, ("17", "16")))
    assert "<circle" not in page and "thin" in page.partition("</style>")[2]
    assert say("en", "studied_figures_many", n=MOST_DOTS) in text_of(parse(page), "en")


def test_a_study_in_which_nothing_worked_is_a_page_too():
    page = study_page(record_of(0, failures=[failure("a.mp4")]))
    text = text_of(parse(page), "en")
    assert say("en", "studied_nothing") in text and "a.mp4" in text


def test_borders_are_drawn_once_and_red_is_nothing_else(page):
    body = page.partition("</style>")[2]
    assert body.count('class="border"') == len(drawings(page, "around borders")) == 2
    assert say("en", "studied_around_none", labels="whole") in text_of(parse(page), "en")


def test_hostile_names_are_only_text():
    names = [*dict.fromkeys(name for name in HOSTILE if name)]
    data = record_of(names, ("17", "16"), failures=[failure(name) for name in names])
    page = study_page(data, "zh")
    assert outside(page) == [] and 'id="zh" checked' in page
    text = text_of(parse(page), "zh")
    for name in names:
        assert "".join(char for char in name if char.isprintable()) in text


@pytest.mark.browser
def test_a_browser_opens_it_on_a_phone(data, page, browser, tmp_path):
    (tmp_path / "study.html").write_text(page, encoding="utf-8")
    with browser.new_context(offline=True, viewport={"width": 390, "height": 844}) as context:
        tab = context.new_page()
        said = []
        tab.on("console", lambda message: said.append(message.text))
        tab.goto((tmp_path / "study.html").as_uri())
        english = tab.inner_text("main")
        tab.click("label[for=zh]")
        chinese = tab.inner_text("main")
        wide = tab.evaluate("document.documentElement.scrollWidth")
        cut = tab.evaluate("""[...document.querySelectorAll('svg.figure text')].filter(text => {
            const own = text.getBoundingClientRect(), all = text.ownerSVGElement.getBoundingClientRect();
            return own.left < all.left - 1 || own.right > all.right + 1}).map(text => text.textContent)""")
    assert said == [] and wide <= 390 and cut == []
    assert say("en", "studied_definitions") in english and say("zh", "studied_definitions") in chinese
    assert say("zh", "studied_definitions") not in english
