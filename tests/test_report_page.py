"""report.html: asks for nothing, runs nothing, says it in both languages, and lets no name become markup."""

import re
import shlex
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from fabricated import comparison

from vae_demo import report, words
from vae_demo.layout.text import ranges
from vae_demo.layout.variant import Variant
from vae_demo.report import charts
from vae_demo.report.numbers import number
from vae_demo.results.findings import Finding
from vae_demo.results.rerun import command_line
from vae_demo.results.scores import Scores
from vae_demo.words.sentences import headline_sentence, verdict_sentence

HOSTILE = [
    "clip.mp4", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;b&gt; & co", "a'b\"c`d$(touch x);e",
    "=cmd|' /C calc'!A0", "../../etc/passwd", "-rf", "旅行 视频 \u202egpm.exe", "x" * 300, "a\nb\tc\x00\x1b[31m",
    "{value}${7*6}", "</style><style>", "]]>", "",
]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    made, sources = comparison(18, name='<b>"rose" & 玫瑰</b>.mp4')
    directory = tmp_path_factory.mktemp("result")
    return report.save_result(made, sources, directory), sources, directory


def page_of(directory):
    return (directory / "report.html").read_text(encoding="utf-8")


def parse(page):
    # The page is also well-formed XML, so a strict parser can check what a browser would forgive.
    return ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>\n"))


def outside(page):
    """Whatever would make a browser load something or run something."""
    tree = parse(page)
    found = [element.tag for element in tree.iter() if element.tag in ("script", "link", "iframe", "object", "base")]
    for element in tree.iter():
        for name, value in element.attrib.items():
            loads = name in ("src", "href", "srcset", "action", "data") and not value.startswith("data:image/")
            if loads or name.startswith("on"):
                found.append(f"{element.tag} {name}={value}")
    return found + re.findall(r"url\((?!#)[^)]*\)|@import", page)


def test_report_asks_for_nothing_and_runs_nothing(saved):
    page = page_of(saved[2])
    assert outside(page) == []
    assert "default-src 'none'" in page and not re.search(r"https?://", page)


def test_the_check_for_requests_can_fail():
    for bad in ('<html><img src="http://x/y.png"/></html>', "<html><script/></html>", '<html><p onclick="x"/></html>',
                "<html><style>a{background:url(x.png)}</style></html>"):
        assert outside(bad)


