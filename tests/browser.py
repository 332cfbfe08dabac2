"""Headless Chromium for tests that need a real browser, its visitors, and what such a test must never see."""

import os
from contextlib import contextmanager

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]
PATIENCE_MS = 60_000
# A page of the app that does nothing: where a tab waits for its next visitor.
AT_REST = "robots.txt"

# window.vdBus in the page of a test is what the scripts of Explore tell each other.
BUS = """addEventListener("DOMContentLoaded", async () => {
  if (window.vdModule) window.vdBus = (await window.vdModule("explore/bus.js")).bus;
})"""


DROP = """([place, name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, {type: "application/json"}));
  for (const kind of ["dragover", "drop"])
    document.querySelector(place).dispatchEvent(
      new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


def drop(page, place, name, text):
    """Let go of a file of this name and content there."""
    page.evaluate(DROP, [place, name, text])


@contextmanager
def chromium():
    """A running browser; the tests' Chromium is named by BROWSER_PATH."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("BROWSER_PATH", "/usr/bin/chromium"), args=ARGS)
        try:
            yield browser
        finally:
            browser.close()


def watched(page, home):
    """Collect what a good page has none of: script errors, failed requests, requests to anybody but `home`."""
    bad = []
    page.on("console", lambda message: bad.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: bad.append(str(error)))
    page.on("response", lambda answer: bad.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    page.on("request", lambda request: None if request.url.startswith((home, "blob:", "data:"))
            else bad.append(request.url))
    return bad


class Seats:
    """Tabs of one browser that wait for their next visitor.

    In a tab where the app's scripts were compiled before, it opens in a third of the time; so a visit that is over
    leaves its tab to the next one, and nothing else.
    """

    def __init__(self, browser):
        self.browser, self._waiting = browser, {}

    def take(self, address, options):
        """A tab for a visitor of the app at `address`, and the list of what goes wrong in it."""
        if waiting := self._waiting.get((address, str(options))):
            return waiting.pop()
        context = self.browser.new_context(**{"locale": "en-US", "color_scheme": "light", **options})
        context.add_init_script(BUS)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page, watched(page, address)

    def give_back(self, address, options, seat):
        page, _ = seat
        page.context.set_offline(False)
        page.unroute_all()
        page.emulate_media(media="null")
        page.goto(address + AT_REST)
        page.mouse.move(0, 0)
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.context.clear_permissions()
        self._waiting.setdefault((address, str(options)), []).append(seat)


@contextmanager
def seats():
    """Seats in a browser of their own."""
    with chromium() as browser:
        yield Seats(browser)


class Visits:
    """Calling it opens the app as a new visitor.

    width, height: of the window. careless: what goes wrong is let pass, for Gradio's own script complains when a stream
    of its is closed by leaving. permissions: what the visitor allows. All else is for the browser's context.
    """

    def __init__(self, seats, address, ready, usual):
        self._seats, self._address, self._ready, self._usual = seats, address, ready, usual
        self._taken, self._strict = [], []

    def __call__(self, query="", **options):
        return self._opened(query, **{**self._usual, **options})

    def _opened(self, query, width=1440, height=900, careless=False, permissions=(), **options):
        page, bad = seat = self._seats.take(self._address, options)
        self._taken.append((options, seat))
        if not careless:
            self._strict.append(bad)
        if permissions:
            page.context.grant_permissions([*permissions])
        page.set_viewport_size({"width": width, "height": height})
        bad.clear()
        page.goto(self._address + query)
        self._ready(page)
        return page

    def nothing_bad(self):
        """Nothing bad has happened to any of them since this was last asked."""
        wrong = [each for bad in self._strict for each in bad]
        for bad in self._strict:
            bad.clear()
        assert wrong == [], wrong

    def leave(self):
        for options, seat in self._taken:
            self._seats.give_back(self._address, options, seat)


class Tabs:
    """Tabs on the app at `address`, for one visitor after another."""

    def __init__(self, seats, address):
        self._seats, self._address = seats, str(address)

    @contextmanager
    def visits(self, ready=lambda page: None, **usual):
        """Visits; at the end nothing bad may have happened to any of them.

        ready: waits until a page is what a test looks at. usual: options of each, where it does not say otherwise.
        """
        visits = Visits(self._seats, self._address, ready, usual)
        yield visits
        try:
            visits.nothing_bad()
        finally:
            visits.leave()
