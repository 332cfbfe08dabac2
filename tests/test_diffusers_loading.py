"""Folders of diffusers' video VAEs: every family from its published layout, bit for bit, and nothing else."""

import json
import multiprocessing
import os
import pickle
from functools import partial

import pytest
import torch
from published_layout import STEM, write_folder, write_tensors
from safetensors.torch import load_file, save_file

from vae_demo.models import diffusers_config, diffusers_loading, published
from vae_demo.models.diffusers_calls import built_quickly, class_of
from vae_demo.models.diffusers_families import RECIPES
from vae_demo.models.diffusers_loading import filled
from vae_demo.models.spec import MODELS
from vae_demo.refusal import Refusal

# The family that loads fastest: the attacks are made on it.
FAMILY = "ltx-video-0.9.0"
FILE, INDEX = f"{STEM}.safetensors", f"{STEM}.safetensors.index.json"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder of one file and one of three shards, to be copied."""
    made = tmp_path_factory.mktemp("published")
    return write_folder(made / "one", FAMILY), write_folder(made / "three", FAMILY, shards=3)


@pytest.fixture
def one(whole, tmp_path):
    return copied(whole[0], tmp_path / "vae")


@pytest.fixture
def three(whole, tmp_path):
    return copied(whole[1], tmp_path / "vae")


def copied(folder, to):
    to.mkdir()
    for path in folder.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    return to


def refused(path, family=FAMILY, model=None):
    with pytest.raises(Refusal) as error:
        filled(MODELS[model or family], path)
    assert "\n" not in str(error.value) and str(path.parent) not in str(error.value)
    return error.value


def edited(folder, file="config.json", **changes):
    """One of the folder's JSON files with other values; None takes a name out."""
    said = json.loads((folder / file).read_text(encoding="utf-8")) | changes
    (folder / file).write_text(json.dumps({key: value for key, value in said.items() if value is not None}))
    return folder


def with_tensors(folder, **changes):
    tensors = load_file(folder / FILE) | changes
    save_file({key: value for key, value in tensors.items() if value is not None}, folder / FILE)
    return folder


# -- what is published loads ------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", RECIPES)
def test_every_family_loads_bit_for_bit(family, tmp_path):
    shards = 1 + len(family) % 2
    folder = write_folder(tmp_path / "vae", family, shards=shards, seed=1)
    network, files = filled(MODELS[family], folder)
    assert type(network).__name__ == RECIPES[family].class_name and len(files) == shards
    state, published_state = network.state_dict(), {key: t for path in files for key, t in load_file(path).items()}
    assert state.keys() == published_state.keys() and all(path.parent == folder for path in files)
    assert all(torch.equal(value, published_state[key]) for key, value in state.items())
    assert {value.dtype for value in state.values()} == {torch.float32}


def test_what_is_written_here_is_what_diffusers_writes(tmp_path):
    vae = class_of(RECIPES[FAMILY])(**RECIPES[FAMILY].twin)
    for name, size in (("one", "1GB"), ("many", "150KB")):
        vae.save_pretrained(tmp_path / name, max_shard_size=size)
        network, files = filled(MODELS[FAMILY], tmp_path / name)
        assert (len(files) > 1) is (name == "many")
        assert all(torch.equal(network.state_dict()[key], value) for key, value in vae.state_dict().items())
    ours = write_folder(tmp_path / "ours", FAMILY)
    assert {path.name for path in ours.iterdir()} == {path.name for path in (tmp_path / "one").iterdir()}


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_becomes_float32(dtype, tmp_path):
    folder = write_folder(tmp_path / "vae", FAMILY, dtype=dtype)
    network, _ = filled(MODELS[FAMILY], folder)
    for key, value in load_file(folder / FILE).items():
        assert value.dtype == dtype and torch.equal(network.state_dict()[key], value.float())


def test_a_file_beside_its_configuration_is_enough_and_so_is_a_link(one, tmp_path):
    os.symlink(one / FILE, tmp_path / "blob")
    linked = tmp_path / "linked"
    linked.mkdir()
    for name in (FILE, "config.json"):
        os.symlink(one / name, linked / name)
    assert filled(MODELS[FAMILY], one / FILE)[1] == [one / FILE]
    assert filled(MODELS[FAMILY], linked)[1] == [linked / FILE]


