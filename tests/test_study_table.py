"""A study's rows as one table and as files that agree with each other."""

import csv
import json
from dataclasses import replace
from statistics import mean

import pytest
from fabricated_study import KIND, failure, psnr_of, rows_of, study
from pyarrow import parquet

from vae_demo.refusal import Refusal
from vae_demo.report.study import FILES, save_study
from vae_demo.studies.beside import models_beside
from vae_demo.studies.borders import OFFSETS, Around, around_borders
from vae_demo.studies.files import cell
from vae_demo.studies.record import load_study, study_record
from vae_demo.studies.rows import frame_columns, variant_columns
from vae_demo.studies.statistics import Draws
from vae_demo.studies.table import groups_of

FAST = Draws(resamples=300)
NAMES = ["harbour.mp4", "fish.mp4", "=cmd|' /C calc'!A0", "旅行.mp4", "still.mp4", "<b>pan</b>.mp4", "flash.mp4"]


def cells_of(made, place=0):
    return {cell.variant: cell for cell in groups_of(made, FAST)[place].cells}


@pytest.fixture(scope="module")
def made():
    return study(NAMES, ("17", "16", "17:16"), models=("tiny-mixed", "tiny-17"),
                 failures=[failure("broken.mp4"), failure("flash.mp4", "tiny-17", "17:16")],
                 left_out={("flash.mp4", "tiny-17", "17:16")})


@pytest.fixture(scope="module")
def saved(made, tmp_path_factory):
    directory = tmp_path_factory.mktemp("study") / "out"
    return save_study(made, directory), directory


def test_means_and_differences_by_hand():
    levels, losses = {"a": 30.0, "b": 36.0}, {"17": 0.0, "16": 2.0}
    found = cells_of(study(["a", "b"], ("17", "16"), psnr=lambda clip, variant, frames: psnr_of(
        clip, variant, frames, opening=0.0, level=levels[clip], everywhere=losses[variant])))
    level = mean(30.0 - 0.1 * (i % 4) for i in range(34))
    assert found["17"].scores["psnr"].mean == pytest.approx(level + 3)
    assert found["16"].difference["psnr"].mean == pytest.approx(-2.0) == found["16"].difference["psnr_worst"].median
    assert found["17"].difference == {} and found["17"].finding.case == "reference"
    assert found["16"].stands == {"a": "worse", "b": "worse"} and found["16"].finding.case == "few_worse"
    assert [(each["clip"], each["difference"]) for each in found["16"].worst] == [("a", -2.0), ("b", -2.0)]
    assert found["16"].worst[0]["psnr_worst"] == pytest.approx(27.7) and found["16"].worst[0]["frame"] == 3


def test_what_is_wrong_on_every_clip_is_called_worse_and_what_is_not_is_equal():
    found = cells_of(study(8))
    assert {name: each.finding.case for name, each in found.items()} == {
        "17": "reference", "16": "worse", "18": "worse", "17:16": "worse", "whole": "equal"}
    assert found["16"].finding.params["m"] == 8 and found["whole"].finding.params["equal"] == 8
    assert (found["17:16"].clash, found["16"].clash) == (True, False) and found["17:16"].pads_shown[0] > 0
    assert (found["16"].found, found["16"].inspected, found["18"].found) == (8, 8, 0)
    assert (found["16"].found_period, found["18"].found_period) == (16, None)
    repeats = cells_of(study(8, source_period=16))["16"]
    assert (repeats.found, repeats.found_period) == (0, None), "the source has that period itself"


def test_a_variant_that_fails_for_some_clips_is_compared_on_the_others():
    def scores(clip, variant, frames):
        return psnr_of(clip, variant, frames, opening=0.0, everywhere=0.0, level=20.0 if clip == "d" else 35.0)
    made = study("abcd", ("17", "16"), left_out={("d", "tiny-17", "16")}, psnr=scores)
    found = cells_of(made)["16"]
    assert found.absent == ("d",) and found.scores["psnr"].missing == 1
    # Its own mean is higher for want of the hard clip; paired it is what it is.
    assert found.scores["psnr"].mean > cells_of(made)["17"].scores["psnr"].mean + 3
    assert found.difference["psnr"].mean == pytest.approx(0.0) and found.finding.case == "few_equal"
    assert (found.finding.params["n"], found.stands["d"]) == (3, None)


def test_rows_without_scores_and_exact_rows():
    def scores(clip, variant, frames):
        return [{"exact": 100.0, "dark": None, "plain": 33.0}[clip]] * frames
    found = cells_of(study(["exact", "dark", "plain"], ("17", "16"), psnr=scores))
    assert (found["16"].exact, found["16"].scores["psnr"].n, found["16"].scores["psnr"].missing) == (1, 2, 1)
    assert found["16"].stands == {"exact": "equal", "dark": None, "plain": "equal"}
    assert found["16"].finding.params["n"] == 2 and len(found["16"].worst) == 2


