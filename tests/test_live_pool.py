"""Workers of the page's engine: who gets what first, and what happens to one that dies, hangs or is not needed."""

import re

import pytest
from in_node import SCRIPTS, in_node, needs_node

pytestmark = needs_node


def scenarios(script):
    return re.findall(r"^  async (\w+)\(", (SCRIPTS / script).read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("scenario", scenarios("live_pool.js"))
def test_the_pool(scenario):
    in_node("live_pool.js", scenario, after=["live_fakes.js"], live="live/engine.js")


@pytest.mark.parametrize("scenario", scenarios("live_wanted.js"))
def test_while_a_hand_drags(scenario):
    in_node("live_wanted.js", scenario, after=["live_fakes.js"], live="live/engine.js", wanted="live/wanted.js")


def test_a_scenario_can_fail():
    with pytest.raises(AssertionError):
        in_node("live_pool.js", "of_nothing", after=["live_fakes.js"], live="live/engine.js")
