"""The Inspect tab in headless Chromium: samples, own files, pairs, the figure by mouse and keys, Chinese, phones."""

import re
import time

import numpy as np
import pytest
from inspect_app import make_assets, make_films
from served import QUIET, serving

from vae_demo.views.inspect import run as inspect_run

pytestmark = [pytest.mark.browser, *QUIET]
HEAD, COUNTER = "#vd-inspect h2", "#vd-inspect .vd-counter b"
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def address(tmp_path_factory, numbered_assets):
    assets = make_assets(tmp_path_factory.mktemp("assets"), numbered_assets)
    with serving(assets, tmp_path_factory.mktemp("kept")) as url:
        yield url


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    return make_films(tmp_path_factory.mktemp("films"))


@pytest.fixture
def visit(tabs):
    """Opens the tab for one visitor; what a good page has none of is looked for at the end."""
    with tabs.visits() as open_page:
        def opened(query="", **options):
            page = open_page(f"?tab=inspect{query}", **{"height": 1000, **options})
            page.wait_for_selector("#vd-inspect .vd-in-empty, #vd-inspect .vd-in-strip")
            return page

        yield opened


def bring(page, *paths, to="upload"):
    """Give files as somebody does who chooses them."""
    with page.expect_file_chooser() as chooser:
        page.click(f"#vd-inspect-{to}")
    chooser.value.set_files([str(path) for path in paths])


def says(page, text):
    page.wait_for_function("(text) => document.querySelector('#vd-inspect h2')?.textContent.includes(text)", arg=text)


def at(page, frame):
    page.wait_for_function("([of, n]) => document.querySelector(of).textContent === String(n)", arg=[COUNTER, frame])


def test_seven_samples_are_one_click_away_and_the_address_opens_one(visit):
    page = visit()
    assert page.locator("#vd-inspect .vd-in-sample").count() == 7
    assert page.locator("#vd-inspect .vd-in-sample img").evaluate_all("all => all.every((one) => one.src)")
    page.click("#vd-inspect .vd-in-sample >> text=Ghost every 16")
    says(page, "Every 16 frames, from frame 0: a ghost.")
    assert "9 of 9 times" in page.inner_text(HEAD)
    assert page.locator("#vd-inspect .vd-in-strip .vd-in-is-event").count() == 3
    at(page, 64)
    page.click("#vd-inspect-desk [data-sample=nothing]")
    says(page, "Nothing periodic found, from every 3 to every 34 frames.")
    assert "would have been found from" in page.inner_text("#vd-inspect .vd-lede")
    page = visit("&sample=pair")
    says(page, "decoding adds a ghost that the source does not have")
    assert page.locator("#vd-inspect .vd-in-fold canvas").count() == 2
    assert page.locator("#vd-inspect .vd-in-tape").count() == 2
    # No pictures are missing.
    page.wait_for_function("""() => [...document.querySelectorAll('#vd-inspect .vd-in-cell canvas')].every((one) =>
      one.getContext('2d').getImageData(20, 20, 1, 1).data[3] > 0)""")


