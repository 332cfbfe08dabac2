"""The saved result: every file reads back, and a folder never holds half of one."""

import csv
import json
import os

import av
import pytest
from fabricated import Frames, comparison

from vae_demo import report
from vae_demo.refusal import Refusal


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    made, sources = comparison(18, name='<b>"rose" & 玫瑰</b>.mp4')
    directory = tmp_path_factory.mktemp("result")
    return report.save_result(made, sources, directory), sources, directory


def test_the_result_is_complete_and_loads(saved):
    finished, _, directory = saved
    data = report.load_result(directory)
    assert data == json.loads(json.dumps(finished.to_json()))
    assert {path.name for path in directory.iterdir()} == report.result_files(data) == {
        "atlas.mp4", "atlas-error.mp4", "atlas-delta.mp4", "comparison.json", "comparison.mp4", "frames.csv",
        "report.html", data["media"]["tapes"]["file"]}
    assert [(p["key"], p["layer"]) for p in data["media"]["panels"]] == [
        (key, "frames") for key in ("source", "17", "16", "17→16")] + [
        (key, layer) for layer in ("error", "delta") for key in ("17", "16", "17→16")]


def count_frames(path):
    with av.open(str(path)) as file:
        return sum(1 for _ in file.decode(video=0))


def test_every_video_runs_to_the_longest_panel(saved):
    finished, _, directory = saved
    longest = max(v.plan.frames_out for v in finished.variants)
    assert longest > 20
    for path in directory.glob("*.mp4"):
        assert count_frames(path) == longest == finished.media["n_frames"]


def test_csv_reads_back_as_the_records(saved):
    finished, _, directory = saved
    raw = (directory / "frames.csv").read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") and raw.startswith(b"variant,frame,source_frame,is_pad,psnr,ssim,l1,")
    with (directory / "frames.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(v.plan.frames_out for v in finished.variants)
    for variant in finished.variants:
        mine = [row for row in rows if row["variant"] == variant.label]
        assert [int(row["frame"]) for row in mine] == list(range(variant.plan.frames_out))
        for row, slot, psnr, step in zip(
                mine, variant.plan.slots, variant.playback["psnr"], variant.playback["temporal_step"], strict=True):
            assert row["source_frame"] == ("" if slot is None else str(slot))
            assert row["is_pad"] == str(int(slot is None))
            assert row["psnr"] == "" if psnr is None else float(row["psnr"]) == pytest.approx(psnr, abs=1e-6)
            assert row["temporal_step"] == "" if step is None else float(row["temporal_step"]) >= 0


def test_a_failed_write_leaves_what_was_there(tmp_path):
    made, sources = comparison(5, ("17",), size=16)
    report.save_result(made, sources, tmp_path, layers=())
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    class Broken(Frames):
        def frames(self, start, stop):
            if start:
                raise RuntimeError("disk")
            return super().frames(start, stop)

    long, long_sources = comparison(20, ("17",), size=16)
    with pytest.raises(RuntimeError, match="disk"):
        report.save_result(long, {**long_sources, "17": Broken(long_sources["17"].array)}, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    made, sources = comparison(5, ("17",), size=16)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(Refusal, match="cannot be written") as error:
        report.save_result(made, sources, tmp_path / "file")
    assert str(tmp_path) not in str(error.value)


@pytest.mark.parametrize("moved", [0, 1, 4, 5])
def test_a_result_is_never_found_half_replaced(moved, tmp_path, monkeypatch):
    made, sources = comparison(5, ("17",), size=16)
    report.save_result(made, sources, tmp_path, layers=())
    move, calls = os.replace, []

    def fail_later(source, target):
        # Only the last step counts: moving finished files from the hidden folder into place.
        if os.path.dirname(os.fspath(target)) == os.fspath(tmp_path):
            calls.append(os.path.basename(target))
            if len(calls) > moved:
                raise OSError(28, "No space left on device")
        move(source, target)

    monkeypatch.setattr(os, "replace", fail_later)
    with pytest.raises(Refusal, match="No space left"):
        report.save_result(made, sources, tmp_path, layers=())
    assert calls[-1] != "comparison.json" or len(calls) == 6
    with pytest.raises(ValueError, match="run it again"):
        report.load_result(tmp_path)


def test_stopping_halfway_leaves_nothing(tmp_path):
    made, sources = comparison(5, ("17",), size=16)
    steps = report.save_steps(made, sources, tmp_path / "out")
    assert next(steps) == (1, 8)
    steps.close()
    assert list((tmp_path / "out").iterdir()) == []


def test_steps_count_up_to_all(tmp_path):
    made, sources = comparison(5, ("17",), size=16)
    counted = list(report.save_steps(made, sources, tmp_path))
    assert [done for done, _ in counted] == list(range(1, counted[-1][1] + 1))


@pytest.mark.parametrize("spoil", ["missing", "format", "not json", "outside"])
def test_a_damaged_result_is_refused_in_one_sentence(spoil, tmp_path):
    made, sources = comparison(5, ("17",), size=16)
    report.save_result(made, sources, tmp_path, layers=())
    path = tmp_path / "comparison.json"
    if spoil == "missing":
        (tmp_path / "atlas.mp4").unlink()
    elif spoil == "format":
        path.write_text('{"format": 99}', encoding="utf-8")
    elif spoil == "not json":
        path.write_text("{", encoding="utf-8")
    else:
        path.write_text(path.read_text("utf-8").replace('"atlas.mp4"', '"../atlas.mp4"'), encoding="utf-8")
    with pytest.raises(ValueError, match="run it again") as error:
        report.load_result(tmp_path)
    assert "\n" not in str(error.value)


def test_copy_takes_the_result_and_nothing_else(tmp_path):
    made, sources = comparison(5, ("17",), size=16)
    report.save_result(made, sources, tmp_path / "a", layers=())
    (tmp_path / "a" / "secret.txt").write_text("x", encoding="utf-8")
    report.copy_result(tmp_path / "a", tmp_path / "b")
    assert report.load_result(tmp_path / "b") == report.load_result(tmp_path / "a")
    assert not (tmp_path / "b" / "secret.txt").exists()
