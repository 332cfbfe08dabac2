"""Studies in one process: rows, what is kept and what is not, what cannot be done; killed anywhere, the same table."""

import errno
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from command_line import told
from small_studies import (
    MODELS,
    N_TASKS,
    SETTINGS,
    VARIANTS,
    command,
    kept,
    killed_between,
    make_clips,
    rows,
    run_study,
)

from benchmarks import study as benchmark
from vae_demo import assets, engine, memory
from vae_demo.cli import build_parser
from vae_demo.cli.study import _say_protocol, protocol_of
from vae_demo.clips import read_clip
from vae_demo.layout.variant import Variant
from vae_demo.models.loading import load_model
from vae_demo.models.spec import MODELS as ALL_MODELS
from vae_demo.models.two_stage import TwoStage
from vae_demo.refusal import Refusal
from vae_demo.studies import kept as kept_module
from vae_demo.studies.clip_list import listed
from vae_demo.studies.kept import Kept
from vae_demo.studies.lengths import common_length, common_multiple
from vae_demo.studies.loop import loaded
from vae_demo.studies.plan import planned
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.rows import Failure, frame_columns, variant_columns
from vae_demo.studies.task import Maker, task_key


@pytest.fixture(scope="module")
def clips(made_once):
    return made_once(make_clips)


@pytest.fixture(scope="module")
def whole(clips, tmp_path_factory):
    """A study that nobody disturbed, and its folder, which nobody writes to."""
    out = tmp_path_factory.mktemp("whole")
    return run_study(clips, out), out


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


def test_a_table_of_other_settings_goes_before_its_protocol_does(tmp_path):
    for text, there in (("size = 1", False), ("size = 1", True), ("size = 2", False)):
        _say_protocol(tmp_path, text)
        assert (tmp_path / "study.json").exists() is there and (tmp_path / "protocol.toml").read_text() == text
        (tmp_path / "study.json").write_text("{}")


def test_what_no_clip_could_meet_is_refused_before_any_is_read(clips):
    with pytest.raises(Refusal) as caught:
        planned(Protocol(clips=(str(clips),), frames=10**6))
    assert caught.value.case == "clip_frames"


def test_killed_twice_and_started_again_it_is_the_same_to_the_digit(whole, clips, tmp_path):
    out = tmp_path / "out"
    first = killed_between(clips, out)
    second = killed_between(clips, out, least=0 if len(first) == N_TASKS else 1)
    assert {name: second[name] for name in first} == first, "what was kept is written again"
    run = run_study(clips, out)
    assert run.scored == N_TASKS - len(second)
    assert {name: written for name, written in kept(out).items() if name in second} == second
    assert rows(run.study()) == rows(whole[0].study())


def test_what_is_half_written_counts_for_nothing(whole, clips, copied):
    path = next(copied.glob("rows/*/*.json"))
    half = path.with_suffix(".part")
    half.write_text(path.read_text()[:40])
    path.unlink()
    run = run_study(clips, copied)
    assert run.scored == 1 and not half.exists() and rows(run.study()) == rows(whole[0].study())


def test_a_row_that_was_damaged_is_computed_again(whole, clips, copied):
    next(copied.glob("rows/*/*.json")).write_text("{")
    run = run_study(clips, copied)
    assert run.scored == 1 and rows(run.study()) == rows(whole[0].study())


def test_nothing_is_computed_twice_and_more_variants_come_to_what_is_there(whole, clips, copied):
    assert run_study(clips, copied).scored == 0
    more = run_study(clips, copied, variants=(*VARIANTS, "whole"))
    assert more.scored == 6 and len(more.study().variants) == 24
    assert rows(run_study(clips, copied).study()) == rows(whole[0].study())


@pytest.mark.parametrize("change", [
    {"frames": 13}, {"size": 24}, {"start": 2}, {"scores": ("psnr", "temporal_step")}, {"seed": 1}, {"inspect": False},
    {"weights": {"tiny-17": str(assets.WEIGHTS / "tiny-mixed.safetensors")}}])
