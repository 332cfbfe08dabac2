"""Zoom, enlarging, the whole screen, gain and heat in headless Chromium: what happens on the screen, on one page."""

import io

import numpy as np
import pytest
from explore_app import at, settle, visits
from PIL import Image
from served import QUIET

from vae_demo.bundle import bundle

pytestmark = [pytest.mark.browser, *QUIET]
SIDE = 256
# Where every picture lies in its box, in parts of it, and how large its pixels are on the screen.
PLACES = """() => [...document.querySelectorAll(".vd-layer-frames .vd-scene")].map((scene) => {
  const box = scene.getBoundingClientRect(), canvas = scene.querySelector("canvas").getBoundingClientRect();
  return [(canvas.left - box.left) / box.width, (canvas.top - box.top) / box.height, canvas.width / box.width];
})"""
RATIO = "() => parseInt(document.querySelector('.vd-percent').textContent) / 100"
PICTURE = "[data-picture='{}'].vd-layer-frames"

# A pixel of the second row as a saved picture has it.
KEPT = f"""([key, x, y]) => {{ {bundle('views/explore/shaded_picture.js', 'ours')}
  const seen = {{gain: Number(document.querySelector(".vd-gain-times").textContent.slice(1)),
    shades: document.querySelector(".vd-shades [aria-checked=true]").dataset.name}};
  const grey = document.querySelector(`[data-picture="${{key}}"].vd-layer-error canvas`);
  const picture = ours.shadedPicture(grey, seen, {{says: "", pad: false}}, {{}});
  return [...picture.getContext("2d").getImageData(x, y, 1, 1).data].slice(0, 3);
}}"""


@pytest.fixture(scope="module")
def only_page(tabs):
    with visits(tabs) as open_page:
        yield open_page()


@pytest.fixture
def page(only_page):
    """The result side by side at rest, every picture whole."""
    only_page.mouse.move(2, 2)
    only_page.evaluate("""() => {
      for (const name of ["side", "off", "fit"]) document.querySelector(`#vd-player [data-name=${name}]`).click();
      document.activeElement.blur();
      document.querySelector(".vd-columns").scrollIntoView({block: "end"});
    }""")
    return only_page


def middle(page, key):
    box = page.locator(PICTURE.format(key)).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"]


def together(page):
    """The one place where all pictures lie: left, top, scale."""
    places = page.evaluate(PLACES)
    assert len(places) == 5
    for place in places:
        assert place == pytest.approx(places[0], abs=1e-3)
    return places[0]


def test_one_pixel_of_a_picture_is_one_or_two_of_the_screen(page):
    assert together(page) == pytest.approx([0, 0, 1])
    for name, side in (("1", SIDE), ("2", 2 * SIDE)):
        page.click(f".vd-zoom [data-name='{name}']")
        assert page.evaluate(RATIO) == float(name)
        widths = page.locator(".vd-layer-frames canvas").evaluate_all(
            "(all) => all.map((one) => one.getBoundingClientRect().width)")
        assert widths == pytest.approx([side] * 5, abs=0.02)
    assert page.evaluate("getComputedStyle(document.querySelector('.vd-scene canvas')).imageRendering") == "pixelated"
    # The line of the tapes stays on its row of pixels.
    left, top, scale = together(page)
    row = int(page.locator(".vd-xt").get_attribute("aria-valuenow"))
    share = page.evaluate("""() => {
      const box = document.querySelector("[data-picture=source]").getBoundingClientRect();
      return (document.querySelector(".vd-xt").getBoundingClientRect().top - box.top) / box.height; }""")
    assert share == pytest.approx(top + (row + 0.5) / SIDE * scale, abs=0.005)
    page.keyboard.press("0")
    assert together(page) == pytest.approx([0, 0, 1])


