"""Video VAEs of diffusers at their full size on a GPU, with random weights: they run, and take what was foretold."""

import copy
import time

import numpy as np
import pytest
import torch
from fabricated import moving_clip
from idle_kernels import idle, idle_seconds

from vae_demo import engine
from vae_demo.clips import Clip
from vae_demo.layout.variant import parse_variants
from vae_demo.memory import batch_budget
from vae_demo.models.diffusers_calls import built_quickly, class_of
from vae_demo.models.diffusers_families import RECIPES
from vae_demo.models.diffusers_twin import twin_of
from vae_demo.models.diffusers_video import ClipVAE
from vae_demo.models.footprint import OVERHEAD
from vae_demo.models.host import wait
from vae_demo.models.spec import MODELS
from vae_demo.models.stepping import stepped

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(
    not torch.cuda.is_available(), reason="needs a CUDA device, and this machine has none")]
FRAMES, SIDE = 33, 256


def full_size(family, device, dtype):
    """The network as published but for its values, which are small and the same every time."""
    with built_quickly():
        vae = class_of(RECIPES[family])()
    torch.nn.Module.to(vae, device=device, dtype=dtype)
    generator = torch.Generator(device).manual_seed(0)
    for value in (*vae.parameters(), *vae.buffers()):
        if value.is_floating_point():
            value.detach().normal_(0, 0.02, generator=generator)
    return ClipVAE(MODELS[family], vae.eval().requires_grad_(False))


@pytest.mark.parametrize("family", ["wan-2.1", "hunyuanvideo", "cogvideox"])
def test_the_peak_is_not_above_what_was_foretold(family, tmp_path, record_property):
    spec = MODELS[family]
    model = full_size(family, "cuda", getattr(torch, spec.dtype_cuda))
    clip = Clip.from_array(moving_clip(FRAMES, SIDE, SIDE), 24, "made here")
    plan = model.plan(FRAMES, spec.own)
    foretold = model.room.needed(plan, SIDE, SIDE)
    assert foretold < batch_budget("cuda"), "this card is too small for the test"
    wait(torch.device("cuda"))
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    began = time.perf_counter()
    (own,) = engine.measure(clip, engine.jobs_of(model, [spec.own]), tmp_path).comparison.variants
    seconds, peak = time.perf_counter() - began, torch.cuda.max_memory_allocated() - before
    record_property("seconds", round(seconds, 2))
    record_property("peak over counted", round(peak / (foretold / OVERHEAD["cuda"]), 2))
    print(f"{family}: {seconds:.1f} s, peak {peak / 1e9:.2f} GB, foretold {foretold / 1e9:.2f} GB")
    assert own.plan.frames_out == 33 and own.plan.planned is None
    assert peak <= foretold


def test_a_gpu_gives_the_frames_of_a_cpu(tmp_path, without_tf32):
    """The smallest network, in float32: at most one grey level apart."""
    clip, decoded = Clip.from_array(moving_clip(FRAMES, 32, 32), 24, "made here"), []
    for device in ("cpu", "cuda"):
        model = ClipVAE(MODELS["hunyuanvideo"], copy.deepcopy(twin_of("hunyuanvideo")).to(device))
        folder = tmp_path / device
        folder.mkdir()
        done = engine.measure(clip, engine.jobs_of(model, parse_variants("own,17")), folder)
        decoded.append({label: np.array(store.frames(0, store.n_frames)) for label, store in done.frames.items()})
    for label, frames in decoded[0].items():
        assert np.abs(frames.astype(int) - decoded[1][label].astype(int)).max() <= 1


def test_a_call_is_told_when_the_device_has_done_those_before_it():
    """As it is told on a CPU; see test_stepping.py."""
    places, part = [], torch.nn.Conv3d(1, 1, 1).to("cuda")
    times = max(round(1.0 / idle_seconds()), 1)

    def work():
        for _ in range(3):
            made = part(torch.zeros(1, 1, 4, 2, 2, device="cuda"))
            idle(times)
            places.append(torch.cuda.Event())
            places[-1].record()
        return made

    beats, steps = [], stepped(work, [part])
    while True:
        try:
            beats.append(next(steps))
        except StopIteration as end:
            assert end.value.shape == (1, 1, 4, 2, 2)
            break
        assert all(place.query() for place in places[:len(beats[-1].calls)])
    assert all(place.query() for place in places)
    for done in ((), (4,), (4, 4)):
        assert sum(beat.calls == done for beat in beats) >= 3, "it is heard of while the device works"


def test_a_stop_leaves_nothing_to_wait_for_beyond_one_call():
    part = torch.nn.Conv3d(1, 1, 1).to("cuda")
    each = idle_seconds()
    times = max(round(0.5 / each), 1)

    def work():
        for _ in range(100):
            part(torch.zeros(1, 1, 4, 2, 2, device="cuda"))
            idle(times)

    steps = stepped(work, [part])
    next(beat for beat in steps if beat.calls == (4,))
    began = time.perf_counter()
    steps.close()
    wait(torch.device("cuda"))
    assert time.perf_counter() - began < 4 * times * each
