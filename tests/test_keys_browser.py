"""The page by keyboard, in headless Chromium: tabs, menus, chips, what is typed, and who has the keys after a click."""

import pytest
from explore_app import at, settle, visits
from explore_app import says as controls_say
from served import QUIET

from vae_demo.views.page import TABS

pytestmark = [pytest.mark.browser, *QUIET]

BOX = "#vd-variants input"
CHIPS = "() => [...document.querySelectorAll('#vd-variants .token > span')].map((each) => each.textContent.trim())"
OPEN = "() => document.querySelectorAll('[role=listbox]').length"


@pytest.fixture(scope="module")
def page(tabs):
    """One page for all: what each test leaves, the others do not look at."""
    with visits(tabs) as open_page:
        yield open_page()


@pytest.fixture(autouse=True)
def explore(page):
    """Its first tab, with nothing in focus."""
    page.evaluate("document.activeElement.blur()")
    page.evaluate("(tab) => window.vdShowTab(tab)", TABS[0].KEY)
    page.wait_for_selector(f"#vd-tab-{TABS[0].KEY}", state="visible")


def focused(page, what="id"):
    return page.evaluate(f"() => document.activeElement.{what}")


def selected(page):
    return page.locator(".vd-column.vd-selected").get_attribute("data-key")


def test_links_skip_the_header_menus_close_behind_one_and_arrows_walk_along_the_tabs(page):
    # From the top of a page that nobody has touched.
    page.keyboard.press("Tab")
    assert focused(page, "textContent") == "Skip to the settings"
    assert page.locator(".vd-skips a").first.bounding_box()["width"] > 100
    page.keyboard.press("Enter")
    assert focused(page) == "vd-controls"
    page.locator(".vd-skips a").last.focus()
    assert focused(page, "textContent") == "Skip to the result"
    page.keyboard.press("Enter")
    assert focused(page) == "vd-player" and page.url.endswith("/")

    for name, key in (("clip", "Tab"), ("size", "Shift+Tab")):
        page.focus(f"#vd-{name} input")
        page.keyboard.press("x")
        page.wait_for_function(f"() => ({OPEN})() === 1")
        assert page.locator("[role=option]").count() > 1
        page.keyboard.press(key)
        page.wait_for_function(f"() => !({OPEN})()")
    page.wait_for_function("() => document.activeElement.getAttribute('aria-label') === 'Frames'")

    first, second, last = TABS[0].KEY, TABS[1].KEY, TABS[-1].KEY
    page.focus(f"[role=tab][data-tab-id={first}]")
    for key, shown in (("ArrowRight", second), ("ArrowLeft", first), ("ArrowLeft", last), ("Home", first),
                       ("End", last)):
        page.keyboard.press(key)
        page.wait_for_selector(f"[role=tab][data-tab-id={shown}][aria-selected=true][tabindex='0']")
        assert focused(page, "dataset.tabId") == shown
        assert page.locator("[role=tab][tabindex='0']").count() == 1
    page.wait_for_selector(f"#vd-tab-{last}[role=tabpanel]", state="visible")
    page.locator(".vd-skips a").last.focus()
    assert focused(page, "textContent") == "Skip to the content" and page.locator(".vd-skips a").first.is_hidden()


def test_after_a_click_the_keys_are_the_page_s_and_a_dialog_shows_them(page):
    slider = page.locator(".vd-cursor")
    assert slider.get_attribute("aria-valuetext") == "frame 16 of 94, chunk 2 of 6"
    for frame, name in ((17, "wipe"), (18, "2"), (19, "side")):
        page.click(f"#vd-player [data-name='{name}']")
        page.keyboard.press("ArrowRight")
        settle(page, frame)
    page.click(".vd-t-next")
    page.keyboard.press(" ")
    assert page.locator(".vd-t-play").get_attribute("aria-label") == "Pause"
    page.keyboard.press(" ")
    page.focus("#vd-player [data-name=blink]")
    page.keyboard.press(" ")
    assert focused(page, "dataset.name") == "blink"

    page.keyboard.press("1")
    assert selected(page) == "17" and slider.get_attribute("aria-valuetext").endswith(", chunk 2 of 5")
    page.keyboard.press("9")
    page.focus("#vd-start input")
    page.keyboard.type("3w")
    page.focus(BOX)
    page.keyboard.type("?2")
    assert selected(page) == "17" and page.locator("dialog[open]").count() == 0

    page.focus(".vd-cursor")
    frame = at(page)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    assert "select a variant" in dialog.inner_text() and focused(page, "textContent") == "Close"
    for key in ("ArrowRight", "2", "w"):
        page.keyboard.press(key)
    assert at(page) == frame and selected(page) == "17"
    page.keyboard.press("Escape")
    assert not dialog.is_visible() and focused(page, "className") == "vd-cursor"
    page.focus(".vd-keys-open")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Close").click()
    assert not dialog.is_visible() and "vd-keys-open" in focused(page, "className")


def test_what_is_typed_is_taken_in_one_spelling_or_a_sentence_says_why_not(page):
    page.wait_for_selector(f"{BOX}[placeholder='or type 13, 17:16']")

    def shown(chips, told):
        """Wait for these chips and this sentence; Gradio draws them a moment after it has heard of them."""
        page.wait_for_function(f"""([chips, told]) => {{
          const says = document.querySelector("#vd-typed").textContent;
          return JSON.stringify(({CHIPS})()) === JSON.stringify(chips) && (told ? says.includes(told) : !says);
        }}""", arg=[chips, told])

    def typed(text, chips, told="", key="Enter"):
        page.focus(BOX)
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text)
        page.keyboard.press(key)
        shown(chips, told)

    chips = ["17", "16", "18", "17→16"]
    typed("17:16", chips)
    typed("", chips)
    typed("abc", chips, "'abc' is not a variant")
    assert page.input_value(BOX) == "abc" and page.get_attribute(BOX, "aria-invalid") == "true"
    page.focus("#vd-start input")
    shown(chips, "'abc' is not a variant")
    assert page.input_value(BOX) == "abc"
    typed("17->18", [*chips, "17→18"], key="Tab")
    typed("13、 21, 25", [*chips, "17→18"], "8 variants are too many")
    typed(" 33 ", [*chips, "17→18", "33"])
    page.wait_for_selector(f"{BOX}[placeholder='']")
    typed("21", [*chips, "17→18", "33"], "use at most 6")
    for left in (["16", "18", "17→16", "17→18", "33"], ["18", "17→16", "17→18", "33"]):
        page.click("#vd-variants .token-remove >> nth=0")
        shown(left, "")
    typed("21, 13", [*left, "21", "13"])
    page.click(BOX)
    page.click("[role=option]:has-text('whole')")
    shown([*left, "21", "13"], "7 variants are too many")
    controls_say(page, variants=page.evaluate(CHIPS))

    # Chips are buttons with names.
    buttons = page.locator("#vd-variants .token .token-remove")
    names = "(all) => all.map((each) => each.getAttribute('aria-label'))"
    assert buttons.evaluate_all(names) == [f"Remove {label}" for label in page.evaluate(CHIPS)]
    assert min(min(each["width"], each["height"]) for each in (b.bounding_box() for b in buttons.all())) >= 24
    buttons.last.focus()
    page.keyboard.press(" ")
    page.wait_for_function("() => document.activeElement.getAttribute('aria-label') === 'Remove 21'")
