"""One contract over every video VAE of diffusers that is in the table, on the smallest network of its class."""

import copy
import json

import numpy as np
import pytest
import torch
from diffusers_runs import FAMILIES, FRAMES, clips_for_all, copies_of_all, round_trip, side_of
from small_runs import clip_of

from vae_demo import engine
from vae_demo.families import FAMILIES as FAMILIES_KNOWN
from vae_demo.families import counts
from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import Variant, parse_variants
from vae_demo.models import diffusers_twin
from vae_demo.models.diffusers_calls import set_to
from vae_demo.models.diffusers_families import RECIPES
from vae_demo.models.diffusers_room import Room
from vae_demo.models.diffusers_twin import twin_of
from vae_demo.models.diffusers_video import ClipVAE
from vae_demo.models.spec import MODELS
from vae_demo.pixels import signed_from, signed_to, tensor_to_signed, tensor_to_uint8
from vae_demo.refusal import Refusal
from vae_demo.results.foreign import read_foreign
from vae_demo.steps import drain
from vae_demo.views.models.tab import card

# What each family is cut into besides the whole.
CUTS = {
    "wan-2.1": "own 17 16 17:16 17:own", "wan-2.2": "own 17 17:own",
    "hunyuanvideo": "own whole tile32/24 17 16 17:16 own:whole whole:own", "open-sora-2.0": "own whole tile16/12",
    "cogvideox": "own whole batch16 17 16 17:whole", "ltx-video-0.9.0": "own tile16/8 tile16/16 17 tile16/8:own",
    "ltx-video-0.9.5": "own tile16/8 own:tile16/8", "ltx-2": "own tile16/8 tile24/16",
    "easyanimate-5.1": "own whole batch8 own:whole"}


@pytest.fixture(scope="module")
def models():
    return copies_of_all()


@pytest.fixture(scope="module")
def clips():
    return clips_for_all()


def direct(model, clip, text):
    """The same by calls of the class and nothing else of ours: knobs by hand, chunk by chunk."""
    recipe, spec, variant = RECIPES[model.spec.family], model.spec, Variant.read(text)

    def set_for(cut):
        return set_to(model.vae, recipe.settings(spec.cuts.inside(cut), spec.rule), recipe.reset)

    def lengths(total, size):
        return [total] if size is None else [min(size, total - at) for at in range(0, total, size)]

    with torch.inference_mode():
        video = signed_to(tensor_to_signed(torch.as_tensor(clip.frames(0, clip.n_frames))), recipe.pixels)
        size = variant.encode.size if variant.encode.kind == "chunk" else None
        with set_for(variant.encode):
            latents = torch.cat([model.vae.encode(part).latent_dist.mode()
                                 for part in video.split(lengths(clip.n_frames, size), dim=2)], dim=2)
        size = spec.rule.latents(variant.decode.size) if variant.decode.kind == "chunk" else None
        temb = () if recipe.temb is None else (torch.tensor([recipe.temb]),)
        with set_for(variant.decode):
            frames = torch.cat([model.vae.decode(part, *temb).sample
                                for part in latents.split(lengths(latents.shape[2], size), dim=2)], dim=2)
    return latents, tensor_to_uint8(signed_from(frames, recipe.pixels)).numpy()


@pytest.mark.parametrize(("family", "text"), [(family, text) for family in FAMILIES for text in CUTS[family].split()])
def test_frames_and_latents_are_those_of_the_class_bit_by_bit(models, clips, family, text):
    latents, frames, plan = round_trip(models[family], clips[family], text)
    wanted, played = direct(models[family], clips[family], text)
    assert torch.equal(latents, wanted) and np.array_equal(frames, played)
    assert (latents.shape[2], len(frames)) == (plan.encoded_latents, plan.frames_out)


@pytest.mark.parametrize("family", FAMILIES)
def test_own_is_the_untouched_object(models, clips, family):
    """What somebody gets who builds the class, encodes and decodes; Open-Sora 2.0 sets other tiles than the class."""
    if family == "open-sora-2.0":
        pytest.skip("its published configuration is not the class as built")
    recipe, clip = RECIPES[family], clips[family]
    _, frames, _ = round_trip(models[family], clip, "own")
    untouched = copy.deepcopy(twin_of(family))
    with torch.inference_mode():
        latents = untouched.encode(tensor_to_signed(torch.as_tensor(clip.frames(0, FRAMES)))).latent_dist.mode()
        temb = () if recipe.temb is None else (torch.tensor([recipe.temb]),)
        wanted = untouched.decode(latents, *temb).sample
    assert np.array_equal(frames, tensor_to_uint8(wanted).numpy())


