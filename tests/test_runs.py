"""Runs that a visit keeps: shown again, renamed, thrown away and fetched back, within bounds, by nobody else."""

import json

import pytest

from vae_demo.refusal import Refusal
from vae_demo.views.serving import runs as kept
from vae_demo.views.serving import uploads
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.serving.keys import new_key
from vae_demo.views.serving.runs import MOST_RUNS, Runs
from vae_demo.views.serving.visits import RESULTS_KEPT, Visits


@pytest.fixture
def visits(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    return Visits(Bounds(), tmp_path / "private", uploads.results_folder())


@pytest.fixture
def runs(visits):
    return Runs(visits)


def finished(visits, runs, key, name="harbour", tab="explore", n_bytes=100):
    """A result as a run leaves it; its value."""
    folder = visits.new_result(key, tab)
    (folder / "atlas.mp4").write_bytes(b"x" * n_bytes)
    value = runs.add(key, tab, {"clip": name, "urls": {"atlas.mp4": str(folder / "atlas.mp4")}}, folder, {"clip": name})
    visits.keep(key, tab, value)
    return value


def names(runs, key, tab="explore"):
    return [run["clip"] for run in runs.listed(key, tab)["runs"]]


def folders(visits):
    return len(list(uploads.results_folder().iterdir()))


def test_a_finished_run_outlives_the_results_after_it_and_is_shown_again(visits, runs):
    key = new_key()
    first = finished(visits, runs, key, "first")
    for _ in range(RESULTS_KEPT + 2):
        visits.new_result(key, "explore")  # of a run that is still going
    second = finished(visits, runs, key, "second")
    assert names(runs, key) == ["second", "first"] and names(runs, key, "sweep") == []
    assert visits.kept(key, "explore") == second
    assert runs.value(key, "explore", first["run"]) == first == visits.kept(key, "explore")
    assert (uploads.results_folder() / first["urls"]["atlas.mp4"]).exists()
    assert names(runs, key) == ["second", "first"], "looking at it moves nothing"


def test_nobody_opens_or_touches_the_run_of_another(visits, runs):
    key, other = new_key(), new_key()
    mine = finished(visits, runs, key)["run"]
    finished(visits, runs, other)
    for do in (runs.value, runs.throw, runs.fetch_back, lambda *at: runs.rename(*at, "x")):
        for at in ((other, "explore", mine), (new_key(), "explore", mine), (key, "sweep", mine), ("x", "explore", mine),
                   (key, "explore", None), (key, "explore", {}), (key, "explore", "../" + mine)):
            with pytest.raises(Refusal) as error:
                do(*at)
            assert error.value.case == "run_not_kept"
    assert runs.listed(new_key(), "explore")["runs"] == [] and names(runs, key) == ["harbour"]


def test_it_is_renamed_within_bounds_and_back(visits, runs):
    key = new_key()
    number = finished(visits, runs, key)["run"]
    for name, shown in (("  at\n 17 ", "at 17"), ("<b>x</b>", "<b>x</b>"), ("x" * 500, "x" * 60), ("\u202e", None),
                        ("", None), (None, "None"), ({"a": 1}, "{'a': 1}")):
        runs.rename(key, "explore", number, name)
        assert runs.listed(key, "explore")["runs"][0]["name"] == shown


def test_what_is_thrown_away_comes_back_until_the_next_is_thrown(visits, runs):
    key = new_key()
    one, two, three = (finished(visits, runs, key, name)["run"] for name in ("one", "two", "three"))
    runs.throw(key, "explore", one)
    assert names(runs, key) == ["three", "two"] and runs.listed(key, "explore")["thrown"]["clip"] == "one"
    runs.fetch_back(key, "explore", one)
    assert names(runs, key) == ["three", "two", "one"] and runs.listed(key, "explore")["thrown"] is None
    runs.throw(key, "explore", one)
    runs.throw(key, "explore", two)
    assert folders(visits) == 2
    with pytest.raises(Refusal):
        runs.fetch_back(key, "explore", one)
    runs.throw(key, "explore", three)
    assert folders(visits) == 1, "what is on screen keeps its files"
    assert runs.value(key, "explore", three)["clip"] == "three"
    finished(visits, runs, key, "four")
    assert names(runs, key) == ["four"] and folders(visits) == 1


def test_the_oldest_goes_where_there_are_too_many_or_too_much(visits, runs, monkeypatch):
    key = new_key()
    finished(visits, runs, key, "swept", "sweep")
    for number in range(MOST_RUNS + 1):
        finished(visits, runs, key, str(number))
    assert names(runs, key) == [str(number) for number in range(MOST_RUNS, 1, -1)], "all tabs count together"
    assert names(runs, key, "sweep") == ["swept"], "what a tab shows stays"
    assert runs.listed(key, "explore")["dropped"] == 2 and folders(visits) == MOST_RUNS
    monkeypatch.setattr(kept, "MOST_BYTES", 5000)
    finished(visits, runs, key, "large", n_bytes=4000)
    assert names(runs, key)[0] == "large" and len(names(runs, key)) < 5
    finished(visits, runs, key, "larger", n_bytes=9000)
    assert names(runs, key) == ["larger"]


def test_it_all_goes_with_the_visit_and_for_want_of_room(visits, runs, tmp_path):
    key = new_key()
    value = finished(visits, runs, key, n_bytes=4000)
    assert visits.used_bytes() > 4000
    visits.bounds = Bounds(max_disk_bytes=2000)
    visits.make_room(0)
    assert names(runs, key) == [] and folders(visits) == 0 and visits.kept(key, "explore") is None
    with pytest.raises(Refusal):
        runs.value(key, "explore", value["run"])
    visits.bounds = Bounds()
    finished(visits, runs, key)
    visits.end(key)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [] and names(runs, key) == []


def test_a_list_is_json_and_holds_no_path(visits, runs, tmp_path):
    key = new_key()
    finished(visits, runs, key)
    assert str(tmp_path) not in json.dumps(runs.listed(key, "explore"))
