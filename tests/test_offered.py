"""Which models a server offers: those that are here, those its host names; nobody else can name any."""

import asyncio

import gradio as gr
import huggingface_hub
import pytest
from fabricated import moving_clip
from faked_hub import FakedHub
from published_layout import write_folder
from served import QUIET, reception_in

from vae_demo import assets
from vae_demo.clips import write_video
from vae_demo.models.hub import place_of
from vae_demo.models.spec import DEFAULT_MODEL, MODELS, OPEN_SORA_1_2
from vae_demo.refusal import Refusal
from vae_demo.views.explore import run as explore_run
from vae_demo.views.explore import tab as explore
from vae_demo.views.explore.back import linked, reopened
from vae_demo.views.models import tab as models_tab
from vae_demo.views.serving.keys import new_key
from vae_demo.views.serving.offered import OFFER, VARIABLE, Offered
from vae_demo.views.shared import kept_model, samples
from vae_demo.views.shared.running import Request, check_clip
from vae_demo.views.sweep import back as sweep_back
from vae_demo.views.sweep import tab as sweep

pytestmark = QUIET
CLOSED, FOLDER = "wan-2.1", "ltx-video-0.9.0"
BUNDLED = [name for name, spec in MODELS.items() if spec.bundled]


@pytest.fixture(autouse=True)
def nothing_here(monkeypatch):
    """The hub's cache of a machine that has fetched nothing, and no network."""
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *at: None)
    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", lambda *a, **o: pytest.fail("asked the hub"))


@pytest.fixture
def host(monkeypatch):
    """Says what the server's host has set."""
    monkeypatch.setattr(OFFER, "fetched", OFFER.fetched)
    monkeypatch.setattr(OFFER, "places", OFFER.places)
    return lambda text: OFFER.read({VARIABLE: text})


@pytest.fixture
def clip(tmp_path, monkeypatch):
    (tmp_path / "clips").mkdir()
    path = tmp_path / "clips" / "harbour.mp4"
    write_video(path, iter(moving_clip(9, 64, 64)), 24)
    monkeypatch.setattr(assets, "CLIPS", tmp_path / "clips")
    monkeypatch.setattr(assets, "EXAMPLES", tmp_path / "examples")
    samples.sample_names.cache_clear()
    yield path
    samples.sample_names.cache_clear()


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "weights", FOLDER)


def refused(call, *arguments):
    with pytest.raises(Refusal) as error:
        call(*arguments)
    return error.value


async def waited(fetches, model):
    return [each async for each in fetches.wait(model, lambda: True)]


# -- what the host says --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [None, "", " , ,"])
def test_who_says_nothing_offers_what_is_bundled_and_open_sora(text):
    offer = Offered()
    offer.read({} if text is None else {VARIABLE: text})
    assert offer.names() == [*BUNDLED, OPEN_SORA_1_2] and not offer.places
    assert offer.ready(BUNDLED[0]) and not offer.ready(OPEN_SORA_1_2)


def test_names_and_places_are_read(folder):
    offer = Offered()
    offer.read({VARIABLE: f" {CLOSED} ,{FOLDER}={folder}"})
    assert offer.has(CLOSED) and not offer.ready(CLOSED)
    assert offer.ready(FOLDER) and offer.places == {FOLDER: folder}
    assert offer.names() == [name for name in MODELS if name in (*BUNDLED, OPEN_SORA_1_2, CLOSED, FOLDER)]


@pytest.mark.parametrize(("text", "told"), [
    ("nobody", "nobody"), (f"{CLOSED},x=/tmp", "'x'"), (f"{CLOSED}=/nowhere/at/all", "/nowhere/at/all"),
    (f"{CLOSED}=", "there is nothing"), ("some/repository", "some/repository"), (f"hub:{CLOSED}", "hub:")])
