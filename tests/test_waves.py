"""Several sizes through time at once: the numbers of one after the other, in steps as small, and no more memory."""

import gc

import pytest
import torch
from fabricated import moving_clip
from fake_model import Blocks
from random_models import narrow
from small_runs import compare

from vae_demo.clips import Clip
from vae_demo.engine import Progress, VariantDone
from vae_demo.layout.plan import plan
from vae_demo.layout.variant import Variant, parse_variants
from vae_demo.models import two_stage, video_vae
from vae_demo.models.together import Together, at_once
from vae_demo.models.two_stage import Prepared, TwoStage
from vae_demo.models.video_vae import VideoVAE
from vae_demo.progress import ALMOST
from vae_demo.results.scores import SWEPT
from vae_demo.verdicts import swept

N_FRAMES = 37
SIZES = (4, 13, 14, 16, 17, None)


@pytest.fixture(scope="module")
def clip():
    return Clip.from_array(moving_clip(N_FRAMES, 24, 32), 24, "made here")


@pytest.fixture
def waves(monkeypatch):
    """A CPU takes sizes together too, as a GPU does: as many as asked for, so many chunks at once."""
    def of(plans=99, chunks=99):
        monkeypatch.setattr(two_stage, "CPU_PLANS", plans)
        monkeypatch.setattr(two_stage, "CPU_CHUNKS", chunks)
    return of


def sweep(clip, vae, directory, sizes=SIZES, **options):
    variants = [Variant(size, size) for size in sizes]
    return list(compare(clip, vae, variants, directory, scores=SWEPT, keep_frames=False, **options))


def rows_of(events):
    return [(row.size, row.psnr_by_frame, row.full, row.tail, row.seam, row.seam_reason, row.findings)
            for row in swept(events[-1].comparison, "17", (17, 17)).rows]


def test_sizes_in_one_run_are_the_sizes_one_by_one_to_the_digit(clip, vae, tmp_path):
    together = sweep(clip, vae, tmp_path)[-1].comparison.variants
    for size, found in zip(SIZES, together, strict=True):
        alone = sweep(clip, vae, tmp_path, [size])[-1].comparison.variants[0]
        assert dict(found.playback) == dict(alone.playback) and dict(found.aligned) == dict(alone.aligned)


@pytest.mark.parametrize(("plans", "seed"), [(99, None), (4, None), (99, 3)])
def test_waves_say_what_one_after_the_other_says(clip, vae, calls, waves, tmp_path, plans, seed):
    wanted = rows_of(sweep(clip, vae, tmp_path, seed=seed))
    assert {*calls["encode_chunks"], *calls["decode_chunks"]} == {1}
    calls["encode_chunks"].clear()
    waves(plans)
    assert rows_of(sweep(clip, vae, tmp_path, seed=seed)) == wanted
    # 13, 14 and 16 pad to 16 slots: 2 chunks each, and the tail of 13; no size alone has as many of one length.
    assert calls["encode_chunks"][1] >= 6


def test_every_frame_counts_once_and_what_is_shared_is_shared_out(clip, vae, waves, tmp_path):
    waves()
    events = sweep(clip, vae, tmp_path)
    fractions = [event.fraction for event in events if isinstance(event, Progress)]
    assert fractions == sorted(fractions) and fractions[-1] == pytest.approx(ALMOST)
    rows = events[-1].comparison.variants
    assert all(set(row.seconds) == {"temporal_encode", "temporal_decode", "spatial_decode", "score"} for row in rows)
    assert len({row.seconds["temporal_encode"] for row in rows}) == 1, "as many frames each"
    done = [event.reconstruction.label for event in events if isinstance(event, VariantDone)]
    assert done == [row.label for row in rows]


def test_a_cut_that_two_variants_encode_with_is_encoded_once(clip, vae, calls, waves, tmp_path):
    waves()
    variants = parse_variants("17,17:16,17:16:fit")
    *_, finished = compare(clip, vae, variants, tmp_path, scores=SWEPT, keep_frames=False)
    assert sum(calls["encode_chunks"]) == 3
    waves(1, 1)
    *_, alone = compare(clip, vae, variants, tmp_path, scores=SWEPT, keep_frames=False)
    for a, b in zip(finished.comparison.variants, alone.comparison.variants, strict=True):
        assert a.playback["psnr"] == pytest.approx(b.playback["psnr"], abs=1e-3)


def test_who_keeps_frames_gets_the_first_variant_before_the_next_begins(clip, vae, waves, tmp_path):
    waves()
    events = list(compare(clip, vae, "17,16", tmp_path))
    first = next(at for at, event in enumerate(events) if isinstance(event, VariantDone))
    assert {event.label for event in events[:first] if isinstance(event, Progress)} == {None, "17"}


def test_a_step_is_as_small_as_without_waves(clip, vae, calls, waves, tmp_path):
    waves(chunks=2)
    events = sweep(clip, vae, tmp_path)
    assert max(calls["encode_chunks"] + calls["decode_chunks"]) == 2
    assert max(calls["decode_frames"]) <= two_stage.MOST_FRAMES["cpu"]
    steps = [event for event in events if isinstance(event, Progress) and event.stage == "temporal_encode"]
    assert len(steps) == len(calls["encode_chunks"]), "somebody may stop after every one of them"


def test_closing_at_any_step_of_a_wave_frees_everything(clip, vae, waves, tmp_path):
    waves(chunks=2)
    n_events = len(sweep(clip, vae, tmp_path, (13, 17)))
    for stop in range(3, n_events, n_events // 5):
        before = live_tensors()
        running = compare(clip, vae, [Variant(13, 13), Variant(17, 17)], tmp_path, scores=SWEPT, keep_frames=False)
        for _ in range(stop):
            next(running)
        running.close()
        del running
        assert live_tensors() == before, stop


def live_tensors():
    gc.collect()
    return sum(type(each) is torch.Tensor for each in gc.get_objects())


def test_a_gpu_takes_as_many_sizes_as_a_batch_of_frames_has_room_for(monkeypatch):
    model = TwoStage(vae := narrow("tiny-17"))
    monkeypatch.setattr(TwoStage, "device", torch.device("cuda"))
    monkeypatch.setattr(VideoVAE, "device", torch.device("cuda"))
    for module in (two_stage, video_vae):
        monkeypatch.setattr(module, "batch_budget", lambda device: 10**12)
    room = model._frames_at_once(64, 64) * vae.frame_bytes(64, 64)

    def wave(n_frames, count=10_000):
        spatial = torch.zeros(1, 16, n_frames, 8, 8)
        return at_once(model, Prepared(spatial, None), [plan(n_frames, 17, 17)] * count)

    assert wave(85, 38) == 38 and wave(100_000) == 1
    # Ten times the frames, a tenth of the sizes: what lies between the halves takes the same.
    assert wave(85) // 10 == wave(850)
    assert wave(850) * 2 * 850 * 16 * 8 * 8 * 4 <= room


def test_a_model_that_takes_one_plan_after_the_other_need_not_know_of_waves(vae):
    assert isinstance(TwoStage(vae), Together) and not isinstance(Blocks(), Together)
    assert at_once(Blocks(), None, [plan(5, 4, 4)] * 3) == 1
