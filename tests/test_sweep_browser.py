"""The Sweep tab in headless Chromium: a saved sweep at once, runs that grow, cancel, keys, mouse, Chinese, phones."""

import json
import re
import time
from itertools import pairwise

import pytest
from browser import drop
from fabricated import moving_clip
from fabricated_sweep import sweep
from served import QUIET, serving
from sweep_app import make_assets
from test_sweep_clashes import swept_with

from vae_demo.clips import write_video
from vae_demo.models.two_stage import TwoStage
from vae_demo.steps import mapped

pytestmark = [pytest.mark.browser, *QUIET]
STAGE = "#vd-sweep .vd-sweep-stage"
FIGURE, ROWS = "#vd-sweep .vd-sw-drawing", "#vd-sweep .vd-sw-table tbody tr"
MARKS = "#vd-sweep .vd-sw-dot, #vd-sweep .vd-sw-ring"
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(make_assets(tmp_path_factory.mktemp("assets")), tmp_path_factory.mktemp("kept")) as url:
        yield url


@pytest.fixture
def visit(tabs):
    """Opens the tab for one visitor; what a good page has none of is looked for at the end."""
    with tabs.visits() as open_page:
        def opened(query="", **options):
            page = open_page(f"?tab=sweep{query}", **{"height": 1000, **options})
            page.wait_for_selector(f"{FIGURE} svg")
            page.wait_for_function("document.querySelector('#vd-sweep-desk .vd-sums')?.textContent")
            return page

        yield opened


def chosen(page):
    return page.locator(FIGURE).get_attribute("aria-valuetext")


def ask_for(page, sizes):
    page.fill("#vd-sweep-sizes input", sizes)
    page.click("#vd-sweep-run")


def settled(page):
    page.wait_for_function("!document.body.classList.contains('vd-sweeping')")


def test_a_saved_sweep_is_there_at_once_with_every_band(visit):
    page = visit()
    assert page.locator("#vd-sweep h2").inner_text().startswith("Chunks of 1\u00a0+\u00a04k frames keep")
    assert page.locator(MARKS).count() == 38 and page.locator(ROWS).count() == 38
    # Filled dots are sizes 1 + 4k: 5 to 37, and `whole`, for 85 is one as well.
    assert page.locator("#vd-sweep .vd-sw-dot").count() == 10 == page.locator("#vd-sweep .vd-sw-tint").count() - 1
    assert page.locator("#vd-sweep .vd-sw-other").count() == 1
    stems = page.locator("#vd-sweep .vd-sw-stem")
    colours = stems.evaluate_all("all => all.map((stem) => stem.style.getPropertyValue('--line'))")
    assert {"var(--vd-v0)", "var(--vd-v1)", "var(--vd-v2)", "var(--vd-ink2)"} == set(colours)
    # 13 opens: full chunks like 17's, and a tail of 7 that spoils the end; its six borders are red, once each.
    assert chosen(page).startswith("13 frames")
    assert page.get_by_role("status").filter(has_text="6×13").count() == 1
    assert page.locator("#vd-sweep .vd-border-line").count() == 6
    assert page.locator("#vd-sweep .vd-sw-trained.vd-sw-dash").count() == 1
    assert "38 sizes" in page.inner_text("#vd-sweep-desk")