def test_the_wheel_zooms_with_ctrl_and_then_without(page):
    x, y, wide = middle(page, "16")
    page.mouse.move(x - wide / 4, y - wide / 4)
    scrolled = page.evaluate("scrollY")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_function("() => document.querySelector('.vd-stage').hasAttribute('data-zoomed')")
    left, top, scale = together(page)
    # A quarter of the box from the left and the top was under the pointer, and is.
    assert scale > 1.4 and left == pytest.approx(0.25 - 0.25 * scale, abs=0.01) == pytest.approx(top, abs=0.01)
    page.mouse.wheel(0, -100)
    page.wait_for_function("(scale) => document.querySelector('.vd-columns').style.getPropertyValue('--zs') > scale",
                           arg=scale)
    assert page.evaluate("scrollY") == scrolled, "the page stands still meanwhile"
    page.mouse.dblclick(x, y)
    assert together(page) == pytest.approx([0, 0, 1])


def test_a_picture_is_dragged_and_neither_clicked_nor_lost(page):
    page.click(".vd-zoom [data-name='2']")
    before, selected = together(page), page.locator(".vd-column.vd-selected").get_attribute("data-key")
    x, y, wide = middle(page, "18")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + wide * 0.2, y - wide * 0.1, steps=5)
    page.mouse.up()
    after = together(page)
    assert after[:2] == pytest.approx([before[0] + 0.2, before[1] - 0.1], abs=0.01)
    assert page.locator(".vd-column.vd-selected").get_attribute("data-key") == selected
    page.keyboard.press("l")
    assert together(page)[0] == pytest.approx(after[0] - 0.12, abs=0.01)
    page.mouse.move(2, 2)
    page.mouse.move(x, y)
    assert together(page)[0] == pytest.approx(after[0] - 0.12, abs=0.01), "a pointer that was let go of moves nothing"


def test_wipe_and_loupe_point_at_the_same_pixel_when_zoomed(page):
    page.click(".vd-zoom [data-name='2']")
    x, y, wide = middle(page, "16")
    left, top, scale = together(page)
    page.click("#vd-player [data-name=wipe]")
    page.mouse.move(x + wide * 0.1, y)
    line = page.locator(f"{PICTURE.format('18')} .vd-wipe").bounding_box()
    box = page.locator(PICTURE.format("18")).bounding_box()
    assert (line["x"] - box["x"]) / box["width"] == pytest.approx(0.6, abs=0.01)
    # Left of the line stands the source: its columns, up to the pixel under the line.
    cut = round((0.6 - left) / scale * SIDE)
    same = page.evaluate("""(cut) => {
      const row = (key) => document.querySelector(`[data-picture="${key}"] canvas`).getContext("2d")
        .getImageData(0, 200, 256, 1).data;
      const one = row("source"), other = row("17→16");
      return Array.from({length: 256}, (_, x) => one[4 * x] === other[4 * x]).slice(cut - 6, cut + 6);
    }""", cut)
    assert all(same[:4])
    page.click("#vd-player [data-name=loupe]")
    page.mouse.move(x + wide * 0.1, y)
    lenses = page.locator(".vd-layer-frames .vd-lens")
    assert lenses.count() == 5
    lens = lenses.nth(2).bounding_box()
    assert lens["x"] + lens["width"] / 2 == pytest.approx(x + wide * 0.1, abs=1.5)
    page.click("#vd-player [data-name=side]")
    assert page.locator(".vd-lens").count() == 0


def on_screen(page, key, x, y):
    """The colour of the second row's pixel (x, y) as it is on the screen, and the grey that is saved for it."""
    box = page.locator(f"[data-picture='{key}'].vd-layer-error").bounding_box()
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    place = box["x"] + (x + 0.5) * box["width"] / SIDE, box["y"] + (y + 0.5) * box["height"] / SIDE
    grey = page.evaluate("""([key, x, y]) => [...document.querySelector(`[data-picture="${key}"].vd-layer-error canvas`)
      .getContext("2d").getImageData(x, y, 1, 1).data].slice(0, 3)""", [key, x, y])
    return np.array(shot.getpixel(tuple(int(c) for c in place))), grey


