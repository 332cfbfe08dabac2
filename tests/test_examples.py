"""The table of saved results: what is made again, what is left alone, and that a result is complete."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from fabricated_lessons import learn_result
from PIL import Image

from vae_demo import assets as places
from vae_demo import examples
from vae_demo.examples import EXAMPLES, LEARN_17, LEARN_FRAMES, MADE_FROM, is_current, make, origin
from vae_demo.flickers import CARD
from vae_demo.inspection import inspect_steps
from vae_demo.report import load_result, result_files
from vae_demo.report.sheets import load_sheets, sheet_files
from vae_demo.report.small_pictures import PICTURES_JSON, load_inspected, picture_files
from vae_demo.steps import drain
from vae_demo.synthetic.flickering import FLICKERS, flicker_file, inspection_name
from vae_demo.synthetic.samples import SAMPLES


@pytest.fixture
def assets(tmp_path, monkeypatch):
    """Clips and weights that are only bytes: enough to tell one from another."""
    for folder, names in (("clips", [f"{name}.mp4" for name in SAMPLES]),
                          ("weights", ["tiny-17.safetensors", "tiny-mixed.safetensors"])):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).write_bytes(name.encode())
    for name in ("ghost", "nothing"):  # the pair of Inspect is made of these
        file = tmp_path / "examples" / inspection_name(name) / f"{FLICKERS[name].file}.mp4"
        file.parent.mkdir(parents=True)
        file.write_bytes(name.encode())
    for name in ("clips", "weights", "examples"):
        monkeypatch.setattr(f"vae_demo.assets.{name.upper()}", tmp_path / name)
    return tmp_path


@pytest.fixture
def runs(assets, monkeypatch):
    """make() without a model: each run saves a made-up result; returns the names that ran."""
    ran = []

    def run(example, model, out):
        ran.append(example.name)
        learn_result(out / "made")
        for path in (out / "made" / LEARN_17).iterdir():
            path.rename(out / path.name)
        shutil.rmtree(out / "made")

    monkeypatch.setattr(examples, "run", run)
    monkeypatch.setattr("vae_demo.models.loading.load_model", lambda name: name)
    return ran


def test_made_once_and_again_when_something_changed(assets, runs):
    example, out = EXAMPLES[LEARN_17], assets / "examples" / LEARN_17
    assert make(example, out) and make(example, out) is None and make(example, out, force=True) == 0
    (assets / "weights" / "tiny-17.safetensors").write_bytes(b"trained again")
    assert make(example, out) == 0 and make(example, out) is None
    (assets / "clips" / "harbour.mp4").write_bytes(b"drawn again")
    assert make(example, out) == 0 and make(example, out) is None
    size = (out / "stills.webp").stat().st_size
    (out / "stills.webp").unlink()
    assert 0 < make(example, out) <= size + 100
    assert runs == [LEARN_17] * 5


def test_what_is_the_same_as_before_is_not_written_again(assets, runs):
    """Neither a picture with the same bytes, nor a record that differs in how long it took; what is gone goes."""
    example, out = EXAMPLES[LEARN_17], assets / "examples" / LEARN_17
    make(example, out)
    record, leftover = out / "comparison.json", out / "comparison.mp4"
    slower = json.loads(record.read_text(encoding="utf-8"))
    slower["variants"][0]["seconds"]["score"] = 99.0
    record.write_text(json.dumps(slower), encoding="utf-8")
    leftover.write_bytes(b"of an earlier recipe")
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    assert make(example, out, force=True) == 0 and not leftover.exists()
    assert {path.name for path in out.iterdir() if before[path.name] != path.stat().st_mtime_ns} == {MADE_FROM}
    slower["variants"][0]["psnr"][0] += 1
    record.write_text(json.dumps(slower), encoding="utf-8")
    assert make(example, out, force=True) > 0 and json.loads(record.read_text(encoding="utf-8")) != slower


def test_what_is_committed_is_what_the_page_opens_with_and_small():
    sizes = {path.relative_to(places.EXAMPLES): path.stat().st_size
             for path in places.EXAMPLES.rglob("*") if path.is_file()}
    assert sum(sizes.values()) <= 31_000_000
    assert {str(path.parent) for path in sizes} == set(EXAMPLES)
    for name, example in EXAMPLES.items():
        here = {path.name for path in sizes if str(path.parent) == name} - {MADE_FROM}
        kinds = {"sweep": sweep_files, "inspection": inspection_files, "sheets": sheets_files}
        wanted = kinds.get(example.kind, comparison_files)(places.EXAMPLES / name)
        assert here == wanted, name


def comparison_files(folder):
    return result_files(load_result(folder))


def sheets_files(folder):
    return sheet_files(load_sheets(folder))


def sweep_files(folder):
    return {"sweep.json", "sweep.csv", "sweep.html"}


def inspection_files(folder):
    """What a sample of the Inspect tab is: its mp4 where it is one file, its record, its pictures."""
    flicker = FLICKERS[folder.name.removeprefix("inspect-")]
    _, pictures = load_inspected(folder)
    return {"inspection.json", "inspection.csv", "inspection.html", PICTURES_JSON, CARD,
            *([] if flicker.files_of else [f"{flicker.file}.mp4"]),
            *(path.name for path in picture_files(pictures, folder).values() if path.parent == folder)}


def test_samples_of_inspect_are_small_and_as_long_as_they_say():
    folders = [places.EXAMPLES / inspection_name(name) for name in FLICKERS]
    assert sum(path.stat().st_size for folder in folders for path in folder.iterdir()) <= 2_200_000
    for folder in folders:
        record, pictures = load_inspected(folder)
        assert record.n_frames == 136 and all(told["n"] == 136 for told in pictures.values())


def test_a_sample_of_inspect_says_what_a_look_at_its_file_says():
    saved, _ = load_inspected(places.EXAMPLES / inspection_name("repeated"))
    again = drain(inspect_steps(flicker_file("repeated")))
    assert figures(again.to_json()) == figures(saved.to_json())


def test_the_figures_of_the_saved_results_are_those_they_were_pinned_as():
    """Whatever is rebuilt around them, to the last digit."""
    pinned = json.loads((Path(__file__).parent / "data" / "saved_figures.json").read_text(encoding="utf-8"))
    found = {}
    for name, example in EXAMPLES.items():
        file = {"sweep": "sweep.json", "inspection": "inspection.json"}.get(example.kind, "comparison.json")
        found[name] = figures_digest(json.loads((places.EXAMPLES / name / file).read_text(encoding="utf-8")))
    assert found == pinned
    assert figures_digest({"psnr": [1.0]}) != figures_digest({"psnr": [1.0000001]})


def figures_digest(data):
    """Of everything that was in these files before records said where they come from, and of nothing later."""
    text = json.dumps(figures(data), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def figures(value, place=()):
    if isinstance(value, list):
        return [figures(part, place) for part in value]
    if not isinstance(value, dict):
        return value
    later = {"provenance", "borders", "rule", "latent_slots", "seconds", "media", "versions"} | (
        {"model", "baseline_2d"} if place[-1:] == ("variants",) else {"stride"} if place[-1:] == ("params",) else set())
    return {key: figures(part, (*place, key)) for key, part in value.items() if key not in later}


def test_a_run_that_stops_is_not_taken_for_done(assets, runs, monkeypatch):
    example, out = EXAMPLES[LEARN_17], assets / "examples" / LEARN_17
    make(example, out)

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(examples, "run", stop)
    with pytest.raises(KeyboardInterrupt):
        make(example, out, force=True)
    assert not is_current(out, origin(example))


def test_origin_says_everything_a_result_depends_on(assets):
    entries = {name: origin(example) for name, example in EXAMPLES.items()}
    assert len({json.dumps(entry) for entry in entries.values()}) == len(EXAMPLES)
    assert entries[LEARN_17]["variants"] == ["17", "16", "18", "21", "13", "17:16", "17:16:fit"]
    assert entries[LEARN_17]["clip_sha256"] == entries["harbour"]["clip_sha256"] != entries["fish"]["clip_sha256"]


def test_a_missing_clip_is_one_sentence(assets, capsys, monkeypatch):
    (assets / "clips" / "harbour.mp4").unlink()
    monkeypatch.setattr("sys.argv", ["examples", "harbour", "--out", str(assets / "examples")])
    with pytest.raises(SystemExit) as stopped:
        examples.main()
    assert stopped.value.code == 2
    assert "harbour needs" in capsys.readouterr().err


def test_stills_are_the_frames_they_say(tmp_path):
    data = learn_result(tmp_path)
    folder = tmp_path / LEARN_17
    assert load_result(folder) == json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
    stills, latents = data["media"]["stills"], data["media"]["latents"]
    assert stills["frames"] == list(LEARN_FRAMES) and stills["keys"][:3] == ["source", "17", "16"]
    width, height = stills["tile"]
    with Image.open(folder / stills["file"]) as sheet:
        assert sheet.size == (width * len(LEARN_FRAMES), height * len(stills["keys"]))
        # A pad of 17→16 is grey in the made-up pictures, a real frame beside it is not.
        row = stills["keys"].index("17→16")
        colours = [sheet.getpixel((stills["frames"].index(frame) * width + width // 2, (row + 1) * height - 9))
                   for frame in (19, 20, 22, 23)]
    assert [max(abs(value - 110) for value in colour) < 8 for colour in colours] == [False, True, True, False]
    with Image.open(folder / latents["file"]) as sheet:
        assert sheet.size == (latents["tile"][0] * latents["count"], latents["tile"][1])
    assert not (folder / MADE_FROM).exists()


def test_tables_are_drawn_anew_where_the_recipe_is_another(tmp_path):
    """Of the same recipe they differ in no more than the last bits of numbers, and are kept with their record."""
    for same_recipe in (True, False):
        made, out = tmp_path / f"made-{same_recipe}", tmp_path / f"out-{same_recipe}"
        for folder, table in ((made, "new"), (out, "old")):
            folder.mkdir()
            (folder / "sweep.json").write_text('{"rows": [1.5]}', encoding="utf-8")
            (folder / "sweep.csv").write_text(table, encoding="utf-8")
        added = examples._install(made, out, same_recipe)
        assert (out / "sweep.csv").read_text(encoding="utf-8") == ("old" if same_recipe else "new")
        assert (added == 0) == same_recipe
