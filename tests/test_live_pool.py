"""Workers of the page's engine: who gets what first, and what happens to one that dies, hangs or is not needed."""

import json
import re
from functools import cache

import pytest
from in_node import SCRIPTS, in_node, needs_node

pytestmark = needs_node
MODULES = {"live": "live/engine.js", "wanted": "live/wanted.js", "pools": "live/pool.js"}


def scenarios(script):
    return re.findall(r"^  async (\w+)\(", (SCRIPTS / script).read_text(encoding="utf-8"), re.M)


@cache
def played(script):
    return json.loads(in_node(script, after=["live_fakes.js"], **MODULES))


@pytest.mark.parametrize("scenario", scenarios("live_pool.js"))
def test_the_pool(scenario):
    assert played("live_pool.js")[scenario] is None


@pytest.mark.parametrize("scenario", scenarios("live_wanted.js"))
def test_while_a_hand_drags(scenario):
    assert played("live_wanted.js")[scenario] is None


def test_a_scenario_can_fail():
    told = played("live_failing.js")
    assert "one is two" in told["wrong"] and told["right"] is None
