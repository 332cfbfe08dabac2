"""Every adapter: wrapper = primitives in batches = the plain loop; weights load strictly or not at all."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from random_models import TWO_STAGE, narrow, tiniest
from safetensors.torch import save_file

from vae_demo.layout.plan import plan, plan_of
from vae_demo.models import open_sora, tiny, two_stage, video_vae
from vae_demo.models.chunks import decode_in_chunks
from vae_demo.models.loading import load_vae
from vae_demo.models.spec import MODELS
from vae_demo.models.strict import filled
from vae_demo.models.temporal import depth_to_time
from vae_demo.models.tiny_spatial import Block
from vae_demo.models.two_stage import TwoStage
from vae_demo.models.video_vae import VideoVAE
from vae_demo.refusal import Refusal
from vae_demo.steps import drain

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module", params=TWO_STAGE)
def vae(request) -> VideoVAE:
    return narrow(request.param)


def _video(n_frames: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(n_frames)
    return torch.rand(1, 3, n_frames, 16, 24, generator=generator) * 2 - 1


def _plain_loop(vae: VideoVAE, video: torch.Tensor, encode: int | None, decode: int | None) -> torch.Tensor:
    """The upstream loop written out: pad, encode, decode with a falling num_frames, cut. No plan."""
    stride, n_frames = 4, video.shape[2]
    spatial = torch.cat([vae.encode_frames(frame) for frame in video.split(1, dim=2)], dim=2)
    latents = []
    for chunk in spatial.split(encode or n_frames, dim=2):
        zeros = torch.zeros_like(chunk[:, :, :1]).repeat(1, 1, -chunk.shape[2] % stride, 1, 1)
        latents.append(vae.encode_chunks(torch.cat([zeros, chunk], dim=2)))
    frames, remaining = [], n_frames
    joined = torch.cat(latents, dim=2)
    for z in joined.split(-(-decode // stride) if decode else joined.shape[2], dim=2):
        length = min(decode, remaining) if decode else n_frames
        frames.append(vae.decode_chunks(z)[:, :, -length % stride:])
        remaining -= decode or 0
    return vae.decode_frames(torch.cat(frames, dim=2))


def _in_batches(
    vae: VideoVAE, video: torch.Tensor, encode: int | None, decode: int | None, monkeypatch
) -> torch.Tensor:
    """The engine's way, three chunks at a time."""
    monkeypatch.setattr(two_stage, "CPU_CHUNKS", 3)
    each, model = plan(video.shape[2], encode, decode, vae.spec.rule), TwoStage(vae)
    latents = drain(model.encode(two_stage.Prepared(vae.encode_frames(video), None), each))
    decoded = drain(decode_in_chunks(
        vae.decode_chunks, latents, each.decode_chunks, each.rule.stride, model._room(latents)))
    return vae.decode_frames(decoded)


@pytest.mark.parametrize(("encode", "decode"), [
    (17, 17), (16, 16), (18, 18), (None, None), (17, 16), (17, 18), (17, None), (4, 4)])
@pytest.mark.parametrize("n_frames", [1, 5, 20, 37])
@torch.inference_mode()
def test_wrapper_equals_primitives_equals_plain_loop(vae, n_frames, encode, decode, monkeypatch):
    video = _video(n_frames)
    wrapped = vae.decode(vae.encode(video, encode), n_frames, decode)
    assert wrapped.shape[2] == plan(n_frames, encode, decode, vae.spec.rule).frames_out
    for other in (_plain_loop(vae, video, encode, decode), _in_batches(vae, video, encode, decode, monkeypatch)):
        torch.testing.assert_close(wrapped, other, atol=1e-4 * max(1.0, float(wrapped.std())), rtol=0)


@torch.inference_mode()
def test_default_size_is_the_models_own(vae):
    video = _video(20)
    torch.testing.assert_close(vae.encode(video), vae.encode(video, vae.spec.own.encode.size))


