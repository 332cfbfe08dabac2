"""Headless Chromium for tests that need a real browser, and what such a test must never see."""

import os
from contextlib import contextmanager

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]


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