@pytest.mark.browser
def test_a_browser_opens_it_offline_in_both_languages(saved, browser):
    finished, _, directory = saved
    asked, said = [], []
    with browser.new_context(offline=True, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto((directory / "report.html").as_uri())
        english = page.inner_text("main")
        page.click("label[for=zh]")
        chinese = page.inner_text("main")
        wide = page.evaluate("document.documentElement.scrollWidth")
        broken = page.evaluate("[...document.images].filter(image => !image.naturalWidth).length")
    assert [url for url in asked if not url.startswith(("file:", "data:image/"))] == [] and said == []
    assert words.say("en", "report_rerun") in english and words.say("en", "report_rerun") not in chinese
    assert words.say("zh", "report_rerun") in chinese and words.say("zh", "report_rerun") not in english
    assert wide <= 390 and broken == 0


def text_of(element, lang):
    """What a reader of `lang` sees: text of elements marked with another language left out."""
    if element.get("lang", lang) not in (lang, None) and element.tag != "html":
        return element.tail or ""
    inner = (element.text or "") + "".join(text_of(child, lang) for child in element)
    return ("" if element.tag in ("style", "title") else inner) + (element.tail or "")


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_report_says_it_in_both_languages(saved, lang):
    finished, _, directory = saved
    text = text_of(parse(page_of(directory)), lang)
    for finding in finished.findings:
        assert headline_sentence(lang, finding) in text
    for variant in finished.variants:
        assert verdict_sentence(lang, variant.verdict) in text
        assert f"{variant.playback.means['psnr']:.2f}" in text
    other = next(each for each in words.LANGUAGES if each != lang)
    assert verdict_sentence(other, finished.variants[0].verdict) not in text
    assert '<b>"rose" & 玫瑰</b>.mp4' in text


def test_report_draws_what_the_plan_says(saved):
    finished, _, directory = saved
    drawings = {svg.get("aria-label"): svg for svg in parse(page_of(directory)).iter("svg") if svg.get("aria-label")}
    ruler = [rect.get("class") for rect in drawings["frames and latents"].iter("rect")]
    folded = sum(chunk.crop for v in finished.variants for chunk in v.plan.decode_chunks)
    assert ruler.count("border") == sum(len(v.plan.boundaries) for v in finished.variants) > 0
    assert ruler.count("hatch") == sum(v.plan.pads_shown for v in finished.variants) + folded > 0
    crosses = [path for path in drawings["frames and latents"].iter("path") if path.get("class") == "lost"]
    assert len(crosses) == sum(bool(v.plan.lost_frames) for v in finished.variants) > 0
    assert len(list(drawings["x-t tapes"].iter("image"))) == len(finished.variants) + 1
    hovers = [title.text for title in drawings["psnr"].iter("title")]
    assert len(hovers) == finished.media["n_frames"]
    assert f"17: {finished.variants[0].playback['psnr'][3]:.1f}" in hovers[3]


def test_the_language_shown_first_can_be_chosen():
    made, sources = comparison(4, ("17",))
    data = replace(made, media={}).to_json()
    pictures = report.pictures(made, sources)
    assert 'id="zh" checked' in report.report_page(data, pictures, "zh")
    assert 'id="en" checked' in report.report_page(data, pictures)
    with pytest.raises(ValueError, match="en, zh"):
        report.report_page(data, pictures, "fr")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_clip_name_is_only_text(name, tmp_path):
    made, sources = comparison(5, ("17", "17:16"), name=name, size=16)
    report.save_result(made, sources, tmp_path / "out", layers=())
    page = page_of(tmp_path / "out")
    assert outside(page) == []
    shown = "".join(char for char in name if char.isprintable())
    assert shown in text_of(parse(page), "en")
    cells = (tmp_path / "out" / "frames.csv").read_text(encoding="utf-8").replace("\n", ",").split(",")
    assert not any(cell[:1] in "=+@\t" and cell for cell in cells)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", [name for name in HOSTILE if name])
def test_the_command_line_survives_a_shell(name):
    made, _ = comparison(5, ("17", "17:16"), name=name)
    line = command_line(made.to_json())
    parts = shlex.split(line)
    assert "\n" not in line and parts[:4] == ["python", "-m", "vae_demo", "compare"]
    clean = "".join(char for char in name if char.isprintable())
    assert parts[4] == (f"./{clean}" if clean.startswith("-") else clean)


def test_the_command_line_repeats_the_run():
    from vae_demo.cli import build_parser
    made, _ = comparison(20, ("17", "17:16", "whole"), seed=7)
    args = build_parser().parse_args(shlex.split(command_line(made.to_json()))[3:])
    assert (args.frames, args.start, args.size, args.crop, args.seed) == (20, 0, 64, "square", 7)
    assert [Variant.read(part).label for part in args.variants.split(",")] == ["17", "17→16", "whole"]


@pytest.mark.parametrize(("frames", "size"), [(1, 16), (5, 8), (20, 200)])
def test_any_length_and_size_makes_a_report(frames, size, tmp_path):
    made, sources = comparison(frames, ("17", "16", "whole", "5", "4", "17:16:fit"), size=size)
    report.save_result(made, sources, tmp_path, layers=())
    assert outside(page_of(tmp_path)) == []
    assert len(made.variants) == 6


def test_lists_of_nothing_make_a_report(tmp_path):
    made, sources = comparison(5, ("17",), size=16)
    none = Scores.unknown(5)
    empty = replace(made.variants[0], playback=none, aligned=none, baseline_2d=None,
                    verdict=Finding("one_chunk_unscored"))
    report.save_result(replace(made, variants=(empty,)), sources, tmp_path, layers=())
    assert words.say("en", "report_no_worst") in text_of(parse(page_of(tmp_path)), "en")


@pytest.mark.parametrize(("values", "low", "high"), [
    ([17.1, 35.6], 15, 40), ([100.0, 100.0], 99.4, 100.6), ([None, None], 0, 1), ([0.0, 0.0], -0.6, 0.6),
    ([], 0, 1), ([0.61, 0.99], 0.6, 1.0),
])
def test_axis_limits_hold_the_values(values, low, high):
    found = charts.limits(values)
    assert found[:2] == pytest.approx((low, high)) and found[2] > 0


def test_lost_frames_are_written_as_ranges():
    assert ranges((39, 41, 42, 43), "–") == ["39", "41–43"] and ranges(()) == []


def test_numbers_say_when_they_know_nothing():
    assert number(None, 2) == "–" and number(-0.5, 1) == "−0.5" and number(0.5, 1, "+") == "+0.5"
    assert number(-0.004, 2) == number(0.004, 2, "+") == "0.00"
