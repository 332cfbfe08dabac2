"""The benchmark against the plain loop: the same frames, floors that count what they say, the layout as it was."""

import json

import pytest
import torch
from random_models import tiny_model
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import against_loop, floor
from vae_demo.layout.variant import DEFAULT_VARIANTS, parse_variants
from vae_demo.models import tiny
from vae_demo.models.spec import MODELS


@pytest.fixture(scope="module")
def found():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(floor, "ceilings", lambda device, dtype: (1e9, 1e8))
        yield against_loop.measure(tiny_model(), 20, 16)


def test_both_decode_the_same_frames(found):
    assert list(found["agreement"]) == [variant.label for variant in DEFAULT_VARIANTS]
    assert all(each["levels"] <= 1 and each["psnr"] > 45 for each in found["agreement"].values())


def test_a_ratio_is_of_the_loop_and_everything_is_json(found):
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    for name in against_loop.RUNS:
        assert found[name]["ratio"] == pytest.approx(found[name]["seconds"] / found["loop"]["seconds"])
        assert found[name]["peak_mib"] >= 0
    assert found["floor"]["whole"]["tflop"] > found["floor"]["no_baseline"]["tflop"] > 0
    assert any("17→16" in line for line in against_loop.lines(found))


def test_the_loop_may_run_in_another_dtype(monkeypatch):
    monkeypatch.setattr(floor, "ceilings", lambda device, dtype: (1e9, 1e8))
    rough = tiny_model()
    rough.vae.to(torch.bfloat16)
    found = against_loop.measure(tiny_model(), 5, 16, of_loop=rough)
    assert (found["dtype"], found["loop_dtype"]) == ("float32", "bfloat16")
    assert "(the loop in bfloat16)" in against_loop.lines(found)[0]
    assert max(each["levels"] for each in found["agreement"].values()) > 1, "it was the loop that ran so"


def test_the_loop_leaves_the_model_as_it_found_it(found):
    def laid_out(memory_format):
        weights = [value for value in model.vae.spatial_vae.parameters() if value.ndim == 4]
        return all(value.is_contiguous(memory_format=memory_format) for value in weights)

    model = tiny_model()
    model.vae.lay_out(channels_last=True)
    with pytest.raises(ZeroDivisionError), against_loop.plain_layout(model):
        assert laid_out(torch.contiguous_format) and not laid_out(torch.channels_last)
        raise ZeroDivisionError
    assert laid_out(torch.channels_last)


def test_operations_are_counted_as_pytorch_counts_them():
    spec = MODELS["tiny-17"]
    model = against_loop.random_model("tiny-17", "cpu", "float32")
    plans = [model.plan(20, variant) for variant in parse_variants("17,17:16")]
    counted = sum(flops for flops, _ in floor.counts(spec, plans, 16, 24, True, 4))
    with torch.device("meta"):
        vae = tiny.build(spec)
        with FlopCounterMode(display=False) as counter:
            vae.spatial_vae.encode(torch.zeros(20, 3, 16, 24))
            for plan in plans:
                vae.spatial_vae.decode(torch.zeros(plan.frames_out, 16, 2, 3))
                for chunk in plan.decode_chunks:
                    vae.temporal_vae.decode(torch.zeros(1, 16, chunk.latent_stop - chunk.latent_start, 2, 3))
            vae.spatial_vae.decode(torch.zeros(20, 16, 2, 3))
            for chunk in plans[0].encode_chunks:
                vae.temporal_vae.encode(torch.zeros(1, 16, chunk.pad + chunk.used, 2, 3))
    assert counted == pytest.approx(counter.get_total_flops(), rel=1e-6)


def test_every_layer_is_held_by_the_ceiling_that_binds_it():
    assert floor.seconds([(100.0, 1.0), (1.0, 50.0)], 10.0, 5.0) == 10 + 10


def test_seeded_weights_are_the_same_every_time_and_keep_what_goes_through():
    one, other = (against_loop.random_model("tiny-17", "cpu", "float32") for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one.vae.parameters(), other.vae.parameters(), strict=True))
    with torch.inference_mode():
        video = torch.rand(1, 3, 5, 32, 32) * 2 - 1
        assert 0.05 < float(one.vae.decode(one.vae.encode(video), 5).std()) < 20
