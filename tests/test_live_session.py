"""The engine of the page from asleep to ready, whoever leaves meanwhile, and what is shown in every state."""

import json
from functools import cache

import pytest
from in_node import in_node, needs_node
from test_live_pool import scenarios

pytestmark = needs_node
PARTS = {"live": "live/engine.js", "sessions": "views/learn/live/session.js", "shown": "views/learn/live/shown.js"}


@cache
def played(script):
    return json.loads(in_node(script, after=["live_fakes.js"], **PARTS))


@pytest.mark.parametrize("scenario", scenarios("live_session.js"))
def test_the_session(scenario):
    assert played("live_session.js")[scenario] is None


@pytest.mark.parametrize("scenario", scenarios("live_shown.js"))
def test_what_is_shown(scenario):
    assert played("live_shown.js")[scenario] is None
