"""The Explore tab in headless Chromium: one clock for all pictures, keys, runs, uploads, links, phones, dark."""

import base64
import gc
import io
import json
import re
import socket
import time
import warnings
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from browser import chromium, watched
from fabricated import Frames, comparison
from PIL import Image
from random_models import tiniest

from vae_demo import media, report
from vae_demo.clips import write_video
from vae_demo.records import DEFAULT_VARIANTS
from vae_demo.synthetic.barcode import draw_number, read_frame_number
from vae_demo.views import handlers
from vae_demo.views.page import TABS, build_page, launch_options

pytestmark = [pytest.mark.browser, *(pytest.mark.filterwarnings(f"ignore::{kind}") for kind in (
    "DeprecationWarning", "ResourceWarning", "pytest.PytestUnraisableExceptionWarning"))]
FRAMES, SIDE = 85, 256
FEW_FRAMES, FEW_SIDE, MANY = 20, 128, "15,16,17,18,19,20"
PATIENCE_MS = 60_000
SEEN = """[...document.querySelectorAll("[data-picture].vd-layer-frames")].map((box) => ({
  key: box.dataset.picture, over: box.classList.contains("vd-over"),
  png: box.querySelector("canvas").toDataURL("image/png").split(",")[1]}))"""


def numbered(n_frames, side=SIDE):
    """Frames that carry their own number, uint8 T H W 3."""
    frames = np.full((n_frames, side, side, 3), 128, np.uint8)
    for index, frame in enumerate(frames):
        frame[side // 2:, :, 0] = (index * 40) % 256
        draw_number(frame, index)
    return frames


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    """A sample clip of numbered frames and a saved result of it: each picture shows the source frame of its slot."""
    root = tmp_path_factory.mktemp("assets")
    frames = numbered(FRAMES)
    (root / "clips").mkdir()
    write_video(root / "clips" / "harbour.mp4", iter(frames), 24, crf=12)
    made, _ = comparison(FRAMES, [variant.spelling for variant in DEFAULT_VARIANTS], "harbour.mp4", 24.0, SIDE)
    sources = {"source": Frames(frames)}
    for variant in made.variants:
        sources[variant.label] = Frames(np.stack(
            [np.full_like(frames[0], 128) if slot is None else frames[slot] for slot in variant.plan.slots]))
    report.save_result(made, sources, root / "examples" / "harbour", layers=("error",))
    with pytest.MonkeyPatch.context() as patch:
        # Four tiles to a file: what a very wide clip with many variants comes to.
        patch.setattr(media, "MAX_SIDE", 2 * FEW_SIDE)
        _save_few(root)
    return root


def _save_few(root):
    frames = numbered(FEW_FRAMES, FEW_SIDE)
    write_video(root / "clips" / "pan.mp4", iter(frames), 24, crf=12)
    made, _ = comparison(FEW_FRAMES, MANY.split(","), "pan.mp4", 24.0, FEW_SIDE)
    sources = {key: Frames(frames) for key in ("source", *(variant.label for variant in made.variants))}
    report.save_result(made, sources, root / "examples" / "pan", layers=("error",))


@pytest.fixture(scope="module")
def app(assets, tmp_path_factory):
    """Address of the running app, and where it keeps what visitors leave."""
    vae, kept = tiniest(), tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handlers, "vae_for", lambda model, device: vae)
        patch.setattr(handlers, "CLIPS", assets / "clips")
        patch.setattr(handlers, "EXAMPLES", assets / "examples")
        patch.setenv("GRADIO_TEMP_DIR", str(kept))
        patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
        # Gradio gives its own page three seconds; on a busy machine that is no fault of the page.
        patch.setattr("gradio.networking.url_ok", lambda url: True)
        _forget()
        page = build_page()
        _, address, _ = page.launch(
            prevent_thread_lock=True, server_name="127.0.0.1", server_port=free_port(), quiet=True, **launch_options())
        try:
            yield address, kept
        finally:
            page.close(verbose=False)
            _forget()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                gc.collect()


