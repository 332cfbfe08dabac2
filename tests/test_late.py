"""Frames that play late or early are found by what plays, and nothing is said where lags cannot be told apart."""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from fabricated import Frames, moving_clip
from hypothesis import given, settings
from hypothesis import strategies as st
from test_foreign import read
from test_reopened import clip_of as described
from test_reopened import measured

from vae_demo import engine
from vae_demo.clips import Clip
from vae_demo.layout.cuts import Cuts
from vae_demo.layout.plan import plan_of
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Cut, Variant, parse_variants
from vae_demo.metrics import Lags, tensors
from vae_demo.models.diffusers_twin import twin_of
from vae_demo.models.diffusers_video import ClipVAE
from vae_demo.models.spec import MODELS
from vae_demo.refusal import Refusal
from vae_demo.results.comparison import Comparison
from vae_demo.results.findings import LAGS, Lagged
from vae_demo.verdicts import judged
from vae_demo.verdicts.late import lag_of, shifted
from vae_demo.words.sentences import headline_sentence, verdict_sentence

FRAMES = 41
TILES = Cuts(("own", "whole", "tile", "chunk"), Cut("whole"))
PLAN = plan_of(FRAMES, Variant.read("tile16/8"), FrameRule(8, "alone", "drop"), TILES)
NOISE = np.random.default_rng(0)


def pieces(source, shown, batch=7, kernels=None):
    lags = Lags(Frames(source), PLAN, *([kernels] if kernels else []))
    for at in range(0, len(shown), batch):
        lags.add(kernels.take(shown[at:at + batch]) if kernels else shown[at:at + batch])
    return lags.measured()


def played(source, *moves):
    """The source with frames [start, stop) played so many late; noise on it all."""
    at = np.arange(len(source))
    for start, stop, late in moves:
        at[start:stop] -= late
    noise = NOISE.integers(-4, 5, source.shape, np.int16)
    return np.clip(source[at.clip(0, len(source) - 1)] + noise, 0, 255).astype(np.uint8)


MOVING = moving_clip(FRAMES)
assert PLAN.boundaries == (9, 17, 25, 33)


@pytest.mark.parametrize(("moves", "case", "params"), [
    ([(17, 41, 1)], "late_on", {"n": 1, "frame": 17}), ([(17, 41, 2)], "late_on", {"n": 2, "frame": 17}),
    ([(9, 41, -1)], "early_on", {"n": 1, "frame": 9}), ([(0, 41, 1)], "late_on", {"n": 1, "frame": 0}),
    ([(17, 41, 3)], None, None), ([(17, 33, 1)], "late_part", {"n": 1, "frame": 17, "last": 32}),
    ([(9, 25, 1), (25, 41, -1)], "late_part", {"n": 1, "frame": 9, "last": 24}), ([], None, None)])
def test_it_is_told_from_where_on_and_how_far(moves, case, params):
    found = shifted(pieces(MOVING, played(MOVING, *moves)))
    assert (found and found.case) == case
    if found:
        assert {name: found.params[name] for name in params} == params
        assert float(found.params["best"]) < float(found.params["due"])
        assert 0.8 * found.params["frames"] <= found.params["hits"] <= found.params["frames"] <= FRAMES
        for lang in ("en", "zh"):
            assert str(params["frame"]) in verdict_sentence(lang, found)


def still():
    return np.repeat(MOVING[:1], FRAMES, 0)


def grain(levels):
    return np.clip(still() + NOISE.integers(-levels, levels + 1, MOVING.shape), 0, 255).astype(np.uint8)


def flicker():
    """Two pictures in turn: two frames earlier is the very frame that is due."""
    return MOVING[np.arange(FRAMES) % 2 * 20]


def creeping():
    """One pixel that is one level lighter in every frame."""
    frames = still()
    frames[:, 5, 5, 0] = np.arange(FRAMES)
    return frames


@pytest.mark.parametrize("source", [still(), grain(2), grain(30), creeping()], ids=["still", "noise", "grain", "creep"])
def test_of_a_still_clip_nothing_is_said(source):
    """Whatever plays, late or in time, it is the same picture: soft, as a codec gives it, or as it came."""
    late = source[[0, *range(FRAMES - 1)]]
    soft = np.repeat(source.mean(0, keepdims=True).astype(np.uint8), FRAMES, 0)
    # Grain that comes back exactly, and late, is late.
    others = () if source.std(0).mean() > 1 else (late, played(late))
    for shown in (source, played(source), soft, played(soft), *others):
        found = pieces(source, shown)
        assert len(found) == 5 and shifted(found) is None


