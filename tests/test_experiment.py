"""compare(): what it does once, what it never holds, what it refuses, and how it stops."""

import gc
import json
import math
import tracemalloc
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from fabricated import moving_clip
from random_models import narrow, tiniest

from vae_demo import experiment, metrics, stages
from vae_demo.clips import Clip
from vae_demo.experiment import Finished, Progress, VariantDone, compare, plans_for
from vae_demo.frames import FrameCountError, plan
from vae_demo.models.pipeline import VideoVAE
from vae_demo.pixels import to_signed, to_uint8
from vae_demo.records import Variant, parse_variants

EVERYTHING = "17,16,17:16,17:16:fit,17:18,17:whole,whole"


class WatchedClip(Clip):
    """A clip that remembers how many frames were asked for at once."""

    most = 0

    def frames(self, start, stop):
        self.most = max(self.most, stop - start)
        return super().frames(start, stop)


def clip_of(n_frames, height=24, width=32):
    return WatchedClip.from_array(moving_clip(n_frames, height, width), 24, "made here")


@pytest.fixture(scope="module")
def vae():
    return tiniest()


@pytest.fixture
def calls(monkeypatch):
    """Sizes of every call of a primitive: frames for the spatial half, chunks (B) for the temporal one."""
    seen = {}
    for name, axis in (("encode_frames", 2), ("decode_frames", 2), ("encode_chunks", 0), ("decode_chunks", 0)):
        seen[name] = []

        def watched(self, x, *rest, name=name, axis=axis, own=getattr(VideoVAE, name), **options):
            seen[name].append(x.shape[axis])
            return own(self, x, *rest, **options)

        monkeypatch.setattr(VideoVAE, name, watched)
    return seen


def events_of(clip, vae, variants, directory, seed=None):
    return list(compare(clip, vae, parse_variants(variants), directory, seed))


def frames_of(clip, vae, variants, directory, seed=None):
    """Decoded frames by label, copied out of their stores."""
    stores = events_of(clip, vae, variants, directory, seed)[-1].frames
    return {label: np.array(store.frames(0, store.n_frames)) for label, store in stores.items()}


def off_by(a, b):
    return int(np.abs(a.astype(int) - b.astype(int)).max())


def test_every_frame_is_encoded_once_and_every_layout_once(vae, calls, tmp_path):
    events_of(clip_of(37), vae, "17,16,17:16,17:18,16:17", tmp_path)
    assert sum(calls["encode_frames"]) == 37
    # 17+17+3 and 16+16+5, shared by five variants.
    assert sum(calls["encode_chunks"]) == 6
    plans = [plan(37, e, d) for e, d in ((17, 17), (16, 16), (17, 16), (17, 18), (16, 17))]
    assert sum(calls["decode_chunks"]) == sum(len(each.decode_chunks) for each in plans)
    assert sum(calls["decode_frames"]) == 37 + sum(each.frames_out for each in plans), "baseline and variants"


def test_frames_are_those_of_the_plain_wrapper(vae, tmp_path):
    clip = clip_of(37)
    found = frames_of(clip, vae, "17,17:16,whole", tmp_path)
    with torch.inference_mode():
        video = torch.from_numpy(to_signed(clip.frames(0, 37)))
        for label, sizes in {"17": (17, 17), "17→16": (17, 16), "whole": (None, None)}.items():
            wanted = to_uint8(vae.decode(vae.encode(video, sizes[0]), 37, sizes[1]).numpy())
            assert found[label].shape == wanted.shape and off_by(found[label], wanted) <= 1, label


def test_the_baseline_is_the_spatial_half_alone(vae, tmp_path):
    clip = clip_of(11)
    errors = events_of(clip, vae, "17", tmp_path)[-1].comparison.baseline_2d.errors
    x = clip.frames(0, 11)
    with torch.inference_mode():
        alone = to_uint8(vae.decode_frames(vae.encode_frames(torch.from_numpy(to_signed(x)))).numpy())
    assert errors.psnr == pytest.approx(metrics.frame_psnr(x, alone), abs=0.01)
    assert not (tmp_path / "baseline.npy").exists()


