"""A model that has nothing of the others but the protocol runs wherever models run."""

import json

import fake_model
import pytest
from fabricated import moving_clip
from gradio_client import Client, handle_file
from random_models import tiny_model
from served import QUIET, serving
from small_runs import clip_of

from vae_demo import engine, report
from vae_demo.cli import main
from vae_demo.clips import write_video
from vae_demo.layout.variant import parse_variants
from vae_demo.models.loading import load_model
from vae_demo.models.spec import MODELS
from vae_demo.report.sweep import save_sweep
from vae_demo.results.comparison import Comparison
from vae_demo.results.scores import SWEPT
from vae_demo.results.sweep import load_sweep
from vae_demo.verdicts import swept
from vae_demo.views.models.tab import card

NAME = fake_model.SPEC.name
pytestmark = QUIET


@pytest.fixture(scope="module", autouse=True)
def known():
    """The table of models with one more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, NAME, fake_model.SPEC)
        yield


def test_a_comparison_is_measured_judged_and_reported(tmp_path):
    clip, model = clip_of(40, 32, 48), load_model(NAME)
    finished = engine.measure(clip, engine.jobs_of(model, parse_variants("5,4,5:4,whole")), tmp_path)
    made = report.save_result(finished.comparison, {"source": clip, **finished.frames}, tmp_path / "out")
    saved = report.load_result(tmp_path / "out")
    assert Comparison.from_json(saved).to_json() == saved
    assert saved["baseline_2d"] is None and saved["reference"] == "5" and made.model == NAME
    assert saved["provenance"]["weights_sha256"] == []
    by_label = {each["label"]: each for each in saved["variants"]}
    assert by_label["5"]["seam"] and by_label["5→4"]["pads_shown"] and by_label["5"]["means"]["psnr"] > 10
    assert set(by_label["4"]["seconds"]) == {"encode", "decode", "score"}


def test_two_models_share_a_run_and_keep_their_own_facts(tmp_path):
    """The top of the record is the first model's; every variant says whose it is."""
    clip, ours = clip_of(20, 32, 48), load_model(NAME)
    jobs = [*engine.jobs_of(tiny_model(), parse_variants("17,16")), *engine.jobs_of(ours, parse_variants("5"))]
    told = engine.measure(clip, jobs, tmp_path).comparison.to_json()
    assert [(each["label"], each["model"]) for each in told["variants"]] == [
        ("17", "tiny-17"), ("16", "tiny-17"), ("5", NAME)]
    assert [each["provenance"]["model"] for each in told["variants"]] == ["tiny-17", "tiny-17", NAME]
    assert told["variants"][0]["baseline_2d"] == told["baseline_2d"] != told["variants"][2]["baseline_2d"] is None
    assert (told["model"], told["reference"], told["provenance"]["model"]) == ("tiny-17", "17", "tiny-17")
    assert told["variants"][2]["means"]["psnr"] > 10


def test_a_sweep_says_nothing_of_lengths_it_was_trained_on(tmp_path):
    clip, model = clip_of(40, 32, 48), load_model(NAME)
    jobs = engine.jobs_of(model, parse_variants("4,5,9,whole"))
    finished = engine.measure(clip, jobs, tmp_path, scores=SWEPT, keep_frames=False)
    save_sweep(swept(finished.comparison, model.spec.own.label, model.spec.trained_lengths), tmp_path / "out")
    saved = load_sweep(tmp_path / "out")
    assert saved["trained_lengths"] is None and saved["baseline_psnr"] is None and saved["reference"] == "5"
    assert not {"trained_range", "beyond_all", "beyond_some", "beyond_none"} & {f["case"] for f in saved["findings"]}


def test_the_command_line_cuts_the_clip_to_its_multiple(tmp_path, capsys):
    write_video(tmp_path / "clip.mp4", iter(moving_clip(12, 72, 104)), 24)
    out = tmp_path / "out"
    assert main(["compare", str(tmp_path / "clip.mp4"), "--model", NAME, "--size", "56", "--crop", "none",
                 "--variants", "5,4", "--out", str(out)]) == 0
    saved = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert (saved["clip"]["width"], saved["clip"]["height"]) == (80, 48)
    assert "48" in capsys.readouterr().out


def test_its_card_says_what_is_known():
    said = card(fake_model.SPEC)
    assert said["title"] == {"en": "Means of blocks", "zh": "Means of blocks"} and said["trained"] is None
    assert (said["spatial"], said["size"]) == (16, "5")


@pytest.fixture(scope="module")
def address(tmp_path_factory, known):
    assets = tmp_path_factory.mktemp("assets")
    (assets / "clips").mkdir()
    write_video(assets / "clips" / "harbour.mp4", iter(moving_clip(34, 72, 72)), 24)
    with serving(assets, tmp_path_factory.mktemp("kept"), lambda: load_model(NAME)) as url:
        yield str(url)


def test_the_api_runs_it(address, tmp_path):
    write_video(tmp_path / "clip.mp4", iter(moving_clip(12, 64, 64)), 24)
    client = Client(address, verbose=False, download_files=str(tmp_path))
    told = client.predict(handle_file(str(tmp_path / "clip.mp4")), "5,4", NAME, 0, 12, 64, api_name="/compare")
    assert told["model"] == NAME and [each["label"] for each in told["variants"]] == ["5", "4"]
    told = client.predict(handle_file(str(tmp_path / "clip.mp4")), "4,5", NAME, 0, 12, 64, api_name="/sweep")
    assert [row["size"] for row in told["rows"]] == ["4", "5"]


@pytest.mark.browser
def test_the_page_runs_it_in_every_tab(tabs):
    with tabs.visits() as open_page:
        page = open_page(f"?model={NAME}&variants=5,4&frames=34&size=128", height=1000)
        page.wait_for_function("() => document.querySelector('.vd-sums')?.textContent.includes('6×5 + 4')")
        page.click("#vd-run")
        page.wait_for_selector(".vd-column[data-key='4']")
        page.wait_for_function("() => !document.body.classList.contains('vd-running')")
        assert page.locator(".vd-column[data-key]").count() == 2
        page.get_by_role("tab", name="Sweep").click()
        page.fill("#vd-sweep-sizes input", "4,5,9")
        page.locator("#vd-sweep-model input").click()
        page.get_by_role("option", name=NAME).click()
        page.click("#vd-sweep-run")
        page.wait_for_function("() => document.querySelectorAll('#vd-sweep .vd-sw-table tbody tr').length === 3")
        page.get_by_role("tab", name="Models").click()
        page.get_by_role("heading", name=NAME).wait_for()
