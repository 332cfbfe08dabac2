"""Weights on the hub: whether they are here is asked of the disk alone; fetching them ends, whatever the hub does."""

import time

import huggingface_hub
import pytest

from vae_demo import assets
from vae_demo.models import hub
from vae_demo.models.loading import fetch_weights, load_model, load_vae, weights_ready
from vae_demo.refusal import Refusal

HUB = "open-sora-1.2"


@pytest.fixture
def network(monkeypatch):
    """A hub that is not there, and how often it was asked."""
    asked = []

    def gone(*arguments, **options):
        asked.append(options)
        raise ConnectionError("no route")

    for name in ("get_hf_file_metadata", "hf_hub_download"):
        monkeypatch.setattr(huggingface_hub, name, gone)
    return asked


@pytest.fixture
def cache(monkeypatch):
    """Puts a file in the place of the hub's local cache."""
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *a: None)
    return lambda found: monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *a: found)


def test_whether_weights_are_here_never_asks_the_network(network, cache, tmp_path, monkeypatch):
    assert weights_ready("tiny-17") and not weights_ready(HUB)
    path = tmp_path / "model.safetensors"
    cache(str(path))
    assert not weights_ready(HUB), "a link of the cache whose file is gone"
    path.write_bytes(b"x")
    assert weights_ready(HUB)
    cache(object())
    assert not weights_ready(HUB), "the cache knows that the hub has no such file"
    monkeypatch.setattr(assets, "WEIGHTS", tmp_path)
    assert not weights_ready("tiny-17")
    assert network == []
    with pytest.raises(KeyError):
        weights_ready("nobody")


def test_a_load_that_may_not_fetch_says_so(network, cache, tmp_path):
    with pytest.raises(Refusal) as error:
        load_model(HUB, fetch=False)
    assert error.value.case == "not_fetched" and error.value.sentence("en") == str(error.value)
    cache(str(tmp_path / "w.safetensors"))
    with pytest.raises(Refusal, match="cannot be read"):
        load_model(HUB, fetch=False)
    assert network == []


@pytest.mark.parametrize("load", [fetch_weights, load_vae])
def test_a_hub_that_is_not_there_is_asked_a_few_times_and_named(network, cache, load):
    with pytest.raises(Refusal) as error:
        load(HUB)
    assert error.value.case == "no_download" and "hpcai-tech/OpenSora-VAE-v1.2" in str(error.value)
    assert [asked["timeout"] for asked in network] == [hub.ANSWER_S] * hub.TRIES


def test_what_is_here_is_not_asked_for_again(network, cache, tmp_path):
    cache(str(tmp_path / "w.safetensors"))
    assert fetch_weights(HUB) == tmp_path / "w.safetensors"
    assert fetch_weights("tiny-17").name == "tiny-17.safetensors" and network == []


def test_a_hub_that_answers_is_fetched_from(network, cache, tmp_path, monkeypatch):
    answers = iter([ConnectionError("hiccup"), None])

    def answer(*arguments, **options):
        if (error := next(answers)) is not None:
            raise error

    monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", answer)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda repo, file, **o: str(tmp_path / file))
    assert fetch_weights(HUB) == tmp_path / "model.safetensors"


def test_the_real_client_without_a_hub_gives_up_soon(cache, monkeypatch):
    """Nobody listens on port 9: what a hub that cannot be reached is to the client itself."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail("waits to ask again"))
    with pytest.raises(Refusal, match="go online"):
        fetch_weights(HUB)
