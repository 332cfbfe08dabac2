"""The live step of Learn in headless Chromium: fetched when it is seen, computed here, true to the server's numbers."""

from base64 import b64decode

import numpy as np
import pytest
from live_lesson import CELLS, PARTS, SIDE, alone, asked_for, decoded, mount, ready, see, words
from live_pages import live_drawn, one_visit
from served import QUIET

from vae_demo.layout.variant import Variant
from vae_demo.live.parts import N_FRAMES

pytestmark = [pytest.mark.browser, *QUIET]


@pytest.fixture(scope="module")
def address(live_app):
    return live_app


@pytest.fixture(scope="module")
def visited(tabs):
    with one_visit(tabs, live_drawn) as found:
        yield found


@pytest.fixture
def page(visited):
    """Of the first test; those after it have the lessons, or the step alone, put there anew."""
    page, nothing_bad = visited
    yield page
    nothing_bad()


def psnr(one, other):
    return 10 * np.log10(255 ** 2 / np.mean((one.astype(float) - other) ** 2))


def test_nothing_is_fetched_before_the_step_is_seen_and_then_this_machine_has_the_servers_pictures(page):
    page.wait_for_timeout(300)
    assert asked_for(page) == [] and asked_for(page, (".webp",)) != []
    see(page)
    ready(page)
    assert asked_for(page) == sorted(PARTS)
    assert "Computed on your machine in" in words(page) and "Nothing was sent." in words(page)
    source, torch = decoded(Variant(16, 16), SIDE)
    packed = page.evaluate("live.along(() => live.packed(live.now()))")
    found = np.frombuffer(b"".join(map(b64decode, packed)), np.uint8).reshape(N_FRAMES, SIDE, SIDE, 4)
    assert (found[..., 3] == 255).all()
    off = np.abs(found[..., :3].astype(int) - torch)
    assert off.max() <= 1 and off.sum() <= 100e-6 * off.size, (off.max(), off.sum())
    for mine, theirs, own in zip(found[..., :3], torch, source, strict=True):
        assert psnr(mine, own) == pytest.approx(psnr(theirs, own), abs=1e-3)


def test_keys_the_map_all_sizes_and_a_page_that_nobody_sees(page, address):
    mount(page, alone(address.value))
    see(page)
    ready(page)
    step, size = page.locator("#live"), page.locator("#live input[type=range]")
    size.focus()
    page.keyboard.press("PageUp")
    ready(page)
    assert size.input_value() == "17" and size.get_attribute("aria-valuetext").endswith("computed on your machine")
    assert page.locator(".vd-learn [role=status]").inner_text() == size.get_attribute("aria-valuetext")
    page.keyboard.press("PageDown")
    page.keyboard.press("End")
    assert size.input_value() == "40"
    ready(page)
    frame = step.get_by_role("slider", name="Frame", exact=True)
    frame.focus()
    drawn = "#live :is(.vd-l-ink, .vd-knob, .vd-cell, .vd-latent)"
    page.evaluate("(drawn) => { window.stays = [...document.querySelectorAll(drawn)]; }", drawn)
    page.keyboard.press("End")
    assert frame.get_attribute("aria-valuenow") == "33"
    assert page.evaluate("stays.length > 100 && stays.every((node) => node.isConnected)"), "drawn anew for the cursor"
    ready(page)
    # Hidden, the page rests; seen again, it goes on.
    page.evaluate("""() => {
      Object.defineProperty(document, "hidden", {get: () => window.unseen, configurable: true});
      window.unseen = true;
      document.dispatchEvent(new Event("visibilitychange"));
      live.set(7);
    }""")
    page.wait_for_timeout(400)
    assert page.evaluate("live.cells().every((cell) => !cell.from)")
    page.evaluate("() => { window.unseen = false; document.dispatchEvent(new Event('visibilitychange')); }")
    ready(page)
    box = step.locator(".vd-live-map").bounding_box()
    page.mouse.click(box["x"] + 40, box["y"] + 18 + 7 * (21 - 4) + 3)
    assert size.input_value() == "21"
    step.get_by_role("button", name="Run all 37").click()
    step.get_by_role("button", name="Stop").wait_for()
    page.evaluate("live.set(16)")
    ready(page)
    assert {cell["size"] for cell in page.evaluate(CELLS)} == {"16"}


def test_breaks_and_clash_answer_for_any_size(page, address):
    mount(page, address.value)
    for step, size, label in (("#step-3", "20", "20"), ("#step-5", "12", "17→12")):
        more = page.locator(f"{step} .vd-live-more")
        assert more.evaluate("(node) => getComputedStyle(node).visibility") == "hidden"
        page.locator(f"{step} .vd-option").first.click()
        more.scroll_into_view_if_needed()
        more.get_by_role("spinbutton").fill(size)
        page.wait_for_function(f"document.querySelector('{step} .vd-live-badge').dataset.from === 'machine'")
        cells = more.locator(".vd-live-own canvas").evaluate_all("(all) => all.map((each) => ({...each.dataset}))")
        assert {(cell["size"], cell["from"]) for cell in cells} == {(label, "machine")}
    assert "pad" in page.locator("#step-5 .vd-live-more .vd-under").all_inner_texts()[0]
    page.locator("#step-5 .vd-live-more").get_by_role("button", name="One frame more").click()
    page.wait_for_function("document.querySelector('#step-5 .vd-live-own canvas').dataset.size === '17→13'")


def test_in_chinese_on_a_phone(page, address):
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(address + "?tab=learn&lang=zh")
    live_drawn(page)
    see(page)
    ready(page)
    text = page.locator("#live").inner_text()
    assert "任意长度，在本机运行" in text and "由本机计算" in text and "undefined" not in text and "{" not in text
    assert page.evaluate("document.documentElement.scrollWidth") == 390 and len(page.evaluate(CELLS)) == 4
    assert page.locator("#live input[type=range]").bounding_box()["height"] >= 44
    page.wait_for_function("document.querySelector('.vd-step-count').textContent === '第 4 / 8 步'")
    # Numbers of the curve stand beside it, not over it.
    plot = page.locator("#live .vd-live-plot")
    numbers = plot.locator(".vd-fig-small").all()
    assert [number.text_content() for number in numbers][-1] == "dB" and len(numbers) > 2
    drawn = plot.locator(".vd-live-line").bounding_box()
    assert min(number.bounding_box()["x"] for number in numbers) > drawn["x"] + drawn["width"]
