"""Studies in one process: their rows, their progress, what the command writes and says."""

import shutil
from pathlib import Path

import pytest
from command_line import told
from small_studies import (
    MODELS,
    N_TASKS,
    VARIANTS,
    command,
    kept,
    make_clips,
    rows,
    run_study,
    run_whole,
)

from vae_demo import assets, engine
from vae_demo.cli.study import _say_protocol
from vae_demo.clips import read_clip
from vae_demo.layout.variant import Variant
from vae_demo.models.loading import load_model
from vae_demo.studies.loop import loaded
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.rows import Failure, frame_columns, variant_columns


@pytest.fixture(scope="module")
def clips(made_once):
    return made_once(make_clips)


@pytest.fixture(scope="module")
def whole(clips, tmp_path_factory):
    """A study of them that nobody disturbed, and its folder, which nobody writes to."""
    return run_whole(clips, tmp_path_factory.mktemp("whole"))


@pytest.fixture
def copied(whole, tmp_path):
    """A copy of that folder, to be changed."""
    shutil.copytree(whole[1], tmp_path / "out")
    return tmp_path / "out"


def test_rows_have_their_columns_and_their_order(whole):
    run, _ = whole
    study = run.study()
    assert run.scored == N_TASKS == len(study.variants) and study.missing == 0 and study.failures == ()
    assert [(row["clip"], row["model"], row["variant"]) for row in study.variants] == [
        (f"{clip}.mp4", model, variant) for clip in ("one", "three", "two") for model in MODELS
        for variant in VARIANTS]
    assert {tuple(row) for row in study.variants} == {tuple(column.name for column in variant_columns())}
    frames = list(study.frames)
    assert {tuple(row) for row in frames} == {tuple(column.name for column in frame_columns())}
    assert len(frames) == sum(max(row["frames"], row["frames_out"]) for row in study.variants)
    kinds = {"string": str, "int64": int, "float64": float, "bool": bool}
    for columns, table in ((variant_columns(), study.variants), (frame_columns(), frames)):
        for column in columns:
            assert {type(row[column.name]) for row in table} <= {kinds[column.dtype], type(None)}, column.name
    assert list(study.made_by) == list(study.kinds) and len(study.kinds) == 1


def test_rows_say_what_a_comparison_says(whole, clips, tmp_path):
    study = whole[0].study()
    model = load_model("tiny-17")
    with read_clip(clips / "two.mp4", 0, 17, 32) as clip:
        done = engine.measure(clip, engine.jobs_of(model, [*map(Variant.read, VARIANTS)]), tmp_path)
    for each in done.comparison.variants:
        (row,) = [row for row in study.variants if (row["clip"], row["model"], row["variant"]) == (
            "two.mp4", "tiny-17", each.variant.spelling)]
        assert row["psnr"] == each.playback.means["psnr"] and row["ssim_aligned"] == each.aligned.means["ssim"]
        assert (row["frames_lost"], row["pads_shown"]) == (len(each.plan.lost_frames), each.plan.pads_shown)
        assert row["clip_sha256"] == each.provenance.clip_sha256
        frames = [frame for frame in study.frames if (frame["clip"], frame["model"], frame["variant"]) == (
            "two.mp4", "tiny-17", each.variant.spelling)]
        shown = frames[:each.plan.frames_out]
        assert tuple(frame["psnr"] for frame in shown) == each.playback["psnr"]
        assert tuple(frame["slot"] for frame in shown) == each.plan.slots
        assert tuple(frame["psnr_aligned"] for frame in frames[:17]) == each.aligned["psnr"]
        assert [frame["frame"] for frame in frames if frame["border"]] == list(each.plan.boundaries)


def test_progress_says_clips_rate_and_time_left(whole):
    seen = whole[0].seen
    first, last = seen[0], seen[-1]
    assert (first.done, first.tasks, first.clips_done, first.clips, first.seconds_left) == (0, N_TASKS, 0, 3, None)
    assert (last.scored, last.done, last.clips_done, last.seconds_left) == (N_TASKS, N_TASKS, 3, 0)
    assert last.per_minute > 0 and [step.done for step in seen] == sorted(step.done for step in seen)


def test_what_is_kept_counts_as_done_and_says_nothing_of_the_rate(clips, copied):
    last = run_study(clips, copied).seen[-1]
    assert (last.scored, last.done, last.per_minute) == (0, N_TASKS, None)


