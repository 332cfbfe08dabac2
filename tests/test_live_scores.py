"""PSNR in the page is that of the server, and so is the plan it decodes by."""

import json

import numpy as np
from in_node import in_node, needs_node

from vae_demo.layout.plan import plan
from vae_demo.metrics.frame_scores import PSNR_CAP, frame_psnr

pytestmark = needs_node
TOLERANCE_DB = 1e-3


def psnr(tmp_path, ours, theirs):
    rgba = np.concatenate([ours, np.full_like(ours[..., :1], 255)], -1)
    (tmp_path / "ours").write_bytes(rgba.tobytes())
    (tmp_path / "theirs").write_bytes(theirs.tobytes())
    return json.loads(in_node("live_scores.js", tmp_path / "ours", tmp_path / "theirs", len(ours),
                              *ours.shape[1:3], scores="live/scores.js"))


def test_decibels_are_those_of_numpy(tmp_path):
    rng = np.random.default_rng(1)
    theirs = rng.integers(0, 256, (6, 40, 24, 3), dtype=np.uint8)
    spread = np.array([1, 3, 12, 60, 255, 0]).reshape(-1, 1, 1, 1)
    ours = np.clip(theirs + rng.normal(0, 1, theirs.shape) * spread, 0, 255).astype(np.uint8)
    got, wanted = psnr(tmp_path, ours, theirs), frame_psnr(theirs, ours)
    assert np.abs(np.array(got) - wanted).max() < TOLERANCE_DB
    assert got[-1] == PSNR_CAP and wanted[0] - wanted[3] > 20


def test_a_frame_that_the_clip_does_not_have_has_none(tmp_path):
    frames = np.zeros((3, 8, 8, 3), np.uint8)
    assert psnr(tmp_path, frames, frames[:2]) == [PSNR_CAP, PSNR_CAP, None]


def told(*asked):
    return json.loads(in_node("live_plans.js", json.dumps(asked), frames="views/shared/frames.js",
                              plans="live/plans.js"))


def test_a_plan_of_the_page_is_the_plan_of_the_server():
    asked = [(34, 17, 17, False), (34, 16, 16, False), (34, 17, 16, False), (34, 17, 16, True), (34, None, None, False),
             (34, 5, None, False), (7, 4, 4, False)]
    for (n, encode, decode, fit), found in zip(asked, told(*asked), strict=True):
        wanted, (mine, places) = plan(n, encode, decode, fit=fit), (found["plan"], found["places"])
        assert mine["encode"] == [[c.start, c.stop] for c in wanted.encode_chunks]
        assert mine["decode"] == [[c.latent_start, c.latent_stop, c.crop] for c in wanted.decode_chunks]
        assert places["frames"] == wanted.frames_out
        assert [(c["from"], c["to"]) for c in places["encode"]] == [
            (c.latent_start, c.latent_stop) for c in wanted.encode_chunks]
        assert [(c["start"], c["stop"]) for c in places["decode"]] == [(c.start, c.stop) for c in wanted.decode_chunks]


def test_every_plan_has_a_key_of_its_own():
    asked = [(34, 17, 17, False), (34, 17, 16, False), (34, 17, 16, True), (34, None, 16, False), (34, 17, None, False)]
    keys = {found["plan"]["key"] for found in told(*((*each, join) for each in asked for join in ("", "blend")))}
    assert len(keys) == 10