def test_chunks_in_batches_are_the_chunks_one_by_one(vae, calls, tmp_path, monkeypatch):
    clip = clip_of(55)
    alone = frames_of(clip, vae, "17,16,17:16", tmp_path)
    assert set(calls["encode_chunks"]) == set(calls["decode_chunks"]) == {1}
    monkeypatch.setattr(stages, "CPU_CHUNKS", None)
    together = frames_of(clip, vae, "17,16,17:16", tmp_path)
    # 17+17+17+4 and 16+16+16+7 frames; sixteen latents of 17 make four chunks of four at 16.
    assert max(calls["encode_chunks"]) == 3 and max(calls["decode_chunks"]) == 4
    assert all(off_by(alone[label], together[label]) <= 1 for label in alone)


def test_stages_in_batches_agree_to_a_ten_thousandth(vae, monkeypatch):
    monkeypatch.setattr(stages, "CPU_CHUNKS", None)
    each, spatial = plan(55, 17, 16), torch.randn(1, 16, 55, 3, 4, generator=torch.Generator().manual_seed(1))
    results = []
    for budget in (1, 10**12):
        latents = drained(stages.encode_temporal(vae, spatial, each.encode_chunks, budget, None))
        decoded = drained(stages.decode_temporal(vae, latents, each.decode_chunks, 4, budget))
        results.append((latents, decoded))
    for one_by_one, batched in zip(*results, strict=True):
        torch.testing.assert_close(one_by_one, batched, atol=1e-4 * max(1.0, float(batched.std())), rtol=0)


def drained(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize(("budget", "most", "wanted"), [
    (10**9, None, [[0, 1, 3], [2]]), (10**9, 2, [[0, 1], [3], [2]]), (40, None, [[0, 1], [3], [2]]),
    (1, None, [[0], [1], [3], [2]])])
def test_batches_hold_equal_lengths_and_what_fits(budget, most, wanted):
    assert stages._batches([20, 20, 8, 20], lambda n: n, budget, most) == wanted


def test_events_come_in_order(vae, tmp_path):
    seen = []
    for event in events_of(clip_of(37), vae, "17,16,17:16", tmp_path):
        key = (event.stage, event.label) if isinstance(event, Progress) else type(event).__name__
        if not seen or seen[-1] != key:
            seen.append(key)
    decoding = ("temporal_decode", "spatial_decode", "score")
    assert seen == [
        ("spatial_encode", None), ("baseline", None), ("score", None),
        ("temporal_encode", "17"), *((stage, "17") for stage in decoding), "VariantDone",
        ("temporal_encode", "16"), *((stage, "16") for stage in decoding), "VariantDone",
        *((stage, "17→16") for stage in decoding), "VariantDone", "Finished"]


@pytest.mark.parametrize(("n_frames", "variants"), [(37, EVERYTHING), (51, "17:16"), (1, "17,17:16"), (5, "17:16:fit")])
def test_progress_rises_to_one_and_no_further(vae, tmp_path, n_frames, variants):
    steps = [event for event in events_of(clip_of(n_frames), vae, variants, tmp_path) if isinstance(event, Progress)]
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions) and len(set(fractions)) == len(fractions)
    assert 0 < fractions[0] < fractions[-1] == pytest.approx(1)
    assert all(0 < step.done <= step.total for step in steps)
    assert all(step.seconds_left is None or step.seconds_left >= 0 for step in steps)
    # Every stage ends on its own total.
    for step, after in zip(steps, steps[1:], strict=False):
        assert step.done == step.total or (after.stage, after.label) == (step.stage, step.label)


def test_closing_at_any_step_frees_everything(vae, tmp_path):
    variants = parse_variants("17,17:16")
    n_events = len(events_of(clip_of(20), vae, "17,17:16", tmp_path))
    mapped = Path("/proc/self/maps")
    gc.collect()
    for stop in (*range(1, n_events - 1, 2), n_events - 1):
        directory = tmp_path / str(stop)
        directory.mkdir()
        before = live_tensors() if stop % 10 == 1 else None
        running = compare(clip_of(20), vae, variants, directory)
        for _ in range(stop):
            event = next(running)
        if stop == n_events - 1:
            assert isinstance(event, VariantDone) and str(directory) in mapped.read_text(), "the check can fail"
        running.close()
        del running, event
        assert str(directory) not in mapped.read_text(), f"frames still mapped after step {stop}"
        assert not (directory / "baseline.npy").exists()
        assert before is None or live_tensors() == before


