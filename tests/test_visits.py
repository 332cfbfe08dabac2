"""What visitors leave: apart from each other, kept as long as promised, and no longer."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from served import reception_in
from uploaded_files import CONTENT, foreign_paths, uploaded

from vae_demo.refusal import Refusal
from vae_demo.views.explore.tab import tab_of
from vae_demo.views.serving import uploads
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.serving.keys import checked_key, new_key
from vae_demo.views.serving.visits import LINGER_S, RESULTS_KEPT, Visits, content_of


@pytest.fixture
def upload_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    return tmp_path / "gradio"


@pytest.fixture
def visits(tmp_path, upload_folder):
    return Visits(Bounds(), tmp_path / "private", uploads.results_folder())


def everything(tmp_path):
    return sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())


def test_a_clip_is_kept_beside_the_upload_it_came_from(visits, upload_folder):
    key, path = new_key(), uploaded(upload_folder)
    mine = visits.take(key, path)
    assert path.exists() and mine.read_bytes() == path.read_bytes() and mine.name == path.name
    assert visits.clip(key) == mine and visits.clip(new_key()) is None
    assert not mine.is_relative_to(upload_folder), "a clip is never served"


def test_two_visitors_with_the_same_file_do_not_take_it_from_each_other(visits, upload_folder):
    keys, path = [new_key(), new_key()], uploaded(upload_folder)
    first, second = (visits.take(key, path) for key in keys)
    visits.end(keys[0])
    assert not first.exists() and second.exists() and path.exists()
    visits.end(keys[1])
    assert not second.exists() and not path.exists(), "the last one takes the upload along"


def test_an_upload_that_was_swept_before_it_was_taken_is_a_sentence(visits, upload_folder, tmp_path):
    key, path = new_key(), uploaded(upload_folder)
    path.unlink()
    with pytest.raises(Refusal, match="no longer on this server"):
        visits.take(key, path)
    path.write_bytes(b"x")
    mine = visits.take(key, path)
    with pytest.MonkeyPatch.context() as patch:  # between the look at its size and the link
        patch.setattr(visits, "make_room", lambda n_bytes: path.unlink())
        with pytest.raises(Refusal, match="no longer on this server"):
            visits.take(key, path)
    assert visits.clip(key) == mine and mine.exists(), "the clip before it stays"
    assert len(list(mine.parents[1].iterdir())) == 1, "no empty folder stays"


def test_the_folder_of_an_upload_stays_while_one_arrives(visits, upload_folder):
    """Gradio makes the folder, and moves the file there a moment later."""
    key, path = new_key(), uploaded(upload_folder)
    visits.take(key, path)
    with uploads.arriving():
        visits.end(key)
        uploads.sweep(0)
        assert not path.exists() and path.parent.exists()
    uploads.sweep(0)
    assert not path.parent.exists()


def test_an_upload_made_again_meanwhile_stays(visits, upload_folder):
    key, path = new_key(), uploaded(upload_folder)
    visits.take(key, path)
    again = path.with_name("part")
    again.write_bytes(path.read_bytes())
    os.replace(again, path)  # as Gradio does
    visits.end(key)
    assert path.exists()


def test_without_links_a_copy_is_made(visits, upload_folder, monkeypatch):
    def no_links(*arguments):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", no_links)
    key, path = new_key(), uploaded(upload_folder)
    mine = visits.take(key, path)
    assert mine.read_bytes() == path.read_bytes()
    visits.end(key)
    assert path.exists() and not mine.exists()


def test_a_visit_has_one_clip_and_the_next_takes_its_place(visits, upload_folder):
    key, other = new_key(), new_key()
    before, others = (visits.take(each, uploaded(upload_folder)) for each in (key, other))
    after = visits.take(key, uploaded(upload_folder, "next.mp4", "d" * 64))
    assert not before.exists() and visits.clip(key) == after and visits.clip(other) == others
    assert content_of(after) == "d" * 16 and content_of(others) == CONTENT[:16], "names say nothing of what is in them"


def test_results_have_names_nobody_can_guess_and_say_nothing_of_the_visit(visits, upload_folder, tmp_path):
    key = new_key()
    made = [visits.new_result(key, "explore") for _ in range(RESULTS_KEPT + 2)]
    assert all(path.exists() for path in made), "on a slow line they may still be asked for"
    for path in made:
        os.utime(path, (0, time.time() - LINGER_S - 1))
    made.append(visits.new_result(key, "explore"))
    assert [path.exists() for path in made] == [False] * 3 + [True] * RESULTS_KEPT
    assert len({path.name for path in made}) == len(made) and all(len(path.name) == 32 for path in made)
    visits.take(key, uploaded(upload_folder))
    assert not any(key in str(path) for path in tmp_path.rglob("*")), "the key is in no name"
    assert not any(path.is_relative_to(made[-1].parent) for path in [visits.clip(key)])


def test_what_is_kept_comes_back_to_its_visit_alone(visits):
    key = new_key()
    visits.new_result(key, "explore")
    visits.keep(key, "explore", {"a": [1, None, "文"]})
    assert visits.kept(key, "explore") == {"a": [1, None, "文"]}
    assert visits.kept(key, "sweep") is None and visits.kept(new_key(), "explore") is None


def test_a_broken_record_is_no_record(visits, tmp_path):
    key = new_key()
    visits.new_result(key, "explore")
    visits.keep(key, "explore", {"a": 1})
    (record,) = (tmp_path / "private").rglob("explore.json")
    record.write_text(json.dumps({"a": 1})[:4])
    assert visits.kept(key, "explore") is None


@pytest.mark.parametrize("key", [
    "", "x", "A" * 32, "a" * 31, "a" * 33, "../" * 8, None, 7, ["a" * 32], "a" * 31 + "\n"])
def test_only_keys_that_a_page_makes_are_keys(visits, key):
    with pytest.raises(Refusal):
        checked_key(key)
    with pytest.raises(Refusal):
        visits.new_result(key, "explore")


def test_a_visit_ends_when_nothing_is_heard_of_it(tmp_path, upload_folder):
    visits = Visits(Bounds(grace_s=0.3), tmp_path / "private", uploads.results_folder())
    keys = [new_key(), new_key()]
    for key in keys:
        visits.take(key, uploaded(upload_folder))
        visits.new_result(key, "explore").joinpath("atlas.mp4").write_bytes(b"x")
        visits.keep(key, "explore", {})
    for _ in range(4):
        time.sleep(0.1)
        assert visits.seen(keys[0])
    visits.sweep()
    assert visits.seen(keys[0]) and visits.clip(keys[0]) and visits.kept(keys[0], "explore") == {}
    assert not visits.seen(keys[1]) and visits.clip(keys[1]) is None
    time.sleep(0.4)
    visits.sweep()
    assert everything(tmp_path) == []


def test_a_sign_of_life_alone_makes_no_visit(visits, tmp_path):
    for _ in range(1000):
        assert not visits.seen(new_key())
    assert everything(tmp_path) == [] and not list((tmp_path / "private").iterdir())


def test_room_is_made_of_the_oldest_results_first(tmp_path, upload_folder):
    visits = Visits(Bounds(max_disk_bytes=10_000), tmp_path / "private", uploads.results_folder())
    old, new = new_key(), new_key()
    results = []
    for key in (old, new):
        results.append(visits.new_result(key, "explore"))
        results[-1].joinpath("atlas.mp4").write_bytes(b"x" * 4000)
    visits.make_room(4000)
    assert [path.exists() for path in results] == [False, True]
    with pytest.raises(Refusal) as error:
        visits.make_room(20_000)
    assert error.value.case == "no_room"


def test_uploads_nobody_took_count_and_make_room_first(tmp_path, upload_folder):
    visits = Visits(Bounds(max_disk_bytes=10_000), tmp_path / "private", uploads.results_folder())
    result = visits.new_result(new_key(), "explore")
    result.joinpath("atlas.mp4").write_bytes(b"x" * 4000)
    fresh, old = uploaded(upload_folder), uploaded(upload_folder, "old.mp4", "a" * 64, 5000)
    assert visits.used_bytes() == 10_000
    visits.take(new_key(), fresh)
    assert visits.used_bytes() == 10_000, "a second name takes no room"
    visits.make_room(0)
    assert old.exists()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vae_demo.views.serving.visits.UNTAKEN_S", -1)
        visits.make_room(3000)
    assert not old.exists() and result.exists() and fresh.exists()


def test_a_visit_that_begins_while_it_ends_keeps_what_it_has(visits, upload_folder, monkeypatch):
    key, path = new_key(), uploaded(upload_folder)
    visits.take(key, path)
    own = shutil.rmtree

    def meanwhile(*arguments, **options):
        monkeypatch.setattr(shutil, "rmtree", own)
        visits.take(key, uploaded(upload_folder, "next.mp4", "d" * 64))
        own(*arguments, **options)

    monkeypatch.setattr("vae_demo.views.serving.visits._drop_clip", lambda *clip: None)
    monkeypatch.setattr(shutil, "rmtree", meanwhile)
    visits.end(key)
    assert visits.clip(key).name == "next.mp4"
    visits.take(key, uploaded(upload_folder, "more.mp4", "e" * 64))


def test_an_upload_that_goes_in_this_moment_is_a_sentence(visits, upload_folder):
    key, path = new_key(), uploaded(upload_folder)
    mine = visits.take(key, path)
    with pytest.raises(Refusal) as error:
        visits.take(key, path.with_name("gone.mp4"))
    assert error.value.case == "clip_gone" and visits.clip(key) == mine


def test_a_clip_that_finds_no_room_is_refused_and_leaves_the_one_before(tmp_path, upload_folder):
    visits = Visits(Bounds(max_disk_bytes=2500), tmp_path / "private", uploads.results_folder())
    key = new_key()
    mine = visits.take(key, uploaded(upload_folder))
    with pytest.raises(Refusal):
        visits.take(key, uploaded(upload_folder, "big.mp4", "e" * 64, 2000))
    assert visits.clip(key) == mine


def test_a_disk_that_is_nearly_full_is_full(tmp_path, upload_folder):
    visits = Visits(Bounds(min_free_bytes=10**15), tmp_path / "private", uploads.results_folder())
    with pytest.raises(Refusal):
        visits.make_room(0)


def test_only_uploads_are_accepted(upload_folder, tmp_path):
    for told in foreign_paths(upload_folder, tmp_path):
        with pytest.raises(Refusal) as error:
            uploads.accepted(told)
        assert error.value.case == "not_uploaded", told
    good = upload_folder / CONTENT / "clip.mp4"
    assert uploads.accepted(str(good)) == uploads.accepted({"path": str(good)}) == good.resolve()


def test_sweeping_deletes_what_nobody_took_and_nothing_else(visits, upload_folder):
    kept = [uploaded(upload_folder), visits.new_result(new_key(), "explore") / "atlas.mp4"]
    kept[1].write_bytes(b"x")
    visits.take(new_key(), kept[0])
    gone = [uploaded(upload_folder, "left.mp4", "f" * 64), upload_folder / "tmp12345678"]
    gone[1].write_bytes(b"piece of an upload that broke off")
    uploads.sweep(60)
    assert all(path.exists() for path in kept + gone)
    uploads.sweep(-1)
    assert all(path.exists() for path in kept) and not any(path.exists() for path in gone)
    assert not (upload_folder / ("f" * 64)).exists() and Path(upload_folder).exists()


def test_a_lent_clip_stays_when_the_visit_is_given_another(visits, upload_folder, tmp_path):
    key, first = new_key(), uploaded(upload_folder)
    lent = visits.take(key, first, "api-1")
    assert visits.clip(key) != lent == visits.clip(key, "api-1") and content_of(lent) == CONTENT[:16]
    visits.take(key, uploaded(upload_folder, "next.mp4", "d" * 64))
    assert lent.read_bytes() == b"x" * 1000 and visits.clip(key).name == visits.clip(key, "explore").name == "next.mp4"
    visits.drop(key, "api-1", tmp_path)
    assert lent.exists(), "that was another one"
    visits.drop(key, "api-1", lent)
    assert not lent.exists() and not first.exists() and visits.clip(key, "api-1").name == "next.mp4"
    again = visits.lend(key, "explore")
    assert visits.lend(key, "explore").exists() and not again.exists(), "nobody is lent two"
    assert visits.lend(new_key(), "api-2") is None
    visits.drop(new_key(), "api")
    visits.end(key)
    assert everything(tmp_path) == []


def test_a_second_file_is_held_and_the_clip_stays(visits, upload_folder, tmp_path):
    key = new_key()
    visits.take(key, uploaded(upload_folder))
    held = visits.hold(key, uploaded(upload_folder, "source.mp4", "d" * 64), "api-1-source")
    assert held.read_bytes() == b"x" * 1000 and visits.clip(key).name == "clip.mp4"
    visits.drop(key, "api-1-source")
    assert not held.exists() and visits.clip(key).exists()
    visits.end(key)
    assert everything(tmp_path) == []


def test_a_file_made_here_is_lent_and_changes_places_with_the_clip(visits, upload_folder, tmp_path):
    key = new_key()
    made = visits.place(key, "made", "decode.mp4")
    made.write_bytes(b"made here")
    assert visits.held(key, "made") == made and visits.held(key, "other") is None and visits.held("x", "made") is None
    lent = visits.lend(key, "run", "made")
    assert content_of(lent) == content_of(made) != content_of(visits.place(key, "another", "decode.mp4"))
    visits.drop(key, "run")
    assert made.exists() and not lent.exists() and visits.lend(key, "run", "nothing") is None
    visits.exchange(key, "made")  # there is no clip yet
    assert visits.held(key, "made") == made
    clip = visits.take(key, uploaded(upload_folder))
    visits.exchange(key, "made")
    assert visits.clip(key) == made and visits.held(key, "made") == clip
    visits.end(key)
    assert everything(tmp_path) == []


def test_the_same_file_may_be_held_again(visits, upload_folder, tmp_path):
    key, file = new_key(), uploaded(upload_folder)
    first = visits.hold(key, file, "source")
    again = visits.hold(key, file, "source")
    assert again.exists() and not first.exists() and file.exists()
    visits.end(key)
    assert everything(tmp_path) == []


def test_a_run_has_the_clip_it_was_asked_for_with(visits, upload_folder, tmp_path, monkeypatch):
    tab = tab_of(reception_in(tmp_path, monkeypatch))
    key, visits = new_key(), tab.reception.visits
    visits.take(key, uploaded(upload_folder))
    visits.lend(key, tab.name)
    visits.take(key, uploaded(upload_folder, "next.mp4", "d" * 64))
    with tab.over(key):
        assert tab.own(key)().name == "next.mp4" and tab.lent(key)().name == "clip.mp4"
        newer = visits.lend(key, tab.name)
    assert newer.exists(), "another run of this tab was asked for meanwhile"
    with tab.over(key):
        assert tab.lent(key)() == newer
    assert not newer.exists() and tab.lent(key)() == tab.own(key)()
