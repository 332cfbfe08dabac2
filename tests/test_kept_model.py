"""The model that the page keeps: loaded once, one at a time, and never held by a failure."""

import gc
import weakref

import pytest

from vae_demo.models.processor import multiplies_bfloat16
from vae_demo.refusal import Refusal
from vae_demo.views.shared import clip_strip, kept_model
from vae_demo.views.shared.kept_model import Kept


class Model:
    pass


@pytest.fixture
def loads(monkeypatch):
    """What is loaded, as (name, device, dtype, whether an earlier model was still there)."""
    asked, alive = [], []

    def load(name, device, dtype, weights, fetch, compiled):
        assert fetch is False and weights is None, "a run does not wait for a network"
        gc.collect()
        asked.append((name, device, dtype, any(each() is not None for each in alive)))
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
    assert kept.get("b", "cuda", "float16") is kept.get("b", "cuda", "float16")
    assert loads == [("a", "cpu", "auto", False), ("b", "cpu", "auto", False), ("b", "cuda", "auto", False),
                     ("b", "cuda", "float16", False)]


def test_a_run_keeps_the_model_it_has(loads):
    kept = Kept()
    mine = kept.get("a", "cpu")
    kept.get("b", "cpu")
    assert loads[-1] == ("b", "cpu", "auto", True) and isinstance(mine, Model)


def test_what_cannot_be_loaded_is_asked_for_again(loads):
    kept = Kept()
    for _ in range(2):
        with pytest.raises(Refusal):
            kept.get("broken", "cpu")
    assert kept.get("a", "cpu") and [name for name, *_ in loads] == ["broken", "broken", "a"]


@pytest.mark.parametrize(("name", "device", "dtype", "said"), [
    ("tiny-17", "cpu", "float32", "auto"), ("tiny-17", "cpu", "auto", "auto"),
    ("tiny-17", "cpu", "bfloat16", "bfloat16"),
    ("open-sora-1.2", "cuda", "bfloat16", "auto"), ("open-sora-1.2", "cuda", "float32", "float32"),
    ("tiny-17", "cpu", "somebody's", "auto")])
def test_a_dtype_is_said_as_the_control_says_it(name, device, dtype, said):
    assert kept_model.in_words(name, device, dtype) == said


@pytest.mark.parametrize(("flags", "multiplies"), [
    ("fpu avx512f avx512_bf16", True), ("fpu amx_bf16 amx_tile", True), ("fpu avx512f bf16", False), (None, False)])
def test_who_multiplies_bfloat16_is_read_from_what_the_processor_says(tmp_path, flags, multiplies):
    info = tmp_path / "cpuinfo"
    if flags:
        info.write_text(f"processor : 0\nflags\t\t: {flags}\nbugs : none\n", encoding="utf-8")
    assert multiplies_bfloat16(info) is multiplies


@pytest.mark.parametrize(("multiplies", "device", "halves"), [
    (True, "cpu", ["open-sora-1.2"]), (False, "cpu", []), (True, "cuda", [])])
def test_the_page_says_of_large_models_alone_that_bfloat16_halves_their_time(monkeypatch, multiplies, device, halves):
    monkeypatch.setattr(clip_strip, "multiplies_bfloat16", lambda: multiplies)
    monkeypatch.setattr(clip_strip, "best_device", lambda: device)
    models = clip_strip.models_in_forms()
    assert [name for name, each in models.items() if each["halves"]] == halves
    assert models["open-sora-1.2"]["dtype"] == ("bfloat16" if device == "cuda" else "float32")
