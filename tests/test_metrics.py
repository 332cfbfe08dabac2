"""Scores per frame against two independent implementations: scikit-image and ffmpeg's own filters."""

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest
import torch
from fabricated import Frames, moving_clip
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from vae_demo.layout.plan import plan
from vae_demo.metrics import (
    NUMPY,
    PSNR_CAP,
    PlayedScores,
    frame_l1,
    frame_psnr,
    frame_ssim,
    frames_scored,
    temporal_step,
    tensors,
)
from vae_demo.results.scores import SCORES

# Both oracles: decibels agree to what ffmpeg prints, structural similarity to float32 rounding.
DB, SSIM = 0.006, 1e-5
TENSORS = tensors.kernels(torch.device("cpu"))
# What tensors may differ by from numpy.
WITHIN = {"psnr": 1e-4, "ssim": 1e-6, "l1": 1e-9, "temporal_step": 1e-9}
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


def scored(source, output, shown=None, names=tuple(SCORES), kernels=NUMPY, step=8):
    """Playback and aligned scores of arrays, `step` output frames pushed at a time."""
    scores = PlayedScores(Frames(source), len(output), shown or range(len(source)), names, kernels)
    for start in range(0, len(output), step):
        scores.add(output[start:start + step])
    return scores.scores()


def by_tensors(name, x, r):
    return {**TENSORS.one, **TENSORS.two}[name](*map(TENSORS.take, (x, r))).numpy()


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
        errors, _ = scored(x, r)
        for name, values in scored(x, r, kernels=TENSORS)[0].items():
            assert values == pytest.approx(errors[name], abs=WITHIN[name])
        known = [value for name in errors for value in errors[name][name == "temporal_step":]]
        assert len(known) == 7 and np.isfinite(known).all()
        assert max(errors["psnr"]) <= PSNR_CAP and -1 <= min(errors["ssim"]) <= max(errors["ssim"]) <= 1 + 1e-6


@pytest.mark.parametrize("score", [
    frame_psnr, frame_ssim, frame_l1, temporal_step,
    *(lambda x, r, name=name: by_tensors(name, x, r) for name in SCORES)])
def test_pairs_that_do_not_fit_are_refused(score):
    x = textured(2)
    with pytest.raises(ValueError, match="differ in shape"):
        score(x, x[:, :-1])
    with pytest.raises(ValueError, match="uint8 frames"):
        score(x, x.astype(np.float32))


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize(("height", "width"), [(48, 64), (11, 40), (7, 30)])
def test_tensors_score_as_numpy_does(kind, height, width):
    x = textured(4, height, width)
    r = damaged(x, kind)
    for name, own in {**NUMPY.one, **NUMPY.two}.items():
        found = by_tensors(name, x, r)
        assert found.dtype == np.float64 and found == pytest.approx(own(x, r), abs=WITHIN[name]), name
    if min(height, width) > 10:
        wanted = [structural_similarity(a, b, data_range=255, channel_axis=-1, gaussian_weights=True, sigma=1.5,
                                        use_sample_covariance=False) for a, b in zip(x, r, strict=True)]
        assert by_tensors("ssim", x, r) == pytest.approx(wanted, abs=SSIM)
    if kind != "none":
        assert by_tensors("psnr", x, r) == pytest.approx(
            [peak_signal_noise_ratio(a, b, data_range=255) for a, b in zip(x, r, strict=True)])


@pytest.mark.parametrize("kernels", [NUMPY, TENSORS])
@pytest.mark.parametrize("step", [1, 3, 8, 24])
@pytest.mark.parametrize("n_frames", [1, 7, 8, 9, 24])
def test_pushed_in_any_batches_they_are_the_numbers_of_the_whole_arrays(n_frames, step, kernels):
    x = moving_clip(n_frames, 32, 40)
    r = damaged(x, "noise")
    errors, aligned = scored(x, r, kernels=kernels, step=step)
    assert errors["ssim"] == pytest.approx(tuple(frame_ssim(x, r)), abs=1e-9)
    assert errors["psnr"] == pytest.approx(tuple(frame_psnr(x, r)), abs=1e-9)
    assert errors["l1"] == tuple(frame_l1(x, r)) and errors["temporal_step"] == (None, *temporal_step(x, r))
    assert aligned == errors
    some, _ = scored(x, r, names=("psnr", "temporal_step"), kernels=kernels, step=step)
    assert dict(some) == {name: errors[name] for name in ("psnr", "temporal_step")}