@pytest.mark.parametrize("family", FAMILIES)
def test_every_length_gives_what_the_rule_says_or_is_refused(family):
    spec, own = MODELS[family], MODELS[family].own
    refused = []
    for frames in (*range(1, 35), 51):
        known = counts(frames, FAMILIES_KNOWN[family].settings[0].table)
        try:
            plan = spec.plan(frames, own)
        except Refusal as error:
            assert error.case == "length_refused" and known.back is None
            refused.append(frames)
            continue
        diffusers_twin.check_twin(spec, plan)
        assert (plan.latents, plan.frames_out) == (known.latents, known.back)
    assert refused == ([n for n in (*range(1, 35), 51) if (n - 1) % spec.rule.stride]
                       if spec.rule.tail == "refuse" else [])


@pytest.mark.parametrize(("family", "text"), [
    ("hunyuanvideo", "tile16/10"), ("hunyuanvideo", "tile17/12"), ("hunyuanvideo", "batch8"),
    ("cogvideox", "batch12"), ("cogvideox", "batch4"), ("cogvideox", "tile16/8"), ("ltx-2", "tile16/12"),
    ("ltx-video-0.9.0", "tile17/8"), ("easyanimate-5.1", "batch6"), ("wan-2.1", "whole"), ("wan-2.1", "batch4"),
    ("ltx-2", "17:cache"), ("hunyuanvideo", "17/13")])
def test_what_would_go_wrong_in_silence_never_reaches_the_class(models, clips, monkeypatch, family, text):
    monkeypatch.setattr(models[family].vae, "encode", lambda *given: pytest.fail("it was called"))
    with pytest.raises(Refusal) as error:
        round_trip(models[family], clips[family], text)
    assert error.value.case in ("variant_not_offered", "cut_multiple")


@pytest.mark.parametrize("convention", ["signed", "imagenet", "over128"])
def test_every_pixel_comes_back_from_every_convention(convention):
    levels = torch.arange(256, dtype=torch.uint8).reshape(16, 16, 1, 1).expand(16, 16, 1, 3)
    there = signed_to(tensor_to_signed(levels), convention)
    assert torch.equal(tensor_to_uint8(signed_from(there, convention)), levels)
    assert convention == "signed" or not torch.equal(there, tensor_to_signed(levels))


def test_conventions_are_those_of_the_networks():
    white = torch.ones(1, 3, 1, 1, 1)
    assert signed_to(white, "over128").flatten().tolist() == pytest.approx(3 * [255 / 128 - 1])
    assert signed_to(white, "imagenet").flatten().tolist() == pytest.approx([0.515 / .229, 0.544 / .224, 0.594 / .225])


def run(model, clip, text, folder):
    return engine.measure(clip, engine.jobs_of(model, parse_variants(text)), folder).comparison


def test_a_comparison_says_what_was_cut_and_by_whom(models, tmp_path):
    comparison = run(models["wan-2.1"], clip_of(51, 16, 16), "own,17,16,17:16", tmp_path)
    told = json.loads(json.dumps(comparison.to_json()))
    assert [(each["label"], each["frames_out"]) for each in told["variants"]] == [
        ("own", 49), ("17", 51), ("16", 40), ("17→16", 48)]
    assert told["reference"] == "own" and told["baseline_2d"] is None and told["model"] == "wan-2.1"
    assert all(Plan.from_json(each) for each in told["variants"])
    assert told["variants"][0]["cuts"]["own"] == "batch4" and "cuts" not in told["variants"][1]
    assert [each["verdict"]["case"] for each in told["variants"]][2] == "only_lost"


def test_controls_come_out_equal(models, tmp_path):
    """EasyAnimate's pieces are exact: any difference between its own cut and whole would be ours."""
    comparison = run(models["easyanimate-5.1"], clip_of(33, 16, 16), "own,whole,batch8", tmp_path)
    own, whole, eight = comparison.variants
    assert own.playback["psnr"] == pytest.approx(whole.playback["psnr"], abs=1e-3)
    assert eight.verdict.case == "equal" and eight.plan.boundaries == (1, 9, 17, 25)


def test_what_comes_back_otherwise_is_shown_and_said(tmp_path, monkeypatch):
    model = ClipVAE(MODELS["hunyuanvideo"], copy.deepcopy(twin_of("hunyuanvideo")))
    decode = model.vae.decode

    def loses_one(latents):
        found = decode(latents)
        found.sample = found.sample[:, :, :-1] if latents.shape[2] > 3 else found.sample
        return found

    monkeypatch.setattr(model.vae, "decode", loses_one)
    comparison = run(model, clip_of(33, 32, 32), "own,17", tmp_path)
    own, chunks = comparison.variants
    assert own.plan.frames_out == len(own.playback["psnr"]) == 32 and own.plan.planned == (9, 33)
    assert chunks.plan.frames_out == 16 + 12 and chunks.plan.planned == (9, 30)
    assert own.verdict.case == "came_back" and own.verdict.params == {"n": 32, "m": 33}
    told = json.loads(json.dumps(comparison.to_json()))["variants"][0]
    assert told["planned"] == [9, 33] and Plan.from_json(told) == own.plan
    (tmp_path / "brought.json").write_text(json.dumps(comparison.to_json()), encoding="utf-8")
    opened, _ = read_foreign(tmp_path / "brought.json", "brought.json")
    assert [each.plan for each in opened.variants] == [own.plan, chunks.plan]


