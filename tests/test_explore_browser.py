"""The Explore tab in headless Chromium: one clock for all pictures, seeking, keys, links, phones, dark."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from explore_app import (
    FEW_FRAMES,
    FEW_SIDE,
    MANY,
    at,
    expected,
    fill,
    offered,
    pictures,
    point,
    ready,
    run_text,
    says,
    settle,
    visits,
)
from served import QUIET

from vae_demo.layout.variant import DEFAULT_VARIANTS
from vae_demo.views.page import TABS

pytestmark = [pytest.mark.browser, *QUIET]


@pytest.fixture
def visit(tabs):
    with visits(tabs) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def only_visit(tabs):
    with visits(tabs) as open_page:
        yield open_page(), open_page.nothing_bad


@pytest.fixture
def page(only_visit):
    """The page of one visitor, as it was when it opened, for what changes neither its address nor its form."""
    page, nothing_bad = only_visit
    page.mouse.move(2, 2)
    for open_or_playing in ("#vd-intro button[aria-expanded=true]", ".vd-t-play[aria-label=Pause]"):
        page.evaluate("(place) => document.querySelector(place)?.click()", open_or_playing)
    page.evaluate("""() => {
      for (const place of [".vd-segments [data-name='1']", "[data-name=side]", "[data-name=off]",
        ".vd-column[data-key='16'] .vd-choose"]) document.querySelector(`#vd-player ${place}`).click();
      document.activeElement.blur();
      scrollTo(0, 0);
    }""")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowRight")
    settle(page, 16)
    yield page
    nothing_bad()


def test_first_paint_is_a_finished_result_at_the_first_border_of_16(visit, assets):
    page = visit()
    assert at(page) == 16 and page.locator(".vd-column.vd-selected").get_attribute("data-key") == "16"
    assert page.locator(".vd-column[data-key]").count() == len(DEFAULT_VARIANTS)
    assert pictures(page) == expected(assets, 16)
    assert page.locator("#vd-cancel").is_hidden() and page.locator("#vd-run").is_visible()


def test_a_radio_group_keeps_its_own_arrows_and_is_one_stop_of_the_tab_key(page):
    speed = page.locator("#vd-player .vd-segments").first
    speed.locator("[aria-checked=true]").focus()
    for key, chosen in (("ArrowRight", "2"), ("ArrowRight", "0.1"), ("ArrowLeft", "2"), ("ArrowUp", "1")):
        page.keyboard.press(key)
        assert speed.locator("[aria-checked=true]").get_attribute("data-name") == chosen
        assert page.evaluate("document.activeElement.dataset.name") == chosen
        assert speed.locator("[tabindex='0']").count() == 1 and at(page) == 16


def test_every_picture_is_the_same_frame_wherever_one_seeks(page, assets):
    for key, frame in (("End", 93), ("ArrowLeft", 92), ("Home", 0), ("ArrowRight", 1)):
        page.keyboard.press(key)
        settle(page, frame, expected(assets, frame))
        assert pictures(page) == expected(assets, frame), key
    for place, frame in ((".vd-ruler svg", 40), (".vd-chart-area", 63), (".vd-tape canvas", 80)):
        page.mouse.click(*point(page, place, frame))
        settle(page, frame)
        assert pictures(page) == expected(assets, frame), place


def test_a_seek_that_is_overtaken_leaves_no_other_picture(page, assets):
    for _ in range(4):
        page.evaluate("""() => {
          for (const [key, shiftKey] of [["Home", false], ["ArrowRight", true]])
            document.body.dispatchEvent(new KeyboardEvent("keydown", {key, shiftKey, bubbles: true}));
        }""")
        settle(page, 16, expected(assets, 16))


def test_hover_scrubs_and_leaving_goes_back(page, assets):
    page.mouse.move(*point(page, ".vd-chart-area", 30))
    settle(page, 30)
    assert pictures(page) == expected(assets, 30)
    page.mouse.move(20, 20)
    settle(page, 16)


def test_pictures_stay_together_while_playing(page, assets):
    page.keyboard.press("Home")
    settle(page, 0)
    page.keyboard.press("Space")
    seen = []
    for _ in range(12):
        page.wait_for_timeout(60)
        found = pictures(page)
        if found["source"] not in (None, "over"):
            seen.append(found["source"])
            assert found == expected(assets, found["source"])
    page.keyboard.press("Space")
    assert len(set(seen)) > 3
    assert page.locator(".vd-t-play").get_attribute("aria-label") == "Play"


def test_keys_go_to_borders_and_to_one_bad_frame_after_another(page):
    page.keyboard.press("Shift+ArrowRight")
    settle(page, 32)
    page.keyboard.press("Shift+ArrowLeft")
    settle(page, 16)
    page.keyboard.press("w")
    page.wait_for_function("() => document.querySelector('.vd-counter b').textContent !== '16'")
    first = at(page)
    page.keyboard.press("w")
    page.wait_for_function("(n) => document.querySelector('.vd-counter b').textContent !== String(n)", arg=first)
    page.keyboard.press("b")
    assert page.locator("[data-name=blink]").get_attribute("aria-checked") == "true"


def test_the_second_row_shows_errors_of_the_same_frame(page):
    page.click("[data-name=error]")
    page.wait_for_function("""() => document.querySelector("[data-picture='16'].vd-layer-error canvas")
      .getContext("2d").getImageData(9, 9, 1, 1).data[3] > 0""")
    grey = """(key) => document.querySelector(`[data-picture='${key}'].vd-layer-error canvas`).getContext("2d")
      .getImageData(128, 200, 1, 1).data[0]"""
    # 17→16 is three frames late here: what moves differs. 17 is in time: nothing does.
    assert page.evaluate(grey, "17→16") > 40 > 20 > page.evaluate(grey, "17")


def test_six_variants_fit_and_stay_together_across_two_files(visit, assets):
    page = visit(f"?clip=pan&frames={FEW_FRAMES}&size={FEW_SIDE}&variants={MANY}&frame=16")
    assert len({panel["file"] for panel in json.loads(
        (assets / "examples" / "pan" / "comparison.json").read_text(encoding="utf-8"))["media"]["panels"]}) == 4
    # Each file is there in its own time.
    settle(page, 16, expected(assets, 16, "pan"))
    assert pictures(page) == expected(assets, 16, "pan")
    wide = "(all) => all.filter((each) => each.scrollWidth > each.clientWidth + 1).length"
    assert page.locator(".vd-column").count() == 7 and page.locator(".vd-column").evaluate_all(wide) == 0
    page.keyboard.press("Home")
    settle(page, 0, expected(assets, 0, "pan"))
    page.keyboard.press("Space")
    for _ in range(6):
        page.wait_for_timeout(50)
        found = pictures(page)
        assert set(found.values()) == {found["source"]}
    page.wait_for_function("() => document.querySelector('.vd-t-play').getAttribute('aria-label') === 'Play'")
    settle(page, FEW_FRAMES - 1, expected(assets, FEW_FRAMES - 1, "pan"))
    assert pictures(page) == expected(assets, FEW_FRAMES - 1, "pan")


@pytest.mark.parametrize("query", [
    "", "?lang=zh", f"?clip=pan&frames={FEW_FRAMES}&size={FEW_SIDE}&variants={MANY}"])
def test_no_number_of_a_card_is_cut_off(visit, assets, query):
    page = visit(query)
    assert page.evaluate("""() => [...document.querySelectorAll(".vd-column[data-key] .vd-fact dd")]
      .filter((dd) => dd.scrollWidth > dd.clientWidth).map((dd) => dd.textContent)""") == []
    if "clip" not in query:
        data = json.loads((assets / "examples" / "harbour" / "comparison.json").read_text(encoding="utf-8"))
        borders = {v["label"]: v["seam"]["boundaries"] for v in data["variants"] if v["seam"]}
        for label, n in borders.items():
            assert str(n) in page.locator(f".vd-column[data-key='{label}'] .vd-fact dt").last.inner_text()


def test_a_link_brings_somebody_else_to_the_same_frame(page, visit, assets):
    page.click(".vd-column[data-key='18'] .vd-choose")
    page.keyboard.press("Shift+ArrowRight")
    settle(page, 18)
    page.click(".vd-link")
    link = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(link).query)["variants"] == ["17,16,18,17:16"]
    other = visit("?" + urlsplit(link).query)
    settle(other, 18)
    assert other.locator(".vd-column.vd-selected").get_attribute("data-key") == "18"
    assert pictures(other) == expected(assets, 18)


def test_a_link_to_what_nobody_ran_fills_the_controls(visit):
    page = visit("?clip=harbour&variants=13,21&frames=60&start=5&size=128&dtype=bfloat16&frame=9&model=nope&clip=../x")
    page.wait_for_function("() => window.vdBus.told.settings?.frames === 60")
    assert page.evaluate("window.vdBus.told.settings") == {
        "clip": "harbour", "model": "tiny-17", "variants": ["13", "21"], "start": 5, "frames": 60, "size": "128",
        "dtype": "bfloat16"}
    assert page.locator("#vd-dtype").is_visible() and page.locator("#vd-model .vd-more").is_disabled()
    page.wait_for_function("() => document.querySelectorAll('.vd-not-run .vd-column[data-key]').length === 2")
    page.locator("#vd-player .vd-ahead", has_text="planned, not run yet").wait_for()
    assert pictures(page)["source"] == 5
    assert "not measured yet" in page.locator(".vd-column[data-key='13']").inner_text()
    assert page.locator("#vd-player .vd-whose").is_hidden()
    offered(page, "Run")


@pytest.mark.parametrize(("lang", "said"), [
    ("en", "hunyuanvideo is not offered here"), ("zh", "此处不提供 hunyuanvideo")])
def test_a_link_to_a_model_that_is_not_offered_says_so_and_fills_the_rest(visit, lang, said):
    page = visit(f"?clip=harbour&variants=own,17&frames=51&model=hunyuanvideo&lang={lang}")
    says(page, model="tiny-17", frames=51)
    page.wait_for_timeout(500)
    assert said in run_text(page) and "VAE_DEMO_MODELS=hunyuanvideo" in run_text(page)
    options = page.locator("#vd-model input")
    options.click()
    page.wait_for_selector("[role=option]")
    assert "hunyuanvideo" not in page.locator("[role=option]").all_inner_texts()


# Counts what is asked of the frames of a page from its very beginning; true once nothing was asked for half a second.
COUNTED = """vdAsked = 0;
const askFrame = requestAnimationFrame;
requestAnimationFrame = (then) => { vdAsked += 1; return askFrame(then); };"""
RESTS = """async () => {
  for (let tries = 60, before = -1; tries; tries--) {
    if (before === vdAsked) return true;
    before = vdAsked;
    await new Promise((done) => setTimeout(done, 500));
  }
}"""


def test_a_page_at_rest_asks_for_no_frames(visit):
    page = visit()
    wire = page.context.new_cdp_session(page)
    wire.send("Page.enable")
    script = wire.send("Page.addScriptToEvaluateOnNewDocument", {"source": COUNTED})["identifier"]
    page.reload()
    ready(page)
    wire.send("Page.removeScriptToEvaluateOnNewDocument", {"identifier": script})
    assert page.evaluate("vdAsked") > 0 and page.evaluate(RESTS)


def test_the_address_names_the_tab(visit):
    page = visit()
    last = TABS[-1].KEY
    page.evaluate("(key) => window.vdShowTab(key)", last)
    page.wait_for_function("(key) => key === 'explore' || new URL(location).searchParams.get('tab') === key", arg=last)
    fill(page, frames=50)
    page.wait_for_selector("#vd-tabs [data-tab-id=explore][aria-selected=true]")


def test_a_phone_has_one_variant_at_a_time_and_no_sideways_scroll(visit, assets):
    page = visit(width=390, height=844, device_scale_factor=2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".vd-column:visible").count() == 2 and page.locator("#vd-clip").is_hidden()
    page.select_option(".vd-pick", "17→16")
    assert page.locator(".vd-column[data-key='17→16']").is_visible()
    assert pictures(page)["17→16"] == expected(assets, 16)["17→16"]
    page.click(".vd-change")
    assert page.locator("#vd-clip").is_visible()
    heights = "(all) => all.map((b) => b.getBoundingClientRect().height)"
    assert min(page.locator(".vd-transport button:visible").evaluate_all(heights)) >= 44
    for width in (390, 360, 320):
        page.set_viewport_size({"width": width, "height": 740})
        cut = page.locator("#vd-tabs > .tab-wrapper [role=tab]:visible").evaluate_all(
            "(all) => all.map((one) => one.scrollWidth - one.clientWidth)")
        assert len(cut) == 6 and max(cut) <= 1, f"names of tabs are whole at {width} px"


def test_dark_is_dark_and_is_remembered(visit):
    page = visit()
    page.click(".vd-theme")
    dark = "getComputedStyle(document.body).getPropertyValue('--vd-bg').trim()"
    assert page.evaluate(dark) == "#0F1215"
    page.reload()
    page.wait_for_selector(".vd-column")
    assert page.evaluate(dark) == "#0F1215"


def test_everything_can_be_reached_and_seen_by_keyboard(page):
    page.focus("#vd-start input")
    names = []
    for _ in range(60):
        page.keyboard.press("Tab")
        names.append(page.evaluate("""() => {
          const on = document.activeElement, name = on.getAttribute("aria-label") || on.textContent.trim().slice(0, 40);
          return [name, getComputedStyle(on).outlineStyle, on.outerHTML.slice(0, 80)];
        }"""))
    reached = [name for name, _, _ in names]
    assert {"Run again", "Whole clip", "Play"} <= set(reached), reached
    assert all(reached), [html for name, _, html in names if not name]
    assert {outline for name, outline, _ in names if name in ("Run again", "Whole clip", "Play")} == {"solid"}


def test_terms_explain_themselves_at_first_use_and_the_story_is_one_click_away(page):
    words = page.locator(".vd-terms .vd-help")
    assert words.count() == 10
    words.nth(1).focus()
    help = "getComputedStyle(document.activeElement, '::after').content"
    assert "network together" in page.evaluate(help)
    page.locator(".vd-legend .vd-help", has_text="border").click()
    assert "one chunk ends" in page.evaluate(help) and page.locator(".vd-legend .vd-help").count() >= 4
    story = page.locator("#vd-intro button")
    assert page.locator(".vd-story").is_hidden() and "1+4+4+4+4" in page.inner_text("#vd-intro")
    story.click()
    assert story.get_attribute("aria-expanded") == "true" and page.locator(".vd-story").is_visible()
