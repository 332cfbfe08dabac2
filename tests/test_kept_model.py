"""The model that the page keeps: loaded once, one at a time, and never held by a failure."""

import gc
import weakref

import pytest

from vae_demo.refusal import Refusal
from vae_demo.views.shared import kept_model
from vae_demo.views.shared.kept_model import Kept


class Model:
    pass


@pytest.fixture
def loads(monkeypatch):
    """What is loaded, as (name, device, whether an earlier model was still there)."""
    asked, alive = [], []

    def load(name, device, weights, fetch):
        assert fetch is False and weights is None, "a run does not wait for a network"
        gc.collect()
        asked.append((name, device, any(each() is not None for each in alive)))
        if name == "broken":
            raise Refusal("no_cuda")
        model = Model()
        alive.append(weakref.ref(model))
        return model

    monkeypatch.setattr(kept_model, "load_model", load)
    return asked


def test_a_model_is_loaded_once_and_gone_before_the_next_one_is(loads):
    kept = Kept()
    assert kept.get("a", "cpu") is kept.get("a", "cpu")
    kept.get("b", "cpu")
    kept.get("b", "cuda")
    assert loads == [("a", "cpu", False), ("b", "cpu", False), ("b", "cuda", False)]


def test_a_run_keeps_the_model_it_has(loads):
    kept = Kept()
    mine = kept.get("a", "cpu")
    kept.get("b", "cpu")
    assert loads[-1] == ("b", "cpu", True) and isinstance(mine, Model)


def test_what_cannot_be_loaded_is_asked_for_again(loads):
    kept = Kept()
    for _ in range(2):
        with pytest.raises(Refusal):
            kept.get("broken", "cpu")
    assert kept.get("a", "cpu") and [name for name, *_ in loads] == ["broken", "broken", "a"]