def test_a_class_that_does_otherwise_than_is_known_does_not_start(monkeypatch):
    twin = twin_of("hunyuanvideo")
    decode = twin.decode

    def more(latents):
        found = decode(latents)
        found.sample = torch.cat([found.sample, found.sample[:, :, -1:]], dim=2)
        return found

    diffusers_twin.decoded.cache_clear()
    monkeypatch.setattr(twin, "decode", more)
    try:
        with pytest.raises(Refusal) as error:
            ClipVAE(MODELS["hunyuanvideo"], copy.deepcopy(twin_of("hunyuanvideo"))).plan(33, Variant.read("own"))
    finally:
        diffusers_twin.decoded.cache_clear()
    assert error.value.case == "diffusers_differs" and "34" in str(error.value) and "33" in str(error.value)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_does_not_fit_is_refused_with_what_would(models, family):
    model, side = models[family], max(128, 2 * side_of(family))
    plan = model.plan(9, MODELS[family].own)
    needed = model.room.needed(plan, side, side)
    model.check(plan, side, side, needed)
    with pytest.raises(Refusal) as error:
        model.check(plan, side, side, needed - 1)
    assert error.value.case == "too_big_clip" and error.value.params["side"] < side
    model.check(plan, error.value.params["side"], error.value.params["side"], needed - 1)
    with pytest.raises(Refusal) as error:
        model.check(plan, side, side, 1)
    assert error.value.case == "too_big_any"
    with pytest.raises(Refusal) as error:
        model.check(plan, side + 4, side, needed)
    assert error.value.case == "size_multiple"


@pytest.mark.parametrize(("family", "text"), [
    ("wan-2.1", "own"), ("hunyuanvideo", "own"), ("hunyuanvideo", "tile16/8"), ("cogvideox", "own"),
    ("ltx-video-0.9.0", "tile16/8"), ("easyanimate-5.1", "batch8")])
def test_a_long_clip_is_counted_by_two_short_ones(models, family, text):
    """What a model cuts by itself takes as much more for every piece: nobody waits for the whole to be counted."""
    room, side = models[family].room, side_of(family)
    plan = MODELS[family].plan(65, Variant.read(text))
    (frames, latents), (encode, decode) = room._given(plan), room._cuts(plan)
    counted = max(room._counted("encode", frames, encode, side, side),
                  room._counted("decode", latents, decode, side, side))
    room._peak.cache_clear()
    assert counted <= room.needed(plan, side, side) <= 1.5 * counted
    assert room._peak.cache_info().misses <= 4


def test_of_a_row_of_sizes_the_longest_is_counted(models, clips):
    room = Room.of(MODELS["hunyuanvideo"], twin_of("hunyuanvideo"))
    for text in ("33", "17", "9", "16"):
        room.check(MODELS["hunyuanvideo"].plan(33, Variant.read(text)), 32, 32, 10**12)
    assert room._peak.cache_info().misses == 2
    with pytest.raises(Refusal):
        room.check(MODELS["hunyuanvideo"].plan(33, Variant.read("17")), 32, 32, 1)


def test_what_was_seen_of_one_variant_holds_for_those_that_share_its_latents(tmp_path, monkeypatch):
    model = ClipVAE(MODELS["wan-2.1"], copy.deepcopy(twin_of("wan-2.1")))
    encode = model.vae.encode

    def one_more(video):
        found = encode(video)
        found.latent_dist.mode = lambda own=found.latent_dist.mode: torch.cat([own(), own()[:, :, -1:]], 2)
        return found

    monkeypatch.setattr(model.vae, "encode", one_more)
    own, crossed = run(model, clip_of(33, 16, 16), "own,own:17", tmp_path).variants
    assert own.plan.planned == (9, 33) and own.plan.latents == crossed.plan.latents == 10
    assert crossed.plan.planned is not None and crossed.verdict.case.startswith("came_back")


def test_what_a_model_needs_stands_on_its_card():
    assert {name for name in MODELS if card(MODELS[name])["memory"]} == set(FAMILIES)


def test_a_picture_too_small_for_the_padding_is_refused(models):
    model = models["ltx-2"]
    with pytest.raises(Refusal) as error:
        model.check(model.plan(FRAMES, MODELS["ltx-2"].own), 32, 64, 10**12)
    assert error.value.case == "side_least"


def test_a_seed_means_the_same_latents_again(models, clips):
    model, clip = models["cogvideox"], clips["cogvideox"]
    plan = model.plan(FRAMES, Variant.read("17"))
    drawn = [torch.cat(drain(model.encode(drain(model.prepare(clip, seed)), plan)), 2) for seed in (None, 1, 1, 2)]
    assert torch.equal(drawn[1], drawn[2])
    assert not torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[1], drawn[3])
