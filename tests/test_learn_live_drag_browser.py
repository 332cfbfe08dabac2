"""A hand that drags the size of Learn's live step, in headless Chromium: pictures at once, and never one size's under
another's number."""

import numpy as np
import pytest
from live_lesson import CELLS, alone, mount, ready, see, words
from live_pages import live_drawn, one_visit
from served import QUIET

pytestmark = [pytest.mark.browser, *QUIET]
SIZES = range(4, 41)


@pytest.fixture(scope="module")
def address(live_app):
    return live_app


@pytest.fixture(scope="module")
def visited(tabs):
    with one_visit(tabs, live_drawn) as found:
        yield found


@pytest.fixture
def page(visited):
    page, nothing_bad = visited
    yield page
    nothing_bad()


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
  // Whenever a cell says something else; what is painted in between says the same.
  const looking = new MutationObserver(look);
  looking.observe(document.querySelector("#live .vd-live-strip"), {subtree: true, attributes: true, childList: true});
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
  looking.disconnect();
  return {seen, wrong, shown: [...shown]};
}"""


def test_a_drag_over_all_sizes_shows_nearly_all_of_them_and_each_is_its_own(page):
    see(page)
    ready(page)
    found = page.evaluate(DRAG, [[*SIZES], 60, True])
    assert found["wrong"] == [] and len(found["shown"]) >= 30, sorted(set(SIZES) - {*found["shown"]})
    # What stood there while the hand moved is what the size really gives.
    again = page.evaluate("""async (sizes) => {
      const found = {};
      for (const size of sizes) {
        const now = await live.first(size);
        found[`${now.dataset.size} ${now.dataset.frame}`] =
          live.pixels(now).reduce((sum, value) => Math.imul(sum ^ value, 16777619), 0x811c9dc5);
      }
      return found;
    }""", found["shown"][::5])
    assert len(again) >= 6 and again == {key: found["seen"][key] for key in again}
    assert len(set(again.values())) > 3
    tried = page.locator("#live .vd-live-map").get_attribute("aria-label")
    assert tried.endswith("of 37 sizes, frame by frame: marked where far from the source")


def test_a_hand_too_fast_for_the_machine_ends_on_the_right_size_and_the_numbers_of_the_record(page, address):
    value, record = address.came
    mount(page, alone(value))
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
