"""Scores per frame against two independent implementations: scikit-image and ffmpeg's own filters."""

from fractions import Fraction

import av
import numpy as np
import pytest
from fabricated import Frames, moving_clip
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from vae_demo.layout.plan import plan
from vae_demo.metrics import (
    PSNR_CAP,
    frame_l1,
    frame_psnr,
    frame_ssim,
    score_aligned,
    score_playback,
    temporal_step,
)
from vae_demo.steps import drain

# Both oracles: decibels agree to what ffmpeg prints, structural similarity to float32 rounding.
DB, SSIM = 0.006, 1e-5
DAMAGE = ("none", "faint", "noise", "blur", "bright", "inverted")


def textured(n_frames=4, height=48, width=64, seed=3):
    """Smooth colourful texture that moves; uint8 T H W 3."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    waves = rng.uniform(0.05, 0.5, (3, 2))
    frames = [np.stack([128 + 90 * np.sin(a * (x + 2 * t) + 3 * c) * np.cos(b * y + c)
                        for c, (a, b) in enumerate(waves)], -1) for t in range(n_frames)]
    return np.clip(np.stack(frames), 0, 255).astype(np.uint8)


def damaged(frames, kind, seed=4):
    rng = np.random.default_rng(seed)
    signed = frames.astype(np.int16)
    if kind == "faint":
        signed = signed + rng.integers(-1, 2, frames.shape)
    elif kind == "noise":
        signed = signed + rng.normal(0, 12, frames.shape).round().astype(np.int16)
    elif kind == "blur":
        signed = (signed + np.roll(signed, 1, 1) + np.roll(signed, 1, 2) + np.roll(signed, 2, 2)) // 4
    elif kind == "bright":
        signed = signed + 9
    elif kind == "inverted":
        signed = 255 - signed
    return np.clip(signed, 0, 255).astype(np.uint8)


def by_ffmpeg(name, key, reference, frames):
    """Per-frame scores of ffmpeg's `psnr`, `ssim` or `msad` filter on RGB planes."""
    height, width = frames.shape[1:3]
    graph = av.filter.Graph()
    inputs = [graph.add_buffer(width=width, height=height, format="gbrp", time_base=Fraction(1, 25)) for _ in range(2)]
    scorer, sink = graph.add(name), graph.add("buffersink")
    for pad, source in enumerate(inputs):
        source.link_to(scorer, 0, pad)
    scorer.link_to(sink)
    graph.configure()
    for index, pair in enumerate(zip(frames, reference, strict=True)):
        for source, picture in zip(inputs, pair, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24").reformat(format="gbrp")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            source.push(frame)
    for source in inputs:
        source.push(None)
    scores = []
    while True:
        try:
            scores.append(float(sink.pull().metadata[key]))
        except av.error.EOFError:
            return scores


@pytest.mark.parametrize("kind", DAMAGE)
def test_psnr_is_what_scikit_image_says(kind):
    x, r = textured(), damaged(textured(), kind)
    found = frame_psnr(x, r)
    assert found.shape == (4,) and found.dtype == np.float64
    if kind == "none":
        assert found.tolist() == [PSNR_CAP] * 4
        return
    assert found == pytest.approx([peak_signal_noise_ratio(a, b, data_range=255) for a, b in zip(x, r, strict=True)])


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize(("height", "width"), [(48, 64), (11, 40), (96, 72)])
def test_ssim_is_what_scikit_image_says(kind, height, width):
    x = textured(2, height, width)
    r = damaged(x, kind)
    wanted = [structural_similarity(a, b, data_range=255, channel_axis=-1, gaussian_weights=True, sigma=1.5,
                                    use_sample_covariance=False) for a, b in zip(x, r, strict=True)]
    assert frame_ssim(x, r) == pytest.approx(wanted, abs=SSIM)


@pytest.mark.parametrize("kind", DAMAGE[1:])
def test_psnr_is_what_ffmpeg_says(kind):
    # Its `psnr_avg` of a frame takes the mean squared error over all planes, as we do over all RGB samples.
    x, r = textured(), damaged(textured(), kind)
    assert frame_psnr(x, r) == pytest.approx(by_ffmpeg("psnr", "lavfi.psnr.psnr_avg", x, r), abs=DB)


def test_ffmpeg_means_squared_errors_we_mean_decibels():
    # One bad frame pulls ffmpeg's clip average down far more; ours stays the mean of what the chart shows.
    x = textured()
    r = x.copy()
    r[:3], r[3:] = damaged(x[:3], "faint"), damaged(x[3:], "noise")
    mse = [float(v) for v in by_ffmpeg("psnr", "lavfi.psnr.mse_avg", x, r)]
    pooled = 10 * np.log10(255**2 / np.mean(mse))
    assert frame_psnr(x, r).mean() > pooled + 5


def test_ssim_agrees_with_ffmpeg_within_what_their_windows_differ():
    # ffmpeg slides a flat 8 x 8 window in steps of 4, ours is Gaussian: near, and in the same order.
    x = textured()
    ours = [frame_ssim(x, damaged(x, kind)).mean() for kind in DAMAGE]
    theirs = [np.mean(by_ffmpeg("ssim", "lavfi.ssim.All", x, damaged(x, kind))) for kind in DAMAGE]
    assert np.argsort(ours).tolist() == np.argsort(theirs).tolist()
    assert ours == pytest.approx(theirs, abs=0.15)


@pytest.mark.parametrize("kind", DAMAGE)
def test_l1_is_what_ffmpeg_says(kind):
    # Its `msad` is a share of the peak, written with six digits.
    x, r = textured(), damaged(textured(), kind)
    shares = by_ffmpeg("msad", "lavfi.msad.msad_avg", x, r)
    assert frame_l1(x, r) == pytest.approx([255 * share for share in shares], abs=2e-4)


@pytest.mark.parametrize(("source", "output", "steps"), [
    ((100, 100, 100), (100, 103, 101), (3, 2)),  # a still clip whose output moves
    ((10, 20, 40), (12, 22, 42), (0, 0)),  # off by the same everywhere: no step
    ((10, 20, 40), (10, 15, 35), (5, 0)),
    ((250, 0, 250), (0, 250, 0), (500, 500)),  # more than eight bits hold
])
def test_a_step_is_how_differently_both_change(source, output, steps):
    x, r = (np.uint8(levels)[:, None, None, None] * np.ones((1, 6, 8, 3), np.uint8) for levels in (source, output))
    assert temporal_step(x, r).tolist() == list(steps)
    # The same change in a quarter of the pixels counts a quarter; signs do not cancel.
    part = x.copy()
    part[:, :3, :4] = r[:, :3, :4]
    assert temporal_step(x, part).tolist() == [step / 4 for step in steps]
    assert temporal_step(r, x).tolist() == list(steps)


def test_a_step_is_seen_where_it_happens_and_nowhere_else():
    x = textured(8)
    r = x.copy()
    r[5:] = damaged(x[5:], "bright")
    steps = temporal_step(x, r)
    assert steps[4] > 8 and np.delete(steps, 4).max() == 0
    assert temporal_step(x, x).tolist() == [0.0] * 7
    assert temporal_step(x[:1], r[:1]).shape == (0,)


def test_the_cap_holds_for_almost_nothing_too():
    x = np.full((1, 256, 256, 3), 100, np.uint8)
    r = x.copy()
    r[0, 7, 7, 1] = 101
    assert 10 * np.log10(255**2 / (1 / x.size)) > PSNR_CAP
    assert frame_psnr(x, r).tolist() == frame_psnr(x, x).tolist() == [PSNR_CAP]


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(1, 13), st.integers(1, 13), st.sampled_from([0, 1, 128, 255]), st.integers(0, 2**32 - 1))
def test_never_nan_whatever_the_size_and_content(height, width, level, seed):
    flat = np.full((2, height, width, 3), level, np.uint8)
    noise = np.random.default_rng(seed).integers(0, 256, flat.shape, np.uint8)
    for x, r in ((flat, flat), (flat, noise), (noise, flat), (noise, 255 - noise)):
        errors = drain(score_playback(Frames(x), Frames(r)))
        known = [value for name in errors for value in errors[name][name == "temporal_step":]]
        assert len(known) == 7 and np.isfinite(known).all()
        assert max(errors["psnr"]) <= PSNR_CAP and -1 <= min(errors["ssim"]) <= max(errors["ssim"]) <= 1 + 1e-6