def test_the_figure_by_mouse_and_keys(visit):
    page = visit("&sample=ghost")
    axis = page.locator("#vd-inspect .vd-in-rows")
    axis.scroll_into_view_if_needed()
    box, fw = axis.bounding_box(), 7
    page.mouse.move(box["x"] + 146 + 20.5 * fw, box["y"] + 40)
    at(page, 20)
    # Hovering only looks; a click stays.
    page.mouse.move(box["x"] + 20, box["y"] - 60)
    at(page, 64)
    page.mouse.click(box["x"] + 146 + 48.5 * fw, box["y"] + 150)
    page.mouse.move(box["x"] + 20, box["y"] - 60)
    at(page, 48)
    assert "event 4 of 9" in page.inner_text("#vd-inspect .vd-in-labels")
    walked = {"ArrowRight": 49, "Shift+ArrowRight": 64, "Shift+ArrowLeft": 48, "End": 135, "Home": 0}
    for key, frame in walked.items():
        page.keyboard.press(key)
        at(page, frame)
    assert page.locator("#vd-inspect .vd-in-fold .vd-in-chip").inner_text() == "0"
    page.keyboard.press("[")
    page.keyboard.press("[")
    page.wait_for_function("document.querySelector('#vd-inspect .vd-in-stepper b').textContent === '14'")
    # At another period no column is named.
    assert page.locator("#vd-inspect .vd-in-fold .vd-in-chip").count() == 0
    page.click("#vd-inspect .vd-in-stepper button >> nth=1")
    page.keyboard.press("]")
    page.wait_for_function("document.querySelector('#vd-inspect .vd-in-fold h4').textContent.includes('16')")
    page.keyboard.press("f")
    assert page.locator("#vd-inspect .vd-in-fold [data-name=detail]").get_attribute("aria-checked") == "true"
    page.locator("#vd-inspect .vd-in-bar[data-period='32']").click()
    page.wait_for_function("document.querySelector('#vd-inspect .vd-in-stepper b').textContent === '32'")
    page.keyboard.press(" ")
    page.wait_for_function("([of]) => Number(document.querySelector(of).textContent) > 3", arg=[COUNTER])
    page.keyboard.press(" ")
    page.click("#vd-inspect .vd-in-cell >> nth=0")
    at(page, 13)


def test_own_files_alone_and_as_a_pair(visit, films):
    page = visit(careless=True)  # it is reloaded, and Gradio's own script complains of a stream that ends by that
    bring(page, films / "ghosts.mp4")
    says(page, "Every 16 frames, from frame 0: a ghost.")
    page.wait_for_function("document.querySelector('#vd-inspect-desk').textContent.includes('after you leave')")
    assert page.locator("#vd-inspect .vd-link").is_disabled()
    # The other tabs have it, too.
    page.evaluate("window.vdShowTab('sweep')")
    page.wait_for_function("""async () => (await window.vdModule('shared/forms.js')).clips.own.now?.shown ===
      'ghosts.mp4'""")
    page.evaluate("window.vdShowTab('inspect')")
    bring(page, films / "plain.mp4", to="give")
    says(page, "decoding adds a ghost that the source does not have")
    assert "--reference plain.mp4" in page.inner_text("#vd-inspect .vd-cli code")
    page.click("#vd-inspect-swap")
    page.wait_for_function("document.querySelector('#vd-inspect .vd-provenance').textContent.includes('plain.mp4')")
    page.reload()
    page.wait_for_function("document.querySelector('#vd-inspect .vd-provenance')?.textContent.includes('plain.mp4')")


def test_two_files_at_once_and_the_source_goes_to_explore(visit, films):
    page = visit()
    (films / "source.mp4").exists() or (films / "source.mp4").symlink_to(films / "plain.mp4")
    bring(page, films / "source.mp4", films / "ghosts.mp4")
    says(page, "decoding adds a ghost that the source does not have")
    assert "source.mp4 is taken as the source: its name says so." in page.inner_text("#vd-inspect-desk")
    looked_at = "(name) => document.querySelector('#vd-inspect .vd-provenance').textContent.includes(name)"
    page.click("#vd-inspect-desk .vd-in-paired button")
    page.wait_for_function(looked_at, arg="source.mp4")
    assert page.text_content("#vd-inspect-desk .vd-in-paired") == ""
    page.click("#vd-inspect-swap")
    page.wait_for_function(looked_at, arg="ghosts.mp4")
    page.click("#vd-inspect .vd-in-next >> text=Run the source in Explore")
    page.wait_for_function("window.vdBus.told.settings?.clip === 'source.mp4'")
    assert page.locator("#vd-tab-explore").is_visible()


