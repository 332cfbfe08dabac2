"""The axis of the Explore tab in headless Chromium: a short clip whole, a long one in a window under an overview."""

import json

import pytest
from explore_app import FRAMES, LONG_SIDE, THREE, fill, shade
from explore_app import LONG_FRAMES as LONG
from served import QUIET

pytestmark = [pytest.mark.browser, *QUIET]
LEFT, RIGHT, CELL = 146, 100, 6
# x within the axis block: what each view draws for one frame.
PLACES = """(frame) => {
  const block = document.querySelector(".vd-axis"), zero = block.getBoundingClientRect().left;
  const middle = (node) => { const box = node.getBoundingClientRect(); return (box.left + box.right) / 2 - zero; };
  const one = (name) => middle(block.querySelector(name));
  const line = block.querySelector(".vd-plot-line:last-of-type"), points = line.getAttribute("d").split(/[ML]/);
  return {cursor: one(".vd-cursor"), cell: one(".vd-cell-source.vd-now"), dot: one(".vd-dots i"),
    chart: new DOMPoint(...points[frame + 1].split(" ")).matrixTransform(line.getScreenCTM()).x - zero};
}"""
# The red value of a tape in the middle of column x of the axis block.
TAPE = """(x) => {
  const canvas = document.querySelector(".vd-tape canvas"), block = document.querySelector(".vd-axis");
  const at = x - (canvas.getBoundingClientRect().left - block.getBoundingClientRect().left);
  return canvas.getContext("2d").getImageData(Math.floor(at), 20, 1, 1).data[0];
}"""
# How often the chart is drawn because of one key; what else redraws it meanwhile does not count.
DRAWINGS_OF_KEY = """async (key) => {
  const drawings = new MutationObserver(() => {});
  drawings.observe(document.querySelector(".vd-plot").parentNode, {childList: true});
  document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
  const count = drawings.takeRecords().length;
  drawings.disconnect();
  return count;
}"""


@pytest.fixture(scope="module")
def n_slots(assets):
    """How many frames the long result plays."""
    saved = json.loads((assets / "examples" / "fish" / "comparison.json").read_text(encoding="utf-8"))
    return saved["media"]["n_frames"]


@pytest.fixture(scope="module")
def page(tabs):
    """One page for all, on the short clip until somebody asks for the long one."""
    with tabs.visits() as open_page:
        page = open_page("?frame=16", height=1000)
        drawn(page)
        yield page


def drawn(page):
    """Wait until the tapes are there, which come when they are near the window."""
    page.wait_for_selector(".vd-tapes", state="attached")
    page.evaluate("document.querySelector('.vd-tapes').scrollIntoView()")
    page.wait_for_function("""() => [...document.querySelectorAll(".vd-tape canvas")].some((canvas) =>
      canvas.getContext("2d").getImageData(0, 20, 1, 1).data[3])""")
    page.evaluate("scrollTo(0, 0)")


@pytest.fixture(scope="module")
def long_page(page):
    fill(page, clip="fish", frames=LONG, size=LONG_SIDE, variants=",".join(THREE), frame=16)
    # Once the controls say what the result is, nothing redraws the axis by itself.
    page.wait_for_function("""([n, labels]) => { const {plan, result} = window.vdBus.told;
      return plan?.frames === n && plan.variants.map((v) => v.label).join() === labels
        && result.settings?.clip === "fish" && document.querySelectorAll(".vd-column[data-key]").length === 3; }""",
      arg=[LONG, ",".join(THREE).replace(":", "→")])
    drawn(page)
    return page


@pytest.fixture
def long(long_page):
    """The long result, at rest on frame 0."""
    long_page.mouse.move(2, 2)
    long_page.evaluate("document.querySelector('.vd-part-reset').click()")
    long_page.keyboard.press("Home")
    return long_page


def width(page):
    return page.evaluate("Math.floor(document.querySelector('.vd-axis').clientWidth)")


def seen(page):
    """First and last frame on the axis, by the words beside the overview."""
    return tuple(int(n) for n in page.inner_text(".vd-overview-range").removeprefix("frames ").split("–"))


def part(page):
    """Left edge and width of the part in the overview, px."""
    return page.evaluate("""() => { const {left, width} = document.querySelector(".vd-overview-part").style;
      return [left, width].map(parseFloat); }""")


def at(page):
    return int(page.inner_text(".vd-counter b"))


