"""Folders on the hub: what is asked for, what counts as here, and what is said when the hub gives nothing."""

import json

import pytest
from faked_hub import COMMIT, FakedHub
from published_layout import STEM, write_folder

from vae_demo.models import hub
from vae_demo.models.hub import Place, fetch, fetch_weights, place_of, read_place, require_weights, weights_ready
from vae_demo.models.loading import load_model
from vae_demo.models.spec import MODELS
from vae_demo.refusal import Refusal

MODEL, FAMILY = "easyanimate-5.1", "ltx-video-0.9.0"
REPO = place_of(MODELS[MODEL]).repo
FILES = {f"{STEM}-0000{n}-of-00003.safetensors" for n in (1, 2, 3)}


@pytest.fixture
def faked(monkeypatch, tmp_path):
    return FakedHub(monkeypatch, tmp_path)


def put(faked, shards, repo=REPO, folder="vae"):
    """A repository; which family its network is of does not matter to the hub."""
    return write_folder(faked.folder(repo) / folder, FAMILY, shards)


def refused(call, *arguments, **options):
    with pytest.raises(Refusal) as error:
        call(*arguments, **options)
    assert "\n" not in str(error.value)
    return error.value


def test_the_table_of_models_says_where():
    assert place_of(MODELS["wan-2.1"]) == Place("Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "vae", None)
    assert place_of(MODELS["open-sora-2.0"]) == Place("hpcai-tech/Open-Sora-v2", "", "hunyuan_vae.safetensors")
    assert place_of(MODELS["open-sora-1.2"]) == Place("hpcai-tech/OpenSora-VAE-v1.2", "", "model.safetensors")


@pytest.mark.parametrize(("text", "place"), [
    ("hub:owner/name", Place("owner/name", "", None)), ("hub:o.w-n_er/n.1", Place("o.w-n_er/n.1", "", None)),
    ("hub:owner/name/vae", Place("owner/name", "vae", None)),
    ("hub:owner/name/a/b", Place("owner/name", "a/b", None))])
def test_a_place_is_an_owner_a_name_and_folders(text, place):
    assert read_place(text, MODELS["wan-2.1"]) == place
    assert read_place(text, MODELS["open-sora-1.2"]).file == "model.safetensors"
    assert read_place(text, MODELS["tiny-17"]).file == "tiny-17.safetensors"


@pytest.mark.parametrize("text", [
    "hub:", "hub:owner", "hub:/name", "hub:owner/", "hub:owner/name/", "hub:owner/../name", "hub:owner/name/..",
    "hub:owner/name/../../x", "hub:owner/na me", "hub:owner/name@main", "hub:owner/name?x", "hub:https://x/y",
    "hub:owner//name", "hub:owner/name\n", "hub:ówner/name", "hub:" + "a/" * 9 + "b", "hub:owner/" + "n" * 97,
    "hub:owner/.hidden", "owner/name", "hub:owner\\name/x"])
def test_anything_else_is_no_place(text):
    assert refused(read_place, text, MODELS["wan-2.1"]).case == "hub_place"


@pytest.mark.parametrize(("shards", "asked"), [
    (1, ["config.json", f"{STEM}.safetensors"]),
    (3, ["config.json", f"{STEM}.safetensors", f"{STEM}.safetensors.index.json", *sorted(FILES)])])
def test_only_known_names_are_asked_for_and_all_of_one_commit(faked, shards, asked):
    there = put(faked, shards)
    (there / "README.md").write_text("not wanted")
    assert not weights_ready(MODEL) and refused(require_weights, MODEL).case == "not_fetched"
    found = fetch_weights(MODEL)
    assert faked.asked == [(f"vae/{name}", None if at == 0 else COMMIT) for at, name in enumerate(asked)]
    assert {path.name for path in found.iterdir()} == {path.name for path in there.iterdir()} - {"README.md"}
    assert weights_ready(MODEL) and require_weights(MODEL) == found == fetch_weights(MODEL)
    assert len(faked.asked) == len(asked), "what is here is not asked for again"


def test_a_download_that_was_cut_off_goes_on_behind_what_came_whole(faked):
    there = put(faked, 3)
    lost = there / sorted(FILES)[2]
    kept = lost.read_bytes()
    lost.unlink()
    assert refused(fetch_weights, MODEL).case == "hub_no_file"
    assert not weights_ready(MODEL), "two of three shards"
    lost.write_bytes(kept)
    assert fetch_weights(MODEL).is_dir() and weights_ready(MODEL)


@pytest.mark.parametrize("gone", ["config.json", f"{STEM}.safetensors"])
def test_a_folder_with_a_hole_is_not_here(faked, gone):
    put(faked, 1)
    (fetch_weights(MODEL) / gone).unlink()
    assert not weights_ready(MODEL)


def test_an_index_that_leads_out_of_the_folder_is_not_followed(faked):
    there = put(faked, 3)
    index = there / f"{STEM}.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "../../secret.safetensors"}}))
    assert refused(fetch_weights, MODEL).case == "shard_name"
    assert not weights_ready(MODEL)
    assert not [file for file, _ in faked.asked if "secret" in file]


def test_a_repository_that_is_closed_or_not_there_or_empty_is_said_once(faked):
    faked.folder(REPO)
    asked = []
    own = faked.held
    faked.held = lambda *at: asked.append(at) or own(*at)
    assert refused(fetch_weights, MODEL).params["file"] == "vae/diffusion_pytorch_model.safetensors"
    faked.gated.add(REPO)
    error = refused(fetch_weights, MODEL)
    assert error.case == "hub_gated" and "hf auth login" in str(error) and f"huggingface.co/{REPO}" in str(error)
    assert refused(fetch, Place("no/body", "", None), MODEL).case == "hub_no_repo"
    assert len(asked) == 3 and hub.TRIES > 1, "who said no is not asked again"


def test_offline_is_said_without_a_connection(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert refused(fetch_weights, MODEL).case == "no_download"


def test_a_licence_that_is_not_free_is_accepted_first(faked):
    model = "hunyuanvideo"
    put(faked, 1, place_of(MODELS[model]).repo)
    for call in (fetch_weights, load_model):
        error = refused(call, model)
        assert error.case == "licence" and MODELS[model].licence in str(error)
    assert faked.asked == []
    found = fetch_weights(model, accepted=True)
    assert faked.asked and fetch_weights(model) == found, "it is here by now"


def test_a_file_of_another_repository_is_fetched_alone(faked):
    (faked.folder("some/one") / "sub").mkdir()
    (faked.folder("some/one") / "sub" / "hunyuan_vae.safetensors").write_bytes(b"x")
    found = fetch(read_place("hub:some/one/sub", MODELS["open-sora-2.0"]), "open-sora-2.0")
    assert found.name == "hunyuan_vae.safetensors" and faked.asked == [("sub/hunyuan_vae.safetensors", None)]
