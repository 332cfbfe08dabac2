"""Words of Gradio's queue for sessions that come and go."""

import asyncio

from vae_demo.views.serving.listeners import Listeners
from vae_demo.views.serving.mailboxes import Mailboxes


def test_a_flood_of_sessions_forgets_those_nobody_listens_to():
    listeners, events = Listeners(), {f"made-up-{index}": {"event"} for index in range(50)}
    boxes, mine = Mailboxes(listeners, events, most=10), asyncio.Queue()
    boxes["mine"] = mine
    with listeners.listening("mine"):
        for index in range(50):
            boxes[f"made-up-{index}"] = asyncio.Queue()
        assert boxes["mine"] is mine and len(boxes) == 10 == len(events) + 1
    boxes["one more"] = asyncio.Queue()
    assert "mine" not in boxes


def test_a_word_for_a_session_that_is_gone_is_lost_and_no_error():
    boxes = Mailboxes(Listeners(), {})
    boxes["gone"].put_nowait("word")
    assert "gone" not in boxes and boxes.get("gone") is None
    del boxes["gone"]
