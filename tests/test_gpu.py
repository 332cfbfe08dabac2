"""What only a GPU can show: the same frames and scores as on a CPU, flat memory, and going on where memory runs out."""

import json
import time
import warnings

import numpy as np
import pytest
import torch
from fabricated import Frames, moving_clip
from idle_kernels import idle, idle_seconds
from random_models import narrow, tiny_model
from small_runs import off_by
from torch._dynamo.utils import counters

from vae_demo import assets, engine
from vae_demo.cli import main
from vae_demo.clips import Clip, write_video
from vae_demo.layout.plan import plan
from vae_demo.layout.variant import Variant, parse_variants
from vae_demo.metrics import NUMPY, Lags, PlayedScores, frame_psnr, tensors
from vae_demo.models import compiled, two_stage, video_vae
from vae_demo.models.host import Stopwatch
from vae_demo.models.loading import load_model
from vae_demo.models.two_stage import TwoStage
from vae_demo.models.video_vae import VideoVAE
from vae_demo.refusal import Refusal
from vae_demo.results.scores import SWEPT

pytestmark = [pytest.mark.gpu, pytest.mark.usefixtures("without_tf32"), pytest.mark.skipif(
    not torch.cuda.is_available(), reason="needs a CUDA device, and this machine has none")]
DEVICE = "cuda"
VARIANTS = parse_variants("17,16,18,17:16")
# On a GPU against a CPU, float32 without TF32: grey levels of a frame, and decibels of a frame's PSNR.
LEVELS, DB = 1, 0.05
# 10 times the frames take at most so much of the peak, latents aside.
FLAT = 1.2
MIB = 2**20


def clip_of(n_frames, side=64):
    rng = np.random.default_rng(1)
    noisy = moving_clip(n_frames, side, side).astype(np.int16) + rng.integers(-9, 10, (n_frames, side, side, 3))
    return Clip.from_array(np.clip(noisy, 0, 255).astype(np.uint8), 24, "made here")


def run_on(model, clip, folder, variants=VARIANTS, **options):
    """The record, and decoded frames by label."""
    folder.mkdir()
    done = engine.measure(clip, engine.jobs_of(model, variants), folder, **options)
    return done.comparison, {label: np.array(store.frames(0, store.n_frames)) for label, store in done.frames.items()}


@pytest.mark.weights
def test_frames_and_scores_are_those_of_a_cpu(tmp_path):
    clip = clip_of(51)
    on_cpu, theirs = run_on(load_model("tiny-17", "cpu"), clip, tmp_path / "cpu")
    on_gpu, ours = run_on(load_model("tiny-17", DEVICE, "float32"), clip, tmp_path / "gpu")
    assert on_gpu.device == DEVICE and on_gpu.provenance.device == torch.cuda.get_device_name()
    for a, b in zip(on_cpu.variants, on_gpu.variants, strict=True):
        assert off_by(theirs[a.label], ours[a.label]) <= LEVELS
        assert a.plan == b.plan and a.verdict.case == b.verdict.case
        for name in ("psnr", "ssim", "l1", "temporal_step"):
            assert b.playback[name] == pytest.approx(a.playback[name], abs=DB), (a.label, name)
            assert b.aligned[name] == pytest.approx(a.aligned[name], abs=DB), (a.label, name)


@pytest.mark.weights
def test_a_sweep_in_waves_says_what_a_cpu_says(tmp_path, calls):
    clip, variants = clip_of(51), [Variant(size, size) for size in (4, 13, 14, 16, 17, None)]
    on_cpu, on_gpu = (
        run_on(load_model("tiny-17", device, "float32"), clip, tmp_path / device, variants, scores=SWEPT,
               keep_frames=False)[0] for device in ("cpu", DEVICE))
    assert max(calls["encode_chunks"]) > 13, "no size alone has more chunks of one length"
    for a, b in zip(on_cpu.variants, on_gpu.variants, strict=True):
        for name in SWEPT:
            assert b.playback[name] == pytest.approx(a.playback[name], abs=DB), (a.label, name)


