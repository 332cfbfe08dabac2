"""The pieces of the training one by one: loop and checkpoints, losses, windows, footage."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from fabricated import comparison, reconstruct
from torch import nn

from vae_demo.models.spec import MODELS
from vae_demo.models.temporal import TemporalVAE
from vae_demo.models.tiny import TEMPORAL
from vae_demo.models.tiny_spatial import TinySpatial
from vae_demo.training import checkpoint, evaluate, footage, look, loop, losses, stages
from vae_demo.training.card import write_card
from vae_demo.training.export import export
from vae_demo.training.loop import WARMUP, Schedule, rate, train
from vae_demo.training.optimizers import ConvMuon, Optimizers, is_hidden
from vae_demo.training.start import unit_variance


def toy(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 16), nn.Unflatten(1, (16, 1, 1)), nn.Conv2d(16, 16, 3, padding=1), nn.Tanh(),
                         nn.Flatten(), nn.Linear(16, 1))


def toy_loss(module):
    def loss_of(rng, step):
        x = torch.from_numpy(rng.normal(size=(8, 3)).astype(np.float32))
        return {"fit": (module(x).float() - x.sum(1, keepdim=True) + torch.randn(8, 1) * 0.01).square().mean()}
    return loss_of


def train_toy(folder, steps, every=10, module=None):
    module = module or toy()
    facts = train("toy", module, toy_loss(module), Schedule(steps, 0.02, 0.02, 3, every), folder)
    return module, facts


def test_the_loop_learns_and_resumes_with_its_optimizer(tmp_path, monkeypatch):
    straight, facts = train_toy(tmp_path, 300)
    untrained = toy_loss(toy())(np.random.default_rng(1), 0)["fit"].item()
    assert facts["steps"] == 300 and facts["losses"]["fit"] < untrained / 2
    stopped = tmp_path / "stopped"
    stopped.mkdir()
    kept = checkpoint.save

    def save_and_die(path, module, optimizers, saved):
        kept(path, module, optimizers, saved)
        if saved["steps"] == 150:
            raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint, "save", save_and_die)
    with pytest.raises(KeyboardInterrupt):
        train_toy(stopped, 300)
    # Whatever the new process starts with is replaced by the checkpoint.
    resumed, again = train_toy(stopped, 300, module=toy(9))
    assert again["steps"] == 300 and again["losses"] == facts["losses"]
    for a, b in zip(straight.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_checkpoint_without_its_optimizer_would_be_noticed(tmp_path, monkeypatch):
    straight, _ = train_toy(tmp_path, 40)
    load, save = checkpoint.load, checkpoint.save
    (tmp_path / "toy.safetensors").unlink()

    def save_and_die(path, module, optimizers, saved):
        save(path, module, optimizers, saved)
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint, "save", save_and_die)
    with pytest.raises(KeyboardInterrupt):
        train_toy(tmp_path, 40, every=20)
    monkeypatch.setattr(checkpoint, "save", save)
    monkeypatch.setattr(checkpoint, "load", lambda path, module, optimizers: load(path, module))
    forgetful, _ = train_toy(tmp_path, 40)
    # Muon alone moves the middle layer, AdamW alone the others: both have a state to lose.
    assert not any(torch.equal(a, b) for a, b in zip(straight.parameters(), forgetful.parameters(), strict=True))


def test_a_finished_run_is_not_run_again(tmp_path):
    module, facts = train_toy(tmp_path, 20)
    again, same = train_toy(tmp_path, 20, module=toy(4))
    assert same == facts and all(torch.equal(a, b) for a, b in zip(
        module.parameters(), again.parameters(), strict=True))


def test_a_checkpoint_of_another_plan_or_of_other_earlier_stages_is_refused(tmp_path):
    module, _ = train_toy(tmp_path, 20)
    with pytest.raises(ValueError, match="another training"):
        train_toy(tmp_path, 40)
    before = checkpoint.fingerprint(module)
    with pytest.raises(ValueError, match="another training"):
        loop.train("toy", toy(), toy_loss(toy()), Schedule(20, 1e-3), tmp_path, made_from=before)
    with torch.no_grad():
        next(module.parameters()).view(-1)[0] += 1e-3
    assert checkpoint.fingerprint(module) != before


def test_the_rate_warms_up_and_cools_down():
    n_steps = 10 * WARMUP
    rates = [rate(Schedule(n_steps, 1.0), step) for step in range(n_steps)]
    assert rates[0] == pytest.approx(1 / WARMUP) and max(rates) < 1
    assert rates.index(max(rates)) == pytest.approx(WARMUP, abs=0.1 * WARMUP)
    assert rates[WARMUP:] == sorted(rates[WARMUP:], reverse=True) and rates[-1] == pytest.approx(0.02, abs=0.001)


def test_muon_takes_the_hidden_convolutions_and_adamw_the_rest():
    spatial, temporal = TinySpatial(), TemporalVAE(TEMPORAL)
    hidden = {name for half in (spatial, temporal) for name, value in half.named_parameters() if is_hidden(value)}
    assert {"encoder.down.0.weight", "decoder.levels.0.2.conv1.weight", "decoder.conv_out.conv.weight"} <= hidden
    assert not hidden & {"encoder.conv_in.weight", "decoder.conv_out.weight", "shortcut.fold.weight"}
    assert not [name for name in hidden if name.endswith("bias") or "norm" in name or "quant" in name]


@pytest.mark.parametrize(("capabilities", "answer"), [
    ({"avx512_f": True, "avx512_bf16": False, "amx_bf16": False}, False), ({"avx512_bf16": True}, True),
    ({"amx_bf16": True}, True), ({}, False)])
def test_bfloat16_is_for_cpus_that_multiply_it(monkeypatch, capabilities, answer):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert loop.multiplies_bfloat16("cpu") is answer


def test_a_muon_step_moves_all_directions_alike_and_keeps_the_layout():
    torch.manual_seed(0)
    conv = nn.Conv2d(16, 16, 3, bias=False).to(memory_format=torch.channels_last)
    before = conv.weight.detach().clone()
    conv.weight.grad = torch.randn_like(conv.weight) * torch.logspace(-1, 0, 16)[:, None, None, None]
    asked = torch.linalg.svdvals(conv.weight.grad.flatten(1))
    Optimizers(conv, lr=1.0, muon_lr=0.1).step(0.5)
    assert conv.weight.is_contiguous(memory_format=torch.channels_last) and conv.weight.grad is None
    moved = torch.linalg.svdvals((before - conv.weight.detach()).flatten(1))
    # Five steps of Newton-Schulz are rough, yet far evener than the gradient.
    assert asked.max() > 7 * asked.min() and 0.4 * 0.05 < moved.min() < moved.max() < 1.3 * 0.05


@pytest.mark.parametrize("shape", [(16, 24, 3, 3), (24, 16, 1, 1, 3), (64, 16, 1, 2)])
def test_muon_does_what_the_one_in_torch_does_in_bfloat16(shape):
    torch.manual_seed(0)
    conv = nn.Parameter(torch.randn(shape))
    matrix = nn.Parameter(conv.detach().flatten(1).clone())
    before = matrix.detach().clone()
    ours, theirs = ConvMuon([conv], lr=0.1), torch.optim.Muon([matrix], lr=0.1)
    for _ in range(4):
        conv.grad = torch.randn(shape)
        matrix.grad = conv.grad.flatten(1)
        ours.step()
        theirs.step()
    difference = (conv.flatten(1) - matrix).norm() / (matrix - before).norm()
    assert 0 < difference < 0.02


def test_training_starts_with_unit_variance_and_open_residual_branches():
    torch.manual_seed(0)
    model, images = TinySpatial(), torch.randn(4, 3, 32, 32)
    default = model.encoder(images).detach().std()
    unit_variance(model, lambda: model.decoder(model.encoder(images)))
    latents = model.encoder(images).detach()
    assert default < 0.2 and latents.std() == pytest.approx(1, abs=0.02)
    assert model.decoder(latents).detach().std() == pytest.approx(1, abs=0.02)
    assert not any(block.conv2.weight.any() for level in model.encoder.levels for block in level)


def test_a_photographed_scene_keeps_its_luma_and_loses_fine_colour(monkeypatch):
    monkeypatch.setattr(look, "SUBSAMPLED", 1.0)
    rng = np.random.default_rng(2)
    images = torch.rand(40, 3, 16, 16, generator=torch.Generator().manual_seed(0)) - 0.5
    seen = look.photographed(rng, images)
    assert seen.shape == images.shape and seen.is_contiguous(memory_format=torch.channels_last)
    weights = torch.tensor(look.LUMA)[None, :, None, None]
    luma = [(each * weights).sum(1) for each in (images, seen)]
    sharp = (luma[0] - luma[1]).abs().amax((1, 2)) < 0.01
    assert 10 < int(sharp.sum()) < 30, "about half are in focus, and their luma is untouched"
    colour = [(each[:, 0] - y)[sharp].diff(dim=2).std() for each, y in zip((images, seen), luma, strict=True)]
    assert colour[1] < 0.5 * colour[0]
    clip = look.filmed(rng, images[:1].expand(5, -1, -1, -1))
    assert all(torch.equal(frame, clip[0]) for frame in clip), "one look for all frames"


def test_losses_are_zero_where_nothing_is_wrong_and_grow_with_what_is():
    image = torch.rand(2, 3, 16, 16) * 2 - 1
    assert losses.pixel_loss(image, image) == 0 and losses.gradient_l1(image + 0.1, image) < 1e-6
    assert losses.pixel_loss(image + 0.2, image) > losses.pixel_loss(image + 0.1, image) > 0
    latents, weight = torch.randn(1, 2, 3, 4, 4), torch.tensor([1.0, 0.0]).reshape(1, 2, 1, 1, 1)
    moved = latents.clone()
    moved[:, 1] += 1
    assert losses.latent_loss(moved, latents, weight) == 0 < losses.latent_loss(moved, latents, torch.ones_like(weight))
    zero = torch.zeros(1, 2, 3, 4, 4)
    assert losses.kl(zero, zero) == 0 and losses.kl(zero + 1, zero) == pytest.approx(0.5)


def test_windows_stay_inside_and_name_the_pixels_under_the_latents():
    rng = np.random.default_rng(0)
    clips = rng.integers(0, 256, (2, 34, 104, 104, 3), np.uint8)
    source = clips.reshape(2, 34, 13, 8, 13, 8, 3).mean((3, 5))[..., :1].transpose(0, 4, 1, 2, 3)
    for window in stages._windows(rng, source, 50, 17):
        piece = window.latents(source)
        assert piece.shape == (1, 17, stages.SIDE, stages.SIDE)
        frame = window.frame(clips, 4)
        assert frame.shape == (96, 96, 3)
        assert frame.reshape(12, 8, 12, 8, 3).mean((1, 3))[..., 0] == pytest.approx(piece[0, 4])


def test_weights_that_half_precision_cannot_hold_are_not_exported(tmp_path):

    spatial = TinySpatial()
    with torch.no_grad():
        spatial.shift += 1e6
    with pytest.raises(ValueError, match="shift does not survive fp16"):
        export("tiny-17", spatial, TemporalVAE(TEMPORAL), {}, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_card_without_weights_is_still_a_card(tmp_path):
    text = write_card(tmp_path).read_text(encoding="utf-8")
    assert "trained from scratch" in text and not any(f"How {name}" in text for name in MODELS)


def test_border_ratio_and_places_in_the_chunk():
    steps = [None, 1.0, 1.0, 4.0, 1.0, 1.0, 2.0, 1.0]
    assert evaluate.border_ratio(steps, (3, 6)) == pytest.approx(3.0)
    assert evaluate.border_ratio(steps, ()) is None and evaluate.border_ratio([None, 0.0, 0.0], (1,)) is None


def test_footage_is_there_and_moves_as_it_says():
    for each in footage.FOOTAGE:
        assert (footage.package_folder(each.package) / each.file).is_file(), each.name
    with pytest.raises(ValueError, match="no footage called"):
        footage.choose(["nothing"])
    assert footage.choose([]) == footage.FOOTAGE and len(footage.choose(["a"])) == 1
    with pytest.raises(ValueError, match="is not installed"):
        footage.package_folder("a_package_nobody_has")
    y, x = np.mgrid[:400, :500]
    photo = np.stack([128 + 100 * np.sin(x / 9), 128 + 100 * np.cos(y / 7), x / 2], -1).astype(np.uint8)
    clip = footage.moving_photo(photo, footage.Footage("pan", "skimage", "x.png", pan=(3.0, 0.0)))
    assert clip.shape == (51, 256, 256, 3) and clip.dtype == np.uint8
    # Three pixels to the right a frame: the next frame is this one, moved three to the left.
    off = np.abs(clip[1, :, :-3].astype(int) - clip[0, :, 3:]).mean()
    assert off < 1 < np.abs(clip[1].astype(int) - clip[0]).mean()


def test_a_soft_shrink_keeps_the_scene_and_loses_detail():
    pair = [footage.open_footage(each) for each in (footage.FOOTAGE[0], footage.SOFT_FOOTAGE[0])]
    sharp, soft = (clip.frames(0, 3).astype(int) for clip in pair)
    for clip in pair:
        assert (clip.n_frames, clip.height, clip.width) == (51, 256, 256)
        clip.close()
    assert np.abs(sharp - soft).mean() < 10, "the same scene, but for a rim of up to 7 pixels"
    assert np.abs(np.diff(soft, axis=2)).mean() < np.abs(np.diff(sharp, axis=2)).mean()


def test_places_in_a_chunk_are_averaged_over_full_chunks_alone():
    # 40 frames in chunks of 16: two full ones and a tail of 8. Frame i scores i dB, so place k is k and k + 16.
    made, _ = comparison(40, ("16",), size=16)
    each = reconstruct("16", 40, psnr=[float(i) for i in range(40)])
    assert evaluate.by_slot([replace(made, variants=(each,))], 16) == [k + 8.0 for k in range(16)]