def test_keys_and_mouse_choose_a_size_and_open_it_in_explore(visit):
    page = visit()
    page.evaluate("window.vdOpenInExplore = (asked) => { window.asked = asked; }")
    page.focus(FIGURE)
    page.keyboard.press("ArrowDown")
    assert chosen(page).startswith("14 frames")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert chosen(page).startswith("12 frames")
    page.keyboard.press("Enter")
    asked = page.evaluate("window.asked")
    assert asked == {"model": "tiny-17", "clip": "harbour", "start": 0, "frames": 85, "size": 256,
                     "dtype": "auto", "variants": ["12", "17"], "selected": "12"}
    # The column of 16 is the 13th: a click in its middle, and one on a row.
    box = page.locator(f"{FIGURE} svg").bounding_box()
    width = (page.locator("#vd-sweep .vd-sw-tint").nth(1).bounding_box()["x"]
             - page.locator("#vd-sweep .vd-sw-tint").nth(0).bounding_box()["x"]) / 4
    page.mouse.click(box["x"] + 146 + 12.5 * width, box["y"] + 120)
    assert chosen(page).startswith("16 frames")
    page.locator(ROWS).nth(17).click()
    assert chosen(page).startswith("21 frames")
    page.keyboard.press("ArrowDown")
    assert chosen(page).startswith("22 frames")
    assert page.locator("#vd-sweep tr[aria-current=true]").get_attribute("data-size") == "22"
    page.keyboard.press("Enter")
    assert page.evaluate("window.asked.variants") == ["22", "17"]
    page.locator(ROWS).nth(9).click()
    page.get_by_role("button", name="Trim to 83 frames").click()
    page.wait_for_function("document.querySelector('#vd-sweep-frames input').value === '83'")


def test_a_run_grows_from_the_left_and_nobody_else_sees_it(visit):
    page, other = visit(), visit()
    ask_for(page, "16,17,18")
    page.wait_for_function("document.querySelectorAll('#vd-sweep .vd-sw-table tbody tr').length === 3")
    settled(page)
    page.wait_for_selector("#vd-sweep .vd-downloads a")
    assert page.locator(MARKS).count() == 3 and "34 frames" in page.locator("#vd-sweep .vd-provenance").inner_text()
    assert "--sizes 16-18" in page.locator("#vd-sweep .vd-cli code").first.inner_text()
    with page.expect_download() as got:
        page.click("#vd-sweep a[download='sweep.csv']")
    lines = got.value.path().read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["size", "16", "17", "18"]
    assert other.locator(ROWS).count() == 38
    # Another form: whose result it is, and what pressing Run takes, as the line above says it; or that it cannot run.
    for sizes, told in (("16,17,18,19", "Press Run for your settings · "), ("9-4", "cannot run as they are")):
        page.fill("#vd-sweep-sizes input", sizes)
        page.wait_for_function("""(told) => {
          const how = document.querySelector("#vd-sweep .vd-whose-how"), time = " on this server’s CPU";
          return how.checkVisibility() && how.textContent.includes(told)
            && (!told.endsWith(" ") || how.textContent.includes(time) && how.textContent.endsWith(
              told + document.querySelector("#vd-sweep-desk .vd-estimate").textContent));
        }""", arg=told)
    assert page.locator("#vd-sweep .vd-whose-run").is_hidden()


def test_a_sweep_that_somebody_brings_is_kept_like_a_run(visit):
    page = visit()
    for name, text, told in (("broken.json", "{", "broken.json cannot be read as JSON; choose the sweep.json"),
                             ("comparison.json", '{"format": 1, "variants": []}', "open it in the Explore tab")):
        drop(page, STAGE, name, text)
        page.wait_for_function(
            "(told) => document.querySelector('#vd-sweep-desk .vd-run-text').textContent.includes(told)", arg=told)
        assert page.locator(ROWS).count() == 38 and page.locator("#vd-sweep .vd-runs").is_hidden()
    typed = page.input_value("#vd-sweep-sizes input")
    made = sweep("9-12,17", frames=40, name="<img src=x>.mp4").to_json()
    drop(page, STAGE, "mine.json", json.dumps(made))
    page.wait_for_function("document.querySelectorAll('#vd-sweep .vd-sw-table tbody tr').length === 5")
    says = page.locator("#vd-sweep .vd-provenance").inner_text()
    assert "<img src=x>.mp4" in says and "opened from mine.json, not measured here" in says
    assert page.locator("#vd-sweep .vd-whose").is_hidden() and page.locator("#vd-sweep-run").is_visible()
    assert page.locator("#vd-sweep .vd-sw-open").is_disabled()
    assert "not here" in page.inner_text("#vd-sweep .vd-sw-upload")
    page.wait_for_function("document.querySelector('#vd-sweep-sizes input').value === '9-12,17'")
    page.wait_for_function("document.querySelectorAll('#vd-sweep .vd-run-open').length === 1")
    assert "from a file" in page.inner_text("#vd-sweep .vd-runs")
    with page.expect_download() as got:
        page.click("#vd-sweep a[download='sweep.json']")
    again = json.loads(got.value.path().read_text(encoding="utf-8"))
    assert again["rows"] == made["rows"] and again["findings"] == made["findings"]
    # More sizes than a page runs: the list of sizes stays what it can run.
    drop(page, STAGE, "many.json", json.dumps(sweep("1-128", frames=40).to_json()))
    page.wait_for_function("document.querySelectorAll('#vd-sweep .vd-sw-table tbody tr').length === 128")
    page.wait_for_function("document.querySelectorAll('#vd-sweep .vd-run-open').length === 2")
    assert page.input_value("#vd-sweep-sizes input") == "9-12,17" != typed
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 1000})
        page.wait_for_function(f"() => document.querySelector('{FIGURE} svg').clientWidth > {width - 200}"
                               f" && document.documentElement.scrollWidth === {width}")
        boxes = page.locator(f"{FIGURE} .vd-sw-number").evaluate_all("""
          (all) => all.map((one) => one.getBoundingClientRect()).map(({left, right, top}) => [top, left, right])""")
        above = sorted(box[1:] for box in boxes if box[0] < min(boxes)[0] + 9)
        met = [(one, two) for one, two in pairwise(above) if one[1] > two[0] + 1]
        assert len(above) > 9 and met == [], width
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.locator("#vd-sweep .vd-run-open").nth(1).click()
    page.wait_for_function("document.querySelectorAll('#vd-sweep .vd-sw-table tbody tr').length === 5")
    page.reload()
    page.wait_for_function("document.querySelectorAll('#vd-sweep .vd-sw-table tbody tr').length === 5")