def test_what_repeats_itself_is_not_told_apart():
    source = flicker()
    assert {lag_of(each) for each in pieces(source, source)} == {None}
    assert shifted(pieces(source, played(source, (17, 41, 2)))) is None


@pytest.mark.parametrize("worse", ["soft", "paler", "noisy", "moved aside"])
def test_how_bad_a_codec_is_makes_nobody_late(worse):
    """What is wrong with every frame alike is no lag, and hides none."""
    at = np.arange(FRAMES)
    shown = {"soft": lambda frames: np.mean([np.roll(frames, by, 2) for by in (-2, -1, 0, 1, 2)], 0).astype(np.uint8),
             "paler": lambda frames: (frames // 2 + 60).astype(np.uint8),
             "noisy": lambda frames: np.clip(frames + NOISE.normal(0, 25, frames.shape), 0, 255).astype(np.uint8),
             "moved aside": lambda frames: np.roll(frames, 1, 2)}[worse]
    assert shifted(pieces(MOVING, shown(MOVING))) is None
    found = shifted(pieces(MOVING, shown(MOVING[at - (at >= 17)])))
    assert worse == "moved aside" or (found.case == "late_on" and found.params["frame"] == 17)


def test_half_and_half_of_two_frames_is_neither():
    blended = ((MOVING.astype(np.uint16) + MOVING[[0, *range(FRAMES - 1)]]) // 2).astype(np.uint8)
    assert shifted(pieces(MOVING, blended)) is None


@given(st.integers(0, 10**6), st.sampled_from(["inverted", "noise", "one picture", "faded", "backwards"]))
@settings(max_examples=25, deadline=None)
def test_of_what_is_like_no_frame_nothing_is_said(seed, kind):
    rng = np.random.default_rng(seed)
    source = moving_clip(FRAMES, 32, 32)
    source = np.clip(source + np.linspace(0, 60, FRAMES)[:, None, None, None] * rng.uniform(-1, 1), 0, 255)
    source = source.astype(np.uint8)
    shown = {"inverted": 255 - source, "noise": rng.integers(0, 256, source.shape, np.uint8),
             "one picture": np.repeat(source[rng.integers(FRAMES)][None], FRAMES, 0),
             "faded": (source * rng.uniform(0, 0.5)).astype(np.uint8), "backwards": source[::-1]}[kind]
    found = shifted(pieces(source, shown))
    # Where a picture stands still, or the clip runs backwards, a piece of it may lie beside its place; never all.
    assert found is None or (kind in ("one picture", "backwards") and found.case.endswith("_part"))


def test_what_is_measured_is_the_mean_of_squares_between_small_frames():
    source = NOISE.integers(0, 256, (FRAMES, 130, 70, 3), np.uint8)  # blocks of three, and two rows and one column over
    shown = NOISE.integers(0, 256, source.shape, np.uint8)
    small, due = (each[:, :129, :69].reshape(FRAMES, 43, 3, 23, 3, 3).mean((2, 4)) for each in (shown, source))
    def squares(apart):
        return ((apart - apart.mean((1, 2), keepdims=True)) ** 2).mean((1, 2, 3))

    first = pieces(source, shown)[0]
    assert (first.start, first.stop, first.frames) == (0, 9, 6)
    for values, one in ((first.errors, small), (first.moves, due)):
        wanted = [squares(one[3:9] - due[3 + lag:9 + lag]).mean() for lag in LAGS]
        assert values == pytest.approx(wanted, abs=1e-2)
    assert first.contrast == pytest.approx(squares(due[3:9]).mean(), abs=1e-2)
    each = np.array([squares(small[3:9] - due[3 + lag:9 + lag]) for lag in LAGS]).argmin(0)
    assert first.nearest == tuple((each == at).sum() for at in range(len(LAGS)))


def test_too_few_frames_say_nothing():
    piece = Lagged(0, 3, 3, (30.0, 9.0, 0.1, 9.0, 30.0, 40.0, 50.0), (30.0, 20.0, 9.0, 0.0, 9.0, 20.0, 30.0),
                   (0, 0, 3, 0, 0, 0, 0), 1000.0)
    assert lag_of(piece) is None and lag_of(replace(piece, frames=4, nearest=(0, 0, 4, 0, 0, 0, 0))) == -1


def test_tensors_are_measured_alike_whatever_comes_at_once():
    shown = played(MOVING, (17, 41, 1))
    arrays = pieces(MOVING, shown)
    for other in (pieces(MOVING, shown, 41), pieces(MOVING, shown, 1),
                  pieces(MOVING, shown, 16, tensors.kernels(torch.device("cpu")))):
        assert [(each.start, each.stop, each.frames, each.nearest) for each in other] == [
            (each.start, each.stop, each.frames, each.nearest) for each in arrays]
        for one, two in zip(other, arrays, strict=True):
            assert one.errors == pytest.approx(two.errors, abs=1e-2) and one.moves == pytest.approx(two.moves, abs=1e-2)


class Packed(torch.nn.Module):
    """A lossless encoder: a latent holds all pixels of its frames. Time alone is left to the class around it."""

    def __init__(self, stride, factor):
        super().__init__()
        self.stride, self.factor = stride, factor

    def forward(self, video, *rest, **more):
        video = torch.cat([video[:, :, :1]] * (self.stride - 1) + [video], 2)
        _, channels, frames, height, width = video.shape
        s, f = self.stride, self.factor
        parts = video.reshape(1, channels, frames // s, s, height // f, f, width // f, f)
        mean = parts.permute(0, 1, 3, 5, 7, 2, 4, 6).reshape(1, -1, frames // s, height // f, width // f)
        return torch.cat([mean, torch.zeros_like(mean)], 1)


class Unpacked(Packed):
    """Its decoder."""

    def forward(self, latents, *rest, **more):
        s, f = self.stride, self.factor
        _, _, count, height, width = latents.shape
        parts = latents.reshape(1, 3, s, f, f, count, height, width).permute(0, 1, 5, 2, 6, 3, 7, 4)
        return parts.reshape(1, 3, count * s, height * f, width * f)[:, :, s - 1:]


def lossless(family):
    vae, spec = copy.deepcopy(twin_of(family)), MODELS[family]
    model = ClipVAE(spec, vae)
    sizes = spec.rule.stride, spec.spatial_factor
    vae.encoder, vae.decoder = Packed(*sizes), Unpacked(*sizes)
    vae.encoder.anchor = torch.nn.Parameter(torch.zeros(1))  # whoever asks a network where it is asks its weights
    return model


@pytest.mark.parametrize("family", ["ltx-video-0.9.0", "ltx-video-0.9.5", "ltx-2"])
def test_tiles_of_ltx_are_found_to_play_late(family, tmp_path):
    """A defect of diffusers 0.42, measured by a run on a lossless network; see test_diffusers_video.py."""
    clip = Clip.from_array(moving_clip(33, 64, 64), 24, "moving")
    jobs = engine.jobs_of(lossless(family), parse_variants("own,tile16/8,tile16/8:own"))
    comparison = engine.measure(clip, jobs, tmp_path).comparison
    own, tiles, encoded = comparison.variants
    assert own.verdict.case == encoded.verdict.case == "one_chunk_exact"
    assert [lag_of(each) for each in tiles.lags] == [0, None, -1, -1]
    assert tiles.verdict.case == "late_on" and tiles.verdict.params["frame"] == 17
    assert tiles.verdict.params["n"] == 1 and float(tiles.verdict.params["best"]) < 0.1
    assert "tile16/8 plays frames late" in " ".join(headline_sentence("en", each) for each in comparison.findings)
    clip = Clip.from_array(np.repeat(moving_clip(1, 64, 64), 33, 0), 24, "still")
    assert engine.measure(clip, jobs, tmp_path).comparison.variants[1].verdict.case != "late_on"


def saved(lags):
    """The comparison.json of one variant, as if this was measured of it."""
    one = replace(measured(PLAN, Variant.read("tile16/8"), "ltx-2"), lags=lags)
    whole = judged(Comparison(described(FRAMES), "float32", "cpu", "tile16/8", (one,), {}))
    return whole, json.loads(json.dumps(whole.to_json()))


def test_what_was_measured_is_read_again_and_judged_alike(tmp_path):
    whole, data = saved(pieces(MOVING, played(MOVING, (17, 41, 1))))
    assert whole.variants[0].verdict.case == "late_on" and Comparison.from_json(data).variants == whole.variants
    assert judged(read(data, tmp_path)[0]).variants[0].to_json() == data["variants"][0]


HOSTILE = [
    ("start", 18), ("stop", 10**30), ("frames", 99), ("frames", True), ("errors", [1.0]), ("errors", [-1.0] * 7),
    ("moves", [1e9] * 7), ("moves", "many"), ("nearest", [99] * 7), ("nearest", [0.5] * 7), ("contrast", -1),
    ("contrast", None), ("more", 1)]


@pytest.mark.parametrize(("name", "value"), HOSTILE, ids=lambda value: str(value)[:12])
def test_what_was_not_measured_so_is_refused(name, value, tmp_path):
    _, data = saved(pieces(MOVING, MOVING))
    data["variants"][0]["lags"][1][name] = value
    with pytest.raises(Refusal) as error:
        read(data, tmp_path)
    assert error.value.case == "result_form"
