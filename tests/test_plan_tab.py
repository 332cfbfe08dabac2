"""Plan and Models without a browser: what is sent to the page, and that its words exist."""

import json
import re
from math import prod
from pathlib import Path

import pytest
from safetensors.numpy import save_file
from scripts_of import scripts_of

from vae_demo import assets, words
from vae_demo.families import FAMILIES, SETTINGS
from vae_demo.models.spec import MODELS
from vae_demo.views.models import tab as models_tab
from vae_demo.views.page import STYLES, TABS
from vae_demo.views.plan import tab as plan_tab
from vae_demo.views.shared.component import read_source
from vae_demo.views.shared.families import families_for_page

OURS = scripts_of(*plan_tab.SCRIPTS, *models_tab.SCRIPTS)
SHARED = {"shared/dom.js", "shared/format.js", "shared/axis.js", "shared/frames.js"}
CASES = ("fits", "tail", "chunk", "size", "fewer", "more", "black", "error", "unknown", "per_latent")
# say(`plan_head_${case}`) and the like: what each may become.
TEMPLATES = {
    "plan_head_": CASES, "plan_cell_": (*CASES, "error_late"), "plan_go_": (*CASES, "error_late"),
    "plan_why_": ("tail", "chunk", "size"), "plan_by_": ("frames", "seconds"), "plan_known_": ("measured", "formula"),
    "plan_fig_": ("latents", "chunks", "pads", "back"), "plan_help_": ("latents", "chunks", "pads", "back"),
    "plan_col_": ("family", "takes", "latents", "back", "happens", "below", "above", "known", "source"),
    "models_col_": ("family", "takes", "factors", "wrong", "cut", "exact", "licence", "source"),
    "models_state_": ("here", "missing", "fetched", "hub", "command"),
    "models_rule_": ("fill", "drops", "refuses", "parity", "paired"),
    "vae_takes_": tuple(s.takes for s in SETTINGS.values()), "vae_wrong_": tuple(s.wrong for s in SETTINGS.values()),
    "vae_cut_": tuple(s.cut for s in SETTINGS.values()), "vae_exact_": tuple(s.exact for s in SETTINGS.values()),
    "vae_mode_": tuple(s.mode for s in SETTINGS.values() if s.mode),
    "vae_licence_": tuple(f.licence_note for f in FAMILIES.values() if f.licence_note),
    "vae_pipeline_": tuple(f.pipeline for f in FAMILIES.values() if f.pipeline),
}


def spoken():
    """Every key that the two tabs may ask for."""
    yield from (f"models_{part}_{models_tab.word_key(name)}" for part in ("title", "training", "limits")
                for name in MODELS)
    for name in OURS:
        if name in SHARED:
            continue
        script = read_source(name)
        yield from re.findall(r'"((?:plan|models|vae|list)_\w+)"', script)
        for prefix in re.findall(r"`((?:plan|models|vae)_\w*?_)\$\{", script):
            yield from (prefix + end for end in TEMPLATES[prefix])


def test_every_word_the_scripts_say_is_written_and_none_is_left_over():
    asked, written = set(spoken()), set(words.table("plan", "models", "families"))
    assert len(asked) > 200
    assert asked - written == set()
    assert written - asked == {"tab_plan", "tab_models"}


def test_both_tabs_stand_in_the_bar_in_order():
    assert [tab.KEY for tab in TABS][-2:] == ["plan", "models"]
    assert {"plan/plan.css", "plan/narrow.css", "models/models.css"} <= set(STYLES)


def test_scripts_are_short_write_no_markup_and_know_no_address():
    for name in set(OURS) - SHARED:
        script = read_source(name)
        assert len(script.splitlines()) <= 200, name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|fetch\(", script), name
        assert not re.search(r"https?://", script), name


@pytest.mark.parametrize("name", ["plan/plan.css", "plan/narrow.css", "models/models.css"])
def test_colours_come_from_the_page(name):
    style = read_source(name)
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?=[;\s])|rgba?\(", style)
    assert not re.search(r"var\(--vd-border\)", style), "red is a chunk border, drawn by axis.css"
    # Gradio splits selectors at every comma, so one inside :is() breaks its rule.
    assert not re.search(r":is\([^)]*,", style)


def test_the_page_gets_every_family_with_its_source():
    families = families_for_page()
    assert [family["key"] for family in families] == list(FAMILIES)
    for family in families:
        assert family["url"].startswith(f"https://github.com/{family['repo']}/") and family["version"] in family["url"]
    assert json.dumps(families, ensure_ascii=False) in plan_tab.plan_script()
    assert len(plan_tab.plan_script()) < 150_000 and len(models_tab.models_script()) < 120_000


def test_a_model_card_counts_the_weights_that_are_there(tmp_path, monkeypatch):
    import numpy as np

    monkeypatch.setattr(assets, "WEIGHTS", tmp_path)
    spec = MODELS["tiny-17"]
    missing = models_tab.card(spec)
    assert (missing["state"], missing["parameters"], missing["bytes"]) == ("missing", None, None)
    save_file({"a": np.zeros((3, 4), np.float16), "b": np.zeros(5, np.float16)}, tmp_path / spec.weights)
    there = models_tab.card(spec)
    assert there["state"] == "here" and there["parameters"] == 17
    assert there["bytes"] == (tmp_path / spec.weights).stat().st_size
    (tmp_path / spec.weights).write_bytes(b"not weights")
    assert models_tab.card(spec)["parameters"] is None


def test_weights_of_the_hub_are_looked_for_but_never_fetched(tmp_path, monkeypatch):
    import huggingface_hub

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", lambda *a, **k: pytest.fail("asked the hub"))
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda repo, file: None)
    spec = MODELS["open-sora-1.2"]
    shapes = (Path(__file__).parent / "data" / "open_sora_1_2_parameters.tsv").read_text(encoding="utf-8").splitlines()
    listed = sum(prod(map(int, line.split("\t")[1].split("x"))) for line in shapes)
    there = models_tab.card(spec)
    assert there["state"] == "hub" and there["parameters"] == listed and there["bytes"] == 4 * listed
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"\0" * 8)
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda repo, name: str(file))
    assert models_tab.card(spec)["state"] == "fetched"


def test_every_model_has_a_card_of_plain_json():
    cards = models_tab.models_value()["models"]
    assert [card["name"] for card in cards] == list(MODELS)
    json.dumps(cards, allow_nan=False)