def test_changed_settings_and_weights_never_mix_with_old_rows(change, whole, clips, copied):
    changed = run_study(clips, copied, variants=VARIANTS[:1], **change)
    n_again = 3 if "weights" in change else 6
    assert changed.scored == n_again and len(changed.study().variants) == 6
    old = {row["task"] for row in whole[0].study().variants if row["model"] == "tiny-17"}
    assert not old & {row["task"] for row in changed.study().variants}
    assert rows(run_study(clips, copied).study()) == rows(whole[0].study())


def of_another_kind(out, variants):
    """Rows of `variants` as another processor would have made them."""
    store = Kept(out)
    for path in sorted(out.glob("rows/*/*.json")):
        base = path.stem.partition("-")[0]
        (data,) = store.of(base)
        if data["row"]["variant"] in variants:
            maker = replace(Maker.from_json(data["maker"]), device_name="another one")
            row = {**data["row"], "kind": maker.kind, "device": maker.device_name}
            store.put(task_key(base, maker), {**data, "maker": maker.to_json(), "row": row})


def test_rows_of_another_kind_stand_apart_where_they_are_whole(whole, clips, copied):
    of_another_kind(copied, VARIANTS)
    run = run_study(clips, copied)
    study = run.study()
    assert run.scored == 0 and len(study.variants) == 2 * N_TASKS and len(study.kinds) == 2
    kinds = [row["kind"] for row in study.variants[:2]]
    assert kinds == sorted(study.kinds)


def test_what_another_kind_left_unfinished_is_no_part_of_the_table(whole, clips, copied):
    of_another_kind(copied, VARIANTS[:1])
    assert rows(run_study(clips, copied).study()) == rows(whole[0].study())


def test_rows_of_other_threads_are_not_what_the_protocol_asks_for(whole, clips, copied):
    plan = planned(Protocol(clips=(str(clips),), **SETTINGS))
    maker = whole[0].makers[0]
    assert plan.allows(maker) and not plan.allows(replace(maker, threads=2))
    assert not planned(Protocol(clips=(str(clips),), **{**SETTINGS, "dtype": "bfloat16"})).allows(maker)


def test_what_cannot_be_read_is_said_once_and_stops_nobody(whole, clips, tmp_path):
    (tmp_path / "text.mp4").write_text("no video")
    typed = (str(clips), str(tmp_path / "text.mp4"), str(tmp_path / "gone.mp4"))
    study = run_study(clips, tmp_path / "out", clips=typed).study()
    assert rows(study)[0] == whole[0].study().variants and study.missing == 0
    assert [(each.clip, each.model, each.case) for each in study.failures] == [
        ("gone.mp4", None, "missing"), ("text.mp4", None, "not_media")]
    assert all(each.clip in each.sentence() for each in study.failures)


def test_a_variant_that_one_model_lacks_is_listed_and_one_that_all_lack_is_refused(clips, tmp_path):
    plan = planned(Protocol(clips=(str(clips),), models=("tiny-17", "wan-2.1"), variants=("17", "own")))
    assert plan.variants == {"tiny-17": ("17",), "wan-2.1": ("17", "own")}
    assert [(each.model, each.variant, each.case) for each in plan.failures] == [
        ("tiny-17", "own", "variant_not_offered")]
    with pytest.raises(Refusal) as caught:
        planned(Protocol(clips=(str(clips),), variants=("17", "tile16/8")))
    assert caught.value.case == "variant_not_offered"
    only = Protocol(models=MODELS, variants=("17", "tiny-17@5"))
    assert [len(only.variants_of(model)) for model in MODELS] == [2, 1]


class Full:
    """A decoder that runs out of memory so many times."""

    def __init__(self, patch, times, error=torch.OutOfMemoryError):
        own, self.seen = TwoStage.decode_frames, []

        def decode(model, spatial, sink):
            self.seen.append(memory.share_among(1))
            memory.share_among(self.seen[-1])
            if len(self.seen) <= times:
                raise error("made up")
            return own(model, spatial, sink)

        patch.setattr(TwoStage, "decode_frames", decode)


