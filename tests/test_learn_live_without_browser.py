"""Learn's live step where this browser computes nothing, in headless Chromium: saved results stay, and a sentence says
why."""

import json
import re

import pytest
from live_lesson import CELLS, PARTS, alone, asked_for, mount, ready, see, words
from live_pages import live_drawn, one_visit
from served import QUIET

pytestmark = [pytest.mark.browser, *QUIET]


@pytest.fixture(scope="module")
def address(live_app):
    return live_app


# What a test takes from the page, and how the page has it again.
KEEP = "() => { const {Worker} = window, {validate} = WebAssembly; window.kept = {Worker, validate}; }"
GIVE_BACK = """() => {
  window.Worker = kept.Worker;
  WebAssembly.validate = kept.validate;
  delete navigator.connection;
}"""


@pytest.fixture(scope="module")
def visited(tabs):
    with one_visit(tabs, live_drawn) as (page, nothing_bad):
        page.evaluate(KEEP)
        yield page, nothing_bad


@pytest.fixture
def page(visited):
    """For the step alone, which is seen as soon as it is there."""
    page, nothing_bad = visited
    yield page
    page.unroute_all()
    page.evaluate(GIVE_BACK)
    nothing_bad()


BLOCKED = "() => { window.Worker = class { constructor() { throw new Error('blocked'); } }; }"


@pytest.mark.parametrize(("without", "says", "fetched"), [
    ("delete window.Worker", "This browser cannot run the model", []),
    ("WebAssembly.validate = () => false", "no WebAssembly SIMD", []),
    (BLOCKED, "cannot run the model", sorted(PARTS))])
def test_where_it_cannot_run_saved_results_stay_and_one_sentence_says_why(page, address, without, says, fetched):
    page.evaluate(without)
    mount(page, alone(address.value))
    see(page)
    page.wait_for_function("(says) => document.querySelector('#live .vd-live-words').textContent.includes(says)",
                           arg=says)
    assert words(page).startswith("Saved results.") and asked_for(page) == fetched
    page.wait_for_function("live.cells().every((cell) => cell.from === 'saved' && cell.size === '16')")
    page.evaluate("live.set(17)")
    page.wait_for_function("live.cells().every((cell) => cell.from === 'saved' && cell.size === '17')")
    # A size that is not saved: its borders and its sum, no picture and no number.
    page.evaluate("live.set(22)")
    assert {cell["from"] for cell in page.evaluate(CELLS)} == {""} and words(page).startswith("No saved result")
    assert page.locator("#live .vd-live-says").inner_text().startswith("34 = 22 + 12.")
    assert page.locator("#live .vd-live-says td").first.inner_text() == "– dB"
    assert page.locator("#live .vd-live-plot .vd-border-line").count() == 2


def test_arithmetic_that_differs_from_the_saved_result_is_not_trusted(page, address):
    value = json.loads(json.dumps(alone(address.came[0])))
    figure = next(step for step in value["steps"] if step["key"] == "live")["figure"]
    next(each for each in figure["saved"] if each["label"] == "16")["psnr"][3] += 0.1
    mount(page, value)
    see(page)
    page.wait_for_function("document.querySelector('#live .vd-live-words').textContent.includes('arithmetic differs')")
    assert page.evaluate("live.from()") == "saved"
    assert page.locator("#live").get_by_role("button", name="Run all 37").is_disabled()


def test_a_model_that_does_not_come_can_be_asked_for_again(page, visited, address):
    page.route("**/*.safetensors", lambda route: route.abort())
    mount(page, alone(address.value))
    see(page)
    again = page.locator("#live").get_by_role("button", name="Try again")
    again.wait_for()
    assert "could not be fetched" in words(page) and page.evaluate("live.from()") == "saved"
    page.unroute("**/*.safetensors")
    with pytest.raises(AssertionError, match="ERR_FAILED"):
        visited[1]()
    again.click()
    ready(page)


def test_who_saves_data_is_asked_first(page, address):
    page.evaluate("Object.defineProperty(navigator, 'connection', {value: {saveData: true}, configurable: true})")
    mount(page, alone(address.value))
    see(page)
    button = page.locator("#live").get_by_role("button", name="Load the model, ")
    button.wait_for()
    assert asked_for(page) == []
    # While it comes: how far it is, of how much, and saved results.
    page.route("**/*.safetensors", lambda route: None)
    button.click()
    page.wait_for_function("document.querySelector('#live .vd-live-words').textContent.startsWith('Loading tiny-17: ')")
    assert re.search(r" \d\.\d of \d\.\d MB\. Until then: saved results\.$", words(page))
    assert page.evaluate("live.from()") == "saved"
