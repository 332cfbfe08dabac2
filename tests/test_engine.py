"""engine.run(): what it does once, what it says on the way, and what comes out."""

import json
import math
from collections import Counter

import numpy as np
import pytest
import torch
from small_runs import clip_of, events_of, frames_of, off_by

from vae_demo import metrics
from vae_demo.engine import Progress, VariantDone
from vae_demo.layout.plan import plan
from vae_demo.layout.variant import parse_variants
from vae_demo.metrics import tensors
from vae_demo.models.two_stage import TwoStage
from vae_demo.pixels import to_signed, to_uint8
from vae_demo.progress import ALMOST
from vae_demo.store import FrameStore

EVERYTHING = "17,16,17:16,17:16:fit,17:18,17:whole,whole"


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
    assert errors["psnr"] == pytest.approx(metrics.frame_psnr(x, alone), abs=0.01)
    assert {each.baseline_2d is None for event in events_of(clip, vae, "17,16", tmp_path)
            if isinstance(event, VariantDone) for each in event.so_far.variants} == {True}, "it comes last"
    assert not (tmp_path / "baseline.npy").exists()


def test_events_come_in_order(vae, tmp_path):
    seen = []
    for event in events_of(clip_of(37), vae, "17,16,17:16", tmp_path):
        key = (event.stage, event.label) if isinstance(event, Progress) else type(event).__name__
        if not seen or seen[-1] != key:
            seen.append(key)
    decoding = ("temporal_decode", "spatial_decode")
    assert seen == [
        ("spatial_encode", None),
        ("temporal_encode", "17"), *((stage, "17") for stage in decoding), "VariantDone",
        ("temporal_encode", "16"), *((stage, "16") for stage in decoding), "VariantDone",
        *((stage, "17→16") for stage in decoding), "VariantDone", ("baseline", None), "Finished"]


@pytest.mark.parametrize(("n_frames", "variants"), [(37, EVERYTHING), (51, "17:16"), (1, "17,17:16"), (5, "17:16:fit")])
def test_progress_rises_to_almost_one_and_the_rest_is_the_result(vae, tmp_path, n_frames, variants):
    steps = [event for event in events_of(clip_of(n_frames), vae, variants, tmp_path) if isinstance(event, Progress)]
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions) and len(set(fractions)) == len(fractions)
    assert 0 < fractions[0] < fractions[-1] == pytest.approx(ALMOST)
    assert all(0 < step.done <= step.total for step in steps)
    assert all(step.seconds_left is None or step.seconds_left >= 0 for step in steps)
    # Every stage ends on its own total.
    for step, after in zip(steps, steps[1:], strict=False):
        assert step.done == step.total or (after.stage, after.label) == (step.stage, step.label)


def test_a_still_picture_is_a_clip_of_one_frame(vae, tmp_path):
    comparison = events_of(clip_of(1), vae, EVERYTHING, tmp_path)[-1].comparison
    for each in comparison.variants:
        assert each.plan.frames_out == 1 and not each.plan.is_clash
        assert each.playback == each.aligned and each.playback["temporal_step"] == (None,)
        assert each.seam is None and each.seam_reason.case == "one_chunk"
    psnr = {each.playback["psnr"] for each in comparison.variants}
    assert len(psnr) == 1, "one frame alone is padded alike everywhere"


def test_a_clip_shorter_than_a_chunk_is_one_chunk(vae, tmp_path):
    found = frames_of(clip_of(5), vae, "17,16,40,whole", tmp_path)
    assert all(np.array_equal(found["17"], other) for other in found.values())