def one_clip(clips, out, **changes):
    return run_study(clips, out, clips=(str(clips / "one.mp4"),), models=("tiny-17",), **changes)


def test_out_of_memory_is_tried_again_with_half_at_once(clips, tmp_path, monkeypatch):
    full = Full(monkeypatch, 1)
    study = one_clip(clips, tmp_path).study()
    assert full.seen == [1, 2, 1, 1] or full.seen == [1, 2, 2, 2]
    assert len(study.variants) == 3 and study.failures == () and memory.share_among(1) == 1


@pytest.mark.parametrize(("times", "error", "case", "left"), [
    (2, torch.OutOfMemoryError, "out_of_memory", 2), (1, RuntimeError, "study_task", 2),
    (99, MemoryError, "out_of_memory", 0)])
def test_what_cannot_be_computed_is_listed_and_the_rest_goes_on(times, error, case, left, clips, tmp_path, monkeypatch):
    Full(monkeypatch, times, error)
    study = one_clip(clips, tmp_path).study()
    assert len(study.variants) == left and study.missing == 0
    assert {(each.clip, each.model, each.case) for each in study.failures} == {("one.mp4", "tiny-17", case)}
    assert [each.variant for each in study.failures] == sorted(VARIANTS[:len(VARIANTS) - left])
    assert all(each.sentence(lang) for each in study.failures for lang in ("en", "zh"))
    monkeypatch.undo()
    assert one_clip(clips, tmp_path).scored == 3 - left, "what failed is tried again by the next run"


def test_a_full_disk_is_said_and_what_is_kept_stays(clips, tmp_path, monkeypatch):
    own, written = kept_module.os.fsync, []

    def full(descriptor):
        written.append(descriptor)
        if len(written) > 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        own(descriptor)

    monkeypatch.setattr(kept_module.os, "fsync", full)
    with pytest.raises(Refusal) as caught:
        one_clip(clips, tmp_path)
    assert caught.value.case == "study_kept" and "No space" in str(caught.value)
    assert len(kept(tmp_path)) == 2 and not list(tmp_path.glob("rows/*/*.part"))
    monkeypatch.undo()
    assert one_clip(clips, tmp_path).scored == 1


def test_all_models_are_given_what_each_takes_whole():
    models = ("tiny-17", "wan-2.1", "ltx-video-0.9.0")
    for n in (1, 2, 17, 50, 85):
        length = common_length(n, models)
        assert length <= n and all(
            not ALL_MODELS[name].plan(length, ALL_MODELS[name].own).lost_frames for name in models)
        assert all(any(ALL_MODELS[name].plan(longer, ALL_MODELS[name].own).lost_frames for name in models)
                   for longer in range(length + 1, n + 1))
    assert (common_length(85, models), common_length(53, ("wan-2.1",)), common_length(51, ("tiny-17",))) == (81, 53, 51)
    assert all(common_multiple(models) % ALL_MODELS[name].spatial_factor == 0 for name in models)


def test_lists_folders_and_patterns_are_clips_with_names_of_their_own(clips, tmp_path):
    for place in ("a/x.mp4", "b/x.mp4"):
        (tmp_path / place).parent.mkdir()
        shutil.copy(clips / "one.mp4", tmp_path / place)
    (tmp_path / "b" / "notes.txt").write_text("no clip")
    table = tmp_path / "clips.csv"
    table.write_text("clip,start\na/x.mp4,0\na/x.mp4,4\nb/x.mp4,\n", encoding="utf-8")
    found, failures = listed([str(table), str(tmp_path / "b"), str(tmp_path / "*" / "x.mp4"), str(clips / "two.mp4")])
    assert [(clip.name, clip.start) for clip in found] == [
        ("a/x.mp4", 0), ("b/x.mp4", 0), ("two.mp4", 0), ("x.mp4#4", 4)]
    assert failures == [] and found[0].content == found[1].content != found[3].content


