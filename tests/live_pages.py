"""Visits of the Learn tab in headless Chromium, for tests of what is on it and of its live step."""

from contextlib import contextmanager


@contextmanager
def visits(tabs, drawn):
    """visit(query, **how) opens Learn as a new visitor and waits until `drawn(page)` has; what goes wrong on any of
    them fails the test, a request to others too."""
    with tabs.visits(drawn) as open_page:
        yield lambda query="?tab=learn", **how: open_page(query, **how)


@contextmanager
def one_visit(tabs, drawn):
    """The same for one visit: its page, and what says that nothing has gone wrong on it since that was last asked."""
    with tabs.visits(drawn) as open_page:
        yield open_page("?tab=learn"), open_page.nothing_bad


def lessons_drawn(page):
    """The lessons are there, in their own letters."""
    page.locator(".vd-learn").wait_for()
    page.evaluate("document.fonts.ready")


def live_drawn(page):
    """The live step is there, with what is saved."""
    page.locator("#live .vd-live-strip canvas").first.wait_for(state="attached")
