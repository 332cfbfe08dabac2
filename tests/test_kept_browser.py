"""What a visitor keeps, in headless Chromium: runs of the visit, a result from a file, saved pictures and charts."""

import base64
import io
import json
import re
from functools import cache
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from browser import drop
from explore_app import FRAMES, SIDE, at, expected, fill, idle, pictures, ready, run_text, says, settle, visits
from fabricated import record as made_up
from PIL import Image
from served import QUIET

from vae_demo.synthetic.barcode import read_frame_number

pytestmark = [pytest.mark.browser, *QUIET]
# A PNG, for a list of so many numbers takes seconds on its way.
PIXELS = """(key) => document.querySelector(`[data-picture="${key}"].vd-layer-frames canvas`).toDataURL("image/png")
  .split(",")[1]"""
# How somebody looks at a result, as a link says it.
LOOK = {"view": "wipe", "against": "18", "score": "ssim", "row": "error", "gain": "8", "shades": "heat",
        "zoom": "2,0.25,0.5"}
LINK = "?tab=explore&clip=harbour&frame=20&" + "&".join(f"{name}={value}" for name, value in LOOK.items())
NASTY = '<img src=x onerror="alert(1)">'
STAGE = ".vd-stage"


@pytest.fixture
def visit(tabs):
    with visits(tabs) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def another(tabs):
    """another() -> the page of one visitor for several tests, who came with that link when it was first asked for."""
    with visits(tabs) as open_page:
        yield cache(lambda: open_page(LINK))


def runs(page):
    """The names of the list, the one on screen in brackets."""
    return page.locator(".vd-run-open").evaluate_all(
        "all => all.map((b) => (b.ariaCurrent ? `[${b.textContent}]` : b.textContent))")


def wait_runs(page, count):
    page.wait_for_function("(n) => document.querySelectorAll('.vd-run-open').length === n", arg=count)


def settings(page):
    return page.evaluate("window.vdBus.told.settings")


def saved(page, item):
    """The bytes and the name of what an entry of the menu saves."""
    page.click(".vd-save")
    with page.expect_download() as got:
        page.get_by_role("menuitem", name=item, exact=True).click()
    return got.value.path(), got.value.suggested_filename


def record(numbered_assets):
    return (numbered_assets / "examples" / "harbour" / "comparison.json").read_text(encoding="utf-8")


def test_runs_are_listed_shown_again_renamed_and_thrown_away(visit, another, numbered_assets):
    page = visit(careless=True)
    assert page.locator(".vd-runs").is_hidden()
    fill(page, frames=5, size=128, variants="17,16")
    page.click("#vd-run")
    wait_runs(page, 1)
    idle(page)
    assert runs(page)[0].startswith("[Harbour at dusk · 17, 16 · tiny-17 · ")
    # A file dropped on the page is one more, with nothing but numbers.
    drop(page, STAGE, "mine.json", record(numbered_assets))
    wait_runs(page, 2)
    assert page.inner_text("[data-picture=source] .vd-ended") == "no pictures in this file"
    assert "opened from mine.json, not measured here" in page.inner_text(".vd-provenance")
    assert "from a file" in page.inner_text(".vd-runs li >> nth=0")
    says(page, frames=FRAMES)
    assert page.locator(".vd-other-form").count() == 0, "what was never asked for here does not step back"
    page.keyboard.press("ArrowRight")
    assert at(page) == 17 and runs(page)[0].startswith("[harbour.mp4 · 17, 16, 18, 17→16 · ")

    page.locator(".vd-run-open").nth(1).click()
    page.wait_for_function("() => document.querySelectorAll('.vd-column[data-key]').length === 2")
    ready(page)
    says(page, clip="harbour", frames=5, size="128", variants=["17", "16"])
    assert runs(page)[1].startswith("[Harbour")

    page.locator(".vd-run-rename").nth(1).click()
    page.keyboard.type(NASTY)
    page.keyboard.insert_text("x" * 80)
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('.vd-run-open')[1]?.textContent.startsWith('<img')")
    name = f"[{(NASTY + 'x' * 80)[:60]}]"
    assert runs(page)[1] == name and page.locator(".vd-runs img").count() == 0
    for again in (page.reload, lambda: page.click("[data-lang=zh]")):
        again()
        # The list and what is on screen outlive a reload.
        page.wait_for_function("""(name) => [...document.querySelectorAll(".vd-run-open")]
          .map((b) => (b.ariaCurrent ? `[${b.textContent}]` : b.textContent))[1] === name""", arg=name)
        ready(page)

    page.locator(".vd-run-throw").nth(0).click()
    wait_runs(page, 1)
    assert page.evaluate("document.activeElement.className") == "vd-run-undo"
    page.keyboard.press("Enter")
    wait_runs(page, 2)
    assert another().locator(".vd-runs").is_hidden(), "another visitor has other runs"


def test_a_link_keeps_how_a_result_is_looked_at(another):
    page = another()
    page.wait_for_selector(".vd-stage[data-compare=wipe][data-layer=error]")
    assert page.input_value(".vd-against") == "18" and at(page) == 20
    assert page.get_attribute(".vd-metrics [data-name=ssim]", "aria-checked") == "true"
    page.click(".vd-link")
    asked = parse_qs(urlsplit(page.evaluate("navigator.clipboard.readText()")).query)
    assert {name: asked[name] for name in LOOK} == {name: [value] for name, value in LOOK.items()}