def test_a_clash_may_be_longer_than_its_source(vae, tmp_path):
    clip = clip_of(51)
    finished = events_of(clip, vae, "17,17:16,17:16:fit", tmp_path)[-1]
    _, clash, fit = finished.comparison.variants
    assert finished.frames["17→16"].n_frames == clash.plan.frames_out == 59
    assert clash.playback["psnr"][51:] == (None,) * 8 and None not in clash.playback["psnr"][:51]
    assert len(clash.aligned["psnr"]) == 51 and clash.aligned["psnr"][39] is None
    assert clash.seam is None and clash.seam_reason.case == "clash" and len(clash.ghosts) == 4
    assert fit.plan.frames_out == 51 and sum(value is None for value in fit.aligned["psnr"]) == 9
    saved = json.dumps(finished.comparison.to_json(), allow_nan=False)
    assert json.loads(saved)["variants"][1]["frames_out"] == 59


def test_seams_are_scored_from_four_borders_on_and_refused_below(vae, tmp_path):
    comparison = events_of(clip_of(85), vae, "17,21,22,whole", tmp_path)[-1].comparison
    by_label = {each.label: each for each in comparison.variants}
    assert by_label["17"].seam.boundaries == by_label["21"].seam.boundaries == 4
    assert by_label["22"].seam is None and by_label["22"].seam_reason.params == {"n": 3, "needed": 4}
    assert by_label["whole"].seam_reason.case == "one_chunk"


def test_no_frame_is_read_back_to_be_scored(vae, tmp_path, monkeypatch):
    clip = clip_of(51)
    wanted = events_of(clip, vae, "17,17:16", tmp_path)[-1].comparison
    monkeypatch.setattr(FrameStore, "frames", lambda *_: pytest.fail("frames were read from disk"))
    found = events_of(clip, vae, "17,17:16", tmp_path)[-1].comparison
    assert [(each.playback, each.aligned) for each in found.variants] == [
        (each.playback, each.aligned) for each in wanted.variants]


def test_scores_are_those_of_the_frames_that_are_kept(vae, tmp_path):
    """Decoded, scored in a thread of its own, stored: none of them is a batch ahead of the others."""
    clip = clip_of(51)
    finished = events_of(clip, vae, "17,17:16", tmp_path)[-1]
    for each in finished.comparison.variants:
        kept = np.array(finished.frames[each.label].frames(0, each.plan.frames_out))
        n = min(len(kept), 51)
        assert each.playback["psnr"][:n] == tuple(metrics.frame_psnr(clip.frames(0, n), kept[:n]))


def test_tensors_are_scored_as_arrays_are(vae, tmp_path, monkeypatch):
    """The way of a GPU, on this device."""
    wanted = events_of(clip_of(51), vae, "17,17:16,17:16:fit", tmp_path)[-1].comparison
    monkeypatch.setattr(metrics, "NUMPY", tensors.kernels(torch.device("cpu")))
    found = events_of(clip_of(51), vae, "17,17:16,17:16:fit", tmp_path)[-1].comparison
    for a, b in zip(wanted.variants, found.variants, strict=True):
        for name, within in {"psnr": 1e-4, "ssim": 1e-6, "l1": 1e-6, "temporal_step": 1e-6}.items():
            for kind in ("playback", "aligned"):
                assert getattr(a, kind)[name] == pytest.approx(getattr(b, kind)[name], abs=within), (a.label, name)
        assert (a.verdict, a.seam, a.ghosts) == (b.verdict, b.seam, b.ghosts)


def test_what_a_comparison_says_about_itself(vae, tmp_path):
    events = events_of(clip_of(37), vae, "16,17", tmp_path, seed=7)
    finished, done = events[-1], [event for event in events if isinstance(event, VariantDone)]
    comparison = finished.comparison
    assert (comparison.model, comparison.dtype, comparison.device) == ("tiny-17", "float32", "cpu")
    assert comparison.to_json()["seed"] == comparison.provenance.seed == 7
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
    plans = [TwoStage(vae).plan(51, variant) for variant in parse_variants(EVERYTHING)]
    assert Counter(each.is_clash for each in plans) == {False: 3, True: 4}
    assert all(each.rule == vae.spec.rule for each in plans)
