"""What Gradio remembers of a session is small, whatever was shown in it."""

import asyncio
import gc
import tracemalloc
import warnings

import pytest
from gradio.state_holder import StateHolder
from served import QUIET, placed, reception_in

from vae_demo.views.page import SESSIONS, build_page
from vae_demo.views.serving.sessions import SmallSession

pytestmark = QUIET
LIMIT = 20_000


@pytest.fixture(scope="module")
def page(numbered_assets, tmp_path_factory):
    with placed(numbered_assets), pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Gradio leaves an event loop to the collector
        yield build_page(reception_in(tmp_path_factory.mktemp("kept"), patch))
        asyncio.set_event_loop(None)
        gc.collect()


def bytes_each(page, kind, many):
    """Memory that one session takes after every component of the page showed something."""
    value, made = {f"frame {index}": index / 7 for index in range(300)}, []
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(many):
            session = kind(page)
            for key, block in page.default_config.blocks.items():
                if key not in session:
                    session[key] = block
                session._update_value_in_config(key, dict(value))
            made.append(session)
        gc.collect()
        return (tracemalloc.get_traced_memory()[0] - before) / many
    finally:
        tracemalloc.stop()


def test_a_session_takes_less_than_20_kilobytes(page):
    assert bytes_each(page, SmallSession, 20) < LIMIT
    # Gradio's own is larger, or there would be nothing to measure.
    assert bytes_each(page, SmallSession.__base__, 1) > 2 * LIMIT


def test_the_page_s_sessions_are_of_that_kind_and_so_many_at_most(page):
    holder = StateHolder()
    page.state_session_capacity = SESSIONS
    holder.set_blocks(page)
    assert isinstance(holder["somebody"], SmallSession) and holder.capacity == 5000


def test_what_an_event_changed_is_still_known_to_its_session(page):
    session = SmallSession(page)
    key, block = next((key, block) for key, block in page.default_config.blocks.items() if hasattr(block, "choices"))
    changed = type(block)(choices=["a"])
    session[key] = changed
    assert session[key] is changed and SmallSession(page)[key] is block
