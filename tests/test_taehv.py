"""TAEHV: the layout its author published, pieces that equal the whole, the same through the engine and the shell."""

import json
from itertools import product

import numpy as np
import pytest
import torch
from command_line import told
from fabricated import moving_clip
from safetensors.torch import save_file
from small_runs import clip_of, off_by

from vae_demo import assets, engine
from vae_demo.clips import write_video
from vae_demo.families import SETTINGS
from vae_demo.families.tables import counts
from vae_demo.layout.plan import plan
from vae_demo.layout.variant import Variant, parse_variants
from vae_demo.models import loading, taehv
from vae_demo.models.spec import MODELS
from vae_demo.models.taehv_network import TAEHV, Decoding, Encoding, TAEHVConfig
from vae_demo.pixels import tensor_from_unit, tensor_to_unit
from vae_demo.refusal import Refusal
from vae_demo.results.sweep import SweepRow
from vae_demo.steps import drain
from vae_demo.views.models import tab

EVERY = (True, True, True)
NARROW = {"encoder_width": 6, "decoder_widths": (12, 8, 6, 4)}
KINDS = {"4x": TAEHVConfig(**NARROW), "patched": TAEHVConfig(48, 2, **NARROW),
         "8x": TAEHVConfig(128, 4, EVERY, EVERY, **NARROW)}
NAMES = [name for name, spec in MODELS.items() if spec.family == "taehv"]
RULES = {"4x": MODELS["taehv-wan-2.1"].rule, "cvx": MODELS["taehv-cogvideox"].rule}


def scrambled(config):
    """Random weights that keep the size of what goes through, so that every layer counts."""
    vae, generator = TAEHV(config), torch.Generator().manual_seed(3)
    with torch.no_grad():
        for value in vae.parameters():
            scale = value[0].numel() ** -0.5 if value.ndim > 1 else 0.1
            value.copy_(torch.randn(value.shape, generator=generator) * scale)
    return vae.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def vae():
    return scrambled(KINDS["4x"])


@pytest.fixture
def model(vae):
    return taehv.Tiny(MODELS["taehv-wan-2.1"], vae)


def video(n_frames, config, seed=0):
    side = 2 * config.spatial
    return torch.rand(1, n_frames, 3, side, side, generator=torch.Generator().manual_seed(seed))


def published(latents=16, pixels=3, down=(2, 2, 1), up=(1, 2, 2)):
    """Every name of a published file and its shape."""
    def block(at, width):
        for layer, inputs in ((0, 2 * width), (2, width), (4, width)):
            yield f"{at}.conv.{layer}.weight", (width, inputs, 3, 3)
            yield f"{at}.conv.{layer}.bias", (width,)

    def conv(at, outputs, inputs):
        return (f"{at}.weight", (outputs, inputs, 3, 3)), (f"{at}.bias", (outputs,))

    yield from conv("encoder.0", 64, pixels)
    for first, n in zip((2, 7, 12), down, strict=True):
        yield f"encoder.{first}.conv.weight", (64, 64 * n, 1, 1)
        yield f"encoder.{first + 1}.weight", (64, 64, 3, 3)
        for at in range(first + 2, first + 5):
            yield from block(f"encoder.{at}", 64)
    yield from conv("encoder.17", latents, 64)
    yield from conv("decoder.1", 256, latents)
    for first, n, width, after in zip((3, 9, 15), up, (256, 128, 64), (128, 64, 64), strict=True):
        for at in range(first, first + 3):
            yield from block(f"decoder.{at}", width)
        yield f"decoder.{first + 4}.conv.weight", (width * n, width, 1, 1)
        yield f"decoder.{first + 5}.weight", (after, width, 3, 3)
    yield from conv("decoder.22", pixels, 64)


@pytest.mark.parametrize(("config", "facts", "parameters"), [
    (TAEHVConfig(), {}, 11_315_539),
    (TAEHVConfig(48, 2), {"latents": 48, "pixels": 12}, 11_418_108),
    (TAEHVConfig(32, 2), {"latents": 32, "pixels": 12}, 11_372_012),
    (TAEHVConfig(128, 4, EVERY, EVERY), {"latents": 128, "pixels": 48, "down": (2, 2, 2), "up": (2, 2, 2)}, 11_759_728),
], ids=["taehv, taew2_1, taecvx", "taew2_2", "taehv1_5", "taeltx_2, taeltx2_3"])
def test_names_and_shapes_are_the_published_ones(config, facts, parameters):
    with torch.device("meta"):
        state = TAEHV(config).state_dict()
    wanted = dict(published(**facts))
    assert len(wanted) == 128 and {name: tuple(value.shape) for name, value in state.items()} == wanted
    assert sum(value.numel() for value in state.values()) == parameters


