"""The lesson as one file, opened from a disk in Chromium and in the system's Firefox: it computes there, and asks for
nothing."""

import re

import pytest
from firefox import PLACE, firefox

from vae_demo import assets, words
from vae_demo.examples import LIVE
from vae_demo.live.parts import frames_of
from vae_demo.models.spec import TINY_17
from vae_demo.report.sheets import load_sheets
from vae_demo.views.learn.tab import lesson, saved_value
from vae_demo.views.offline.lesson import lesson_file

pytestmark = pytest.mark.browser
# Whether something is drawn in the middle of a canvas.
DRAWN = "(c) => c.getContext('2d').getImageData(c.width / 2, c.height / 2, 1, 1).data[3] === 255"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Of the file, in a folder whose name is no plain word."""
    place = tmp_path_factory.mktemp("Ein Stick #1") / "lesson.html"
    place.write_bytes(lesson_file(lesson(saved_value()), TINY_17, frames_of(assets.clip("harbour"))))
    return place.as_uri()


@pytest.fixture(scope="module")
def page(browser, address):
    """The file in Chromium, opened once: it is large; a script error, or a request for anything but itself and its
    workers, fails the last test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US", color_scheme="light")
    page, bad = context.new_page(), []
    page.on("console", lambda message: bad.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: bad.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith((address, "blob:null/", "data:"))
            else bad.append(asked.url))
    page.goto(address)
    page.locator("#live").wait_for()
    yield page
    context.close()
    assert bad == []


def computed(size):
    """What the page says of a size once it has computed it: the server's own mean and worst, one digit."""
    saved = load_sheets(assets.EXAMPLES / LIVE)
    psnr = next(each["psnr"] for each in saved["variants"] if each["label"] == str(size))
    return [f"{sum(psnr) / len(psnr):.1f}", f"{min(psnr):.1f}"]


def test_it_computes_from_a_disk(page):
    live = page.locator("#live")
    live.get_by_role("slider", name="Frames per chunk").scroll_into_view_if_needed()
    live.get_by_text("Computed on your machine").wait_for()
    live.get_by_role("spinbutton").fill("18")
    live.get_by_text(re.compile(r"^34 = 18 \+ 16\.")).wait_for()
    live.get_by_text("Computed on your machine").wait_for()
    text = " ".join(live.inner_text().split())
    assert "All 34 frames, mean / worst {} / {} dB".format(*computed(18)) in text and "Nothing was sent" in text
    assert all(canvas.evaluate(DRAWN) for canvas in live.locator("canvas").all())


def test_it_is_the_whole_tab(page):
    assert page.title().startswith(words.say("en", "learn_title"))
    page.locator("#step-3").get_by_role("radio", name="The first ones").click()
    page.locator("#step-3 .vd-answer").wait_for()
    assert all(canvas.evaluate(DRAWN) for canvas in page.locator("#step-3 .vd-shots canvas").all())
    assert page.locator("#quiz [data-ask]").count() > 3 and page.locator("#glossary dt").count() == 10
    for name in ("Open in Explore", "Open in Inspect", "Plan a length"):
        assert page.get_by_role("button", name=name).count() == 0
    page.get_by_role("button", name="Light or dark").click()
    assert "dark" in page.locator("body").get_attribute("class")
    page.get_by_role("navigation", name="Steps").get_by_role("link", name=re.compile("^17 has borders")).click()
    assert page.url.endswith("#step-6")
    assert page.locator("#step-6-title").evaluate("(title) => title === document.activeElement")
    page.get_by_role("button", name="中文").click()
    page.get_by_role("heading", name=words.say("zh", "learn_title")).wait_for()
    assert page.title().startswith(words.say("zh", "learn_title")) and "lang=zh" in page.url
    assert "dark" in page.locator("body").get_attribute("class")
    assert "undefined" not in (text := page.locator("main").inner_text()) and "{" not in text


@pytest.mark.skipif(PLACE is None, reason="needs the system's Firefox (Debian: firefox-esr)")
def test_so_it_does_in_firefox(address, tmp_path):
    said = "document.querySelector('#live').innerText.replace(/\\s+/g, ' ')"
    with firefox(tmp_path) as browser:
        browser("WebDriver:Navigate", url=address)
        browser.until("document.querySelector('#live') !== null")
        browser.run("document.querySelector('#live').scrollIntoView()")
        browser.until(f"{said}.includes('Computed on your machine')")
        assert "mean / worst {} / {} dB".format(*computed(16)) in browser.run(f"return {said}")
        browser.run("document.querySelector('[data-lang=zh]').click()")
        title = words.say("zh", "learn_title")
        browser.until(f"document.title.startsWith('{title}') && document.querySelector('#live') !== null")
        assert browser.asked() == []