def live_tensors():
    gc.collect()
    return sum(type(each) is torch.Tensor for each in gc.get_objects())


def test_a_failure_half_way_leaves_no_mapping(vae, tmp_path, monkeypatch):
    def broken(self, z):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(VideoVAE, "decode_chunks", broken)
    with pytest.raises(RuntimeError, match="out of memory"):
        events_of(clip_of(20), vae, "17", tmp_path)
    assert str(tmp_path) not in Path("/proc/self/maps").read_text()


def test_no_step_holds_more_than_a_slice_of_pixels(vae, calls, tmp_path):
    clip = clip_of(40)
    events_of(clip, vae, "17,whole,17:16", tmp_path)
    assert max(calls["encode_frames"] + calls["decode_frames"]) <= stages.SPATIAL_SLICE
    assert clip.most <= stages.SPATIAL_SLICE + 1, "a slice, and the frame before it for the temporal step"


def test_memory_of_pixels_does_not_grow_with_the_clip(vae, tmp_path):
    peaks = {}
    for n_frames in (24, 96):
        clip = clip_of(n_frames, 64, 64)
        tracemalloc.start()
        try:
            # Two chunks at most: no seam is judged, whose permutations would be what is measured.
            events_of(clip, vae, "48", tmp_path)
            peaks[n_frames] = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    one_slice = 8 * 64 * 64 * 3 * 4
    assert peaks[24] > one_slice, "arrays are traced"
    # The longer clip has 72 frames more: 0.9 MB as bytes, 3.5 MB as floats.
    assert peaks[96] < peaks[24] + 72 * 64 * 64 * 3 / 4


def test_what_cannot_fit_is_refused_before_any_work(vae, calls, tmp_path, monkeypatch):
    # Room for a chunk of 20 slots and no more.
    monkeypatch.setattr(experiment, "batch_budget", lambda device: vae.chunk_bytes(20, 3, 4))
    with pytest.raises(stages.TooBigError) as error:
        next(compare(clip_of(37), vae, parse_variants("17,whole"), tmp_path))
    assert error.value.case == "too_big" and error.value.params["frames"] == 40
    assert "instead of whole" in str(error.value)
    assert not any(calls.values()) and not list(tmp_path.iterdir())
    assert isinstance(events_of(clip_of(37), vae, "17,16", tmp_path)[-1], Finished)


@pytest.mark.parametrize("variant", [Variant(0, 17), Variant(17, 17, fit=True)])
def test_what_cannot_be_planned_is_refused_before_any_work(vae, calls, tmp_path, variant):
    with pytest.raises(FrameCountError):
        next(compare(clip_of(20), vae, [Variant(17, 17), variant], tmp_path))
    assert not any(calls.values()) and not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["tiny-17", "open-sora-1.2"])
def test_a_seed_decides_everything_and_batching_nothing(name, tmp_path, monkeypatch):
    vae = tiniest() if name == "tiny-17" else narrow(name)
    clip = clip_of(37, 16, 16)
    first = frames_of(clip, vae, "17,16", tmp_path, seed=1)
    assert all(np.array_equal(a, b) for a, b in zip(
        first.values(), frames_of(clip, vae, "17,16", tmp_path, seed=1).values(), strict=True))
    monkeypatch.setattr(stages, "CPU_CHUNKS", None)
    monkeypatch.setattr(stages, "SPATIAL_SLICE", 5)
    batched = frames_of(clip, vae, "16,17", tmp_path, seed=1)
    assert all(off_by(first[label], batched[label]) <= 1 for label in first)
    for other in (2, None):
        assert off_by(first["17"], frames_of(clip, vae, "17", tmp_path, seed=other)["17"]) > 3


