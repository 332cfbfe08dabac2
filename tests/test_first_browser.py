"""The first load in headless Chromium: little is fetched before the first picture, which gives way without a jump."""

import gzip
import re
from urllib.parse import urljoin

import httpx
import pytest
from explore_app import FEW_FRAMES, FEW_SIDE, MANY, at, expected, pictures, ready
from served import QUIET

pytestmark = [pytest.mark.browser, *QUIET]
BUDGET, JUMP = 800_000, 3
HELD = re.compile(r"/assets/index-[^/]*\.js|/vd/kept/[^/]+/atlas[^/]*\.mp4")
PAN = f"?clip=pan&frames={FEW_FRAMES}&size={FEW_SIDE}&variants={MANY}"
PLACES = """() => Object.fromEntries([".vd-bar", ".vd-intro h1", ".vd-lead", ".vd-head h2", ".vd-columns .vd-verdict",
  ".vd-columns .vd-picture", ".vd-columns .vd-column:not(.vd-source).vd-phone .vd-picture"].map((place) => {
  const node = [...document.querySelectorAll(place)].find((each) => each.getClientRects().length);
  const box = node?.getBoundingClientRect();
  return [place, box ? [box.x, box.y, box.width].map(Math.round) : null];
}))"""


@pytest.fixture
def held(tabs, address):
    """open(query, width): the page without Gradio's scripts and the videos, and what lets them come."""
    with tabs.visits() as visit:
        def opened(query="", width=1440):
            waiting = []
            page = visit("theme.css", width=width)
            # Not the list's own method: Playwright wants to write on what it calls.
            page.route(HELD, lambda route: waiting.append(route))

            def go_on(name):
                for route in [each for each in waiting if name in each.request.url]:
                    waiting.remove(route)
                    route.continue_()

            page.goto(address + query, wait_until="commit")
            page.wait_for_selector("#vd-first", state="attached")
            return page, go_on

        yield opened


def test_the_first_picture_needs_little(address):
    """Everything that the HTML asks for by itself, and the words; as it travels."""
    def size(url):
        with httpx.stream("GET", url, headers={"accept-encoding": "gzip"}) as answer:
            assert answer.status_code == 200, url
            raw = b"".join(answer.iter_raw())
        return len(raw), gzip.decompress(raw) if answer.headers.get("content-encoding") == "gzip" else raw

    total, html = size(address)
    text = html.decode()
    assert total < 200_000
    body = text.rpartition("<body")[2]
    asked = {*re.findall(r'<link rel="(?:preload|modulepreload|stylesheet)"[^>]*href="([^"]+)"', text),
             *re.findall(r'<script[^>]*src="([^"]+)"', text), *re.findall(r'<img src="([^"]+)"', body),
             *re.findall(r'"(\./vd/js/[^"]+/words\.\w+\.js)"', text)}
    assert len(asked) >= 7 and any(name.endswith(".webp") for name in asked)
    total += sum(size(urljoin(address, name))[0] for name in asked)
    assert total < BUDGET, total
    assert not re.search(r"plotly|atlas|tapes\.webp", " ".join(asked))


@pytest.mark.parametrize("width", [1440, 390])
def test_the_still_gives_way_to_the_player_where_it_stands(held, assets, width):
    page, go_on = held(width=width)
    page.wait_for_function("() => [...document.querySelectorAll('#vd-first img')].every((image) => image.naturalWidth)")
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    served = page.evaluate(PLACES)
    assert served[".vd-columns .vd-picture"] and page.locator("#vd-player").count() == 0
    go_on("index-")
    page.wait_for_selector("#vd-first", state="detached")
    assert pictures(page) == expected(assets, 16), "each column shows its part of the still before there is a video"
    page.wait_for_selector(".vd-tucked" if width < 700 else ".vd-sums b", state="attached")
    drawn = page.evaluate(PLACES)
    # A jump means that .vd-first-controls (first.css) keeps other room than the controls take.
    moved = {place: (served[place], box) for place, box in drawn.items() if box
             and max(abs(a - b) for a, b in zip(box, served[place], strict=True)) > JUMP}
    assert moved == {}
    go_on("atlas")
    page.keyboard.press("End")
    page.wait_for_function("() => window.vdBus.told.drawn")
    assert at(page) == 93


def test_a_link_to_another_result_shows_its_own_and_a_theme_holds(held, assets):
    page, go_on = held(PAN + "&lang=zh")
    page.wait_for_selector("#vd-first[data-clip=pan] img >> nth=8")
    assert page.locator("#vd-first [lang=zh] h2").first.is_visible() and page.locator("#vd-first [lang=en]").is_hidden()
    page.click("#vd-first .vd-theme")
    assert page.evaluate("document.body.classList.contains('dark')")
    go_on("index-")
    page.wait_for_selector("#vd-first", state="detached")
    assert pictures(page) == expected(assets, 16, "pan") and page.evaluate("document.body.classList.contains('dark')")
    go_on("atlas")
    page.unroute_all(behavior="ignoreErrors")
    ready(page)
    page.reload(wait_until="commit")
    page.wait_for_selector("#vd-player .vd-column")
    assert page.locator("#vd-first:visible").count() == 0