def test_what_is_wrong_is_one_sentence_and_the_last_result_stays(visit, films):
    page = visit("&sample=ghost")
    says(page, "a ghost")
    for file, told in (("text.mp4", "text.mp4"), ("short.mp4", "has only 10 frames to look at")):
        bring(page, films / file)
        page.wait_for_function("(told) => document.querySelector('#vd-inspect-desk .vd-run-text').textContent"
                               ".includes(told)", arg=told)
        assert "a ghost" in page.inner_text(HEAD)
    page.fill("#vd-inspect-frames input", "12")
    page.wait_for_function("document.querySelector('#vd-inspect-desk .vd-run-text').textContent.includes('only')")


def test_a_run_says_how_far_it_is_and_can_be_cancelled(visit, films, monkeypatch):
    own = inspect_run.inspect_steps

    def endless(*args, **options):
        progress = next(own(*args, **options))
        frames = tuple(np.full((80, 128, 3), 20 * at, np.uint8) for at in range(12))
        yield type(progress)(12, 96, frames)
        yield type(progress)(24, 96, frames)
        while True:
            time.sleep(0.05)
            yield type(progress)(24, 96)

    monkeypatch.setattr(inspect_run, "inspect_steps", endless)
    page = visit("&sample=nothing", careless=True)
    says(page, "Nothing periodic")
    bring(page, films / "ghosts.mp4")
    page.wait_for_function("document.querySelector('#vd-inspect-desk').textContent.includes('24 of 96 frames')")
    # What is read is seen: two of eight pictures, and a quarter of the tape.
    page.wait_for_function("document.querySelectorAll('#vd-inspect .vd-in-live-strip i[role=img]').length === 2")
    box = "one => [one.clientWidth / one.parentElement.clientWidth, one.naturalHeight]"
    share, tall = page.locator("#vd-inspect .vd-in-live-tape img").evaluate(box)
    assert abs(share - 0.25) < 0.02 and tall > 0
    page.click("#vd-inspect-cancel")
    page.wait_for_function("document.querySelector('#vd-inspect-desk').textContent.includes('Stopped by you.')")
    assert not page.locator("#vd-inspect .vd-in-live").is_visible()
    assert "Nothing periodic" in page.inner_text(HEAD) and not page.locator("#vd-inspect-cancel").is_visible()
    monkeypatch.setattr(inspect_run, "inspect_steps", own)
    page.click("#vd-inspect-desk .vd-in-again")
    says(page, "a ghost")


def test_a_variant_of_explore_is_inspected_against_its_source(visit, address):
    page = visit()
    page.evaluate("window.vdShowTab('explore')")
    page.wait_for_selector("#vd-player .vd-inspect-this")
    page.click("#vd-player .vd-inspect-this")
    page.wait_for_function("document.querySelector('#vd-inspect .vd-provenance')?.textContent.includes('harbour-1')")
    assert page.locator("#vd-tab-inspect").is_visible() and "Measured on this pair" in page.inner_text(
        "#vd-inspect .vd-provenance")
    assert page.locator("#vd-inspect-source input").input_value() == "harbour.mp4"


def test_chinese(visit):
    page = visit("&sample=keys&lang=zh")
    says(page, "每 15 帧一次")
    text = page.inner_text("#vd-inspect")
    assert "关键帧" in text and not re.search(r"\b(Frames|Events|Which|event)\b", text)
    assert CHINESE.search(page.inner_text("#vd-inspect-desk"))


@pytest.mark.parametrize("query", ["", "&sample=ghost", "&sample=pair", "&sample=nothing&lang=zh"])
def test_a_phone_scrolls_in_one_direction(visit, query):
    page = visit(query, width=390, height=844)
    if query:
        page.wait_for_selector("#vd-inspect .vd-in-smalls canvas")
        assert page.locator("#vd-inspect .vd-in-strip-head span").count() == 5
    assert page.evaluate("document.documentElement.scrollWidth") == 390
