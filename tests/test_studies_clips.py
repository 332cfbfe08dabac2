"""The clips of a study: files, folders, patterns, lists, with names of their own; what all models are given of them."""

import os
import shutil

import pytest
from small_studies import make_clips

from vae_demo.models.spec import MODELS as ALL_MODELS
from vae_demo.refusal import Refusal
from vae_demo.studies.clip_list import listed
from vae_demo.studies.lengths import common_length, common_multiple


@pytest.fixture(scope="module")
def clips(made_once):
    return made_once(make_clips)


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


LISTS = {
    "plain": (b"clip,start\na.mp4,3\n", [("a.mp4#3", 3)]),
    "a mark before it, and lines of Windows": (b"\xef\xbb\xbfclip,start\r\na.mp4,3\r\n", [("a.mp4#3", 3)]),
    "blanks and capitals": (b"Clip, Start\na.mp4, 3 \n", [("a.mp4#3", 3)]),
    "quotes": (b'clip,start\n"b, c.mp4",2\n', [("b, c.mp4#2", 2)]),
    "other columns first": (b"note,start,clip\nfine,2,a.mp4\n", [("a.mp4#2", 2)]),
    "no start": (b"clip,start\na.mp4,\n\na.mp4\n", [("a.mp4#7", 7)]),
    "twice": (b"clip,start\na.mp4,1\na.mp4,1,more\na.mp4,2\n", [("a.mp4#1", 1), ("a.mp4#2", 2)]),
    "semicolons": (b"clip;start\na.mp4;3\n", 1), "no header": (b"a.mp4,3\n", 1), "nothing": (b"", 1),
    "two headers of a name": (b"clip,clip\na.mp4,a.mp4\n", 1),
    "no clip": (b"clip,start\na.mp4,1\n,2\n", 3), "a fraction": (b"clip,start\na.mp4,2.0\n", 2),
    "below nothing": (b"clip,start\na.mp4,-2\n", 2),
    "no number anybody counts to": (b"clip,start\na.mp4," + b"9" * 5000, 2),
    "digits of another script": ("clip,start\na.mp4,\u0663\n".encode(), 2),
    "a quote that is never closed": (b'clip,start\n"a.mp4,2\nb.mp4\n', 2),
    "a line without an end": (b"clip\n" + b"a" * 200_000 + b"\n", 2)}


@pytest.mark.parametrize(("text", "said"), LISTS.values(), ids=LISTS)
def test_a_list_is_read_as_it_was_meant_or_refused_by_its_line(text, said, clips, tmp_path):
    for name in ("a.mp4", "b, c.mp4"):
        shutil.copy(clips / "one.mp4", tmp_path / name)
    (tmp_path / "list.csv").write_bytes(text)
    if isinstance(said, list):
        found, failures = listed([str(tmp_path / "list.csv")], start=7)
        assert [(clip.name, clip.start) for clip in found] == said and failures == []
        return
    with pytest.raises(Refusal) as caught:
        listed([str(tmp_path / "list.csv")])
    assert (caught.value.case, caught.value.params) == ("study_list", {"name": "list.csv", "line": said})


@pytest.mark.parametrize("text", ["clip\n\u00e9.mp4\n".encode("latin-1"), "clip\na.mp4\n".encode("utf-16")])
def test_a_list_in_other_letters_is_said_to_be_one(text, tmp_path):
    (tmp_path / "list.csv").write_bytes(text)
    with pytest.raises(Refusal) as caught:
        listed([str(tmp_path / "list.csv")])
    assert caught.value.case == "unreadable" and "UTF-8" in str(caught.value)


def test_names_that_look_alike_are_numbered_and_say_nothing_of_where_they_are(clips, tmp_path):
    names = ("dup.mp4", "dup\u200b.mp4", "dup.mp4 (1).mp4", "new\nline.mp4", "x" * 250, "x" * 251, "<b>&\".mp4",
             "=1.mp4")
    typed = [str(tmp_path / name) for name in names]
    for place in typed:
        shutil.copy(clips / "one.mp4", place)
    shutil.copy(clips / "one.mp4", tmp_path / "dup.mp4 (2)")
    found, failures = listed([*typed, str(tmp_path / "dup.mp4 (2)")])
    told = {clip.name for clip in found}
    assert failures == [] and len(told) == len(found) == 9
    assert {"dup.mp4 (1)", "dup.mp4 (2)", "dup.mp4 (3)", "new line.mp4", '<b>&".mp4', "=1.mp4"} <= told
    assert not any(tmp_path.name in name or not name.isprintable() for name in told)


def test_thousands_of_clips_of_one_name_are_told_apart_at_once(tmp_path):
    typed = [str(tmp_path / str(number) / "clip.mp4") for number in range(4000)]
    found, failures = listed(typed)
    assert found == [] and {each.clip for each in failures} == {f"{number}/clip.mp4" for number in range(4000)}


def test_what_lies_in_a_folder_and_is_no_clip_for_all_its_name_is_listed(clips, tmp_path):
    shutil.copy(clips / "one.mp4", tmp_path / "one.mp4")
    (tmp_path / "link.mp4").symlink_to("one.mp4")
    (tmp_path / "nowhere.mp4").symlink_to("gone.mp4")
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "folder.mp4").mkdir()
    os.mkfifo(tmp_path / "pipe.mp4")
    for typed in (str(tmp_path), str(tmp_path / "*.mp4")):
        found, failures = listed([typed])
        assert [clip.name for clip in found] == ["link.mp4", "one.mp4"]
        assert [(each.clip, each.case) for each in failures] == [("nowhere.mp4", "missing"), ("pipe.mp4", "special")]


@pytest.mark.parametrize("typed", ["a" * 5000, "*" * 5000, "/x" * 5000, "a\0.mp4"])
def test_what_no_system_takes_for_a_name_is_a_clip_that_cannot_be_read(typed, clips):
    found, (failure,) = listed([typed, str(clips / "one.mp4")])
    assert [clip.name for clip in found] == ["one.mp4"] and failure.sentence() and failure.clip.isprintable()


def test_a_name_of_nothing_is_not_the_folder_we_are_in():
    for typed in ("", "  "):
        with pytest.raises(Refusal) as caught:
            listed([typed])
        assert caught.value.case == "study_no_clips"