def test_a_class_that_fits_as_it_stands_needs_no_configuration(tmp_path, monkeypatch):
    folder = write_folder(tmp_path / "vae", "open-sora-2.0")
    (folder / "config.json").unlink()
    alone = (folder / FILE).rename(tmp_path / "hunyuan_vae.safetensors")
    # The class as it stands has more layers; that it is taken as it stands is what counts here.
    assert refused(alone, "open-sora-2.0").case == "weights_missing"
    narrow = partial(class_of(RECIPES["open-sora-2.0"]), **RECIPES["open-sora-2.0"].twin)
    monkeypatch.setattr(diffusers_loading, "class_of", lambda recipe: narrow)
    assert filled(MODELS["open-sora-2.0"], alone)[1] == [alone]
    for text in ('{"_class_name": "Transformer"}', "{"):
        (tmp_path / "config.json").write_text(text)
        assert filled(MODELS["open-sora-2.0"], alone)[1] == [alone], "of another model of the same repository"
    (tmp_path / "config.json").unlink()
    assert refused(alone, "hunyuanvideo").case == "no_config"


def test_names_of_published_configurations_that_diffusers_does_not_read_pass(tmp_path):
    folder = write_folder(tmp_path / "vae", "wan-2.2")
    filled(MODELS["wan-2.2"], edited(folder, clip_output=False, _name_or_path="/somewhere"))
    for family, recipe in RECIPES.items():
        assert not set(recipe.unread) & set(recipe.twin), family


def test_what_does_not_lie_in_the_state_stays_as_built_and_statistics_are_filled(one):
    network, _ = filled(MODELS[FAMILY], one)
    assert {"latents_mean", "latents_std"} <= network.state_dict().keys()
    changed = with_tensors(one, latents_mean=torch.full((8,), 3.0))
    assert torch.equal(filled(MODELS[FAMILY], changed)[0].latents_mean, torch.full((8,), 3.0))
    assert refused(with_tensors(one, latents_std=None)).case == "weights_missing"


# -- what does not fit ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "case"), [
    (lambda t: None, "weights_missing"), (lambda t: t[..., :-1].contiguous(), "weights_shape"),
    (lambda t: t.to(torch.int32), "weights_kind"), (lambda t: t * float("nan"), "not_finite_weights"),
    (lambda t: t * float("inf"), "not_finite_weights")])
def test_a_tensor_that_is_not_what_it_should_be(one, change, case):
    name = "encoder.conv_in.conv.weight"
    error = refused(with_tensors(one, **{name: change(load_file(one / FILE)[name])}))
    assert error.case == case and name in str(error) and FILE in str(error)


def test_a_tensor_too_many(one):
    assert refused(with_tensors(one, stranger=torch.zeros(2))).case == "weights_unexpected"


@pytest.mark.parametrize("content", [b"", b"\x80\x04K\x01.", b"\xff" * 64, None])
def test_a_file_that_is_no_safetensors_or_cut_off(one, content):
    path = one / FILE
    path.write_bytes(path.read_bytes()[:-100] if content is None else content)
    assert refused(one).case == "unreadable_weights"


def test_pickles_are_named_and_never_opened(one, monkeypatch):
    monkeypatch.setattr(pickle, "load", lambda *a: pytest.fail("opened a pickle"))
    monkeypatch.setattr(torch, "load", lambda *a, **k: pytest.fail("opened a pickle"))
    (one / FILE).rename(one / f"{STEM}.bin")
    for path in (one, one / f"{STEM}.bin", one / "Wan2.1_VAE.pth"):
        error = refused(path)
        assert error.case == "pickle_weights" and FAMILY in str(error)


def test_a_folder_without_what_is_needed(one, tmp_path):
    (tmp_path / "empty").mkdir()
    assert refused(tmp_path / "empty").case == "no_weights"
    assert refused(tmp_path / "nowhere").case == "unreadable_weights"
    (one / "config.json").unlink()
    assert refused(one).case == refused(one / FILE).case == "no_config"


# -- config.json ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["AutoencoderKLLTX2Video", "AutoencoderKL", "", None, 3, ["AutoencoderKLLTXVideo"]])
def test_another_class_is_refused(one, name):
    assert refused(edited(one, _class_name=name)).case == "config_class"


