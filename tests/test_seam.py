"""The seam score on clips whose damage is known, after the experiment it was chosen by."""

from itertools import combinations

import numpy as np
import pytest

from vae_demo.metrics import MIN_BOUNDARIES, ghost_runs, seam_score, temporal_step
from vae_demo.metrics.seam import FLOOR, N_DRAWS
from vae_demo.results.findings import Finding, Seam

FRAMES, CHUNK = 102, 17
BORDERS = tuple(range(CHUNK, FRAMES, CHUNK))
SMALLEST_P = 1 / (N_DRAWS + 1)


def source(n_frames=FRAMES):
    """A texture under a moving camera, uint8 T H W 3."""
    rng = np.random.default_rng(1)
    ground = rng.integers(0, 256, (40, 40 + n_frames, 3)).astype(float)
    for axis in (0, 1):
        for _ in range(3):
            ground = (ground + np.roll(ground, 1, axis) + np.roll(ground, -1, axis)) / 3
    spread = (ground - ground.mean()) * 2 + 128
    return np.clip(np.stack([spread[:, t:t + 40] for t in range(n_frames)]), 0, 255).astype(np.uint8)


def blurred(frames):
    wide = frames.astype(float)
    return (wide + np.roll(wide, 1, 1) + np.roll(wide, 1, 2) + np.roll(wide, -1, 1) + np.roll(wide, -1, 2)) / 5


