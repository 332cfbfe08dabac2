"""A sweep: every size the way a comparison measures it, full chunks and the tail apart, nothing left on disk."""

import json

import pytest
from fabricated import moving_clip
from small_runs import compare

from vae_demo import engine
from vae_demo.clips import Clip
from vae_demo.engine import Finished, Progress, VariantDone
from vae_demo.layout.chunks import chunk_lengths, latent_count
from vae_demo.layout.text import size_label
from vae_demo.layout.variant import Variant
from vae_demo.models.video_vae import VideoVAE
from vae_demo.progress import ALMOST
from vae_demo.refusal import Refusal
from vae_demo.results.scores import SWEPT, mean
from vae_demo.results.sweep import Sweep
from vae_demo.verdicts import swept

SIZES = (4, 13, 16, 17, 40, None)
N_FRAMES = 37


def sweep(clip, vae, sizes, directory):
    """The engine as a sweep asks it."""
    return compare(clip, vae, [Variant(size, size) for size in sizes], directory, scores=SWEPT, keep_frames=False)


@pytest.fixture(scope="module")
def clip():
    return Clip.from_array(moving_clip(N_FRAMES, 24, 32), 24, "made here")


@pytest.fixture(scope="module")
def events(clip, vae, tmp_path_factory):
    return list(sweep(clip, vae, SIZES, tmp_path_factory.mktemp("sweep")))


@pytest.fixture(scope="module")
def finished(events):
    return swept(events[-1].comparison, "17", (17, 17))


@pytest.fixture(scope="module")
def rows(finished):
    return {row.size: row for row in finished.rows}


@pytest.fixture(scope="module")
def compared(clip, vae, tmp_path_factory):
    """The same sizes by compare()."""
    *_, finished = compare(clip, vae, [Variant(size, size) for size in SIZES], tmp_path_factory.mktemp("compare"))
    return {each.label: each for each in finished.comparison.variants}, finished.comparison


def test_numbers_are_those_of_compare(rows, compared):
    variants, comparison = compared
    assert list(rows) == list(variants) == [size_label(size) for size in SIZES]
    for label, row in rows.items():
        own = variants[label]
        assert row.psnr == pytest.approx(own.playback.means["psnr"], abs=1e-9), label
        assert row.psnr_by_frame == pytest.approx(own.playback["psnr"], abs=1e-3)
        assert (row.seam, row.seam_reason) == (own.seam, own.seam_reason)
        assert (row.latents, row.frames_out) == (own.plan.latents, own.plan.frames_out)
        assert row.n_chunks == len(own.plan.decode_chunks)
    assert rows["4"].seam.boundaries == 9 and rows["17"].seam is None


def test_the_baseline_is_that_of_compare(finished, compared):
    assert finished.baseline_psnr == pytest.approx(compared[1].baseline_2d.errors.means["psnr"], abs=1e-9)


@pytest.mark.parametrize(("size", "full", "tail"), [
    (4, 36, 1), (13, 26, 11), (16, 32, 5), (17, 34, 3), (40, 0, 37), (None, 37, 0)])
def test_full_chunks_and_tail_are_scored_apart(rows, compared, size, full, tail):
    row, errors = rows[size_label(size)], compared[0][size_label(size)].playback
    for part, start, stop in ((row.full, 0, full), (row.tail, full, N_FRAMES)):
        if start == stop:
            assert part is None
            continue
        psnr = errors["psnr"][start:stop]
        assert part.frames == stop - start == len(psnr)
        assert part.psnr == pytest.approx(mean(psnr)) and part.psnr_worst == pytest.approx(min(psnr))
        assert part.temporal_step == pytest.approx(mean(errors["temporal_step"][start:stop]))


def test_sizes_that_open_with_one_frame_alone(rows):
    assert [label for label, row in rows.items() if row.first_alone] == ["13", "17", "whole"]
    assert [rows[label].tail_first_alone for label in ("4", "16", "13", "17")] == [True, True, False, False]
    assert rows["whole"].tail_first_alone is None


def test_events_come_row_by_row(events):
    done = [event.reconstruction.label for event in events if isinstance(event, VariantDone)]
    assert done == [size_label(size) for size in SIZES] and isinstance(events[-1], Finished)
    assert events[-1].frames == {}
    fractions = [event.fraction for event in events if isinstance(event, Progress)]
    assert fractions == sorted(fractions) and fractions[-1] == pytest.approx(ALMOST)


def test_spatial_latents_are_made_once(clip, vae, tmp_path, monkeypatch):
    seen, own = [], VideoVAE.encode_frames
    monkeypatch.setattr(VideoVAE, "encode_frames", lambda self, x, *rest, **more: (
        seen.append(x.shape[2]), own(self, x, *rest, **more))[1])
    list(sweep(clip, vae, (4, 17, None), tmp_path))
    assert sum(seen) == N_FRAMES


def test_nothing_is_written_to_disk(clip, vae, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "FrameStore", lambda *_: pytest.fail("frames were to be stored"))
    list(sweep(clip, vae, (13, None), tmp_path))
    assert not list(tmp_path.iterdir())
    with pytest.raises(pytest.fail.Exception):
        list(compare(clip, vae, "13", tmp_path))


def test_what_cannot_run_is_refused_before_any_work(clip, vae, tmp_path, monkeypatch):
    monkeypatch.setattr(VideoVAE, "encode_frames", None)
    with pytest.raises(Refusal):
        next(sweep(clip, vae, (17, 0), tmp_path))
    monkeypatch.setattr(engine, "batch_budget", lambda device: vae.chunk_bytes(20, 3, 4))
    with pytest.raises(Refusal):
        next(sweep(clip, vae, (17, None), tmp_path))


def test_it_saves_as_json_and_loads_back(finished, tmp_path):
    finished.save(tmp_path / "sweep.json")
    data = json.loads((tmp_path / "sweep.json").read_text(encoding="utf-8"))
    assert data == finished.to_json() == Sweep.from_json(data).to_json()
    assert (data["model"], data["reference"], data["trained_lengths"]) == ("tiny-17", "17", [17, 17])
    for size, row in zip(SIZES, data["rows"], strict=True):
        assert row["latents"] == latent_count(N_FRAMES, size)
        assert row["n_chunks"] == len(chunk_lengths(N_FRAMES, size))
