"""Every size of the live step of Learn, one after the other: to the end, stopped, and given way to others."""

import json
from functools import cache

import pytest
from in_node import in_node, needs_node
from test_live_pool import scenarios

pytestmark = needs_node
PARTS = {"live": "live/engine.js", "results": "views/learn/live/computed.js", "every": "views/learn/live/all.js"}


@cache
def played():
    return json.loads(in_node("live_all.js", after=["live_fakes.js"], **PARTS))


@pytest.mark.parametrize("scenario", scenarios("live_all.js"))
def test_all_sizes(scenario):
    assert played()[scenario] is None