@pytest.mark.parametrize("side", [7, 48, 256])
def test_scores_are_those_of_numpy(side):
    rng = np.random.default_rng(side)
    x = moving_clip(9, 64, 64) if side == 48 else rng.integers(0, 256, (9, side, side, 3), np.uint8)
    r = np.clip(x.astype(np.int16) + rng.integers(-20, 21, x.shape), 0, 255).astype(np.uint8)
    there = tensors.kernels(torch.device(DEVICE))
    for name, own in {**NUMPY.one, **NUMPY.two}.items():
        found = {**there.one, **there.two}[name](there.take(x), there.take(r))
        assert found.device.type == DEVICE
        assert found.cpu().numpy() == pytest.approx(own(x, r), abs=1e-4 if name == "psnr" else 1e-6), name


def test_half_precision_costs_a_little_and_no_more(tmp_path):
    clip, vae = clip_of(37, 32), narrow("open-sora-1.2")
    _, theirs = run_on(TwoStage(vae), clip, tmp_path / "cpu", VARIANTS[:1])
    _, ours = run_on(TwoStage(vae.to(DEVICE, torch.bfloat16)), clip, tmp_path / "gpu", VARIANTS[:1])
    assert 30 < frame_psnr(theirs["17"], ours["17"]).mean() < 100


def test_compiled_graphs_cost_at_most_half_a_decibel(tmp_path):
    clip, vae = clip_of(51, 64), narrow("open-sora-1.2")
    _, exact = run_on(TwoStage(vae), clip, tmp_path / "cpu", VARIANTS)
    model = TwoStage(vae.to(DEVICE, torch.bfloat16))
    _, eager = run_on(model, clip, tmp_path / "eager", VARIANTS)
    try:
        model.compile()
    except Refusal as error:
        pytest.skip(str(error))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the compiler's own
        comparison, graphs = run_on(model, clip, tmp_path / "graphs", VARIANTS)
        made = counters["stats"]["unique_graphs"]
        run_on(model, clip_of(51, 48), tmp_path / "smaller", VARIANTS)
    assert made == counters["stats"]["unique_graphs"], "they fit other sizes"
    assert comparison.provenance.compiled == compiled.STAGES["cuda"]
    for label, frames in exact.items():
        assert frame_psnr(frames, graphs[label]).mean() > frame_psnr(frames, eager[label]).mean() - 0.5, label


@pytest.mark.weights
def test_the_peak_stays_however_long_the_clip(tmp_path):
    model, peaks = load_model("tiny-17", DEVICE, "float32"), {}
    run_on(model, clip_of(5, 128), tmp_path / "first", VARIANTS[:1])  # libraries take what they keep
    for n_frames in (51, 510):
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        run_on(model, clip_of(n_frames, 128), tmp_path / str(n_frames), VARIANTS[:2])
        # Spatial latents of the source and of a variant, each in parts and joined, and the latents between.
        latents = 5 * n_frames * model.spec.latent_channels * 16 * 16 * 4
        peaks[n_frames] = torch.cuda.max_memory_allocated() - before - latents
        assert torch.cuda.memory_allocated() - before < MIB, "nothing of a run stays"
    assert peaks[51] > 10 * MIB, "activations are seen"
    assert peaks[510] <= FLAT * peaks[51]


@pytest.mark.weights
def test_a_card_that_is_full_is_gone_on_with_in_smaller_batches(tmp_path, monkeypatch):
    model, clip = load_model("tiny-17", DEVICE, "float32"), clip_of(20, 512)
    _, wanted = run_on(model, clip, tmp_path / "room", VARIANTS[:1])
    for module in (two_stage, video_vae):
        monkeypatch.setattr(module, "batch_budget", lambda device: 10**15)
    torch.cuda.empty_cache()
    before, total = torch.cuda.memory_allocated(), torch.cuda.get_device_properties(0).total_memory
    # A batch would be eight frames; there is room for about three.
    torch.cuda.set_per_process_memory_fraction((before + 3 * model.vae.frame_bytes(512, 512)) / total)
    try:
        comparison, frames = run_on(model, clip, tmp_path / "full", VARIANTS[:1])
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert 1 <= comparison.provenance.halved["spatial_decode"] < 8
    assert off_by(frames["17"], wanted["17"]) <= LEVELS
    assert torch.cuda.memory_allocated() - before < MIB