def test_gain_and_heat_colour_what_is_saved_and_no_source_is_not_black(page):
    settle(page, at(page))
    page.click("#vd-player [data-name=error]")
    page.wait_for_function("""() => document.querySelector("[data-picture='17→16'].vd-layer-error canvas")
      .getContext("2d").getImageData(200, 20, 1, 1).data[3] > 0""")
    page.evaluate("document.querySelector('.vd-layer-error').scrollIntoView({block: 'center'})")
    tables = page.evaluate(f"""() => {{ {bundle('views/explore/shades.js', 'ours')}
      return {{heat16: ours.shadeTable("heat", 16), grey1: ours.shadeTable("grey", 1)}}; }}""")
    # The variant's own frame at a pad is plain grey; the source is not: the same difference over a wide area.
    place = ("17→16", 200, 160)
    shown, grey = on_screen(page, *place)
    assert 8 < grey[0] < 250 and shown == pytest.approx(grey, abs=3), "gain 4 is what is saved"
    for shades, presses, table in (("heat", ("End",), "heat16"), ("grey", ("Home",), "grey1")):
        page.click(f".vd-shades [data-name={shades}]")
        page.locator(".vd-gain").focus()
        for key in presses:
            page.keyboard.press(key)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        shown, grey = on_screen(page, *place)
        assert shown == pytest.approx(tables[table][grey[0]], abs=6), (shades, grey)
        assert page.evaluate(KEPT, [*place]) == pytest.approx(tables[table][grey[0]], abs=1), "so it can be saved"
    assert page.inner_text(".vd-ramp-box") .split() == ["0", "64", "and", "more"]
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("End")
    settle(page, 93)
    box = page.locator("[data-picture='17→16'].vd-layer-error")
    assert box.locator(".vd-none").is_visible() and "no source frame" in box.inner_text()
    assert box.locator("canvas").evaluate("(one) => getComputedStyle(one).visibility") == "hidden"
    page.keyboard.press("Home")
    page.click(".vd-shades [data-name=grey]")


def test_one_picture_is_enlarged_and_the_others_stand_beside_it(page):
    small = middle(page, "16")[2]
    page.hover(PICTURE.format("16"))
    page.click(f"{PICTURE.format('16')} .vd-enlarge")
    assert middle(page, "16")[2] > 2 * small and together(page) == pytest.approx([0, 0, 1])
    boxes = [page.locator(PICTURE.format(key)).bounding_box() for key in ("source", "17", "18", "17→16")]
    big = page.locator(PICTURE.format("16")).bounding_box()
    assert all(box["x"] >= big["x"] + big["width"] for box in boxes)
    bench = page.locator(".vd-transport").bounding_box()
    assert big["y"] >= 0 and bench["y"] + bench["height"] <= 900, "picture and transport are in sight together"
    page.click(".vd-column[data-key='18'] .vd-choose")
    assert page.locator(".vd-big").get_attribute("data-key") == "18"
    page.keyboard.press("Escape")
    assert page.locator(".vd-big").count() == 0 and middle(page, "16")[2] == pytest.approx(small)
    page.mouse.dblclick(*middle(page, "17")[:2])
    assert page.locator(".vd-big").get_attribute("data-key") == "17"
    page.keyboard.press("e")
    assert page.locator(".vd-big").count() == 0


@pytest.mark.parametrize("allowed", [True, False])
def test_the_whole_screen_is_left_by_escape_with_the_focus_where_it_was(page, allowed):
    if not allowed:
        page.evaluate("() => { Element.prototype.requestFullscreen = () => Promise.reject(new TypeError('no')); }")
    page.locator(".vd-see-full").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("(native) => Boolean(document.fullscreenElement) === native", arg=allowed)
    stage = page.locator(".vd-stage").bounding_box()
    assert (stage["x"], stage["y"], stage["width"]) == (0, 0, page.evaluate("innerWidth"))
    assert page.locator(".vd-head").is_hidden() and page.locator(".vd-ruler").is_visible()
    assert page.evaluate("document.querySelector('#vd-header').closest('[inert]') !== null")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.className").endswith("vd-see-full")
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.fullscreenElement && !document.querySelector('.vd-full')")
    assert page.locator(".vd-head").is_visible() and page.locator("[inert]").count() == 0
    assert page.evaluate("document.activeElement.className").endswith("vd-see-full")


def test_the_number_of_frames_explains_itself(page):
    words = page.locator(".vd-counter .vd-help").get_attribute("data-help")
    assert "85 frames, 0 to 84" in words and "17→16 plays 94" in words and "93" in words