@torch.inference_mode()
def test_sampling_depends_on_seed_and_place_never_on_batch(vae):
    spatial = vae.encode_frames(_video(40))
    chunks = torch.cat(spatial[:, :, :40].split(20, dim=2))
    together = vae.encode_chunks(chunks, seeds=[1, 2])
    apart = torch.cat([vae.encode_chunks(chunks[:1], seeds=[1]), vae.encode_chunks(chunks[1:], seeds=[2])])
    torch.testing.assert_close(together, apart, atol=1e-5, rtol=1e-4)
    assert (vae.encode_chunks(chunks[:1], seeds=[1]) - vae.encode_chunks(chunks[:1], seeds=[3])).abs().max() > 1e-3
    first = vae.encode(_video(20), generator=torch.Generator().manual_seed(9))
    again = vae.encode(_video(20), generator=torch.Generator().manual_seed(9))
    torch.testing.assert_close(first, again, atol=0, rtol=0)


def test_refuses_what_is_not_a_video(vae):
    with pytest.raises(ValueError, match="N 3 T H W"):
        vae.encode_frames(torch.zeros(1, 3, 4, 15, 16))
    with pytest.raises(ValueError, match="multiple of 4"):
        vae.encode_chunks(torch.zeros(1, vae.temporal_vae.config.in_channels, 5, 2, 2))


def test_no_frame_sees_a_later_chunk(vae):
    with torch.inference_mode():
        video = _video(34)
        changed = video.clone()
        changed[:, :, 17:] = 0
        a, b = (vae.decode(vae.encode(v, 17), 34, 17) for v in (video, changed))
    torch.testing.assert_close(a[:, :, :17], b[:, :, :17], atol=1e-5, rtol=0)
    assert (a[:, :, 17:] - b[:, :, 17:]).abs().max() > 1e-3


def test_depth_to_time_has_the_step_as_inner_index():
    x = torch.arange(2 * 4 * 3.0).reshape(1, 8, 3, 1, 1)
    out = depth_to_time(x)
    assert out.shape == (1, 4, 6, 1, 1)
    for c in range(4):
        for t in range(3):
            for s in range(2):
                assert out[0, c, 2 * t + s] == x[0, 2 * c + s, t]


def test_full_size_matches_all_517_published_names_and_shapes():
    rows = (DATA / "open_sora_1_2_parameters.tsv").read_text().splitlines()
    published = {name: tuple(map(int, shape.split("x"))) for name, shape in (row.split("\t") for row in rows)}
    with torch.device("meta"):
        vae = open_sora.build(MODELS["open-sora-1.2"])
    assert len(published) == 517
    assert {name: tuple(value.shape) for name, value in vae.state_dict().items()} == published


def _saved(vae: VideoVAE, path: Path, **changes) -> Path:
    tensors = {key: value.contiguous() for key, value in vae.state_dict().items()}
    parts = {"spatial": vae.spatial_vae, "temporal": vae.temporal_vae}
    metadata = {name: json.dumps(asdict(part.config)) for name, part in parts.items()}
    for key, value in changes.items():
        tensors.pop(key.replace("__", "."), None)
        if value is not None:
            tensors[key.replace("__", ".")] = value
    save_file(tensors, path, metadata=metadata)
    return path


def test_weights_survive_a_round_trip(tmp_path):
    vae = narrow("tiny-17")
    again = load_vae("tiny-17", weights=_saved(vae, tmp_path / "w.safetensors"))
    for (name, a), b in zip(vae.state_dict().items(), again.state_dict().values(), strict=True):
        torch.testing.assert_close(a, b, msg=name)
    assert not again.training and not any(p.requires_grad for p in again.parameters())


@pytest.mark.parametrize(("changes", "told"), [
    ({"shift": None}, "1 tensor is missing (shift)"),
    ({"stranger": torch.zeros(1)}, "1 tensor is not part of it (stranger)"),
    ({"scale": torch.ones(1, 3, 1, 1, 1)}, "1 tensor has another shape (scale)"),
    ({"scale": torch.ones(1, 16, 1, 1, 1, dtype=torch.int64)}, "1 tensor is not of floating point (scale)"),
])
def test_wrong_weights_are_listed_in_one_sentence(tmp_path, changes, told):
    path = _saved(narrow("tiny-17"), tmp_path / "w.safetensors", **changes)
    with pytest.raises(Refusal) as error:
        load_vae("tiny-17", weights=path)
    assert told in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"\x80\x04\x95 pickle", b"\xff" * 64])