def test_the_command_line_writes_its_table_and_says_what_it_lacks(clips, copied, capsys):
    (copied.parent / "text.mp4").write_text("no video")
    arguments = command(clips, copied)[3:]
    code, out, err = told([arguments[0], str(copied.parent / "text.mp4"), *arguments[1:]], capsys)
    assert code == 0 and out.splitlines()[0] == f"{N_TASKS} rows of 3 clips; 0 computed now, the rest were kept"
    assert out.splitlines()[1].startswith("not done: text.mp4: ") and out.splitlines()[-1] == f"written to {copied}"
    assert any("text.mp4" in line for line in err)
    assert {"protocol.toml", "study.json", "study.csv", "study.html", "frames.parquet", "variants.parquet"} <= {
        path.name for path in copied.iterdir()}
    assert Protocol.read(copied / "protocol.toml").variants == VARIANTS
    # What is passed on says what clips are called, not where they lie on this machine.
    passed_on = [path for path in copied.iterdir() if path.is_file() and path.name != "protocol.toml"]
    assert len(passed_on) >= 6 and not any(str(clips.parent).encode() in path.read_bytes() for path in passed_on)
    assert str(clips) in (copied / "protocol.toml").read_text(encoding="utf-8")


def test_a_table_of_other_settings_goes_before_its_protocol_does(tmp_path):
    for text, there in (("size = 1", False), ("size = 1", True), ("size = 2", False)):
        _say_protocol(tmp_path, text)
        assert (tmp_path / "study.json").exists() is there and (tmp_path / "protocol.toml").read_text() == text
        (tmp_path / "study.json").write_text("{}")


def test_what_cannot_be_read_is_said_once_and_stops_nobody(whole, clips, tmp_path):
    for name in ("text.mp4", "same.mp4"):
        (tmp_path / name).write_text("no video")
    typed = (str(clips), str(tmp_path / "text.mp4"), str(tmp_path / "gone.mp4"), str(tmp_path / "same.mp4"))
    study = run_study(clips, tmp_path / "out", clips=typed).study()
    assert rows(study)[0] == whole[0].study().variants and study.missing == 0
    assert [(each.clip, each.model, each.case) for each in study.failures] == [
        ("gone.mp4", None, "missing"), ("same.mp4", None, "not_media"), ("text.mp4", None, "not_media")]
    assert all(each.clip in each.sentence() for each in study.failures)


def test_a_file_that_is_there_twice_is_scored_once(clips, tmp_path):
    shutil.copy(clips / "one.mp4", tmp_path / "again.mp4")
    run = run_study(clips, tmp_path / "out", clips=(str(clips / "one.mp4"), str(tmp_path / "again.mp4")),
                    models=("tiny-17",), variants=("17",))
    first, second = run.study().variants
    assert run.scored == 1 and (first["clip"], second["clip"]) == ("again.mp4", "one.mp4")
    assert {**first, "clip": ""} == {**second, "clip": ""}


def test_a_dry_run_says_what_there_is_to_do(clips, copied, capsys):
    arguments = ["study", str(clips), "--models", ",".join(MODELS), "--variants", "17,5,9:8,whole", "--frames", "17",
                 "--size", "32", "--threads", "1", "--dry-run", "--out", str(copied)]
    before = kept(copied)
    code, out, _ = told(arguments, capsys)
    assert code == 0 and kept(copied) == before
    assert out.splitlines()[0] == "3 clips, 24 tasks of one clip, model and variant; 6 are not done yet"
    assert out.splitlines()[1] == f"{6 * 17} frames to decode" and " s for one worker" in out


def test_a_dry_run_says_which_clips_end_before_they_begin(clips, tmp_path, capsys):
    arguments = [*command(clips, tmp_path)[3:], "--start", "17", "--dry-run"]
    code, out, _ = told(arguments, capsys)
    assert code == 0 and "0 are not done yet" in out and out.count("not done: ") == 3 and "ends with frame 16" in out


def test_progress_on_a_pipe_is_lines_and_not_many(clips, copied, capsys):
    code, _, err = told(command(clips, copied)[3:], capsys)
    assert code == 0 and err == ["0 of 3 clips, 0 of 18 tasks", "3 of 3 clips, 18 of 18 tasks"]


def test_models_of_a_study_are_those_of_its_protocol(tmp_path):
    other = str(assets.WEIGHTS / "tiny-mixed.safetensors")
    model = loaded(Protocol(weights={"tiny-17": other}), "tiny-17")
    assert model.spec.name == "tiny-17" and model.weights.name == Path(other).name


def test_a_failure_can_be_said_in_both_languages():
    assert Failure(None, "tiny-17", None, "study_lost", {"n": 3, "reason": "gone"}).sentence("zh")
