"""engine.run(): what it never holds, what it refuses beforehand, how it stops, and that batching changes nothing."""

import gc
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import torch
from random_models import narrow, tiniest
from small_runs import clip_of, compare, events_of, frames_of, off_by

from vae_demo import engine
from vae_demo.engine import Finished, VariantDone
from vae_demo.layout.plan import plan
from vae_demo.layout.variant import Variant
from vae_demo.models import chunks, two_stage
from vae_demo.models.two_stage import Prepared, TwoStage
from vae_demo.models.video_vae import VideoVAE
from vae_demo.refusal import Refusal
from vae_demo.steps import drain


def test_chunks_in_batches_are_the_chunks_one_by_one(vae, calls, tmp_path, monkeypatch):
    clip = clip_of(55)
    alone = frames_of(clip, vae, "17,16,17:16", tmp_path)
    assert set(calls["encode_chunks"]) == set(calls["decode_chunks"]) == {1}
    monkeypatch.setattr(two_stage, "CPU_CHUNKS", 99)
    together = frames_of(clip, vae, "17,16,17:16", tmp_path)
    # 17+17+17+4 and 16+16+16+7 frames; sixteen latents of 17 make four chunks of four at 16.
    assert max(calls["encode_chunks"]) == 3 and max(calls["decode_chunks"]) == 4
    assert all(off_by(alone[label], together[label]) <= 1 for label in alone)


def test_stages_in_batches_agree_to_a_ten_thousandth(vae, monkeypatch):
    monkeypatch.setattr(two_stage, "CPU_CHUNKS", 99)
    each, spatial = plan(55, 17, 16), torch.randn(1, 16, 55, 3, 4, generator=torch.Generator().manual_seed(1))
    results, model = [], TwoStage(vae)
    for budget in (1, 10**12):
        monkeypatch.setattr(two_stage, "batch_budget", lambda device, budget=budget: budget)
        latents = drain(model.encode(Prepared(spatial, None), each))
        with torch.inference_mode():
            decoded = drain(chunks.decode_in_chunks(
                vae.decode_chunks, latents, each.decode_chunks, 4, model._room(latents)))
        results.append((latents, decoded))
    for one_by_one, batched in zip(*results, strict=True):
        torch.testing.assert_close(one_by_one, batched, atol=1e-4 * max(1.0, float(batched.std())), rtol=0)


@pytest.mark.parametrize(("room", "wanted"), [
    (99, [[0, 1, 3], [2]]), (2, [[0, 1], [3], [2]]), (1, [[0], [1], [3], [2]])])
def test_batches_hold_equal_lengths_and_what_fits(room, wanted):
    asked = []
    assert chunks._batches([20, 20, 8, 20], lambda length: asked.append(length) or room) == wanted
    assert asked == [20, 8]


def test_closing_at_any_step_frees_everything(vae, tmp_path):
    variants = "17,17:16"
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
    assert max(calls["encode_frames"] + calls["decode_frames"]) <= two_stage.SPATIAL_SLICE
    assert clip.most <= two_stage.SPATIAL_SLICE + 1, "a slice, and the frame before it for the temporal step"


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
    monkeypatch.setattr(engine, "batch_budget", lambda device: vae.chunk_bytes(20, 3, 4))
    with pytest.raises(Refusal) as error:
        next(compare(clip_of(37), vae, "17,whole", tmp_path))
    assert error.value.case == "too_big" and error.value.params["frames"] == 40
    assert "instead of whole" in str(error.value)
    assert not any(calls.values()) and not list(tmp_path.iterdir())
    assert isinstance(events_of(clip_of(37), vae, "17,16", tmp_path)[-1], Finished)


@pytest.mark.parametrize("variant", [Variant(0, 17), Variant(17, 17, fit=True)])
def test_what_cannot_be_planned_is_refused_before_any_work(vae, calls, tmp_path, variant):
    with pytest.raises(Refusal):
        next(compare(clip_of(20), vae, [Variant(17, 17), variant], tmp_path))
    assert not any(calls.values()) and not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["tiny-17", "open-sora-1.2"])
def test_a_seed_decides_everything_and_batching_nothing(name, tmp_path, monkeypatch):
    vae = tiniest() if name == "tiny-17" else narrow(name)
    clip = clip_of(37, 16, 16)
    first = frames_of(clip, vae, "17,16", tmp_path, seed=1)
    assert all(np.array_equal(a, b) for a, b in zip(
        first.values(), frames_of(clip, vae, "17,16", tmp_path, seed=1).values(), strict=True))
    monkeypatch.setattr(two_stage, "CPU_CHUNKS", 99)
    monkeypatch.setattr(two_stage, "SPATIAL_SLICE", 5)
    batched = frames_of(clip, vae, "16,17", tmp_path, seed=1)
    assert all(off_by(first[label], batched[label]) <= 1 for label in first)
    for other in (2, None):
        assert off_by(first["17"], frames_of(clip, vae, "17", tmp_path, seed=other)["17"]) > 3
