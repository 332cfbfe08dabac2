"""engine.run(): what it never holds, what it refuses beforehand, how it stops, and that batching changes nothing."""

import gc
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import torch
from random_models import narrow, tiniest
from small_runs import clip_of, compare, events_of, frames_of, off_by

from vae_demo import engine, heap, memory
from vae_demo.engine import Finished, VariantDone
from vae_demo.layout.plan import plan
from vae_demo.layout.variant import Variant
from vae_demo.metrics.lags import FARTHEST
from vae_demo.models import chunks, two_stage, video_vae
from vae_demo.models.two_stage import Prepared, TwoStage
from vae_demo.models.video_vae import VideoVAE
from vae_demo.progress import ALMOST
from vae_demo.refusal import Refusal
from vae_demo.results.comparison import Comparison
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


@pytest.mark.parametrize(("room", "wanted"), [(99, [3, 1]), (2, [2, 1, 1]), (1, [1, 1, 1, 1])])
def test_batches_hold_equal_lengths_and_what_fits(vae, calls, room, wanted):
    each, asked = plan(43, 17, 17), []
    latents = torch.zeros(1, 16, each.latents, 3, 4)
    # Two chunks of 17 and one of 9: slots of 20 and 12; the first goes through twice as its own fourth.
    four = [*each.decode_chunks, each.decode_chunks[0]]
    with torch.inference_mode():
        drain(chunks.decode_in_chunks(vae.decode_chunks, latents, four, 4, lambda n: asked.append(n) or room))
    assert calls["decode_chunks"] == wanted and asked == [20, 12]


# As torch and what lies below it say that there is no memory: classes and words that its users report.
FULL = (
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."), MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp:124] . DefaultCPUAllocator: can't allocate memory: you tried to allo"),
    RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 68719476736 bytes."),
    torch.AcceleratorError("CUDA error: out of memory"), RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"))
NO_ENGINE = RuntimeError("GET was unable to find an engine to execute this computation")


@pytest.mark.parametrize("error", FULL, ids=lambda error: str(error)[:40] or type(error).__name__)
def test_it_is_known_that_memory_ran_out_however_it_is_said(error):
    assert memory.ran_out(error) and memory.ran_out(error, of_several=True)
    assert str(error) == "" or not memory.ran_out(ValueError(str(error)))


def test_what_may_mean_something_else_counts_for_several_items_alone():
    assert memory.ran_out(NO_ENGINE, of_several=True) and not memory.ran_out(NO_ENGINE)
    assert not memory.ran_out(RuntimeError("mat1 and mat2 shapes cannot be multiplied"), of_several=True)
    tried = []

    def work(part):
        tried.append(len(part))
        raise NO_ENGINE

    with pytest.raises(RuntimeError, match="unable to find an engine"):
        list(chunks.halving(range(6), 6, work))
    assert tried == [6, 3, 1]


@pytest.mark.parametrize("error", FULL, ids=lambda error: str(error)[:40] or type(error).__name__)
@pytest.mark.parametrize("place", ["score", "join"])
def test_where_nothing_can_be_halved_a_full_device_is_a_refusal(vae, tmp_path, monkeypatch, place, error):
    """Scores of a batch, and what joins the parts of a clip."""
    def full(*_, **__):
        raise error

    if place == "score":
        monkeypatch.setattr(engine.PlayedScores, "add", full)
    else:
        monkeypatch.setattr(TwoStage, "encode", full)
    let_go = []
    monkeypatch.setattr(memory, "let_go", lambda: let_go.append(True))
    with pytest.raises(Refusal) as refusal:
        events_of(clip_of(20, 16, 16), vae, "17", tmp_path)
    assert refusal.value.case == "out_of_memory" and refusal.value.__context__ is None and let_go == [True]


def runs_out(monkeypatch, name, axis, most, seen):
    """VideoVAE's `name` takes at most `most` items along `axis`, then the device is full."""
    own = getattr(VideoVAE, name)

    def limited(self, x, *rest, **options):
        result = own(self, x, *rest, **options)
        seen.append(x.shape[axis])
        if x.shape[axis] > most:
            raise torch.OutOfMemoryError("made up")
        return result

    monkeypatch.setattr(VideoVAE, name, limited)


@pytest.mark.parametrize(("name", "axis", "stages"), [
    ("encode_frames", 2, {"spatial_encode": 2}), ("decode_frames", 2, {"baseline": 2, "spatial_decode": 2}),
    ("encode_chunks", 0, {"temporal_encode": 2}), ("decode_chunks", 0, {"temporal_decode": 2})])
def test_where_memory_runs_out_the_batch_is_halved_and_the_record_says_so(
    vae, tmp_path, monkeypatch, name, axis, stages
):
    monkeypatch.setattr(two_stage, "CPU_CHUNKS", 4)
    clip, seen = clip_of(70, 16, 16), []
    wanted = frames_of(clip, vae, "17", tmp_path, seed=3)["17"]
    runs_out(monkeypatch, name, axis, 2, seen)
    events = events_of(clip, vae, "17", tmp_path, seed=3)
    finished = events[-1]
    assert off_by(wanted, finished.frames["17"].frames(0, 70)) <= 1
    assert max(seen) > 2 and seen.count(max(seen)) == len(stages), "tried once, then no more"
    saved = finished.comparison.to_json()
    assert saved["provenance"]["halved"] == saved["variants"][0]["provenance"]["halved"] == stages
    assert Comparison.from_json(saved).to_json() == saved
    assert fractions_rise(events)