@pytest.mark.weights
@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_the_command_line_runs_there(tmp_path, capsys, device):
    write_video(tmp_path / "clip.mp4", iter(moving_clip(34, 64, 64)), 24)
    assert assets.WEIGHTS.is_dir()
    assert main(["compare", str(tmp_path / "clip.mp4"), "--variants", "17,16", "--size", "64", "--device", device,
                 "--out", str(tmp_path / "out")]) == 0
    saved = json.loads((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8"))
    assert saved["device"] == DEVICE and saved["provenance"]["device"] == torch.cuda.get_device_name()
    assert "tiny-17 on cuda in float32" in capsys.readouterr().out
    assert main(["sweep", str(tmp_path / "clip.mp4"), "--sizes", "16,17", "--size", "64", "--device", device,
                 "--out", str(tmp_path / "swept")]) == 0
    assert json.loads((tmp_path / "swept" / "sweep.json").read_text(encoding="utf-8"))["device"] == DEVICE


def test_a_stopwatch_tells_what_was_queued_in_its_blocks():
    each, watch = idle_seconds(), Stopwatch(torch.device(DEVICE))
    began = time.perf_counter()
    for _ in range(3):
        idle(2)
        with watch:
            idle()
    assert watch.seconds == pytest.approx(3 * each, rel=0.3)
    assert time.perf_counter() - began >= 0.95 * 9 * each


@pytest.mark.parametrize(("typed", "options"), [
    ("17,17:16", {}), ("16,17,18", {"scores": SWEPT, "keep_frames": False})], ids=["compare", "sweep"])
def test_seconds_by_stage_are_those_of_the_device_and_come_to_the_whole(typed, options, tmp_path, monkeypatch):
    """Every call queues idle kernels, more than the network takes; the spatial decoder's are told with the baseline."""
    each, model, variants = idle_seconds(), tiny_model(), parse_variants(typed)
    model.vae.to(DEVICE)
    run_on(model, clip_of(37), tmp_path / "cold", variants, **options)
    queued = dict.fromkeys(("encode_frames", "encode_chunks", "decode_chunks", "decode_frames"), 0)
    for times, name in enumerate(queued, 1):
        def slower(self, *given, times=times, name=name, own=getattr(VideoVAE, name), **more):
            idle(times)
            queued[name] += times * each
            return own(self, *given, **more)

        monkeypatch.setattr(VideoVAE, name, slower)
    began = time.perf_counter()
    found, _ = run_on(model, clip_of(37), tmp_path / "timed", variants, **options)
    whole, told = time.perf_counter() - began, {**found.seconds, "baseline": found.baseline_2d.seconds}
    encoded = set()
    for row in found.variants:
        for stage, seconds in row.seconds.items():
            # One by one, a cut that two variants encode with is told of both.
            if stage != "temporal_encode" or options or row.plan.encode not in encoded:
                told[stage] = told.get(stage, 0.0) + seconds
        encoded.add(row.plan.encode)
    of_stages = {"encode_frames": told["spatial_encode"], "encode_chunks": told["temporal_encode"],
                 "decode_chunks": told["temporal_decode"], "decode_frames": told["spatial_decode"] + told["baseline"]}
    for name, seconds in of_stages.items():
        assert 0.95 * queued[name] <= seconds <= queued[name] + 0.3 * whole, (name, queued, told)
    assert told["score"] < 0.3 * whole and 0.7 * whole < sum(told.values()) <= whole


def test_scores_and_lags_wait_for_nothing_while_frames_come():
    """The device goes on with the next batch: a look at any number would fail here."""
    frames = moving_clip(41, 64, 64)
    cut, kernels = plan(41, 17, 17), tensors.kernels(torch.device(DEVICE))
    lags = Lags(Frames(frames), cut, kernels)
    scores = PlayedScores(Frames(frames), 41, range(41), kernels=kernels, also=lags.add)
    there = torch.from_numpy(frames).to(DEVICE)
    scores.add(there[:8])  # libraries take what they keep
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is a prototype
        torch.cuda.set_sync_debug_mode("error")
    try:
        for at in range(8, 41, 8):
            scores.add(there[at:at + 8])
        with pytest.raises(RuntimeError, match="synchroniz"):
            there.float().mean().item()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    scores.scores()
    on_cpu = Lags(Frames(frames), cut)
    on_cpu.add(frames)
    for ours, theirs in zip(lags.measured(), on_cpu.measured(), strict=True):
        assert ours.nearest == theirs.nearest and ours.errors == pytest.approx(theirs.errors, abs=1e-2)