@pytest.mark.parametrize(("value", "counted", "exact"), [(float("inf"), 100.0, 1), (float("nan"), None, 0)])
def test_what_is_no_number_is_counted_as_what_it_is(value, counted, exact):
    made = study(1, ("17",), psnr=lambda *about: [30.0] * 34)
    row = {**made.variants[0], "psnr": value, "psnr_worst": value}
    found = cells_of(replace(made, variants=(row,)))["17"]
    assert (found.scores["psnr"].mean, found.exact) == (counted, exact)
    json.dumps(study_record(replace(made, variants=(row,)), FAST), allow_nan=False)


def test_without_the_reference_nothing_is_compared():
    made = study(2, ("17", "16"), left_out={(f"clip {i}.mp4", "tiny-17", "17") for i in (1, 2)})
    assert [each.finding.case for each in cells_of(made).values()] == ["no_reference"]
    assert groups_of(made, FAST)[0].reference is None and groups_of(made, FAST)[0].headline == ()
    assert groups_of(study(0), FAST) == ()


def test_kinds_of_devices_are_never_paired():
    made = study(2, ("17", "16"), kinds=(KIND, "cuda Made-up GPU, bfloat16"))
    found = groups_of(made, FAST)
    assert [(group.kind, len(group.cells), group.clips) for group in found] == [
        (kind, 2, ("clip 1.mp4", "clip 2.mp4")) for kind in (KIND, "cuda Made-up GPU, bfloat16")]
    assert all(cell.scores["psnr"].n == 2 for group in found for cell in group.cells)


def test_models_stand_in_the_order_of_the_protocol(made):
    assert [group.model for group in groups_of(made, FAST)] == ["tiny-mixed", "tiny-17"]


def test_models_stand_beside_the_first_one_of_their_kind():
    made = study(8, ("17", "16"), models=("tiny-17", "tiny-mixed"), kinds=(KIND, "other"))
    rows = [{**row, "psnr": row["psnr"] + 2, "psnr_worst": row["psnr_worst"] + 3}
            if row["model"] == "tiny-mixed" and row["kind"] == KIND else row for row in made.variants]
    same, ahead = sorted(models_beside(replace(made, variants=tuple(rows)), FAST), key=lambda each: each.kind == KIND)
    assert (ahead.kind, same.kind, ahead.finding.case, same.finding.case) == (KIND, "other", "better", "equal")
    assert ahead.finding.params["label"] == "tiny-mixed@17" and ahead.finding.params["reference"] == "tiny-17@17"
    assert ahead.difference["psnr"].mean == pytest.approx(2) and ahead.difference["psnr_worst"].low == pytest.approx(3)
    assert set(ahead.stands.values()) == {"better"} and models_beside(study(8), FAST) == ()


def test_variants_stand_in_the_order_of_the_protocol():
    made = study(["a", "b"], ("17", "16", "18"), left_out={("a", "tiny-17", "17"), ("a", "tiny-17", "16")})
    assert list(cells_of(made)) == ["17", "16", "18"]


def test_clips_of_one_file_count_as_one_file():
    made = study(8, ("17", "16"), file="one file")
    group = groups_of(made, FAST)[0]
    assert (group.files, len(group.clips)) == (1, 8)
    assert group.cells[1].finding.case == "few_worse" and group.cells[1].finding.params["files"] == 1


def test_the_profile_around_borders_by_hand():
    """A dip of 4 dB in the first frame of each chunk, of which chunks of 16 have two inside 34 frames."""
    psnr = [26.0 if i % 16 == 0 else 30.0 for i in range(34)]
    rows = [frame for clip in "ab" for frame in rows_of(clip, "tiny-17", "16", psnr)[1]]
    around = around_borders(rows, "psnr")["tiny-17", "16", KIND].to_json()
    assert (around["borders"], around["clips"]) == (4, 2)
    assert dict(zip(around["offsets"], around["values"], strict=True)) == {
        offset: -4.0 if offset == 0 else 0.0 for offset in OFFSETS}
    whole = around_borders(rows_of("a", "tiny-17", "whole", psnr)[1], "psnr")
    assert whole["tiny-17", "whole", KIND].to_json() is None


def test_a_frame_counts_for_its_own_chunk_and_the_one_before():
    """Chunks of two frames: three frames after a border is another chunk's business."""
    around = Around()
    around.add([0.0, 0.0, 5.0, 0.0, 7.0, 0.0], [2, 4])
    values = dict(zip(OFFSETS, around.to_json()["values"], strict=True))
    assert {offset: value for offset, value in values.items() if value is not None} == {
        -2: 2.5, -1: 0.0, 0: 6.0, 1: 0.0}


def test_an_easy_clip_weighs_no_more_around_borders_than_a_hard_one():
    frames = [frame for clip, level in (("easy", 60.0), ("hard", 20.0)) for frame in rows_of(
        clip, "tiny-17", "16", [level - 6 if clip == "hard" and i % 16 == 0 else level for i in range(34)])[1]]
    around = around_borders(frames, "psnr")["tiny-17", "16", KIND].to_json()
    assert around["values"][OFFSETS.index(0)] == -3.0