def test_a_sweep_that_loses_frames_and_plays_pads_never_says_that_all_come_back(visit):
    """At 23 three pads play beside all 85 frames; a saved sweep, older than its words, is read as before."""
    page = visit()
    lede = page.locator("#vd-sweep .vd-lede")
    assert "all 85 frames come back every time" in lede.inner_text().replace("\xa0", " ")
    for name, sizes, says in (("cogvideox", "17,23", "One size plays pads as frames: 3 at 23."),
                              ("cogvideox", "17,18", "One size loses frames: 4 of 85. All come back at 17.")):
        made, _ = swept_with(name, 85, sizes)
        drop(page, STAGE, f"{sizes}.json", json.dumps(made.to_json()))
        page.wait_for_function(
            "(says) => document.querySelector('#vd-sweep h2').textContent.replaceAll('\\u00a0', ' ').includes(says)",
            arg=says.split(". ")[0])
        assert "come back every time" not in lede.inner_text().replace("\xa0", " ")


def test_a_stride_of_eight_is_1_plus_8k_all_over_the_page(visit):
    page = visit()
    assert "1\xa0+\xa04k" in page.locator("#vd-sweep .vd-sweep-stage").inner_text()
    made, _ = swept_with("ltx-video-0.9.0", 168, "13,17,21,25", lambda size: 35.0 if size in (17, 25) else 20.0)
    drop(page, STAGE, "eight.json", json.dumps(made.to_json()))
    page.wait_for_function("document.querySelectorAll('#vd-sweep .vd-sw-table tbody tr').length === 4")
    text = page.locator("#vd-sweep .vd-sweep-stage").inner_text().replace("\xa0", " ")
    assert text.count("1 + 8k") >= 4 and "4k" not in text


