"""The Learn tab in headless Chromium: predict and reveal, slider, quiz, progress, links, print, phone, Chinese."""

import re

import pytest
from fabricated_lessons import MIXED, learn_result, learn_sweep
from live_pages import lessons_drawn, visits
from served import QUIET, served

from vae_demo import assets
from vae_demo.examples import LEARN_17
from vae_demo.views import page
from vae_demo.views.learn import tab as learn_tab

pytestmark = [pytest.mark.browser, *QUIET]
# Where everything stands, to the half pixel; a note in its reserved room grows to the left.
PLACES = """() => [...document.querySelectorAll(".vd-step, .vd-step *:not(.vd-option-note)")].map((node) => {
  const {x, y, width, height} = node.getBoundingClientRect();
  return [x, y + scrollY, width, height].map((n) => Math.round(n * 2) / 2).join(" ");
})"""
HIDDEN = "(node) => getComputedStyle(node).visibility === 'hidden'"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Address of the app on made-up results: 16 opens badly with tiny-17, less so with tiny-mixed."""
    examples = tmp_path_factory.mktemp("examples")
    learn_result(examples)
    learn_result(examples, "tiny-mixed", **MIXED)
    learn_sweep(examples)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "EXAMPLES", examples)
        # The other tabs have tests of their own, and take their time to load.
        patch.setattr(page, "TABS", (learn_tab,))
        with served(tmp_path_factory.mktemp("kept"), page.build_page) as url:
            yield url


@pytest.fixture
def visit(tabs):
    with visits(tabs, lessons_drawn) as open_page:
        yield open_page


def ask(page, key):
    return page.locator(f'[data-ask="{key}"]')


def option(page, key, text):
    return ask(page, key).get_by_role("radio", name=text)


def contents(page):
    return page.get_by_role("navigation", name="Steps")


def hidden(locator):
    return locator.first.evaluate(HIDDEN)


def test_predict_then_reveal_and_nothing_moves(visit):
    page = visit()
    step = page.locator("#step-3")
    step.scroll_into_view_if_needed()
    answer, later = ask(page, "breaks").locator(".vd-answer"), step.locator(".vd-shot.vd-later canvas")
    assert hidden(answer) and hidden(later) and later.count() == 12
    assert not hidden(step.locator(".vd-shot:not(.vd-later) canvas"))
    before = page.evaluate(PLACES)
    option(page, "breaks", "The last ones").click()
    assert not hidden(answer) and not hidden(later)
    assert page.evaluate(PLACES) == before
    assert "17.3 dB at 16, 22.5 at 18 and 34.9 at 17" in answer.inner_text()
    assert option(page, "breaks", re.compile("^The first ones.* measured$")).count() == 1
    assert option(page, "breaks", re.compile("^The last ones.* your guess$")).count() == 1
    assert page.get_by_role("status").filter(has_text="17.3 dB at 16").count() == 1
    option(page, "breaks", "The first ones").click()
    assert option(page, "breaks", re.compile("^The first ones.* measured, your guess$")).count() == 1
    assert page.evaluate(PLACES) == before


def test_pictures_are_cut_where_they_should_be(visit):
    page = visit()
    option(page, "clash", "94").click()
    page.wait_for_function("""() => [...document.querySelectorAll("#step-5 .vd-shot canvas")].every((canvas) => {
      const at = canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height - 8, 1, 1).data;
      return at[3] === 255; })""")
    grey = page.locator("#step-5 .vd-picture-row:last-child canvas").evaluate_all("""(all) => all.map((canvas) => {
      const [r, g, b] = canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height - 8, 1, 1).data;
      return Math.max(Math.abs(r - 110), Math.abs(g - 110), Math.abs(b - 110)) < 8; })""")
    assert grey == [False, False, True, True, True, False]
    assert page.locator("#step-5 .vd-picture-row:last-child .vd-under").all_inner_texts() == [
        "f15\n3 late", "f16\n3 late", "pad", "pad", "pad", "f17\n6 late"]


def test_answers_open_on_the_way_down(visit):
    page = visit()
    answer = ask(page, "compress").locator(".vd-answer")
    assert hidden(answer)
    page.locator("#step-7").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('[data-ask=compress]').dataset.open === ''")
    assert not hidden(answer) and ask(page, "compress").get_by_role("radio", checked=True).count() == 0
    assert hidden(ask(page, "quiz-tail").locator(".vd-answer"))


def test_everything_is_there_in_print(visit):
    page = visit()
    page.emulate_media(media="print")
    assert not any(page.locator(".vd-answer, .vd-later").evaluate_all(f"(nodes) => nodes.map({HIDDEN})"))
    assert not page.locator(".vd-hint").first.is_visible()


def test_slider_by_mouse_keys_and_number(visit):
    page = visit()
    size, total = page.get_by_role("slider"), page.locator(".vd-total b")
    assert total.inner_text().replace("\u00a0", " ") == "17 = 1+4+4+4+4"
    size.focus()
    page.keyboard.press("ArrowRight")
    assert total.inner_text() == "18 = 2+4+4+4+4"
    assert size.get_attribute("aria-valuetext") == "18 = 2+4+4+4+4: the first group holds 2 real frames."
    assert page.locator(".vd-groups .vd-pad-cell").count() == 2
    page.get_by_role("spinbutton").fill("40")
    assert total.inner_text().startswith("40 = 4+4") and page.locator(".vd-groups .vd-pad-cell").count() == 0
    box = page.get_by_role("img", name="40 = 4+4").evaluate(
        "(n) => ({end: n.getBBox().x + n.getBBox().width, w: n.clientWidth})")
    assert box["end"] <= box["w"] + 1
    box = size.bounding_box()
    page.mouse.click(box["x"] + 9, box["y"] + box["height"] / 2)
    assert total.inner_text() == "1 = 1"


def test_quiz(visit):
    page = visit()
    out = page.locator(".vd-count-out")
    assert hidden(out)
    for n in (13, 51):
        page.get_by_role("button", name=str(n)).click()
    page.get_by_role("button", name="Show the answer").click()
    assert not hidden(out) and "13, 17 and 21" in ask(page, "whole").locator(".vd-answer").inner_text()
    assert page.locator(".vd-count[data-right=true] b").all_inner_texts() == ["13", "17", "21"]
    for key, text in (("quiz-fits", "Yes"), ("quiz-tail", "Yes"), ("quiz-mean", "No")):
        assert page.locator("[data-quiz-key]").get_by_role("cell").get_by_role("img").count() == 0
        option(page, key, text).click()
    assert page.locator("[data-quiz-key]").get_by_role("cell").get_by_role("img").count() == 21
    assert page.get_by_text("4 of 4 questions answered. Kept in this browser only.", exact=True).is_visible()


def test_whoever_reads_to_the_end_has_the_answers_of_the_quiz(visit):
    page = visit()
    key = page.locator("[data-quiz-key]").get_by_role("cell").get_by_role("img")
    assert key.count() == 0
    page.get_by_role("region", name="In short, and what to try next").locator(".vd-end").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('[data-ask=quiz-mean]').dataset.open === ''")
    assert key.count() == 21 and not any(page.locator("#quiz .vd-answer").evaluate_all(f"(n) => n.map({HIDDEN})"))
    page.evaluate("window.vdOpenInExplore = (settings) => { window.opened = settings; }")
    page.get_by_role("button", name="fish, 101 frames").click()
    assert page.evaluate("window.opened") == {
        "model": "tiny-17", "variants": ["17"], "clip": "fish", "frames": 101}


def test_every_cut_slot_is_crossed(visit):
    page = visit()
    option(page, "clash", "94").click()
    slots = page.get_by_role("img", name="25 latents, 100 slots")
    assert slots.locator("rect:not(defs rect)").count() == 100
    assert slots.locator("path").count() == 6 and slots.locator("text").all_text_contents() == list("1234567")


def test_progress_survives_a_reload_and_can_be_forgotten(visit):
    page = visit()
    option(page, "compress", "1 in 256").click()
    page.locator("#step-1 .vd-end").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.vd-rail [data-step=step-1]').classList.contains('vd-done')")
    page.reload()
    page.locator(".vd-learn").wait_for()
    assert option(page, "compress", "1 in 256").is_checked()
    assert not hidden(ask(page, "compress").locator(".vd-answer"))
    assert contents(page).get_by_role("link").first.text_content().endswith(" (done)")
    page.get_by_role("button", name="Forget my progress").click()
    page.wait_for_function("document.querySelectorAll('[data-ask=compress] input:checked').length === 0")
    assert page.evaluate("JSON.parse(localStorage.getItem('vd-learn')).guesses") == {}


def test_each_step_has_a_link(visit):
    page = visit("?tab=learn#step-5")
    page.wait_for_function("Math.abs(document.querySelector('#step-5').getBoundingClientRect().top) < 60")
    assert contents(page).locator("[aria-current=step]").get_attribute("data-step") == "step-5"
    contents(page).get_by_role("link").nth(1).click()
    page.wait_for_function("Math.abs(document.querySelector('#step-2').getBoundingClientRect().top) < 60")
    assert page.url.endswith("?tab=learn#step-2")
    assert page.evaluate("document.activeElement.id") == "step-2-title"


def test_a_step_opens_its_setting_in_explore(visit):
    page = visit()
    page.evaluate("window.vdOpenInExplore = (settings) => { window.opened = settings; }")
    page.locator("#step-5").get_by_role("button", name="Open in Explore").click()
    assert page.evaluate("window.opened.variants") == ["17", "17→16", "17→16 fit"]
    page.locator("#step-3").get_by_role("button", name="Open in Explore").click()
    assert page.evaluate("window.opened") == {
        "model": "tiny-17", "variants": ["17", "16", "18", "17→16"], "clip": "harbour", "frame": 16, "selected": "16"}


def test_keys_alone(visit):
    page = visit("?tab=learn#step-3")
    page.wait_for_function("document.activeElement.id === 'step-3-title'")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Space")
    assert ask(page, "breaks").get_attribute("data-open") == ""
    page.keyboard.press("ArrowDown")
    assert option(page, "breaks", "The first ones").is_checked()


def test_phone(visit):
    page = visit(width=390, device_scale_factor=2, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    bar = page.locator(".vd-step-bar")
    assert bar.is_visible() and bar.locator("i").count() == 8 and not contents(page).get_by_role("list").is_visible()
    page.locator("#step-5 .vd-figure").scroll_into_view_if_needed()
    page.mouse.wheel(0, 300)
    page.wait_for_function("document.querySelector('.vd-step-count').textContent === '5 / 8'")
    assert bar.bounding_box()["y"] == pytest.approx(0, abs=1)
    assert page.locator("#step-3 .vd-picture-row:nth-child(2) .vd-shot:visible").count() == 4
    # Four pictures instead of six, and the heading counts those.
    shown = page.locator("#step-3 .vd-picture-row:first-child .vd-shot:visible").all_inner_texts()
    heading = page.locator("#step-3 .vd-fig-head h4").first.inner_text()
    assert f"Frames {shown[0][1:]} to {shown[-1][1:]} of" in heading
    assert min(option.bounding_box()["height"] for option in page.locator("#step-3 .vd-option").all()) >= 44
    small = page.evaluate("""() => [...document.querySelectorAll(".vd-learn *")].filter((node) =>
      node.checkVisibility() && [...node.childNodes].some((c) => c.nodeType === 3 && c.data.trim())
      && parseFloat(getComputedStyle(node).fontSize) < 10).length""")
    assert small == 0


def test_chinese(visit):
    page = visit("?tab=learn&lang=zh")
    option(page, "mixed", "按 16 往返").click()
    text = page.locator(".vd-learn").inner_text()
    assert "为什么是 17 帧" in text and "按 16 往返，基本好了。分块首帧从 17.3 升到 26.8 dB。" in text
    assert "undefined" not in text and "{" not in text
    glossary = page.get_by_role("region", name="这里用到的十个词")
    assert glossary.get_by_role("term").all_inner_texts()[:2] == ["潜在帧", "分块"]


def test_without_results_there_is_a_page_and_a_word_about_it(visit):
    # The same component on a value without runs, as before `make examples`.
    page = visit()
    page.evaluate("""([script, value]) => {
      const element = document.createElement("div");
      element.innerHTML = '<div class="vd-root"></div>';
      document.querySelector("#vd-learn").replaceChildren(element);
      new Function("element", "props", "watch", "trigger", script)(element, {value}, () => {}, () => {});
    }""", [learn_tab.learn_script(), learn_tab.learn_value({}, assets.EXAMPLES / LEARN_17)])
    assert "make examples" in page.locator(".vd-notice").last.inner_text()
    assert page.locator(".vd-step").count() == 10 and page.get_by_role("slider").is_visible()
