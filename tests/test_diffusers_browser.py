"""A model that cuts time by itself, on the page: its presets, what it does not take, and a run of its own cut."""

import copy

import pytest
from browser import watched
from fabricated import moving_clip
from published_layout import write_folder
from served import QUIET, serving

from vae_demo.clips import write_video
from vae_demo.models.diffusers_twin import twin_of
from vae_demo.models.diffusers_video import ClipVAE
from vae_demo.models.spec import MODELS
from vae_demo.views.serving.offered import OFFER
from vae_demo.views.shared import kept_model, needs

NAME = "hunyuanvideo"
pytestmark = [*QUIET, pytest.mark.browser]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    assets = tmp_path_factory.mktemp("assets")
    (assets / "clips").mkdir()
    write_video(assets / "clips" / "harbour.mp4", iter(moving_clip(33, 64, 64)), 24)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OFFER, "places", {NAME: write_folder(assets / "weights", NAME)})
        # A trial of the machine would go on behind the last page, and end with the process in the middle of a layer.
        patch.setattr(kept_model.PACE, "tried", lambda kind, attempt: None)
        model = ClipVAE(MODELS[NAME], copy.deepcopy(twin_of(NAME)))
        with serving(assets, tmp_path_factory.mktemp("kept"), lambda: model) as url:
            yield str(url)


def sums(page):
    return page.locator(".vd-sums").text_content()


def test_its_own_cut_is_a_preset_runs_and_is_drawn_with_its_borders(browser, address):
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(60_000)
    bad = watched(page, address)
    page.goto(f"{address}?model={NAME}&variants=batch8&frames=33&size=128")
    page.wait_for_function("() => document.querySelector('.vd-sums')?.textContent.includes('batch8')")
    assert sums(page) == f"'batch8' is not offered by {NAME}; it takes own, whole, tile16/8, 17, 17:16."
    page.get_by_role("button", name="As shipped").click()
    page.wait_for_function("() => document.querySelector('.vd-sums')?.textContent.includes('own = 13 + 12 + 8')")
    assert "tile32/24 = 25 + 8" in sums(page) and "17 = 17 + 16" in sums(page)
    page.click("#vd-run")
    page.wait_for_selector(".vd-column[data-key='17']")
    page.wait_for_function("() => !document.body.classList.contains('vd-running')")
    assert page.locator(".vd-column[data-key]").count() == 4
    own = page.locator(".vd-row[data-key='own']")
    assert own.locator(".vd-border-line").count() == 2 and "13 + 12 + 8" in own.text_content()
    assert page.locator(".vd-row[data-key='whole'] .vd-border-line").count() == 0
    page.close()
    assert not bad, bad


def said(page, tab=""):
    """What stands beside the time, once it is known."""
    return page.wait_for_function("""(tab) => document.querySelector(`#vd-${tab}desk .vd-estimate`)?.textContent
      .match(/needs about ([0-9.]+) of ([0-9.]+) GB here/)?.slice(1).map(Number)""", arg=tab).json_value()


def test_what_a_run_needs_is_said_beside_its_time_and_too_much_is_refused_at_once(browser, address, monkeypatch):
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(60_000)
    bad = watched(page, address)
    page.goto(f"{address}?model={NAME}&variants=own,17&frames=33&size=128")
    own, free = said(page)
    page.get_by_role("button", name="Whole clip").click()
    page.wait_for_function("""(own) => document.querySelector("#vd-desk .vd-estimate").textContent
      .match(/needs about ([0-9.]+) of/)?.[1] > own""", arg=own)
    whole, _ = said(page)
    assert 0 < own < whole < free
    monkeypatch.setattr(needs, "batch_budget", lambda device: int(own * 1e9))
    page.fill("#vd-frames input", "32")
    page.wait_for_function("""() => document.querySelector("#vd-desk .vd-sums").textContent.startsWith(
      "32 frames of 64 × 64 pixels need about")""")
    assert page.locator("#vd-desk .vd-estimate").text_content() == ""
    page.click("#vd-run")
    page.wait_for_function("""() => document.querySelector("#vd-desk .vd-run-text").textContent.startsWith(
      "32 frames of 64 × 64 pixels need about")""")
    assert "no smaller picture would fit" in page.locator("#vd-desk .vd-run-text").text_content()
    page.close()
    assert not bad, bad


def test_presets_of_what_it_does_not_take_are_not_there(browser, address):
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(60_000)
    page.goto(f"{address}?frames=33&size=128")
    shipped, whole = (page.locator(f"[data-preset={name}]") for name in ("shipped", "whole"))
    whole.wait_for()
    assert not shipped.is_visible()
    page.goto(f"{address}?model={NAME}&variants=own,17&frames=33&size=128")
    shipped.wait_for()
    assert whole.is_visible()
    page.close()