@pytest.mark.parametrize(("name", "value"), [
    ("latent_channels", 4097), ("latent_channels", -1), ("latent_channels", 8.5), ("latent_channels", True),
    ("latent_channels", "8"), ("latent_channels", [8]), ("latent_channels", {"a": 8}), ("patch_size", 65),
    ("layers_per_block", [65] * 5), ("layers_per_block", [1] * 33), ("layers_per_block", 1),
    ("block_out_channels", [8, 8, 8, 10**30]), ("block_out_channels", [[8]]), ("down_block_types", ["x" * 81]),
    ("encoder_causal", 1), ("encoder_causal", "yes"), ("resnet_norm_eps", 1e7), ("resnet_norm_eps", "1"),
    ("scaling_factor", {"a": 1})])
def test_a_value_of_another_kind_or_beyond_reason_is_refused_before_anything_is_built(one, name, value, monkeypatch):
    monkeypatch.setattr(diffusers_loading, "_built", lambda *a: pytest.fail("built"))
    error = refused(edited(one, **{name: value}))
    assert error.case == "config_value" and name in str(error)


def test_null_is_for_what_may_be_left_out(one):
    (one / "config.json").write_text((one / "config.json").read_text().replace('"patch_size": 4', '"patch_size": null'))
    assert refused(one).case == "config_value"


def test_statistics_may_have_a_number_for_each_channel(tmp_path):
    folder = write_folder(tmp_path / "vae", "wan-2.1")
    edited(folder, latents_mean=[0.0] * 48, latents_std=[1.0] * 48)
    recipe = RECIPES["wan-2.1"]
    assert len(diffusers_config.arguments(folder / "config.json", recipe, "wan-2.1")["latents_mean"]) == 48
    edited(folder, latents_mean=[0.0] * (diffusers_config.MOST_STATISTICS + 1))
    with pytest.raises(Refusal):
        diffusers_config.arguments(folder / "config.json", recipe, "wan-2.1")


@pytest.mark.parametrize("name", ["stranger", "clip_output", "use_tiling", "forward", "self"])
def test_a_name_the_class_does_not_know_is_refused(one, name):
    assert refused(edited(one, **{name: 1})).case == "config_unknown"


@pytest.mark.parametrize("text", [
    b"", b"[]", b"null", b"{", b"\xff{}", b'{"a": NaN}', b'{"a": -Infinity}', b'{"a": 1e999}', b'{"a": 1, "a": 2}',
    b"[" * 200_000, b'{"a":' + b"[" * 40_000, b'{"a": ' + b"1" * 5000 + b"}", b'{"a": "' + b"x" * 100_000 + b'"}'])
def test_what_is_no_small_json_object_is_refused(one, text):
    (one / "config.json").write_bytes(text)
    assert refused(one).case == "weights_json"


@pytest.mark.parametrize("changes", [
    {"block_out_channels": [8, 8, 8, 0]}, {"down_block_types": ["Nothing"] * 4}, {"layers_per_block": []},
    {"patch_size": 0}])
def test_a_configuration_that_makes_no_network_is_refused(one, changes):
    assert refused(edited(one, **changes)).case in ("bad_config", "weights_shape")


def test_a_configuration_of_another_network_is_refused(one):
    assert refused(edited(one, block_out_channels=[8, 8, 8])).case == "weights_unexpected"
    assert refused(edited(one, block_out_channels=[8, 8, 8, 16])).case == "weights_missing"


def test_a_network_as_large_as_the_bounds_allow_is_never_made_room_for(one, monkeypatch):
    own = diffusers_loading._built

    def outline_only(spec, recipe, given, path, device):
        assert device == "meta", "made room for what the file does not hold"
        return own(spec, recipe, given, path, device)

    monkeypatch.setattr(diffusers_loading, "_built", outline_only)
    error = refused(edited(one, block_out_channels=[4096] * 4, decoder_block_out_channels=[4096] * 4))
    assert error.case == "weights_shape"