@pytest.mark.parametrize("score", [frame_psnr, frame_ssim, frame_l1, temporal_step])
def test_pairs_that_do_not_fit_are_refused(score):
    x = textured(2)
    with pytest.raises(ValueError, match="differ in shape"):
        score(x, x[:1])
    with pytest.raises(ValueError, match="uint8 frames"):
        score(x, x.astype(np.float32))


@pytest.mark.parametrize("n_frames", [1, 7, 8, 9, 17, 24])
def test_streaming_gives_the_numbers_of_the_whole_arrays(n_frames):
    x = moving_clip(n_frames, 32, 40)
    source, output = Frames(x), Frames(damaged(x, "noise"))
    errors = drain(score_playback(source, output))
    r = output.array
    assert errors["psnr"] == tuple(frame_psnr(x, r)) and errors["ssim"] == tuple(frame_ssim(x, r))
    assert errors["l1"] == tuple(frame_l1(x, r)) and errors["temporal_step"] == (None, *temporal_step(x, r))
    assert max(source.most, output.most) <= 9, "a slice and the frame before it"
    some = drain(score_playback(source, output, ("psnr", "temporal_step")))
    assert dict(some) == {name: errors[name] for name in ("psnr", "temporal_step")}


def test_steps_cover_every_frame_once():
    x = moving_clip(21, 16, 24)
    assert sum(score_playback(Frames(x), Frames(x))) == 21


