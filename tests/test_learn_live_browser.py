"""The live step of Learn in headless Chromium: fetched when it is seen, computed here, true to the server's numbers,
and never one size's pictures under another's number."""

import json
import re

import numpy as np
import pytest
from live_lesson import CELLS, PARTS, SIDE, decoded, live_app, mount, ready, see, shipped
from served import QUIET

from vae_demo import assets
from vae_demo.examples import LIVE
from vae_demo.layout.variant import Variant
from vae_demo.report.sheets import load_sheets

pytestmark = [pytest.mark.browser, *QUIET]
N_FRAMES, SIZES = 34, range(4, 41)


@pytest.fixture(scope="module")
def came():
    """What comes with the app, 96 pixels a side: the page's value, and the record of the saved results."""
    return shipped(), load_sheets(assets.EXAMPLES / LIVE)


@pytest.fixture(scope="module")
def address(tmp_path_factory, came):
    with live_app(tmp_path_factory.mktemp("live")) as url:
        yield url


@pytest.fixture
def visit(tabs):
    """visit(query, **how) opens Learn as a new visitor; what goes wrong fails the test, a request to others too."""
    with tabs.visits() as open_page:
        def go(query="?tab=learn", **how):
            page = open_page(query, **how)
            page.locator("#live .vd-live-strip canvas").first.wait_for(state="attached")
            return page

        yield go


def asked_for(page, what=PARTS):
    """What the page has fetched of the engine's parts."""
    names = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    return sorted(part for part in what if any(name.endswith(part) for name in names))


def words(page):
    return page.locator("#live .vd-live-words").inner_text()


def psnr(one, other):
    return 10 * np.log10(255 ** 2 / np.mean((one.astype(float) - other) ** 2))


def test_nothing_is_fetched_before_the_step_is_seen_and_then_this_machine_has_the_servers_pictures(visit):
    page = visit()
    page.wait_for_timeout(300)
    assert asked_for(page) == [] and asked_for(page, (".webp",)) != []
    see(page)
    ready(page)
    assert asked_for(page) == sorted(PARTS)
    assert "Computed on your machine in" in words(page) and "Nothing was sent." in words(page)
    source, torch = decoded(Variant(16, 16), SIDE)
    found = np.array(page.evaluate("live.along(() => [...live.pixels(live.now())])"), np.uint8)
    found = found.reshape(N_FRAMES, SIDE, SIDE, 4)
    assert (found[..., 3] == 255).all()
    off = np.abs(found[..., :3].astype(int) - torch)
    assert off.max() <= 1 and off.sum() <= 100e-6 * off.size, (off.max(), off.sum())
    for mine, theirs, own in zip(found[..., :3], torch, source, strict=True):
        assert psnr(mine, own) == pytest.approx(psnr(theirs, own), abs=1e-3)


# A hand that goes over all sizes, and stays so many ms at least. patient: until there is a picture, but not for ever.
# Gives what was seen: for every picture under the cursor a digest by size and frame, the sizes that had one, and every
# cell that said another size than the slider.
DRAG = """async ([sizes, least, patient]) => {
  const seen = {}, wrong = [], shown = new Set();
  const digest = (canvas) => live.pixels(canvas).reduce((sum, value) => Math.imul(sum ^ value, 16777619), 0x811c9dc5);
  const look = () => {
    for (const cell of live.cells()) if (cell.from && cell.size !== live.size()) wrong.push([live.size(), cell]);
    const now = live.now();
    if (now?.dataset.from !== "machine") return;
    shown.add(Number(now.dataset.size));
    seen[`${now.dataset.size} ${now.dataset.frame}`] ??= digest(now);
  };
  let on = true;
  const looking = (async () => { while (on) { look(); await new Promise(requestAnimationFrame); } })();
  let longest = patient ? 1000 : least;
  for (const size of sizes) {
    const began = performance.now(), spent = () => performance.now() - began;
    const there = () => live.now()?.dataset.from === "machine";
    live.set(size);
    look();
    await live.until(() => spent() > longest || (spent() > least && (!patient || there())));
    look();
    // On a machine with much else to do a picture takes longer, and the hand is slower as well.
    if (patient) longest = Math.max(1000, 2 * spent());
  }
  await live.run(sizes[sizes.length - 1]);
  look();
  on = false;
  await looking;
  return {seen, wrong, shown: [...shown]};
}"""