def test_the_table_of_models_describes_the_published_network():
    assert len(NAMES) == 3
    for name in NAMES:
        spec = MODELS[name]
        config = taehv.config_of(spec)
        assert config == TAEHVConfig() and (config.stride, config.spatial) == (spec.rule.stride, spec.spatial_factor)
        with torch.device("meta"):
            assert sum(value.numel() for value in TAEHV(config).parameters()) == spec.n_parameters


@pytest.mark.parametrize("wrong", [{"time_up": EVERY}, {"time_down": (True,)}, {"decoder_widths": (8, 8)}])
def test_a_network_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="got"):
        TAEHVConfig(**wrong)


@pytest.mark.parametrize("kind", KINDS)
@torch.inference_mode()
def test_pieces_in_a_row_are_the_clip_at_once(kind):
    vae = scrambled(KINDS[kind])
    stride = vae.config.stride
    for n_frames, groups in ((1, 1), (stride, 1), (4 * stride + 1, 1), (4 * stride + 3, 2), (9 * stride, 4)):
        frames = video(n_frames, vae.config)
        whole, encoding, decoding = vae.encode(frames), Encoding(vae), Decoding(vae)
        assert whole.shape == (1, -(-n_frames // stride), vae.config.latent_channels, 2, 2)
        pieces = torch.cat([encoding(piece) for piece in frames.split(groups * stride, 1)], 1)
        torch.testing.assert_close(pieces, whole, atol=1e-5, rtol=0)
        decoded = vae.decode(whole)
        assert decoded.shape == (1, whole.shape[1] * stride, *frames.shape[2:])
        pieces = torch.cat([decoding(piece) for piece in whole.split(groups, 1)], 1)
        torch.testing.assert_close(pieces, decoded, atol=1e-5, rtol=0)


@torch.inference_mode()
def test_memory_is_of_the_frame_before_and_of_no_later_one(vae):
    frames = video(16, vae.config)
    changed = frames.clone()
    changed[:, 8:] = 0
    before, after = vae.encode(frames), vae.encode(changed)
    assert torch.equal(before[:, :2], after[:, :2])
    assert (before[:, 2:] - after[:, 2:]).abs().amax((0, 2, 3, 4)).min() > 1e-3
    # A piece that finds no memory is another one.
    assert (before[:, 2:] - vae.encode(frames[:, 8:])).abs().max() > 1e-3
    # Two clips in one batch do not hear of each other.
    other = video(16, vae.config, seed=1)
    both = vae.encode(torch.cat([frames, other]))
    torch.testing.assert_close(both, torch.cat([before, vae.encode(other)]), atol=1e-5, rtol=0)


@torch.inference_mode()
def test_the_last_latent_is_filled_with_the_last_frame(vae):
    frames = video(5, vae.config)
    assert torch.equal(vae.encode(frames), vae.encode(torch.cat([frames, frames[:, -1:].expand(-1, 3, -1, -1, -1)], 1)))


@pytest.mark.parametrize("mode", RULES)
def test_counts_are_the_measured_ones(mode):
    table = SETTINGS[f"taehv/{mode}"].table
    for n_frames in range(1, 35):
        found, each = counts(n_frames, table), plan(n_frames, None, None, RULES[mode])
        assert (each.latents, each.frames_out) == (found.latents, found.back), n_frames


@pytest.mark.parametrize("mode", RULES)
def test_what_a_chunk_gives_back(mode):
    """A latent per four frames begun; four frames a latent, less three, but for an even number of CogVideoX's."""
    for encode, decode in product((None, 5, 8, 16, 17, 18), repeat=2):
        each = plan(37, encode, decode, RULES[mode])
        assert sum(-(-(chunk.stop - chunk.start) // 4) for chunk in each.encode_chunks) == each.encoded_latents
        for chunk in each.decode_chunks:
            latents = chunk.latent_stop - chunk.latent_start
            assert chunk.stop - chunk.start == 4 * latents - (0 if mode == "cvx" and latents % 2 == 0 else 3)


def test_latents_in_pairs_show_the_frames_they_hold():
    eight, five, clash = (plan(*cut, RULES["cvx"]) for cut in ((8, None, None), (5, None, None), (17, 17, 16)))
    assert eight.slots == tuple(range(8)) and not eight.is_clash
    assert five.slots == (0, 1, 2, 3, 4, None, None, None)
    assert clash.slots == (None, None, None, *range(13), 16) and clash.lost_frames == (13, 14, 15)


def direct(vae, clip, each):
    """Frames of the network called chunk by chunk, each chunk at once; the lengths are those of the plan."""
    source = tensor_to_unit(torch.as_tensor(np.array(clip.frames(0, clip.n_frames))))
    latents = torch.cat([vae.encode(source[:, chunk.start:chunk.stop]) for chunk in each.encode_chunks], 1)
    return torch.cat([
        tensor_from_unit(vae.decode(latents[:, chunk.latent_start:chunk.latent_stop])[:, chunk.crop:])
        for chunk in each.decode_chunks]).numpy()


@pytest.mark.parametrize("name", ["taehv-wan-2.1", "taehv-cogvideox"])
@torch.inference_mode()
def test_chunks_through_the_engine_are_direct_calls(vae, name, tmp_path, monkeypatch):
    model, clip = taehv.Tiny(MODELS[name], vae), clip_of(34)
    variants = parse_variants("17,17:16,5:9:fit,whole")
    for most in (12, 1000):
        monkeypatch.setitem(taehv.MOST_FRAMES, "cpu", most)
        finished = engine.measure(clip, engine.jobs_of(model, variants), tmp_path)
        for made in finished.comparison.variants:
            assert made.plan == model.plan(34, made.variant) and made.baseline_2d is None
            wanted, found = direct(vae, clip, made.plan), finished.frames[made.label]
            assert len(wanted) == found.n_frames
            assert off_by(wanted, found.frames(0, found.n_frames)) <= 1, (made.label, most)
    assert finished.comparison.reference == "whole"


def test_steps_are_bounded_and_a_run_that_was_stopped_changes_nothing(model, tmp_path):
    clip = clip_of(70)
    each = model.plan(70, Variant(None, None))
    first = drain(model.encode(clip, each))
    steps = model.encode(clip, each)
    for _ in range(5):
        assert next(steps).frames == 4
    steps.close()
    assert clip.most == 4
    assert torch.equal(drain(model.encode(clip, each)), first)
    kept = [[], []]
    for frames in kept:
        stopped = model.decode(first, each, [])
        assert [next(stopped).frames for _ in range(3)] == [1, 4, 4]
        stopped.close()
        drain(model.decode(first, each, frames))
    assert sum(map(len, kept[0])) == each.frames_out == 69
    assert all(torch.equal(a, b) for a, b in zip(*kept, strict=True))


def test_where_memory_runs_out_pieces_are_halved_and_the_memory_goes_on(model, monkeypatch):
    clip, each = clip_of(33), model.plan(33, Variant(None, None))
    wanted = drain(model.encode(clip, each))
    own, seen = Encoding.__call__, []

    def full(self, piece):
        made = own(self, piece) if piece.shape[1] <= 8 else None
        seen.append(piece.shape[1])
        if made is None:
            raise torch.OutOfMemoryError
        return made

    monkeypatch.setitem(taehv.MOST_FRAMES, "cpu", 32)
    monkeypatch.setattr(Encoding, "__call__", full)
    told_of = []
    halved = drain(model.encode(clip, each), told_of.append)
    torch.testing.assert_close(halved, wanted, atol=1e-5, rtol=0)
    assert seen == [32, 16, 8, 8, 8, 8, 1] and [step.halved_to for step in told_of][:2] == [2, None]


def test_a_size_that_cannot_work_is_refused_before_any_work(model):
    each = model.plan(20, Variant(17, 17))
    needed = model.latent_bytes(64, 96)
    model.check(each, 64, 96, needed)
    for height, width, budget, case in ((64, 96, needed - 1, "too_big_group"), (64, 100, needed, "size_multiple")):
        with pytest.raises(Refusal) as error:
            model.check(each, height, width, budget)
        assert error.value.case == case


def test_frames_that_are_no_numbers_end_the_run(vae, tmp_path):
    broken = scrambled(vae.config)
    with torch.no_grad():
        broken.decoder[-1].bias.fill_(float("inf"))
    with pytest.raises(Refusal) as error:
        engine.measure(clip_of(5), engine.jobs_of(taehv.Tiny(MODELS[NAMES[0]], broken), parse_variants("5")), tmp_path)
    assert error.value.case == "not_finite"


def test_a_row_of_a_sweep_parts_full_chunks_and_tail_by_frames_of_the_source(model, tmp_path):
    variants = [Variant(18, 18), Variant(17, 17), Variant(None, None), Variant(40, 40)]
    finished = engine.measure(clip_of(34), engine.jobs_of(model, variants), tmp_path)
    rows = [SweepRow.of(made) for made in finished.comparison.variants]
    assert [(row.full and row.full.frames, row.tail and row.tail.frames) for row in rows] == [
        (18, 16), (34, None), (34, None), (None, 34)]


@pytest.fixture(scope="module")
def published_file(tmp_path_factory):
    """A file as published but for its values: half precision, the whole network."""
    path = tmp_path_factory.mktemp("weights") / "any_name.safetensors"
    save_file({name: value.half() for name, value in scrambled(TAEHVConfig()).state_dict().items()}, path)
    return path


def test_a_file_loads_whatever_it_is_called(published_file):
    found = [loading.load_model(name, weights=published_file) for name in NAMES]
    states = [model.vae.state_dict() for model in found]
    for name, value in scrambled(TAEHVConfig()).state_dict().items():
        assert all(torch.equal(state[name], value.half().float()) for state in states), name
    assert [model.weights.name for model in found] == ["any_name.safetensors"] * 3
    assert not any(value.requires_grad for value in found[0].vae.parameters()) and not found[0].vae.training


@pytest.mark.parametrize(("name", "value", "case"), [
    ("decoder.7.conv.weight", None, "weights_missing"), ("decoder.23.weight", torch.zeros(1), "weights_unexpected"),
    ("decoder.7.conv.weight", torch.zeros(512, 256, 1, 1), "weights_shape"),
    ("encoder.0.bias", torch.zeros(64, dtype=torch.int64), "weights_kind"),
    ("encoder.0.bias", torch.full((64,), float("nan")), "not_finite_weights"),
    ("encoder.0.bias", torch.full((64,), 1e6), None)])
def test_other_weights_are_refused(published_file, tmp_path, name, value, case):
    from safetensors.torch import load_file

    tensors = {key: kept for key, kept in load_file(published_file).items() if key != name}
    path = tmp_path / "w.safetensors"
    save_file(tensors if value is None else tensors | {name: value}, path)
    with pytest.raises(Refusal) as error:
        # What float32 holds and half precision does not is refused where it is asked for.
        loading.load_model(NAMES[0], weights=path, dtype="float16" if case is None else None)
    assert error.value.case == (case or "not_finite_weights")


def test_weights_that_nobody_brought_are_said_and_never_fetched(published_file, tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "WEIGHTS", tmp_path)
    spec = MODELS[NAMES[0]]
    card = tab.card(spec)
    assert card["state"] == "missing" and card["bytes"] is None and card["parameters"] == spec.n_parameters
    for fetch in (True, False):
        with pytest.raises(Refusal) as error:
            loading.load_model(spec.name, fetch=fetch)
        assert error.value.case == "weights_by_hand" and spec.weights in str(error.value)
    (tmp_path / spec.weights).write_bytes(published_file.read_bytes())
    card = tab.card(spec)
    assert loading.weights_ready(spec.name) and card["state"] == "here" and card["bytes"] > 2 * spec.n_parameters
    assert loading.load_model(spec.name, fetch=False).weights.name is None


def test_the_command_line_runs_it(published_file, tmp_path, capsys):
    write_video(tmp_path / "clip.mp4", iter(moving_clip(34, 32, 32)), 24)
    arguments = ["compare", str(tmp_path / "clip.mp4"), "--model", NAMES[0], "--weights", str(published_file),
                 "--size", "32", "--variants", "17,16,17:16,whole", "--frames", "34", "--out", str(tmp_path / "out")]
    code, out, errors = told(arguments, capsys)
    assert (code, errors) == (0, []) and "any_name.safetensors" in out
    saved = json.loads((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8"))
    assert [(each["label"], each["latents"], each["frames_out"]) for each in saved["variants"]] == [
        ("17", 10, 34), ("16", 9, 27), ("17→16", 10, 31), ("whole", 9, 33)]
    assert saved["baseline_2d"] is None and saved["reference"] == "whole"