def fractions_rise(events):
    found = [event.fraction for event in events if isinstance(event, engine.Progress)]
    return found == sorted(found) and found[-1] == pytest.approx(ALMOST)


def test_a_record_of_a_run_with_room_says_nothing_of_memory(vae, tmp_path):
    assert "halved" not in events_of(clip_of(9), vae, "17", tmp_path)[-1].comparison.to_json()["provenance"]


@pytest.mark.parametrize(("name", "axis"), [("encode_frames", 2), ("decode_frames", 2), ("decode_chunks", 0)])
def test_where_one_alone_does_not_fit_it_is_refused_and_nothing_stays(vae, tmp_path, monkeypatch, name, axis):
    runs_out(monkeypatch, name, axis, 0, [])
    clip = clip_of(20)
    before = live_tensors()
    with pytest.raises(Refusal) as error:
        events_of(clip, vae, "17", tmp_path)
    assert error.value.case == "out_of_memory"
    del error
    assert live_tensors() == before and str(tmp_path) not in Path("/proc/self/maps").read_text()


def test_chunks_on_a_gpu_take_no_more_than_frames_do_however_long_the_clip(vae, monkeypatch):
    model, latents = TwoStage(vae), torch.zeros(1, 16, 5, 8, 8)
    monkeypatch.setattr(TwoStage, "device", torch.device("cuda"))
    monkeypatch.setattr(VideoVAE, "device", torch.device("cuda"))
    for module in (two_stage, video_vae):
        monkeypatch.setattr(module, "batch_budget", lambda device: 10**12)
    frames = vae.frames_per_call(64, 64)
    assert frames * 64 * 64 == video_vae.PIXELS_PER_CALL["cuda"]
    most = min(frames, two_stage.MOST_FRAMES["cuda"]) * vae.frame_bytes(64, 64)
    room = model._room(latents)
    assert room(20) > 1
    assert vae.chunk_bytes(20, 8, 8, room(20)) <= most < vae.chunk_bytes(20, 8, 8, room(20) + 1)
    monkeypatch.setattr(two_stage, "batch_budget", lambda device: vae.chunk_bytes(20, 8, 8, 2))
    assert model._room(latents)(20) == 2


def test_closing_at_any_step_frees_everything(vae, tmp_path):
    variants = "17,17:16"
    events = [type(event) for event in events_of(clip_of(20), vae, variants, tmp_path)]
    n_events, measured = len(events), len(events) - events[::-1].index(VariantDone)
    mapped = Path("/proc/self/maps")
    gc.collect()
    for stop in sorted({*range(1, n_events - 1, 2), measured, n_events - 1}):
        directory = tmp_path / str(stop)
        directory.mkdir()
        before = live_tensors() if stop % 10 == 1 else None
        running = compare(clip_of(20), vae, variants, directory)
        for _ in range(stop):
            event = next(running)
        if stop == measured:
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
        raise RuntimeError("broken")

    monkeypatch.setattr(VideoVAE, "decode_chunks", broken)
    with pytest.raises(RuntimeError, match="broken"):
        events_of(clip_of(20), vae, "17", tmp_path)
    assert str(tmp_path) not in Path("/proc/self/maps").read_text()


def test_no_step_holds_more_than_a_slice_of_pixels(vae, calls, tmp_path):
    clip = clip_of(40)
    events_of(clip, vae, "17,whole,17:16", tmp_path)
    assert max(calls["encode_frames"] + calls["decode_frames"]) <= two_stage.MOST_FRAMES["cpu"]
    assert clip.most <= two_stage.MOST_FRAMES["cpu"] + 2 * FARTHEST, "a slice, and the frames that may be late or early"


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


def test_a_frame_that_cannot_fit_is_refused_before_any_work(vae, calls, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "batch_budget", lambda device: vae.frame_bytes(512, 512) - 1)
    with pytest.raises(Refusal) as error:
        next(compare(clip_of(1, 512, 512), vae, "1", tmp_path))
    assert error.value.case == "too_big_frame" and not any(calls.values())


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
    monkeypatch.setitem(two_stage.MOST_FRAMES, "cpu", 5)
    batched = frames_of(clip, vae, "16,17", tmp_path, seed=1)
    assert all(off_by(first[label], batched[label]) <= 1 for label in first)
    for other in (2, None):
        assert off_by(first["17"], frames_of(clip, vae, "17", tmp_path, seed=other)["17"]) > 3


@pytest.mark.parametrize("events", [None, 0, 3], ids=["to its end", "refused", "stopped"])
def test_a_run_gives_its_memory_back_however_it_ends(vae, tmp_path, monkeypatch, events):
    given = []
    monkeypatch.setattr(heap, "give_back", lambda: given.append(True))
    run = compare(clip_of(37), vae, "17,16" if events != 0 else [Variant(0, 17)], tmp_path)
    try:
        for _ in run if events is None else range(events or 1):
            assert events is None or next(run)
            assert not given, "while it runs"
    except Refusal:
        assert events == 0
    run.close()
    assert given == [True]