def free_port():
    """A port nobody listens on: Gradio's own search and another app's may meet."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _forget():
    for known in (handlers.sample_names, handlers.sample_facts):
        known.cache_clear()


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def visit(browser, app):
    """Open the page as a new visitor; at the end nothing bad may have happened on any of them."""
    contexts = []

    def open_page(query="", width=1440, height=900, expect=(), **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        contexts.append((context, watched(page, app[0]), expect))
        page.goto(app[0] + query)
        page.wait_for_selector(".vd-column")
        ready(page)
        return page

    yield open_page
    for context, _, _ in contexts:
        context.close()
    bad = [text for _, found, expect in contexts for text in found if not any(part in text for part in expect)]
    assert bad == []


def ready(page):
    """The video is there and its frame is drawn."""
    page.wait_for_function("""() => [...document.querySelectorAll("[data-picture=source] canvas")].some((canvas) =>
      canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] > 0)""")


def pictures(page):
    """Key -> the number its picture carries: None for a pad, "over" where it has ended."""
    found = {}
    for each in page.evaluate(SEEN):
        image = np.asarray(Image.open(io.BytesIO(base64.b64decode(each["png"]))).convert("RGB"))
        found[each["key"]] = "over" if each["over"] else read_frame_number(image)
    return found


def expected(assets, frame, name="harbour"):
    """What the pictures show at a playback frame, by the slot maps of the saved result."""
    data = json.loads((assets / "examples" / name / "comparison.json").read_text(encoding="utf-8"))
    slots = {"source": list(range(data["clip"]["n_frames"])), **{v["label"]: v["slots"] for v in data["variants"]}}
    return {key: each[frame] if frame < len(each) else "over" for key, each in slots.items()}


def point(page, place, frame):
    """Where frame `frame` of a row of the axis is on the screen: the same x in ruler, chart and tapes."""
    row = page.locator(place).first
    row.scroll_into_view_if_needed()
    axis, box = page.locator(".vd-axis").bounding_box(), row.bounding_box()
    cell = (axis["width"] - 246) // 94
    return axis["x"] + 146 + (frame + 0.5) * cell, box["y"] + box["height"] / 2


def at(page):
    return int(page.inner_text(".vd-counter b"))


def settle(page, frame):
    """Wait until the pictures show `frame`; the source carries its number."""
    page.wait_for_function("(n) => document.querySelector('.vd-counter b').textContent === String(n)", arg=frame)
    page.wait_for_timeout(250)


def run_text(page):
    return page.inner_text(".vd-run-text")


def idle(page):
    page.wait_for_function("() => !document.body.classList.contains('vd-running')")


def fill(page, **settings):
    """Fill the controls the way another tab does, and wait until they say so."""
    page.evaluate("(settings) => window.vdOpenInExplore(settings)", settings)
    wanted = {name: value for name, value in settings.items() if name in ("start", "frames", "model")}
    page.wait_for_function("""(wanted) => Object.entries(wanted).every(([name, value]) =>
      window.vdBus.told.settings?.[name] === value)""", arg=wanted)


def test_first_paint_is_a_finished_result_at_the_first_border_of_16(visit, assets):
    page = visit()
    assert at(page) == 16 and page.locator(".vd-column.vd-selected").get_attribute("data-key") == "16"
    assert page.locator(".vd-column[data-key]").count() == len(DEFAULT_VARIANTS)
    assert pictures(page) == expected(assets, 16)
    assert page.locator("#vd-cancel").is_hidden() and page.locator("#vd-run").is_visible()


def test_every_picture_is_the_same_frame_wherever_one_seeks(visit, assets):
    page = visit()
    for key, frame in (("End", 93), ("ArrowLeft", 92), ("Home", 0), ("ArrowRight", 1)):
        page.keyboard.press(key)
        settle(page, frame)
        assert pictures(page) == expected(assets, frame), key
    for place, frame in ((".vd-ruler svg", 40), (".vd-chart-area", 63), (".vd-tape canvas", 80)):
        page.mouse.click(*point(page, place, frame))
        settle(page, frame)
        assert pictures(page) == expected(assets, frame), place


def test_hover_scrubs_and_leaving_goes_back(visit, assets):
    page = visit()
    page.mouse.move(*point(page, ".vd-chart-area", 30))
    settle(page, 30)
    assert pictures(page) == expected(assets, 30)
    page.mouse.move(20, 20)
    settle(page, 16)


def test_pictures_stay_together_while_playing(visit, assets):
    page = visit()
    page.keyboard.press("Home")
    settle(page, 0)
    page.keyboard.press("Space")
    seen = []
    for _ in range(12):
        page.wait_for_timeout(60)
        found = pictures(page)
        if found["source"] not in (None, "over"):
            seen.append(found["source"])
            assert found == expected(assets, found["source"])
    page.keyboard.press("Space")
    assert len(set(seen)) > 3
    assert page.locator(".vd-t-play").get_attribute("aria-label") == "Play"


def test_keys_go_to_borders_and_to_one_bad_frame_after_another(visit):
    page = visit()
    page.keyboard.press("Shift+ArrowRight")
    settle(page, 32)
    page.keyboard.press("Shift+ArrowLeft")
    settle(page, 16)
    page.keyboard.press("w")
    page.wait_for_function("() => document.querySelector('.vd-counter b').textContent !== '16'")
    first = at(page)
    page.keyboard.press("w")
    page.wait_for_function("(n) => document.querySelector('.vd-counter b').textContent !== String(n)", arg=first)
    page.keyboard.press("b")
    assert page.locator("[data-name=blink]").get_attribute("aria-checked") == "true"


def test_the_second_row_shows_errors_of_the_same_frame(visit):
    page = visit()
    page.click("[data-name=error]")
    page.wait_for_function("""() => document.querySelector("[data-picture='16'].vd-layer-error canvas")
      .getContext("2d").getImageData(9, 9, 1, 1).data[3] > 0""")
    grey = """(key) => document.querySelector(`[data-picture='${key}'].vd-layer-error canvas`).getContext("2d")
      .getImageData(128, 200, 1, 1).data[0]"""
    # 17→16 is three frames late here: what moves differs. 17 is in time: nothing does.
    assert page.evaluate(grey, "17→16") > 40 > 20 > page.evaluate(grey, "17")


def test_six_variants_fit_and_stay_together_across_two_files(visit, assets):
    page = visit(f"?clip=pan&frames={FEW_FRAMES}&size={FEW_SIDE}&variants={MANY}&frame=16")
    assert len({panel["file"] for panel in json.loads(
        (assets / "examples" / "pan" / "comparison.json").read_text(encoding="utf-8"))["media"]["panels"]}) == 4
    settle(page, 16)
    assert pictures(page) == expected(assets, 16, "pan")
    wide = "(all) => all.filter((each) => each.scrollWidth > each.clientWidth + 1).length"
    assert page.locator(".vd-column").count() == 7 and page.locator(".vd-column").evaluate_all(wide) == 0
    page.keyboard.press("Home")
    settle(page, 0)
    page.keyboard.press("Space")
    for _ in range(6):
        page.wait_for_timeout(50)
        found = pictures(page)
        assert set(found.values()) == {found["source"]}
    page.wait_for_function("() => document.querySelector('.vd-t-play').getAttribute('aria-label') === 'Play'")
    settle(page, FEW_FRAMES - 1)
    assert pictures(page) == expected(assets, FEW_FRAMES - 1, "pan")


def test_no_number_of_a_card_is_cut_off(visit, assets):
    data = json.loads((assets / "examples" / "harbour" / "comparison.json").read_text(encoding="utf-8"))
    borders = {v["label"]: v["seam"]["boundaries"] for v in data["variants"] if v["seam"]}
    for query in ("", "?lang=zh", f"?clip=pan&frames={FEW_FRAMES}&size={FEW_SIDE}&variants={MANY}"):
        page = visit(query)
        assert page.evaluate("""() => [...document.querySelectorAll(".vd-column[data-key] .vd-fact dd")]
          .filter((dd) => dd.scrollWidth > dd.clientWidth).map((dd) => dd.textContent)""") == []
        if "clip" not in query:
            for label, n in borders.items():
                assert str(n) in page.locator(f".vd-column[data-key='{label}'] .vd-fact dt").last.inner_text()


def test_the_planner_answers_without_a_request(visit):
    page = visit()
    # The one thing the browser cannot know is how fast the server is.
    page.wait_for_function("() => document.querySelector('.vd-estimate').textContent.startsWith('about')")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.fill("#vd-frames input", "73")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.querySelector('.vd-sums').textContent.includes('4×17 + 5')")
    assert page.inner_text(".vd-ahead") == "planned, not run yet"
    page.click("[data-preset=near]")
    page.wait_for_function("() => document.querySelectorAll('.vd-ruler .vd-row').length === 6")
    page.click("[data-preset=clash]")
    page.wait_for_function("() => document.querySelector('.vd-sums').textContent.includes('lost')")
    assert asked == []
    assert page.inner_text(".vd-estimate").startswith("about")


def test_a_run_grows_on_screen_and_keeps_the_last_result_until_then(visit):
    page = visit()
    fill(page, frames=40, size=128, variants="17,21,17:16", selected="21", frame=21)
    page.evaluate("""() => {
      window.seen = [];
      new MutationObserver(() => {
        const columns = [...document.querySelectorAll(".vd-column[data-key]")].map((c) => c.dataset.key).join();
        seen.push([columns, document.querySelectorAll(".vd-verdict-box").length]);
      }).observe(document.querySelector("#vd-player"), {childList: true, subtree: true});
    }""")
    top = page.locator(".vd-columns").bounding_box()["y"]
    page.click("#vd-run")
    assert page.locator("#vd-cancel").is_visible() and page.evaluate("document.activeElement.id") == "vd-cancel"
    assert page.locator(".vd-columns").bounding_box()["y"] == top
    page.wait_for_function("() => document.querySelector('.vd-column[data-key=\"21\"]')")
    idle(page)
    ready(page)
    grown = [waiting for columns, waiting in page.evaluate("seen") if columns == "17,21,17→16"]
    assert grown[0] >= 1 and grown[-1] == 0
    assert at(page) == 21 and page.locator(".vd-column.vd-selected").get_attribute("data-key") == "21"
    shell = page.locator(".vd-cli").first.inner_text()
    assert "--variants 17,21,17:16 --start 0 --frames 40 --size 128 --crop square" in shell
    assert page.locator(".vd-downloads a").evaluate_all("(links) => links.map((a) => a.download)") == [
        "comparison.mp4", "frames.csv", "comparison.json", "report.html"]
    with page.expect_download() as saved:
        page.click(".vd-downloads a[download='frames.csv']")
    assert saved.value.suggested_filename == "frames.csv"


def test_cancel_is_acknowledged_and_the_last_result_stays(visit, assets):
    page = visit()
    fill(page, frames=80, size=256, variants="15,16,17,18,19,20")
    page.click("#vd-run")
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'working'")
    page.click("#vd-cancel")
    page.wait_for_function("() => ['stopping', 'stopped'].includes(window.vdBus.told.run?.phase)")
    idle(page)
    assert run_text(page).startswith("Stopped by you.")
    assert page.evaluate("document.activeElement.id") == "vd-run"
    assert page.locator(".vd-column[data-key]").count() >= 4


def test_a_waiting_visitor_is_told_their_place(visit):
    first, second = visit(), visit()
    fill(first, frames=80, size=256, variants="15,16,17,18,19,20")
    fill(second, frames=20, size=128, variants="17")
    first.click("#vd-run")
    first.wait_for_function("() => window.vdBus.told.run?.phase === 'working'")
    second.click("#vd-run")
    second.wait_for_function("() => document.querySelector('.vd-run-text').textContent.includes('number 1 of 1')")
    first.click("#vd-cancel")
    idle(second)
    # Each has their own: the second its one column, the first never that.
    assert second.locator(".vd-column[data-key]").count() == 1
    assert first.locator(".vd-column[data-key]").count() >= 4


def test_what_cannot_run_is_refused_before_the_queue_in_the_page_s_language(visit):
    page = visit("?lang=zh")
    page.fill("#vd-start input", "500")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.querySelector('.vd-sums').textContent.includes('500')")
    page.click("#vd-run")
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'error'")
    assert re.search("[\u4e00-\u9fff]", run_text(page)) and "500" in run_text(page)
    assert page.locator("#vd-run").is_visible() and page.locator("#vd-start.vd-blamed").count() == 1


def test_typing_while_a_refusal_is_on_its_way_loses_nothing(visit):
    page = visit()
    page.fill("#vd-start input", "500")
    page.keyboard.press("Tab")
    page.wait_for_function("() => window.vdBus.told.settings.start === 500")
    page.evaluate("""() => {
      window.phases = [];
      window.vdBus.on("run", document.body, (run) => phases.push(run?.phase));
      document.getElementById("vd-run").click();
      const field = document.querySelector("#vd-start input");
      field.value = "501";
      field.dispatchEvent(new Event("input", {bubbles: true}));
    }""")
    page.wait_for_function("() => phases.includes('error')")
    idle(page)
    assert page.locator("#vd-run").is_visible()


def test_an_upload_is_used_and_deleted_with_the_visit(visit, app, tmp_path):
    page, path = visit(), tmp_path / "mine.mp4"
    write_video(path, iter(numbered(20, 128)), 25, crf=12)
    page.set_input_files("input[type=file]", str(path))
    page.wait_for_function("() => window.vdBus.told.settings.clip === 'mine.mp4'")
    assert "deleted" in page.inner_text(".vd-about") and "Your 20 frames" in page.inner_text(".vd-sums")
    page.click("[data-preset=neighbours]")
    page.click("#vd-run")
    page.wait_for_function("() => document.querySelectorAll('.vd-column[data-key]').length === 3")
    idle(page)
    ready(page)
    assert page.locator(".vd-link").is_disabled() and "no link" in page.inner_text(".vd-downloads")
    settle(page, at(page))
    assert pictures(page)["source"] == at(page)
    assert list(app[1].glob("visits-*/*/upload/mine.mp4")) and not list(app[1].glob("*/mine.mp4"))
    page.context.close()
    for _ in range(100):
        if not list(app[1].glob("visits-*/*")):
            break
        time.sleep(0.1)
    assert list(app[1].glob("visits-*/*")) == []


def test_a_file_that_is_no_video_gets_one_sentence(visit, tmp_path):
    page, path = visit("?lang=zh"), tmp_path / "talk.html"
    path.write_text("<html><body>hello</body></html>")
    page.set_input_files("input[type=file]", str(path))
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'error'")
    assert "talk.html" in run_text(page) and re.search("[\u4e00-\u9fff]", run_text(page))
    assert page.locator(".vd-column[data-key]").count() == 4


def test_a_link_brings_somebody_else_to_the_same_frame(visit, assets):
    page = visit()
    page.click(".vd-column[data-key='18'] .vd-choose")
    page.keyboard.press("Shift+ArrowRight")
    settle(page, 18)
    page.click(".vd-link")
    link = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(link).query)["variants"] == ["17,16,18,17:16"]
    other = visit("?" + urlsplit(link).query)
    settle(other, 18)
    assert other.locator(".vd-column.vd-selected").get_attribute("data-key") == "18"
    assert pictures(other) == expected(assets, 18)


def test_a_link_to_what_nobody_ran_fills_the_controls(visit):
    page = visit("?clip=harbour&variants=13,21&frames=60&start=5&size=128&frame=9&model=nope&clip=../x")
    page.wait_for_function("() => window.vdBus.told.settings?.frames === 60")
    assert page.evaluate("window.vdBus.told.settings") == {
        "clip": "harbour", "model": "tiny-17", "variants": ["13", "21"], "start": 5, "frames": 60, "size": "128"}
    assert page.locator(".vd-column[data-key]").count() == 4 and page.inner_text(".vd-ahead")


def test_the_address_names_the_tab(visit):
    page = visit()
    last = TABS[-1].KEY
    page.evaluate("(key) => window.vdShowTab(key)", last)
    page.wait_for_function("(key) => key === 'explore' || new URL(location).searchParams.get('tab') === key", arg=last)
    fill(page, frames=50)
    page.wait_for_selector("#vd-tabs [data-tab-id=explore][aria-selected=true]")


def test_a_phone_has_one_variant_at_a_time_and_no_sideways_scroll(visit, assets):
    page = visit(width=390, height=844, device_scale_factor=2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".vd-column:visible").count() == 2 and page.locator("#vd-clip").is_hidden()
    page.select_option(".vd-pick", "17→16")
    assert page.locator(".vd-column[data-key='17→16']").is_visible()
    assert pictures(page)["17→16"] == expected(assets, 16)["17→16"]
    page.click(".vd-change")
    assert page.locator("#vd-clip").is_visible()
    heights = "(all) => all.map((b) => b.getBoundingClientRect().height)"
    assert min(page.locator(".vd-transport button:visible").evaluate_all(heights)) >= 44


def test_dark_is_dark_and_is_remembered(visit):
    page = visit()
    page.click(".vd-theme")
    dark = "getComputedStyle(document.body).getPropertyValue('--vd-bg').trim()"
    assert page.evaluate(dark) == "#0F1215"
    page.reload()
    page.wait_for_selector(".vd-column")
    assert page.evaluate(dark) == "#0F1215"


def test_everything_can_be_reached_and_seen_by_keyboard(visit):
    page = visit()
    page.focus("#vd-start input")
    names = []
    for _ in range(60):
        page.keyboard.press("Tab")
        names.append(page.evaluate("""() => {
          const on = document.activeElement, name = on.getAttribute("aria-label") || on.textContent.trim().slice(0, 40);
          return [name, getComputedStyle(on).outlineStyle, on.outerHTML.slice(0, 80)];
        }"""))
    reached = [name for name, _, _ in names]
    assert {"Run", "Whole clip", "Play"} <= set(reached), reached
    assert all(reached), [html for name, _, html in names if not name]
    assert {outline for name, outline, _ in names if name in ("Run", "Whole clip", "Play")} == {"solid"}


def test_terms_explain_themselves_on_focus(visit):
    page = visit()
    words = page.locator(".vd-terms .vd-help")
    assert words.count() == 8
    words.first.focus()
    shown = page.evaluate("getComputedStyle(document.querySelector('.vd-terms .vd-help'), '::after').content")
    assert "network together" in shown


def test_nothing_is_uploaded_while_a_run_works(visit, tmp_path):
    page, path = visit(), tmp_path / "talk.html"
    path.write_text("<html><body>hello</body></html>")
    fill(page, frames=80, size=256, variants="15,16,17,18,19,20")
    page.click("#vd-run")
    page.wait_for_function("() => window.vdBus.told.run?.phase === 'working'")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "upload" in request.url else None)
    page.set_input_files("input[type=file] >> nth=0", str(path))
    assert page.locator("#vd-upload").is_disabled()
    page.wait_for_timeout(500)
    assert asked == [] and page.evaluate("window.vdBus.told.run.phase") == "working"
    page.click("#vd-cancel")
    idle(page)
    assert page.locator("#vd-upload").is_enabled()
    page.set_input_files("input[type=file] >> nth=0", str(path))
    page.wait_for_function("() => document.querySelector('.vd-run-text').textContent.includes('talk.html')")