def test_a_still_picture_is_a_clip_of_one_frame(vae, tmp_path):
    comparison = events_of(clip_of(1), vae, EVERYTHING, tmp_path)[-1].comparison
    for each in comparison.variants:
        assert each.plan.frames_out == 1 and not each.plan.is_clash
        assert each.playback == each.aligned and each.playback.temporal_step == (None,)
        assert each.seam is None and each.seam_reason.case == "one_chunk"
    assert len({each.playback.psnr for each in comparison.variants}) == 1, "one frame alone is padded alike everywhere"


def test_a_clip_shorter_than_a_chunk_is_one_chunk(vae, tmp_path):
    found = frames_of(clip_of(5), vae, "17,16,40,whole", tmp_path)
    assert all(np.array_equal(found["17"], other) for other in found.values())


def test_a_clash_may_be_longer_than_its_source(vae, tmp_path):
    clip = clip_of(51)
    finished = events_of(clip, vae, "17,17:16,17:16:fit", tmp_path)[-1]
    _, clash, fit = finished.comparison.variants
    assert finished.frames["17→16"].n_frames == clash.plan.frames_out == 59
    assert clash.playback.psnr[51:] == (None,) * 8 and None not in clash.playback.psnr[:51]
    assert len(clash.aligned.psnr) == 51 and clash.aligned.psnr[39] is None
    assert clash.seam is None and clash.seam_reason.case == "clash" and len(clash.ghosts) == 4
    assert fit.plan.frames_out == 51 and sum(value is None for value in fit.aligned.psnr) == 9
    saved = json.dumps(finished.comparison.to_json(), allow_nan=False)
    assert json.loads(saved)["variants"][1]["frames_out"] == 59


def test_seams_are_scored_from_four_borders_on_and_refused_below(vae, tmp_path):
    comparison = events_of(clip_of(85), vae, "17,21,22,whole", tmp_path)[-1].comparison
    by_label = {each.label: each for each in comparison.variants}
    assert by_label["17"].seam.boundaries == by_label["21"].seam.boundaries == 4
    assert by_label["22"].seam is None and by_label["22"].seam_reason.params == {"n": 3, "needed": 4}
    assert by_label["whole"].seam_reason.case == "one_chunk"


def test_what_a_comparison_says_about_itself(vae, tmp_path):
    events = events_of(clip_of(37), vae, "16,17", tmp_path, seed=7)
    finished, done = events[-1], [event for event in events if isinstance(event, VariantDone)]
    comparison = finished.comparison
    assert (comparison.model, comparison.dtype, comparison.device, comparison.seed) == ("tiny-17", "float32", "cpu", 7)
    assert comparison.reference == "17", "the model's own size, wherever it stands in the list"
    assert [each.label for each in comparison.variants] == ["16", "17"] == list(finished.frames)
    assert all(each.verdict for each in comparison.variants) and comparison.findings
    assert [event.reconstruction.playback for event in done] == [each.playback for each in comparison.variants]
    stages_run = {"temporal_encode", "temporal_decode", "spatial_decode", "score"}
    assert all(each.seconds.keys() == stages_run for each in comparison.variants)
    assert all(math.isfinite(s) and s > 0 for each in comparison.variants for s in each.seconds.values())
    assert comparison.clip["name"] == "made here" and comparison.clip["n_frames"] == 37


def test_without_the_models_own_size_the_first_variant_is_the_reference(vae, tmp_path):
    assert events_of(clip_of(20), vae, "16,18", tmp_path)[-1].comparison.reference == "16"


def test_a_shared_encode_is_counted_with_every_variant_that_uses_it(vae, tmp_path):
    first, second = events_of(clip_of(37), vae, "17,17:16", tmp_path)[-1].comparison.variants
    assert first.seconds["temporal_encode"] == second.seconds["temporal_encode"]


def test_plans_follow_the_models_rule(vae):
    plans = plans_for(51, parse_variants(EVERYTHING), vae)
    assert Counter(each.is_clash for each in plans) == {False: 3, True: 4}
    assert all(each.rule == vae.spec.rule for each in plans)