def test_a_network_that_counts_otherwise_than_the_table_of_models_is_refused(tmp_path, monkeypatch):
    """Whatever a configuration says of its factors: what counts is what the network does."""
    monkeypatch.setitem(RECIPES["wan-2.1"].twin, "temperal_downsample", [False, False, True])
    error = refused(write_folder(tmp_path / "slow", "wan-2.1"), "wan-2.1")
    assert error.case == "bad_config" and "9 frames of 16 x 16 become latents of 5 x 2 x 2" in str(error)
    wan_22 = write_folder(tmp_path / "wan-2.2", "wan-2.2")
    assert refused(edited(wan_22, scale_factor_spatial=8), "wan-2.1").case == "bad_config"


# -- shards -----------------------------------------------------------------------------------------------------


def shards_of(folder):
    return sorted(path.name for path in folder.glob("*-of-*"))


def mapped(folder):
    return json.loads((folder / INDEX).read_text(encoding="utf-8"))["weight_map"]


@pytest.mark.parametrize("name", [
    "../one/x.safetensors", "/etc/passwd", "..", ".hidden.safetensors", "a/b.safetensors", "a\\b.safetensors",
    "x.bin", "", "x.safetensors\n", "é.safetensors", "x" * 200 + ".safetensors", 3, None, ["x.safetensors"]])
def test_an_index_names_plain_files_of_its_own_folder(three, name):
    where = mapped(three)
    error = refused(edited(three, INDEX, weight_map={**where, next(iter(where)): name}))
    assert error.case == "shard_name"


@pytest.mark.parametrize("where", [{}, [], None, "x", {f"t{n}": f"{n}.safetensors" for n in range(65)}])
def test_an_index_that_maps_nothing_or_too_much_is_refused(three, where):
    assert refused(edited(three, INDEX, weight_map=where)).case == "weights_json"


def test_a_shard_that_is_missing_or_too_many_is_refused(three):
    extra = three / f"{STEM}-00004-of-00004.safetensors"
    extra.write_bytes((three / shards_of(three)[0]).read_bytes())
    assert refused(three).case == "shard_extra"
    extra.unlink()
    (three / f"{STEM}.fp16.safetensors").write_bytes(b"of another variant, which nobody asks for")
    filled(MODELS[FAMILY], three)
    (three / shards_of(three)[1]).unlink()
    error = refused(three)
    assert error.case == "shard_missing" and "00002-of-00003" in str(error)


def test_an_index_that_says_another_shard_is_refused(three):
    where, (first, *_, last) = mapped(three), shards_of(three)
    name = next(key for key, file in where.items() if file == first)
    assert refused(edited(three, INDEX, weight_map={**where, name: last})).case == "shard_disagrees"
    assert refused(edited(three, INDEX, weight_map={**where, "stranger": last})).case == "shard_disagrees"
    where.pop(name)
    assert refused(edited(three, INDEX, weight_map=where)).case == "shard_disagrees"


def test_a_tensor_in_two_shards_is_refused(three):
    first, second = (three / name for name in shards_of(three)[:2])
    tensors = load_file(first)
    twice = next(iter(tensors))
    save_file(load_file(second) | {twice: tensors[twice]}, second)
    error = refused(three)
    assert (error.case, error.params["name"]) == ("double_weights", twice)


def test_one_file_and_shards_side_by_side_are_refused(three, whole):
    (three / FILE).write_bytes((whole[0] / FILE).read_bytes())
    assert refused(three).case == "two_weights"


def test_what_the_checks_look_for_is_what_diffusers_names():
    from diffusers.utils import SAFETENSORS_WEIGHTS_NAME

    assert published.WEIGHTS == SAFETENSORS_WEIGHTS_NAME and published.PLAIN.fullmatch(published.WEIGHTS)


def test_shards_of_the_helper_hold_everything_once(tmp_path):
    tensors = {str(n): torch.full((2,), float(n)) for n in range(7)}
    write_tensors(tmp_path, tensors, 3)
    assert len(shards_of(tmp_path)) == 3 and mapped(tmp_path).keys() == tensors.keys()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_while_a_network_is_built_can_build_one_too():
    """As a worker on a Space that lends cards does, whatever the server was at."""
    def builds():
        with built_quickly():
            os._exit(0)

    with built_quickly():
        child = multiprocessing.get_context("fork").Process(target=builds)
        child.start()
        child.join(20)
    hangs = child.is_alive()
    child.kill()
    child.join()
    assert not hangs and child.exitcode == 0
