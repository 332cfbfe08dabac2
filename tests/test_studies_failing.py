"""What a study cannot compute: out of memory, errors, clips that change; the rest goes on."""

import shutil

import pytest
import torch
from small_studies import SETTINGS, VARIANTS, kept, make_clips, run_one, run_study

from vae_demo import memory
from vae_demo.models.two_stage import TwoStage
from vae_demo.studies import loop, seen
from vae_demo.studies.kept import Kept
from vae_demo.studies.loop import in_turn
from vae_demo.studies.plan import planned
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.study import StudyRun


@pytest.fixture(scope="module")
def clips(made_once):
    return made_once(make_clips)


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


def test_out_of_memory_is_tried_again_with_half_at_once(clips, tmp_path, monkeypatch):
    full = Full(monkeypatch, 1)
    study = run_one(clips, tmp_path).study()
    assert full.seen == [1, 2, 1, 1] or full.seen == [1, 2, 2, 2]
    assert len(study.variants) == 3 and study.failures == () and memory.share_among(1) == 1


@pytest.mark.parametrize(("times", "error", "case", "left"), [
    (2, torch.OutOfMemoryError, "out_of_memory", 2), (1, RuntimeError, "study_task", 2),
    (99, MemoryError, "out_of_memory", 0)])
def test_what_cannot_be_computed_is_listed_and_the_rest_goes_on(times, error, case, left, clips, tmp_path, monkeypatch):
    Full(monkeypatch, times, error)
    study = run_one(clips, tmp_path).study()
    assert len(study.variants) == left and study.missing == 0
    assert {(each.clip, each.model, each.case) for each in study.failures} == {("one.mp4", "tiny-17", case)}
    assert [each.variant for each in study.failures] == sorted(VARIANTS[:len(VARIANTS) - left])
    assert all(each.sentence(lang) for each in study.failures for lang in ("en", "zh"))
    monkeypatch.undo()
    assert run_one(clips, tmp_path).scored == 3 - left, "what failed is tried again by the next run"


def test_a_clip_that_changes_meanwhile_is_said_and_never_kept_as_what_it_was(clips, tmp_path):
    folder, out = tmp_path / "clips", tmp_path / "out"
    shutil.copytree(clips, folder)
    protocol = Protocol(clips=(str(folder),), **{**SETTINGS, "models": ("tiny-17",), "variants": ("17",)})
    plan = planned(protocol)
    shutil.copy(folder / "two.mp4", folder / "one.mp4")
    made = StudyRun(plan, Kept(out))
    list(made.steps(lambda units, missing: in_turn(protocol, plan.settings, units, missing)))
    assert made.scored == len(kept(out)) == 2
    assert [(each.clip, each.case) for each in made.study().failures] == [("one.mp4", "study_changed")]
    again = run_study(folder, out, models=("tiny-17",), variants=("17",))
    assert again.scored == 0 and len(again.study().variants) == 3, "one.mp4 shows now what two.mp4 does"


@pytest.mark.parametrize("broken", [(loop, "read"), (seen, "periodic")])
def test_an_error_of_ours_in_one_clip_is_listed_and_the_rest_goes_on(broken, clips, tmp_path, monkeypatch):
    module, name = broken
    own, calls = getattr(module, name), []

    def breaks(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise OSError(5, "Input/output error", "/somewhere/of/mine.mp4")
        return own(*arguments)

    monkeypatch.setattr(module, name, breaks)
    study = run_study(clips, tmp_path, models=("tiny-17",), variants=("17",)).study()
    assert [row["clip"] for row in study.variants] == ["three.mp4", "two.mp4"] and study.missing == 0
    (failure,) = study.failures
    assert (failure.clip, failure.case) == ("one.mp4", "study_task")
    assert "Input/output error" in failure.sentence() and "somewhere" not in failure.sentence()
