"""The engine of the page from asleep to ready, and whoever leaves meanwhile."""

import json
from functools import cache

import pytest
from in_node import in_node, needs_node
from test_live_pool import scenarios

pytestmark = needs_node
PARTS = {"live": "live/engine.js", "sessions": "views/learn/live/session.js"}


@cache
def played():
    return json.loads(in_node("live_session.js", after=["live_fakes.js"], **PARTS))


@pytest.mark.parametrize("scenario", scenarios("live_session.js"))
def test_the_session(scenario):
    assert played()[scenario] is None