def test_cancel_is_said_at_once_and_the_last_result_comes_back(visit, monkeypatch):
    def slowly(*given, own=TwoStage.decode):
        return mapped(own(*given), lambda step: (time.sleep(0.05), step)[1])

    # On a busy machine a browser may need longer for a click than the small model for all sizes.
    monkeypatch.setattr(TwoStage, "decode", slowly)
    page = visit()
    ask_for(page, "1-40")
    page.wait_for_function("document.querySelector('#vd-sweep .vd-sw-table tbody tr')?.dataset.size === '1'")
    assert page.locator(ROWS).count() == 40 and 0 < page.locator(MARKS).count() < 40
    assert page.locator("#vd-sweep .vd-sw-open").is_hidden()
    # Enter in the list asks for a run too, but not for a second one beside the first.
    page.press("#vd-sweep-sizes input", "Enter")
    page.wait_for_timeout(500)
    assert page.locator("#vd-sweep-cancel").is_visible()
    page.click("#vd-sweep-cancel")
    monkeypatch.undo()
    assert re.search("Stopp", page.inner_text("#vd-sweep-desk"))
    settled(page)
    page.wait_for_function("document.querySelectorAll('#vd-sweep .vd-sw-table tbody tr').length === 38")
    assert "Stopped by you" in page.inner_text("#vd-sweep-desk") and page.locator(MARKS).count() == 38
    # Nothing of the stopped run holds the queue, and Enter left nothing in it.
    page.wait_for_timeout(500)
    assert page.locator("#vd-sweep-run").is_visible() and page.locator(MARKS).count() == 38
    ask_for(page, "17")
    page.wait_for_function("document.querySelectorAll('#vd-sweep .vd-sw-table tbody tr').length === 1")
    settled(page)


def test_a_phone_in_chinese_and_a_refusal_in_it(visit):
    page = visit("&lang=zh", width=390, height=844, device_scale_factor=2, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert CHINESE.search(page.locator("#vd-sweep h2").inner_text()) and page.locator(".vd-c-latents").first.is_hidden()
    spoken = page.locator("#vd-sweep").inner_text()
    assert not re.search(r"\b(worst|tail|seam|frames per chunk)\b", spoken)
    page.get_by_role("button", name="下一个长度").tap()
    assert chosen(page).startswith("14 ")
    ask_for(page, "9-4")
    page.wait_for_function("document.querySelector('#vd-sweep-desk .vd-run-text').textContent.includes('9-4')")
    assert "不是分块长度" in page.inner_text("#vd-sweep-desk") and page.locator("#vd-sweep-run").is_visible()
    assert page.locator(ROWS).count() == 38


def test_wide_and_dark(visit):
    page = visit(width=2560, height=1200)
    assert page.evaluate("document.documentElement.scrollWidth") == 2560
    assert page.locator("#vd-sweep .vd-sw-table").nth(1).bounding_box()["x"] > 1280
    page.click(".vd-theme")
    ground = page.locator("#vd-sweep .vd-sw-ring").first.evaluate("mark => getComputedStyle(mark).fill")
    assert ground == "rgb(15, 18, 21)"


def test_a_reload_keeps_clip_settings_and_result_and_a_run_goes_on(visit, address, tmp_path):
    page, path = visit(careless=True), tmp_path / "mine.mp4"
    write_video(path, iter(moving_clip(30, 64, 64)), 24)
    page.set_input_files("#vd-sweep-controls input[type=file]", str(path))
    page.wait_for_function("document.querySelector('#vd-sweep-desk').textContent.includes('30 frames')")
    assert "15 minutes after you leave" in page.inner_text("#vd-sweep-desk")
    ask_for(page, "9,17")
    page.wait_for_function("document.querySelectorAll('#vd-sweep .vd-sw-table tbody tr').length === 2")
    settled(page)
    page.reload()
    page.wait_for_function("document.querySelectorAll('#vd-sweep .vd-sw-table tbody tr').length === 2")
    page.wait_for_function("document.querySelector('#vd-sweep-sizes input').value === '9,17'")
    page.wait_for_function("document.querySelector('#vd-sweep-desk').textContent.includes('30 frames')")
    ask_for(page, "1-24")
    page.wait_for_function("document.querySelector('#vd-sweep .vd-sw-table tbody tr')?.dataset.size === '1'")
    page.reload()
    # Whether it still works or is over by now, the whole of it comes.
    page.wait_for_function("document.querySelectorAll('#vd-sweep .vd-sw-table tbody tr').length === 24")
    page.wait_for_selector("#vd-sweep .vd-downloads a")
    settled(page)
    assert page.locator(MARKS).count() >= 20
    address.reception.visits.end(page.evaluate("window.vdVisit"))
    page.reload()
    page.wait_for_function("document.querySelector('#vd-sweep-desk')?.textContent.includes('Choose it again')")