def test_a_file_that_is_there_twice_is_scored_once(clips, tmp_path):
    shutil.copy(clips / "one.mp4", tmp_path / "again.mp4")
    run = run_study(clips, tmp_path / "out", clips=(str(clips / "one.mp4"), str(tmp_path / "again.mp4")),
                    models=("tiny-17",), variants=("17",))
    first, second = run.study().variants
    assert run.scored == 1 and (first["clip"], second["clip"]) == ("again.mp4", "one.mp4")
    assert {**first, "clip": ""} == {**second, "clip": ""}


@pytest.mark.parametrize("protocol", [
    Protocol(), Protocol(clips=('a "b"\\c\x7f\n.mp4', "片段/*.mp4"), frames=None, seed=3, threads=2, reference="16"),
    Protocol(weights={"tiny-17": "C:\\w", "wan-2.1": "w"}, scores=("temporal_step", "psnr"), inspect=False)])
def test_a_protocol_says_the_same_when_it_is_read_again(protocol, tmp_path):
    path = tmp_path / "protocol.toml"
    path.write_text(protocol.to_toml(), encoding="utf-8")
    assert Protocol.read(path) == protocol


def test_what_is_typed_goes_before_the_file(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text('clips = ["a"]\nframes = 34\nsize = 128\nmodels = ["tiny-mixed"]\n', encoding="utf-8")
    args = build_parser().parse_args(["study", "--protocol", str(path), "--frames", "all", "--weights", "tiny-17=w",
                                      "--variants", "17, 17→16", "--out", str(tmp_path)])
    assert protocol_of(args) == Protocol(clips=("a",), frames=None, size=128, models=("tiny-mixed",),
                                         variants=("17", "17:16"), weights={"tiny-17": "w"})


def test_a_dry_run_says_what_there_is_to_do(clips, copied, capsys):
    arguments = ["study", str(clips), "--models", ",".join(MODELS), "--variants", "17,5,9:8,whole", "--frames", "17",
                 "--size", "32", "--threads", "1", "--dry-run", "--out", str(copied)]
    before = kept(copied)
    code, out, _ = told(arguments, capsys)
    assert code == 0 and kept(copied) == before
    assert out.splitlines()[0] == "3 clips, 24 tasks of one clip, model and variant; 6 are not done yet"
    assert out.splitlines()[1] == f"{6 * 17} frames to decode" and " s for one worker" in out


def test_models_of_a_study_are_those_of_its_protocol(tmp_path):
    other = str(assets.WEIGHTS / "tiny-mixed.safetensors")
    model = loaded(Protocol(weights={"tiny-17": other}), "tiny-17")
    assert model.spec.name == "tiny-17" and model.weights.name == Path(other).name


def test_a_failure_can_be_said_in_both_languages():
    assert Failure(None, "tiny-17", None, "study_lost", {"n": 3, "reason": "gone"}).sentence("zh")


def test_the_benchmark_says_what_a_thousand_clips_take():
    found = [{"workers": 0, "tasks": 11, "start": 1.0, "seconds": 5.0, "bytes": 9000.0, "driver": 0.4},
             {"workers": 2, "tasks": 11, "start": 9.0, "seconds": 2.5, "bytes": 9000.0, "driver": 0.006}]
    args = SimpleNamespace(models="tiny-17", variants="17", frames=34, size=64, device="cuda")
    said = benchmark.lines(found, args)
    assert "| loop | 1.0 s | 2.00 | 68 | computes itself |" in said and "| 2 | 9.0 s | 4.00 | 136 | 6.0 |" in said
    assert said[-3:] == [
        "1000 clips like these are 1000 tasks: 0.07 hours here.", "On 8 such GPUs, a worker on each: 0.02 hours.",
        "However fast workers are, the driver takes 0.1 minutes of a core for them."]
