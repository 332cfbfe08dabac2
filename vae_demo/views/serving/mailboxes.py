"""What Gradio's queue has to tell, by session, until a stream takes it away.

Gradio keeps 2,000 sessions and forgets the oldest, also one that is listening; the next word for it then ends the
queue for everybody. Ours forgets those nobody listens to, and a word for nobody is lost.
"""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr

from vae_demo.views.serving.listeners import Listeners

MOST = 2000


class Mailboxes(dict[str, asyncio.Queue]):
    """Messages by session. events: Gradio's numbers of the events by session, forgotten along with their messages."""

    def __init__(self, listeners: Listeners, events: dict[str, Any], most: int = MOST) -> None:
        super().__init__()
        self._listeners, self._events, self._most = listeners, events, most

    def __setitem__(self, session: str, messages: asyncio.Queue) -> None:
        super().__setitem__(session, messages)
        if len(self) > self._most:
            unheard = (each for each in self if each != session and not self._listeners.any(each))
            for each in list(unheard)[:len(self) - self._most]:
                del self[each]
                self._events.pop(each, None)

    def __missing__(self, session: str) -> asyncio.Queue:
        return asyncio.Queue()

    def __delitem__(self, session: str) -> None:
        self.pop(session, None)


def keep_mailboxes(page: gr.Blocks, listeners: Listeners) -> None:
    """Give the queue of a page such mailboxes; after page.queue()."""
    queue = page._queue
    queue.pending_messages_per_session = Mailboxes(listeners, queue.pending_event_ids_session)