def reconstruction(kind):
    """The source with a little noise and one kind of damage."""
    x = source()
    rng = np.random.default_rng(2)
    r = x + rng.normal(0, 1, x.shape)
    if kind == "blur":
        r = blurred(x) + rng.normal(0, 1, x.shape)
    elif kind == "flicker":
        r = r + rng.normal(0, 3, (FRAMES, 1, 1, 1))
    elif kind == "brightness step":
        r = r + (np.arange(FRAMES) // CHUNK % 2 * 6)[:, None, None, None]
    elif kind == "soft openings":
        soft = np.arange(FRAMES) % CHUNK < 2
        r[soft] = blurred(x[soft])
    return x, np.clip(np.rint(r), 0, 255).astype(np.uint8)


def steps_of(kind):
    return [None, *temporal_step(*reconstruction(kind))]


@pytest.mark.parametrize("kind", ["brightness step", "soft openings"])
def test_a_seam_is_found_at_its_own_period_and_not_beside_it(kind):
    steps = steps_of(kind)
    found = seam_score(steps, BORDERS, CHUNK)
    assert isinstance(found, Seam)
    assert found.score > 1.5 and found.p < 0.01 and found.boundaries == len(BORDERS)
    assert found.control_minus < 1.1 and found.control_plus < 1.1
    for wrong in (16, 18):
        other = seam_score(steps, tuple(range(wrong, FRAMES, wrong)), wrong)
        assert other.score < 1.1 and other.p > 0.05


@pytest.mark.parametrize("kind", ["none", "blur", "flicker"])
def test_damage_without_a_period_is_no_seam(kind):
    found = seam_score(steps_of(kind), BORDERS, CHUNK)
    assert found.score < 1.5 and found.p > 0.01


def test_the_control_is_the_score_at_the_wrong_period():
    steps = steps_of("brightness step")
    found = seam_score(steps, BORDERS, CHUNK)
    for wrong, control in ((16, found.control_minus), (18, found.control_plus)):
        assert seam_score(steps, tuple(range(wrong, FRAMES, wrong)), wrong).score == pytest.approx(control)


def test_no_control_where_it_would_rest_on_too_few():
    steps = [None, *np.linspace(1, 2, 69)]
    found = seam_score(steps, (17, 34, 51, 68), 17)
    assert found.boundaries == 4 and found.control_minus is not None and found.control_plus is None
    assert seam_score(steps, (17, 34, 51, 68), None).control_minus is None
    assert seam_score(steps, tuple(range(2, 70, 2)), 2).control_minus is None


@pytest.mark.parametrize("frames", [17, 34, 51, 68])
def test_under_four_borders_there_is_a_reason_instead(frames):
    borders = tuple(range(CHUNK, frames, CHUNK))
    found = seam_score([None, *[1.0] * (frames - 1)], borders, CHUNK)
    assert found == Finding("few_borders", {"n": len(borders), "needed": MIN_BOUNDARIES})


def test_borders_without_a_known_step_do_not_count():
    steps = [None, *[1.0] * 84]
    steps[68] = None
    assert seam_score(steps, (17, 34, 51, 68), 17) == Finding("few_borders", {"n": 3, "needed": 4})
    assert seam_score([None, 1.0, 1.0, 1.0, 1.0], (1, 2, 3, 4), 1) == Finding("all_borders")


def test_a_static_clip_has_no_seam_however_large_the_ratio():
    steps = [None, *[0.01] * 84]
    for border in (17, 34, 51, 68):
        steps[border] = 0.04
    found = seam_score(steps, (17, 34, 51, 68), 17)
    assert found.score == pytest.approx(0.29 / 0.26) and found.score < 1.2
    exact = seam_score([None, *[0.0] * 84], (17, 34, 51, 68), 17)
    assert (exact.score, exact.p) == (1.0, 1.0)


def test_the_score_is_the_ratio_of_medians():
    steps = [None, *[2.0] * 84]
    for border, value in zip((17, 34, 51, 68), (3.0, 5.0, 7.0, 90.0), strict=True):
        steps[border] = value
    assert seam_score(steps, (17, 34, 51, 68), 17).score == pytest.approx(6.25 / 2.25)


def test_p_is_the_same_every_time_and_near_the_truth():
    steps = steps_of("none")
    first, again = (seam_score(steps, BORDERS, CHUNK) for _ in range(2))
    assert first == again
    other = seam_score(steps, BORDERS, CHUNK, seed=1)
    assert other.score == first.score and other.p == pytest.approx(first.p, abs=0.06)
    # Four borders that are the four largest steps: one draw in C(84, 4) = 1,929,501 does as well.
    steps = [None, *np.linspace(1, 2, 84)]
    top = seam_score(steps, (81, 82, 83, 84), None)
    assert top.p == pytest.approx(SMALLEST_P)
    bottom = seam_score(steps, (1, 2, 3, 4), None)
    assert bottom.p == 1.0


def test_p_is_the_share_of_all_splits_that_score_as_high():
    transitions = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6, 5.0, 3.5, 8.0, 7.0]
    borders = (4, 5, 8, 9, 10)

    def score(at):
        rest = [value for index, value in enumerate(transitions, 1) if index not in at]
        return (np.median([transitions[index - 1] for index in at]) + FLOOR) / (np.median(rest) + FLOOR)

    splits = list(combinations(range(1, 11), 5))
    share = np.mean([score(at) >= score(borders) - 1e-9 for at in splits])
    found = seam_score([None, *transitions], borders, None, n_draws=20_000)
    assert found.score == pytest.approx(7.25 / 3.25), "medians of 1.5 3.5 7 8 9 and of 1 2.6 3 4 5"
    assert 0.05 < share < 0.5 and found.p == pytest.approx(share, abs=0.015)


@pytest.mark.parametrize(("psnr", "starts", "runs"), [
    ([20, 24, 31, 31, 20, 31, 31, 31], [0, 4], [2, 1]),
    ([31, 20, 20, 31, 31, 31], [0, 3], [0, 0]),
    ([20, 31, 31, 31, None, None], [0, 4], [1, 0]),
    ([None, 20, 31, 31], [0, 2], [0, 0]),
    ([31] * 6, [0, 2, 4], [0, 0, 0]),
    ([None, None], [0, 1], [0, 0]),
    ([20, 20, 31, 31, 31], [0, 1], [1, 1]),
    ([26.0, 31, 31], [0], [0]),
    ([25.9, 31, 31], [0], [1]),
])
def test_ghosts_are_runs_from_the_start_of_a_chunk(psnr, starts, runs):
    assert ghost_runs(psnr, starts) == runs


def test_a_ghost_run_ends_with_its_chunk():
    psnr = [20, 20, 20, 31, 31, 31, 31, 31]
    assert ghost_runs(psnr, [0, 2, 4]) == [2, 1, 0]
