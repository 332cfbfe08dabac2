"""The benchmark of a sweep: its stages add up to the whole, and scores are told apart."""

import pytest
from fabricated import moving_clip
from random_models import tiny_model

from benchmarks import sweeping
from vae_demo.clips import Clip
from vae_demo.metrics import PlayedScores


def test_stages_add_up_and_scores_are_told_apart():
    own = PlayedScores.add
    with Clip.from_array(moving_clip(9, 16, 16), 24, "made here") as clip:
        found = sweeping.measure(tiny_model(), clip, "4,whole")
    assert PlayedScores.add is own
    assert found["sizes"] == 2 and sum(found["stages"].values()) == pytest.approx(found["seconds"])
    assert set(found["stages"]) == set(sweeping.STAGES) and found["stages"]["spatial_decode"] > 0
    assert 0 < found["scoring_cores"] < found["cores"]
    told = sweeping.lines(found)
    assert told[0].startswith("2 sizes:") and any(line.startswith("score ") for line in told)