def shown_by(each, source):
    """Perfect frames at the slots of a plan, grey at its pads."""
    return np.stack([np.full_like(source[0], 128) if slot is None else source[slot] for slot in each.slots])


@pytest.mark.parametrize(("frames", "encode", "decode", "fit"), [
    (51, 17, 17, False), (51, 17, 16, False), (51, 17, 18, False), (51, 17, 16, True), (34, 17, None, False)])
def test_aligned_follows_the_slot_map_and_playback_the_clock(frames, encode, decode, fit):
    each = plan(frames, encode, decode, fit=fit)
    x = moving_clip(frames, 32, 40)
    r = shown_by(each, x)
    source, output = Frames(x), Frames(r)
    playback = drain(score_playback(source, output))
    aligned = drain(score_aligned(source, output, each, playback))

    n = min(frames, each.frames_out)
    assert len(playback["psnr"]) == each.frames_out and playback["psnr"][n:] == (None,) * (each.frames_out - n)
    assert playback["psnr"][:n] == tuple(frame_psnr(x[:n], r[:n]))
    assert playback["temporal_step"] == (None, *temporal_step(x[:n], r[:n]), *(None,) * (each.frames_out - n))

    lost = set(each.lost_frames)
    assert [value is None for value in aligned["psnr"]] == [frame in lost for frame in range(frames)]
    assert {value for value in aligned["psnr"] if value is not None} == {PSNR_CAP}, "every shown frame is perfect"
    for frame in range(frames):
        known = frame > 0 and frame not in lost and frame - 1 not in lost
        assert aligned["temporal_step"][frame] == (0.0 if known else None), frame
    if each.is_clash and not fit:
        assert playback.means["psnr"] < 40 < aligned.means["psnr"]


def test_aligned_scores_are_those_of_the_pair_it_names():
    each = plan(51, 17, 16)
    x = moving_clip(51, 32, 40)
    r = damaged(shown_by(each, x), "noise")
    source, output = Frames(x), Frames(r)
    aligned = drain(score_aligned(source, output, each, drain(score_playback(source, output))))
    for frame in (0, 16, 17, 38, 40, 50):
        index = each.slots.index(frame)
        pair = x[frame:frame + 1], r[index:index + 1]
        assert aligned["psnr"][frame] == frame_psnr(*pair)[0] and aligned["ssim"][frame] == frame_ssim(*pair)[0]
        assert aligned["l1"][frame] == frame_l1(*pair)[0]
    before, now = each.slots.index(16), each.slots.index(17)
    assert now - before == 4, "three pads between them"
    assert aligned["temporal_step"][17] == temporal_step(x[16:18], r[[before, now]])[0]


def test_a_round_trip_is_aligned_with_itself_for_nothing():
    x = moving_clip(20, 32, 40)
    source, output = Frames(x), Frames(damaged(x, "noise"))
    playback = drain(score_playback(source, output))
    steps = score_aligned(source, output, plan(20, 17, 17), playback)
    with pytest.raises(StopIteration) as end:
        next(steps)
    assert end.value.value == playback