def test_files_agree_with_each_other(made, saved):
    record, directory = saved
    assert {path.name for path in directory.iterdir()} == set(FILES)
    assert load_study(directory) == record == json.loads((directory / "study.json").read_text(encoding="utf-8"))
    columns = [column.name for column in variant_columns()]
    table = parquet.read_table(directory / "variants.parquet")
    assert table.column_names == columns and table.to_pylist() == record["rows"] == [dict(row) for row in made.variants]
    with (directory / "study.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == columns and len(rows) == len(made.variants) == 7 * 3 * 2 - 1
    for shown, row in zip(rows, record["rows"], strict=True):
        assert {name: str(cell(value)) for name, value in row.items()} == shown
        assert float(shown["psnr"]) == row["psnr"]
    frames = parquet.read_table(directory / "frames.parquet")
    assert frames.to_pylist() == [dict(row) for row in made.frames]
    assert frames.column_names == [column.name for column in frame_columns()]


def test_a_column_has_its_type_whether_or_not_anything_is_in_it(saved, tmp_path):
    nothing = study(["a.mp4"], ("17",))
    empty = replace(nothing, variants=(), frames=())
    told = ("clip", "model", "variant", "kind", "file_sha256", "frames", "frames_read", "pads_shown", "frames_lost")
    bare = replace(nothing, variants=tuple(
        {name: value if name in told else None for name, value in row.items()} for row in nothing.variants))
    for number, each in enumerate((empty, bare)):
        save_study(each, tmp_path / str(number))
        for name in ("variants.parquet", "frames.parquet"):
            assert parquet.read_schema(tmp_path / str(number) / name).equals(parquet.read_schema(saved[1] / name))


def test_parquet_says_what_its_columns_mean(saved):
    schema = parquet.read_schema(saved[1] / "variants.parquet")
    for column in variant_columns():
        about = {name.decode(): text.decode() for name, text in schema.field(column.name).metadata.items()
                 if not name.startswith(b"PARQUET")}
        assert about == {"meaning": column.meaning(), **({"unit": column.unit} if column.unit else {})}
    assert "tiny-mixed" in schema.metadata[b"study"].decode()


def test_means_over_the_frames_of_a_clip_are_its_row(saved):
    frames = parquet.read_table(saved[1] / "frames.parquet").to_pylist()
    for row in saved[0]["rows"][:5]:
        mine = [frame["psnr"] for frame in frames
                if all(frame[name] == row[name] for name in ("clip", "model", "variant")) and frame["psnr"] is not None]
        assert mean(mine) == pytest.approx(row["psnr"]) and min(mine) == row["psnr_worst"]


def test_the_summary_says_what_the_record_says(saved):
    record, directory = saved
    with (directory / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cells = {(group["model"], each["variant"]): each for group in record["groups"] for each in group["cells"]}
    assert len(rows) == len(cells) * len(record["scores"])
    for row in rows:
        each = cells[row["model"], row["variant"]]
        for key in ("mean", "low", "high"):
            value = each["scores"][row["score"]][key]
            assert row[key] == ("" if value is None else repr(value))
            paired = each["difference"].get(row["score"], {}).get(key)
            assert row[f"difference_{key}"] == ("" if paired is None else repr(paired))


def test_the_same_rows_give_the_same_bytes(made, saved, tmp_path):
    save_study(made, tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == {
        name: (saved[1] / name).read_bytes() for name in FILES}


def test_a_name_is_no_formula_in_a_spreadsheet(saved):
    with (saved[1] / "study.csv").open(encoding="utf-8", newline="") as file:
        texts = [text for row in csv.reader(file) for text in row]
    assert "'=cmd|' /C calc'!A0" in texts and not any(text[:1] in ("=", "+", "@", "\t") for text in texts)


def test_a_folder_that_cannot_be_written_is_said_and_left_as_it_was(tmp_path):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(Refusal) as caught:
        save_study(study(1, ("17",)), tmp_path / "taken")
    assert caught.value.case == "write_failed" and (tmp_path / "taken").read_text() == "mine"


@pytest.mark.parametrize(("harm", "place"), [
    (lambda data: data.update(format=2), "format 1"), (lambda data: data.pop("groups"), "at groups"),
    (lambda data: data["groups"][0]["cells"][0].update(exact="no"), "at groups.0.cells.0.exact")])
def test_a_broken_record_is_refused(saved, tmp_path, harm, place):
    data = json.loads((saved[1] / "study.json").read_text(encoding="utf-8"))
    harm(data)
    (tmp_path / "study.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ValueError, match=place):
        load_study(tmp_path)
    (tmp_path / "study.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="cannot be read"):
        load_study(tmp_path)
