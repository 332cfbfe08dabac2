"""Whose result is on screen, the strip of the clip, and one clip for all tabs: one page through all of it."""

import pytest
from explore_app import FRAMES, STRIP_PAINTED, at, idle, numbered, offered, pictures, ready, says, settle, visits
from served import QUIET

from vae_demo.clips import write_video

pytestmark = [pytest.mark.browser, *QUIET]
BANNER = "#vd-player .vd-whose"
DIMMED = "() => document.querySelector('#vd-player .vd-stage').classList.contains('vd-other-form')"


@pytest.fixture(scope="module")
def page(tabs):
    with visits(tabs) as open_page:
        yield open_page()


def said(page):
    return page.evaluate("window.vdBus.told.settings")


def differ(page, names):
    page.wait_for_function("(names) => window.vdBus.told.differ?.join() === names", arg=names)


def type_in(page, **numbers):
    for name, number in numbers.items():
        page.fill(f"#vd-{name} input", str(number))
        page.keyboard.press("Tab")
    says(page, **numbers)


def test_a_form_that_asks_for_something_else_is_said_and_taken_back(page):
    differ(page, "")
    offered(page, "Run again")
    assert page.inner_text(".vd-estimate") in ("", "this is on screen") and page.locator(BANNER).is_hidden()
    page.fill("#vd-frames input", "60")
    page.keyboard.press("Tab")
    differ(page, "frames")
    told = page.inner_text(BANNER)
    assert f"17, 16, 18, 17→16 · {FRAMES} frames · 256²" in told and "differ in frames." in told
    assert page.evaluate(DIMMED)
    offered(page, "Run")
    page.fill("#vd-frames input", "99")  # the clip has fewer
    page.keyboard.press("Tab")
    differ(page, "")
    assert not page.evaluate(DIMMED)
    page.fill("#vd-start input", "3")
    page.keyboard.press("Tab")
    differ(page, "start,frames")
    page.click("#vd-player .vd-whose-back")
    differ(page, "")
    says(page, start=0, frames=FRAMES)
    assert page.locator(BANNER).is_hidden()


def test_in_what_it_computes_is_for_who_asks_and_makes_another_result(page):
    menu, more = page.locator("#vd-dtype"), page.locator("#vd-model .vd-more")
    assert menu.is_hidden() and more.get_attribute("aria-expanded") == "false"
    more.click()
    for dtype, names in (("float32", ""), ("bfloat16", "dtype")):
        menu.locator("input").click()
        menu.get_by_role("option", name=dtype, exact=True).click()
        says(page, dtype=dtype)
        differ(page, names)  # on a CPU auto is float32
    assert "differ in what it computes in" in page.inner_text(BANNER) and page.evaluate(DIMMED)
    assert more.is_disabled(), "what the form says is not hidden"
    page.click("#vd-player .vd-whose-back")
    differ(page, "")
    says(page, dtype="auto")
    more.click()
    menu.wait_for(state="hidden")


def test_handles_move_the_numbers_and_numbers_the_handles(page):
    page.wait_for_function(STRIP_PAINTED)
    type_in(page, start=0, frames=FRAMES)
    first, last = page.locator("#vd-strip .vd-strip-in"), page.locator("#vd-strip .vd-strip-out")
    for key, start in (("ArrowRight", 1), ("PageUp", 25), ("ArrowLeft", 24)):
        first.press(key)
        says(page, start=start, frames=FRAMES - start)
    assert first.get_attribute("aria-valuetext") == "frame 24, at 1.00 s"
    track, handle = page.locator("#vd-strip .vd-strip-track").bounding_box(), last.bounding_box()
    y = track["y"] + track["height"] / 2
    page.mouse.move(handle["x"] + handle["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] * 44 / FRAMES, y, steps=4)
    page.mouse.up()
    says(page, start=24, frames=20)
    assert page.input_value("#vd-frames input") == "20" and last.get_attribute("aria-valuenow") == "43"
    page.fill("#vd-start input", "10")
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.querySelector('#vd-strip').textContent.includes('f10–f29, 20 frames')")
    assert first.get_attribute("aria-valuenow") == "10"


def test_a_clip_is_there_in_every_tab_and_frames_keep_their_numbers(page, tmp_path):
    path = tmp_path / ("a rather long name of a clip " * 2 + ".mp4")
    write_video(path, iter(numbered(40, 128)), 25, crf=12)
    type_in(page, start=10, frames=20)
    page.set_input_files("#vd-controls input[type=file]", str(path))
    page.wait_for_function("() => document.querySelector('#vd-strip').textContent.includes('40 frames')")
    page.wait_for_function(STRIP_PAINTED)
    differ(page, "clip,start,frames")
    name = said(page)["clip"]
    type_in(page, start=10, frames=6)
    page.click("[data-preset=neighbours]")
    page.click("#vd-run")
    page.wait_for_function("() => document.querySelectorAll('.vd-column[data-key]').length === 3")
    idle(page)
    ready(page)
    differ(page, "")
    settle(page, at(page), {"source": at(page) + 10})
    # The clip carries the numbers of its frames: those on screen are those below the pictures.
    assert pictures(page)["source"] == at(page) + 10
    assert page.locator(".vd-caption[data-key=source] .vd-where").inner_text() == f"f{at(page) + 10}"
    page.evaluate("window.vdShowTab('sweep')")
    page.wait_for_function("() => window.vdTabs && document.querySelector('#vd-sweep-clip input')")
    page.click("#vd-sweep-clip input")
    page.get_by_role("option", name=name[:20]).click()
    page.wait_for_function("() => document.querySelector('#vd-sweep-strip').textContent.includes('40 frames')")
    other = tmp_path / "other.mp4"
    write_video(other, iter(numbered(30, 128)), 25, crf=12)
    page.set_input_files("#vd-sweep-controls input[type=file]", str(other))
    page.wait_for_function("() => window.vdBus.told.settings.clip === 'other.mp4'")
    differ(page, "clip")
    page.evaluate("window.vdShowTab('explore')")
    page.wait_for_function(
        "(place) => document.querySelector(place).innerText.includes('no longer here')", arg=BANNER)
    assert page.locator("#vd-player .vd-whose-back").is_hidden()