def test_frames_that_did_not_come_are_missed():
    x = moving_clip(5, 16, 24)
    scores = PlayedScores(Frames(x), 5, range(5))
    scores.add(x[:4])
    with pytest.raises(ValueError, match="5 frames were to be scored, 4 came"):
        scores.scores()


def test_no_more_of_the_source_is_asked_for_than_a_batch_and_the_frame_before_it():
    each, source = plan(51, 17, 16), Frames(moving_clip(51, 16, 24))
    scores, output = PlayedScores(source, each.frames_out, each.playback_of()), shown_by(each, source.array)
    for start in range(0, len(output), 8):
        scores.add(output[start:start + 8])
    assert source.most <= 9 and scores.scores()[0].means["psnr"]


def shown_by(each, source):
    """Perfect frames at the slots of a plan, grey at its pads."""
    return np.stack([np.full_like(source[0], 128) if slot is None else source[slot] for slot in each.slots])


@pytest.mark.parametrize(("frames", "encode", "decode", "fit"), [
    (51, 17, 17, False), (51, 17, 16, False), (51, 17, 18, False), (51, 17, 16, True), (34, 17, None, False)])
@pytest.mark.parametrize("step", [1, 5, 8, 99])
def test_aligned_follows_the_slot_map_and_playback_the_clock(frames, encode, decode, fit, step):
    each = plan(frames, encode, decode, fit=fit)
    x = moving_clip(frames, 32, 40)
    r = shown_by(each, x)
    playback, aligned = scored(x, r, each.playback_of(), step=step)

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


@pytest.mark.parametrize("kernels", [NUMPY, TENSORS])
@pytest.mark.parametrize("step", [1, 3, 8, 99])
@pytest.mark.parametrize(("encode", "decode"), [(17, 16), (17, 18), (16, 17), (17, None)])
def test_aligned_scores_are_those_of_the_pair_it_names(encode, decode, step, kernels):
    each = plan(51, encode, decode)
    x = moving_clip(51, 32, 40)
    r = damaged(shown_by(each, x), "noise")
    shown = each.playback_of()
    _, aligned = scored(x, r, shown, kernels=kernels, step=step)
    for frame, index in enumerate(shown):
        if index is None:
            assert {values[frame] for values in aligned.values()} == {None}
            continue
        for name, score in NUMPY.one.items():
            assert aligned[name][frame] == pytest.approx(
                score(x[frame:frame + 1], r[index:index + 1])[0], abs=WITHIN[name])
        before = shown[frame - 1] if frame else None
        assert aligned["temporal_step"][frame] == (
            None if before is None else temporal_step(x[frame - 1:frame + 1], r[[before, index]])[0])


def test_what_comes_back_to_its_own_index_follows_the_frame_it_shows():
    """Frame 3 plays where it belongs, after a frame that does not: its step is not that of playback."""
    x = moving_clip(5, 16, 24)
    r = damaged(x[[0, 0, 0, 3, 4]], "noise")
    shown = (0, 1, None, 3, 4)
    playback, aligned = scored(x, r, shown, step=2)
    assert aligned["temporal_step"][3] is None is not playback["temporal_step"][3]
    moved = scored(x, damaged(x[[0, 2, 2, 3, 4]], "noise"), (0, None, 1, 3, 4), step=1)[1]
    assert moved["temporal_step"][3] == temporal_step(x[2:4], damaged(x[[0, 2, 2, 3, 4]], "noise")[[1, 3]])[0]


def test_a_round_trip_is_aligned_with_itself_for_nothing():
    x, asked = moving_clip(20, 32, 40), []
    each = plan(20, 17, 17)
    counted = replace(NUMPY, one={"psnr": lambda a, b: asked.append(len(a)) or frame_psnr(a, b)}, two={})
    playback, aligned = scored(x, damaged(x, "noise"), each.playback_of(), ("psnr",), counted)
    assert aligned == playback and sum(asked) == sum(frames_scored(each)) == 20
    clash = plan(51, 17, 16)
    x = moving_clip(51, 16, 24)
    asked.clear()
    scored(x, shown_by(clash, x), clash.playback_of(), ("psnr",), counted)
    assert sum(asked) == sum(frames_scored(clash)) > 51