def test_the_frame_and_the_chart_on_screen_can_be_saved(another, numbered_assets):
    page = another()
    for name in ("side", "off", "fit", "psnr"):
        page.click(f"#vd-player [data-name={name}]")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowRight")
    settle(page, 16)
    page.focus(".vd-save")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.textContent") == "Chart (SVG)" and at(page) == 16
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "JSON"
    page.keyboard.press("Escape")
    assert page.locator(".vd-menu").is_hidden() and page.get_attribute(".vd-save", "aria-expanded") == "false"
    assert page.evaluate("document.activeElement.className").endswith("vd-save")

    page.keyboard.press("ArrowRight")
    settle(page, 17)
    path, name = saved(page, "This frame (PNG)")
    picture = np.asarray(Image.open(path).convert("RGB"))
    assert name == "Harbour-at-dusk_17-16-18-17to16_f17.png"
    found = [read_frame_number(picture[70:70 + SIDE, x:x + SIDE]) for x in range(16, picture.shape[1] - 16, SIDE + 12)]
    assert found == list(expected(numbered_assets, 17).values()) == list(pictures(page).values())

    # What is seen of it: each of its pixels as two by two, at the same place in every picture.
    page.click(".vd-zoom [data-name='2']")
    for key in "jjj":
        page.keyboard.press(key)
    box, ratio = page.locator("[data-picture='16'].vd-layer-frames").bounding_box(), 2
    side = box["width"] / ratio
    path, name = saved(page, "This frame (PNG)")
    left, right, top, bottom = map(int, re.fullmatch(r".*_f17_x(\d+)-(\d+)_y(\d+)-(\d+)\.png", name).groups())
    assert right - left + 1 == pytest.approx(side, abs=2) == bottom - top + 1 and 0 < left < top
    part, whole = (np.asarray(Image.open(each).convert("RGB"))
                   for each in (path, io.BytesIO(base64.b64decode(page.evaluate(PIXELS, "16")))))
    wide, high, pitch = 2 * (right - left + 1), 2 * (bottom - top + 1), 2 * max(right - left + 1, 104) + 12
    seen = part[88:88 + high, 16 + 2 * pitch:16 + 2 * pitch + wide]
    assert whole.shape == (SIDE, SIDE, 3)
    whole = whole[top:bottom + 1, left:right + 1]
    assert (seen == whole.repeat(2, 0).repeat(2, 1)).all()
    page.keyboard.press("0")

    data = json.loads(record(numbered_assets))
    worst = data["variants"][1]["worst_frame"]
    path, name = saved(page, "Worst frame (PNG)")
    assert name == f"Harbour-at-dusk_16_worst-f{worst}.png"
    assert read_frame_number(np.asarray(Image.open(path).convert("RGB"))[70:70 + SIDE, 16:16 + SIDE]) == worst
    settle(page, 17)

    path, name = saved(page, "Chart (SVG)")
    drawn = path.read_text(encoding="utf-8")
    assert name == "Harbour-at-dusk_17-16-18-17to16_psnr.svg" and drawn.startswith("<svg")
    for text in ("PSNR, dB · Harbour at dusk", "tiny-17 · 85 frames · 256 × 256", "playback frame", "17→16"):
        assert text in drawn, text
    page.click(".vd-theme")
    path, name = saved(page, "Chart (PNG)")
    chart = Image.open(path).convert("RGB")
    assert chart.size == (2400, 1120) and chart.getpixel((2, 2)) == (255, 255, 255), "light in the dark theme, too"


def test_a_file_with_many_variants_opens_in_rows_and_one_that_is_no_result_changes_nothing(another):
    page = another()
    drop(page, STAGE, "broken.json", "{")
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'error'")
    assert run_text(page).startswith("broken.json cannot be read as JSON")
    assert page.locator(".vd-runs").is_hidden() and page.locator(".vd-column[data-key]").count() == 4
    drop(page, STAGE, "sweep.json", '{"format": 1, "rows": []}')
    page.wait_for_function(
        "() => document.querySelector('.vd-run-text').textContent.startsWith('sweep.json is a sweep')")

    # More than the controls may ask for: they stay, and no column is narrower than one of seven.
    made = made_up(FRAMES, [str(size) for size in range(9, 25)], "mine.mp4", 24.0, SIDE)
    asked = settings(page)["variants"]
    drop(page, STAGE, "many.json", json.dumps(made.to_json()))
    page.wait_for_function("() => document.querySelectorAll('.vd-column[data-key]').length === 16")
    boxes = page.locator(".vd-column").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().toJSON())")
    assert [round(box["y"]) for box in boxes] == sorted(round(box["y"]) for box in boxes)
    assert len({round(box["y"]) for box in boxes}) == 3 and min(box["width"] for box in boxes) > 170
    assert page.evaluate("document.documentElement.scrollWidth") == 1440
    wait_runs(page, 1)
    assert settings(page)["variants"] == asked and page.locator(".vd-lines code").count() == 1
    # Nothing is planned beside it, and the values beside the chart stay beside the chart.
    assert page.locator(".vd-ruler .vd-row").count() == 16
    page.keyboard.press("9")
    # All in one go: what is drawn anew meanwhile has no place.
    page.wait_for_function("""() => { const all = document.querySelectorAll(".vd-chart-readings > span");
      return all.length === 12 && all[6].textContent.startsWith("17"); }""")
    chart, *tops = page.evaluate("""() => [".vd-chart", ".vd-chart-readings > span"].flatMap((place) =>
      [...document.querySelectorAll(place)].map((one) => one.getBoundingClientRect().y))""")
    assert len(tops) == 12 and min(tops) > chart - 9
    assert page.locator(".vd-column.vd-selected").get_attribute("data-key") == "17"
