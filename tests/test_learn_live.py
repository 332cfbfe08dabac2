"""What the live step of Learn is given: saved sheets that are whole or refused, words that the numbers decide, and no
engine where a part of it is missing."""

import json
import shutil

import pytest
from lesson_words import told

from vae_demo import assets
from vae_demo.examples import LIVE
from vae_demo.report.sheets import load_sheets, sheet_files
from vae_demo.views.learn import tab
from vae_demo.views.learn.steps.live import SIZES, live


@pytest.fixture
def folder(tmp_path):
    """What comes with the app, to be spoiled."""
    return shutil.copytree(assets.EXAMPLES / LIVE, tmp_path / LIVE)


def spoil(folder, change):
    path = folder / "comparison.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


def step_of(value):
    return next(step for step in value["steps"] if step["key"] == "live")


@pytest.mark.parametrize(("change", "says"), [
    (lambda data: data["media"].update(sheets=None), "at media.sheets"),
    (lambda data: data["media"]["sheets"]["16"].update(frames="all"), "at media.sheets.16"),
    (lambda data: data["media"]["sheets"].pop("16"), "lack 16"),
    (lambda data: data["media"]["sheets"]["16"].update(file="../16.webp"), "lack ../16.webp"),
    (lambda data: data["variants"][0].update(psnr=[1.0]), "at variants.0"),
    (lambda data: data.update(media=None), "at media.sheets")])
def test_sheets_that_are_not_as_they_were_written_are_refused(folder, change, says):
    assert {path.name for path in folder.iterdir()} == sheet_files(load_sheets(folder)) | {"made-from.json"}
    spoil(folder, change)
    with pytest.raises(ValueError, match=says):
        load_sheets(folder)
    assert "make examples" in told(step_of(tab.saved_value(folder.parent))["text"][0])


def test_a_sheet_that_is_not_there_is_named(folder):
    (folder / "12.webp").unlink()
    with pytest.raises(ValueError, match=r"lack 12\.webp"):
        load_sheets(folder)


def test_the_numbers_decide_what_is_said_of_the_sizes(folder):
    record = load_sheets(folder)
    assert "at which nothing happens there. Those are 5, 9, 13, 17, 21" in told(live(record).text[0]).replace("  ", " ")
    for label, value in (("16", 26.0), ("9", 20.0)):
        other = json.loads(json.dumps(record))
        variant = next(each for each in other["variants"] if each["label"] == label)
        variant["psnr"] = [value] * len(variant["psnr"])
        assert "whether that frame fares better" in told(live(other).text[0])
    assert (SIZES[0], SIZES[-1], len(SIZES)) == (4, 40, 37)


def test_without_a_part_of_the_engine_saved_results_are_all_there_is(monkeypatch, caplog):
    def gone(*asked):
        raise OSError("vae.wasm is not there")

    monkeypatch.setattr(tab, "live_addresses", gone)
    value = tab.with_engine(tab.saved_value())
    assert value["live"] is None and len(step_of(value)["figure"]["saved"]) == 14
    assert "vae.wasm is not there" in caplog.text
    assert tab.with_file(value) is value