def test_anything_but_safetensors_is_refused(tmp_path, content):
    path = tmp_path / "w.pt"
    path.write_bytes(content)
    with pytest.raises(Refusal, match="cannot be read as safetensors"):
        load_vae("tiny-17", weights=path)


def test_a_configuration_that_cannot_be_built_is_refused(tmp_path):
    path = tmp_path / "w.safetensors"
    save_file({"shift": torch.zeros(1)}, path, metadata={"temporal": '{"depth": 3}'})
    with pytest.raises(Refusal, match="cannot build"):
        filled(tiny.build, MODELS["tiny-17"], path)


@pytest.mark.parametrize(("changed", "told"), [
    ({"temporal_downsample": (False, False, True)}, "2 frames per latent instead of 4"),
    ({"latent_channels": 8}, "8 latent channels instead of 16")])
def test_a_network_that_counts_otherwise_than_the_table_of_models_is_refused(tmp_path, changed, told):
    """Everything whole-number is planned from the table before a network is there."""
    path = tmp_path / "w.safetensors"
    metadata = {"temporal": json.dumps({**asdict(tiny.TEMPORAL), **changed})}
    save_file({"shift": torch.zeros(1)}, path, metadata=metadata)
    with pytest.raises(Refusal, match=told):
        load_vae("tiny-17", weights=path)


def test_unknown_model_missing_cuda_and_no_network_are_one_sentence(monkeypatch):
    with pytest.raises(Refusal, match="There is no model"):
        load_vae("tiny-18")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(Refusal, match="No CUDA device"):
        load_vae("tiny-17", device="cuda")
    import huggingface_hub

    def offline(*args, **kwargs):
        raise OSError("offline")

    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", offline)
    with pytest.raises(Refusal, match="could not be fetched"):
        load_vae("open-sora-1.2")


def test_every_spec_names_an_adapter_and_a_rule_its_own_cut_fits():
    for name, spec in MODELS.items():
        assert spec.name == name
        assert replace(spec) == spec and json.dumps(asdict(spec))
        length = 5 * spec.own.encode.size if spec.own.encode.size else 17
        assert not plan_of(length, spec.own, spec.rule).is_clash
        assert [spec.bundled, spec.on_hub, spec.by_hand].count(True) == 1 and spec.on_hub == (":" in spec.weights)


@pytest.mark.parametrize(("height", "width", "wanted"), [(256, 256, 5), (512, 512, 1), (256, 455, 2), (4096, 4096, 1)])
def test_the_spatial_half_takes_fewer_frames_when_they_are_large(height, width, wanted, monkeypatch):
    vae = tiniest()
    monkeypatch.setattr(video_vae, "batch_budget", lambda device: 10**12)
    assert vae.frames_per_call(height, width) == wanted
    monkeypatch.setattr(video_vae, "batch_budget", lambda device: 3 * vae.frame_bytes(height, width))
    assert vae.frames_per_call(height, width) == min(wanted, 3)
    monkeypatch.setattr(video_vae, "batch_budget", lambda device: 0)
    assert vae.frames_per_call(height, width) == 1


def test_without_gradients_a_block_overwrites_its_own_and_nothing_else():
    block, x = Block(8, 4), torch.randn(2, 8, 6, 6)
    torch.nn.init.normal_(block.conv2.weight)
    given, wanted = x.clone(), block(x)
    wanted.sum().backward()
    assert block.norm1.weight.grad is not None
    with torch.inference_mode():
        assert torch.equal(block(x), wanted.detach()) and torch.equal(x, given)


@torch.inference_mode()
def test_the_layout_in_memory_changes_no_value():
    video, vae = _video(20), tiniest()
    vae.lay_out(channels_last=True)
    last = vae.decode(vae.encode(video), 20)
    vae.lay_out(channels_last=False)
    torch.testing.assert_close(vae.decode(vae.encode(video), 20), last, atol=1e-4 * float(last.std()), rtol=0)