def test_a_drag_over_all_sizes_shows_nearly_all_of_them_and_each_is_its_own(visit):
    page = visit()
    see(page)
    ready(page)
    found = page.evaluate(DRAG, [[*SIZES], 60, True])
    assert found["wrong"] == [] and len(found["shown"]) >= 30, sorted(set(SIZES) - {*found["shown"]})
    # What stood there while the hand moved is what the size really gives.
    again = page.evaluate("""async (sizes) => {
      const found = {};
      for (const size of sizes) {
        await live.run(size);
        const now = live.now();
        found[`${now.dataset.size} ${now.dataset.frame}`] =
          live.pixels(now).reduce((sum, value) => Math.imul(sum ^ value, 16777619), 0x811c9dc5);
      }
      return found;
    }""", found["shown"][::5])
    assert len(again) >= 6 and again == {key: found["seen"][key] for key in again}
    assert len(set(again.values())) > 3
    tried = page.locator("#live .vd-live-map").get_attribute("aria-label")
    assert tried.endswith("of 37 sizes, frame by frame: marked where far from the source")


def test_a_hand_too_fast_for_the_machine_ends_on_the_right_size_and_the_numbers_of_the_record(visit, came):
    page, (value, record) = visit(), came
    mount(page, value)
    see(page)
    ready(page)
    found = page.evaluate(DRAG, [[*reversed(SIZES), 12], 12, False])
    assert found["wrong"] == []
    assert {(cell["size"], cell["from"]) for cell in page.evaluate(CELLS)} == {("12", "machine")}
    assert "34 frames at 96 px" in words(page)
    saved = next(each for each in record["variants"] if each["label"] == "12")["psnr"]
    shown = page.evaluate(
        "live.along(() => document.querySelector('#live .vd-live-now .vd-under').firstChild.textContent)")
    assert [float(text) for text in shown] == pytest.approx(saved, abs=0.0501)
    numbers = page.locator("#live .vd-live-says td").all_inner_texts()
    assert numbers[1] == f"{np.mean(saved):.1f} / {min(saved):.1f} dB"


BLOCKED = "() => { window.Worker = class { constructor() { throw new Error('blocked'); } }; }"


@pytest.mark.parametrize(("without", "says", "fetched"), [
    ("delete window.Worker", "This browser cannot run the model", []),
    ("WebAssembly.validate = () => false", "no WebAssembly SIMD", []),
    (BLOCKED, "cannot run the model", sorted(PARTS))])
def test_where_it_cannot_run_saved_results_stay_and_one_sentence_says_why(visit, without, says, fetched):
    page = visit()
    page.evaluate(without)
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


def test_arithmetic_that_differs_from_the_saved_result_is_not_trusted(visit, came):
    page = visit()
    value = json.loads(json.dumps(came[0]))
    figure = next(step for step in value["steps"] if step["key"] == "live")["figure"]
    figure["saved"][0]["psnr"][3] += 0.1
    mount(page, value)
    see(page)
    page.wait_for_function("document.querySelector('#live .vd-live-words').textContent.includes('arithmetic differs')")
    assert page.evaluate("live.from()") == "saved"
    assert page.locator("#live").get_by_role("button", name="Run all 37").is_disabled()


def test_a_model_that_does_not_come_can_be_asked_for_again(visit):
    page = visit(careless=True)
    page.route("**/*.safetensors", lambda route: route.abort())
    see(page)
    again = page.locator("#live").get_by_role("button", name="Try again")
    again.wait_for()
    assert "could not be fetched" in words(page) and page.evaluate("live.from()") == "saved"
    page.unroute("**/*.safetensors")
    again.click()
    ready(page)


def test_who_saves_data_is_asked_first(visit):
    page = visit()
    page.evaluate("Object.defineProperty(navigator, 'connection', {value: {saveData: true}, configurable: true})")
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


def test_keys_the_map_all_sizes_and_a_page_that_nobody_sees(visit):
    page = visit()
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
    frame = step.get_by_role("slider", name="Frame", exact=True)
    frame.focus()
    page.keyboard.press("End")
    assert frame.get_attribute("aria-valuenow") == "33"
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


def test_breaks_and_clash_answer_for_any_size(visit):
    page = visit()
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


def test_in_chinese_on_a_phone(visit):
    page = visit("?tab=learn&lang=zh", width=390, device_scale_factor=2, has_touch=True)
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