def test_what_is_no_model_or_not_there_is_said_before_the_page_opens(text, told, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    offer = Offered()
    with pytest.raises(ValueError, match=VARIABLE) as error:
        offer.read({VARIABLE: text})
    assert told in str(error.value) and offer.names() == [*BUNDLED, OPEN_SORA_1_2]


def test_weights_that_were_fetched_by_hand_are_offered(monkeypatch, tmp_path):
    faked = FakedHub(monkeypatch, tmp_path)
    place = write_folder(faked.place(place_of(MODELS[CLOSED]).repo, "vae"), FOLDER)
    assert place.is_dir() and Offered().has(CLOSED) and not Offered().has(FOLDER)


def test_weights_that_are_brought_by_hand_are_said_where_they_are(folder, host):
    name = next(name for name, spec in MODELS.items() if spec.by_hand)
    offer = Offered()
    with pytest.raises(ValueError, match=f"{name}=FILE"):
        offer.read({VARIABLE: name})
    assert f"{VARIABLE}={name}=FILE" in str(refused(OFFER.check, name))
    host(f"{name}={folder / 'diffusion_pytorch_model.safetensors'}")
    OFFER.check(name)


# -- what a visitor gets -------------------------------------------------------------------------------------------


def test_a_model_that_is_not_offered_is_refused_wherever_it_is_asked_for(clip, tmp_path, monkeypatch, host):
    reception = reception_in(tmp_path, monkeypatch)
    errors = [refused(check_clip, Request(clip, "9", CLOSED), 1),
              refused(lambda: asyncio.run(waited(reception.fetches, CLOSED)))]
    tab = explore.tab_of(reception)
    told = explore._checked(tab, new_key(), ("harbour", ["9"], CLOSED, 0, 9, "128", "auto"))
    assert told["at"] == "model" and told["refused"]["en"] == str(errors[0])
    swept = sweep._checked(sweep.tab_of(reception), new_key(), ("harbour", CLOSED, "9", 0, 9, "128", "auto"))
    assert swept["refused"]["en"] == str(errors[0])
    for error in errors:
        assert error.case == "model_closed" and f"{VARIABLE}={CLOSED}" in str(error)
    host(CLOSED)
    assert check_clip(Request(clip, "9", CLOSED), 1).n_frames == 9


def test_what_the_host_names_is_fetched_and_its_licence_is_accepted_by_that(tmp_path, monkeypatch, host):
    faked, model = FakedHub(monkeypatch, tmp_path), "hunyuanvideo"
    write_folder(faked.folder(place_of(MODELS[model]).repo) / "vae", FOLDER)
    reception = reception_in(tmp_path, monkeypatch)
    assert not MODELS[model].is_free and refused(lambda: asyncio.run(waited(reception.fetches, model)))
    assert faked.asked == []
    host(model)
    asyncio.run(waited(reception.fetches, model))
    assert len(faked.asked) == 2 and OFFER.ready(model)


def test_weights_at_a_place_of_the_hosts_run_and_are_never_taken_for_the_models_own(
        clip, tmp_path, monkeypatch, host, folder):
    host(f"{FOLDER}={folder}")
    monkeypatch.setattr(kept_model, "KEPT", kept_model.Kept())
    assert asyncio.run(waited(reception_in(tmp_path, monkeypatch).fetches, FOLDER)) == []
    made = tmp_path / "made"
    made.mkdir()
    request = Request(clip, "own", FOLDER, 0, 9, 64)
    explore_run.check(request)
    *_, last = explore_run.run(request, lambda: made, growing=False)
    assert last.comparison.model == FOLDER and last.comparison.provenance.weights == folder.name
    assert len(last.comparison.provenance.weights_sha256) == 1


def test_menus_hold_what_is_offered(tmp_path, monkeypatch, host, clip):
    host(CLOSED)
    reception = reception_in(tmp_path, monkeypatch)
    with gr.Blocks() as page:
        for tab in (explore, sweep):
            tab.build(reception, reception.key_box())
    menus = {each.elem_id: [value for _, value in each.choices] for each in page.blocks.values()
             if getattr(each, "elem_id", None) in ("vd-model", "vd-sweep-model")}
    assert menus == {"vd-model": OFFER.names(), "vd-sweep-model": OFFER.names()} and CLOSED in OFFER.names()


def test_a_link_to_a_model_that_is_not_offered_says_so(tmp_path, monkeypatch, host, clip):
    tab = explore.tab_of(reception_in(tmp_path, monkeypatch))
    asked = {"clip": "harbour", "model": CLOSED, "variants": "own,17"}
    _, model, variants, *_, value = linked(tab, asked)
    assert model == DEFAULT_MODEL and "own" not in variants, "what is asked of the other is not for this one"
    assert value["running"]["error"]["en"] == str(refused(OFFER.check, CLOSED))
    host(CLOSED)
    _, model, *_, value = linked(tab, asked)
    assert model == CLOSED and not value.get("running")


def test_a_result_of_such_a_model_is_shown_and_leaves_the_menu_as_it_is(tmp_path, monkeypatch, clip):
    reception = reception_in(tmp_path, monkeypatch)
    settings = {"clip": "harbour", "upload": False, "model": CLOSED, "variants": ["17"], "start": 0, "frames": 9,
                "size": "256"}
    value = {"settings": settings, "comparison": {}}
    _, model, *_, shown = reopened(explore.tab_of(reception), new_key(), value)
    assert model == gr.skip() and shown == value
    settings["sizes"] = "4,5"
    assert sweep_back.reopened(sweep.tab_of(reception), new_key(), value)[1] == DEFAULT_MODEL


# -- the Models tab ------------------------------------------------------------------------------------------------


def test_the_models_tab_says_how_it_stands_with_each(monkeypatch, tmp_path, host, folder):
    host(f"{CLOSED},{FOLDER}={folder}")
    cards = {card["name"]: card for card in models_tab.models_value()["models"]}
    for name, card in cards.items():
        assert card["offered"] == OFFER.has(name) and card["licence"] and (card["bytes"] or not MODELS[name].on_hub)
    states = {name: card["state"] for name, card in cards.items()}
    assert states[FOLDER] == "here" and states[CLOSED] == states[OPEN_SORA_1_2] == "hub"
    for name, state in states.items():
        assert OFFER.has(name) or state == ("missing" if MODELS[name].by_hand else "command"), name
    size = (folder / "diffusion_pytorch_model.safetensors").stat().st_size
    assert (cards[FOLDER]["bytes"], cards[FOLDER]["most"]) == (size, False)
    assert (cards[CLOSED]["bytes"], cards[CLOSED]["most"]) == (4 * MODELS[CLOSED].n_parameters, True)