def click(page, place, x, drag_to=None):
    row = page.locator(place).first
    # Not Playwright's own: it waits for a node that may just be drawn anew.
    page.evaluate("(place) => document.querySelector(place).scrollIntoView({block: 'center'})", place)
    # On a slow machine a row may just be drawn anew, and what is being replaced has no box.
    for _ in range(50):
        if (box := row.bounding_box()) is not None:
            break
        page.wait_for_timeout(100)
    left = page.locator(".vd-axis").bounding_box()["x"]
    page.mouse.move(left + x, box["y"] + box["height"] / 2)
    page.mouse.down()
    if drag_to is not None:
        page.mouse.move(left + drag_to, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()


def agree(page, frame):
    """Cursor, ruler, chart and tape put `frame` at the same x, which is that of the window."""
    first, _ = seen(page)
    x = LEFT + (frame - first + 0.5) * CELL
    assert at(page) == frame
    # A cell leaves one pixel free on its right.
    assert page.evaluate(PLACES, frame) == pytest.approx({"cursor": x, "cell": x - 0.5, "chart": x, "dot": x}, abs=0.02)
    assert page.inner_text(".vd-cursor span") == str(frame)
    assert abs(page.evaluate(TAPE, x) - shade(frame)) <= 12


def test_a_short_clip_stands_whole_on_the_axis(page):
    cell = (width(page) - LEFT - RIGHT) // 94
    assert page.locator(".vd-overview").is_hidden() and cell >= 8
    cells = page.locator(".vd-cell-source").evaluate_all(
        "(all) => all.map((cell) => [Number(cell.getAttribute('x')), Number(cell.getAttribute('width'))])")
    assert cells == [[LEFT + i * cell, cell - 1] for i in range(FRAMES)]
    beyond = page.locator(".vd-plot-beyond").evaluate("(one) => [one.x, one.width].map((each) => each.baseVal.value)")
    assert beyond == [LEFT + FRAMES * cell, (94 - FRAMES) * cell], "where there is no source any more"
    assert page.evaluate(PLACES, 16)["chart"] == LEFT + 16.5 * cell
    assert page.evaluate("document.querySelector('.vd-tape canvas').width") == FRAMES * cell - 1


def test_a_phone_keeps_the_whole_clip(long):
    count = long.locator(".vd-cell-source").count()
    for width, cells in ((390, LONG), (1440, count)):
        long.set_viewport_size({"width": width, "height": 1000})
        long.wait_for_function("(n) => document.querySelectorAll('.vd-cell-source').length === n", arg=cells)
        assert long.locator(".vd-overview").is_hidden() is (width == 390)
    assert count < LONG


def test_a_long_clip_shows_the_frames_around_the_cursor(long):
    count = (width(long) - LEFT - RIGHT) // CELL
    assert seen(long) == (0, count - 1) and long.locator(".vd-cell-source").count() == count
    for place, frame in ((".vd-ruler-drawing", 40), (".vd-chart-area", 77), (".vd-tape canvas", 101)):
        click(long, place, LEFT + (frame + 0.5) * CELL)
        agree(long, frame)
    assert seen(long) == (0, count - 1)


def test_the_window_turns_over_when_the_cursor_walks_out_and_only_then(long):
    count = (width(long) - LEFT - RIGHT) // CELL
    click(long, ".vd-ruler-drawing", LEFT + (count - 3.5) * CELL)
    long.mouse.move(2, 2)
    for frame in (count - 3, count - 2, count - 1):
        assert long.evaluate(DRAWINGS_OF_KEY, "ArrowRight") == 0
        agree(long, frame)
    assert seen(long) == (0, count - 1)
    assert long.evaluate(DRAWINGS_OF_KEY, "ArrowRight") == 1
    first, _ = seen(long)
    assert first == count - count // 8
    agree(long, count)
    # Going back over the place where the page was turned turns nothing.
    assert long.evaluate(DRAWINGS_OF_KEY, "ArrowLeft") == 0
    agree(long, count - 1)
    assert seen(long)[0] == first
    long.keyboard.press("Home")
    agree(long, 0)
    assert seen(long) == (0, count - 1)


def test_the_last_frames_fill_the_window(long, n_slots):
    count = (width(long) - LEFT - RIGHT) // CELL
    long.keyboard.press("End")
    assert at(long) == n_slots - 1 and seen(long) == (n_slots - count, n_slots - 1)
    click(long, ".vd-chart-area", LEFT + (LONG - 1 - seen(long)[0] + 0.5) * CELL)
    agree(long, LONG - 1)


def test_the_overview_goes_anywhere_by_click_and_by_drag(long, n_slots):
    span = (width(long) - LEFT - RIGHT) // CELL * CELL

    def place(frame):
        return LEFT + (frame + 0.5) * span / n_slots

    click(long, ".vd-overview-drawing", place(290))
    agree(long, 290)
    click(long, ".vd-overview-drawing", place(20), drag_to=place(30))
    agree(long, 30)
    first, last = seen(long)
    assert part(long) == pytest.approx([LEFT + first * span / n_slots, (last + 1 - first) * span / n_slots], abs=0.02)
    click(long, ".vd-overview-drawing", place(60))
    agree(long, 60)
    long.mouse.move(2, 2)
    assert at(long) == 60


def test_the_part_on_the_axis_can_be_dragged_widened_and_given_back(long, n_slots):
    span = (width(long) - LEFT - RIGHT) // CELL * CELL
    count = span // CELL

    def place(frame):
        return LEFT + frame * span / n_slots

    click(long, ".vd-overview-drawing", place(30), drag_to=place(130))
    assert seen(long) == (100, 99 + count) and at(long) == 0, "the part goes, the frame does not"
    assert long.evaluate("getComputedStyle(document.querySelector('.vd-cursor')).visibility") == "hidden"
    # A narrower part is drawn wider: its left edge stays, its right edge is where it was dragged to.
    click(long, ".vd-overview-drawing", place(100 + count), drag_to=place(180))
    first, last = seen(long)
    assert first == 100 and 179 <= last <= 185
    cells = long.locator(".vd-cell-source").first
    assert float(cells.get_attribute("width")) + 1 == (width(long) - LEFT - RIGHT) // 80
    long.locator(".vd-overview-part").focus()
    long.keyboard.press("ArrowRight")
    assert seen(long)[0] == 100 + round((last + 1 - first) / 8) and at(long) == 0
    long.keyboard.press("-")
    assert seen(long)[1] - seen(long)[0] > 110
    # The next frame brings the part to where it plays.
    long.evaluate("document.activeElement.blur()")
    long.keyboard.press("ArrowRight")
    assert seen(long)[0] == 0 and at(long) == 1
    long.click(".vd-part-reset")
    assert seen(long) == (0, count - 1) and long.locator(".vd-part-reset").is_hidden()


def test_ctrl_and_the_wheel_zoom_the_axis_about_the_frame_under_the_pointer(long):
    x = long.locator(".vd-axis").bounding_box()["x"] + LEFT + 100.5 * CELL
    click(long, ".vd-chart-area", LEFT + 100.5 * CELL)
    box = long.locator(".vd-chart-area").bounding_box()
    long.mouse.move(x, box["y"] + 100)
    long.keyboard.down("Control")
    long.mouse.wheel(0, -300)
    long.keyboard.up("Control")
    long.wait_for_function("() => document.querySelector('.vd-overview-range').textContent !== 'frames 0–171'")
    first, last = seen(long)
    cell = (width(long) - LEFT - RIGHT) // (last + 1 - first)
    assert cell > CELL and abs((100.5 - first) * cell - 100.5 * CELL) <= cell
    # Without Ctrl the wheel is the page's, once what was turned with it has run out.
    long.wait_for_timeout(500)
    top = long.evaluate("scrollY")
    long.mouse.wheel(0, 120)
    long.wait_for_function("(top) => scrollY !== top", arg=top)
    assert seen(long) == (first, last)
    long.click(".vd-part-reset")


def test_a_long_clip_that_plays_keeps_its_cursor_on_the_axis(long):
    count = (width(long) - LEFT - RIGHT) // CELL
    click(long, ".vd-ruler-drawing", LEFT + (count - 8.5) * CELL)
    long.mouse.move(2, 2)
    long.keyboard.press("Space")
    long.wait_for_function("(n) => Number(document.querySelector('.vd-counter b').textContent) > n", arg=count)
    long.keyboard.press("Space")
    assert seen(long)[0] > 0
    agree(long, at(long))


def test_a_frame_asked_for_from_another_tab_is_on_the_axis_afterwards(long):
    other = long.locator("#vd-tabs [role=tab]").nth(1).get_attribute("data-tab-id")
    long.evaluate("(key) => window.vdShowTab(key)", other)
    long.wait_for_selector(".vd-axis", state="hidden")
    long.evaluate("document.querySelector('.vd-t-last').click()")
    long.evaluate("window.vdShowTab('explore')")
    long.wait_for_selector(".vd-axis", state="visible")
    last = at(long)
    assert last > LONG and seen(long)[1] == last
    click(long, ".vd-ruler-drawing", LEFT + (LONG - 1 - seen(long)[0] + 0.5) * CELL)
    agree(long, LONG - 1)
