"""What a study keeps: killed anywhere it ends with the same table, and nothing old mixes with what is new."""

import errno
import json
import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import told
from small_studies import (
    N_TASKS,
    SETTINGS,
    VARIANTS,
    command,
    kept,
    killed_between,
    make_clips,
    rows,
    run_one,
    run_study,
    run_whole,
)

from vae_demo import assets
from vae_demo.cli.lock import only_run
from vae_demo.refusal import Refusal
from vae_demo.studies import kept as kept_module
from vae_demo.studies.kept import Kept
from vae_demo.studies.plan import planned
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.study import StudyRun, _Missing
from vae_demo.studies.task import Maker, task_key


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


def test_rows_that_were_damaged_are_computed_again(whole, clips, copied):
    first, second, third, fourth, fifth, other = sorted(copied.glob("rows/*/*.json"))[:6]
    first.write_text("{")
    text = second.read_text(encoding="utf-8")
    second.write_text(text[:text.index("}}") + 2], encoding="utf-8")
    third.write_text("{}")
    shutil.copy(other, fourth)
    fifth.write_bytes(bytes(fifth.stat().st_size))
    run = run_study(clips, copied)
    assert run.scored == 5 and rows(run.study()) == rows(whole[0].study())


def test_what_breaks_off_at_once_leaves_the_table_that_is_there(clips, copied, capsys):
    arguments = command(clips, copied)[3:]
    assert told(arguments, capsys)[0] == 0
    files = {path.name: path.read_bytes() for path in copied.iterdir() if path.is_file()}
    code, _, err = told([*arguments, "--ray", "127.0.0.1:1"], capsys)
    assert code == 2 and "no Ray cluster" in err[-1]
    assert {path.name: path.read_bytes() for path in copied.iterdir() if path.is_file()} == files


def test_two_studies_at_once_do_not_share_a_folder(clips, copied, capsys):
    with only_run(copied):
        code, _, (err,) = told(command(clips, copied)[3:], capsys)
    assert code == 2 and str(copied) in err


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


def test_a_full_disk_is_said_and_what_is_kept_stays(clips, tmp_path, monkeypatch):
    own, written = kept_module.os.fsync, []

    def full(descriptor):
        written.extend([descriptor] if stat.S_ISREG(os.fstat(descriptor).st_mode) else [])
        if len(written) > 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        own(descriptor)

    monkeypatch.setattr(kept_module.os, "fsync", full)
    with pytest.raises(Refusal) as caught:
        run_one(clips, tmp_path)
    assert caught.value.case == "study_kept" and "No space" in str(caught.value)
    assert len(kept(tmp_path)) == 2 and not list(tmp_path.glob("rows/*/*.part"))
    monkeypatch.undo()
    assert run_one(clips, tmp_path).scored == 1


def test_a_row_is_written_before_its_name_is_and_the_name_before_it_counts(clips, tmp_path, monkeypatch):
    own_sync, own_replace, done = os.fsync, Path.replace, []
    monkeypatch.setattr(kept_module.os, "fsync", lambda descriptor: (
        done.append("file" if stat.S_ISREG(os.fstat(descriptor).st_mode) else "folder"), own_sync(descriptor)))
    monkeypatch.setattr(Path, "replace", lambda path, target: (done.append("name"), own_replace(path, target))[1])
    Kept(tmp_path).put("ab-cd", {"base": "ab"})
    assert done == ["file", "name", "folder", "folder"] and list(kept(tmp_path)) == ["ab-cd.json"]


def test_where_two_kinds_work_together_what_either_has_done_is_done(whole, clips, copied):
    of_another_kind(copied, VARIANTS)
    for path in copied.glob("rows/*/*.json"):
        if json.loads(path.read_text(encoding="utf-8"))["row"]["device"] != "another one":
            path.unlink()
    plan, (maker, *_) = planned(Protocol(clips=(str(clips),), **SETTINGS)), whole[0].makers
    run, unit = StudyRun(plan, Kept(copied)), plan.units[0]

    def left(*makers):
        run.makers[:] = makers
        return len(_Missing(run)(unit, maker).variants)

    other = replace(maker, device_name="another one")
    assert (left(), left(maker), left(maker, other), left(other)) == (3, 3, 0, 0)
    assert left(maker, replace(other, model="tiny-mixed")) == 0, "a node is of a kind whichever model it holds"
    assert left(replace(other, threads=2)) == 3 and _Missing(run).by_somebody(unit)
