"""What the command line says when something cannot be, and how it stops: one line, an exit code, nothing left."""

import json
import tempfile

import pytest
from command_line import told
from fabricated import moving_clip
from random_models import tiny_model

from vae_demo import engine, scratch
from vae_demo.cli import main, plan, progress
from vae_demo.clips import write_video


@pytest.fixture(autouse=True)
def model(monkeypatch):
    """Random weights: what is printed does not depend on how good a model is."""
    model = tiny_model()
    monkeypatch.setattr(progress, "load_model", lambda name, device, dtype, weights, compiled: model)


@pytest.fixture
def work(tmp_path, monkeypatch):
    """Where temporary files go, empty before and after."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(scratch, "_mine", {})
    yield folder
    # The folder of this process stays as long as the process does; nothing else, and nothing in it.
    # The folder of this process, which goes with it, and the lock that says it is in use.
    own = {each for mine in scratch._mine.values() for each in (mine, mine / scratch._LOCK)}
    assert set(folder.rglob("*")) <= own


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "moving.mp4"
    write_video(path, iter(moving_clip(20, 64, 80)), 25)
    return path


SHARED = [
    (["--frames", "0"], "write 1 or more, or all"), (["--frames", "1.5"], "write 1 or more, or all"),
    (["--frames", "409"], "408"), (["--size", "7"], "16"), (["--size", "9999"], "4096"),
    (["--start", "-1"], "0 or more"), (["--start", "20"], "cannot start at frame 20"),
    (["--crop", "round"], "invalid choice"), (["--device", "tpu"], "invalid choice")]
OWN = [
    (["--variants", "17:"], "not a variant"), (["--variants", "0"], "1 frame or more"),
    (["--variants", "17:17:fit"], "sizes differ"), (["--seed", "x"], "invalid int")]


@pytest.mark.parametrize(("command", "arguments", "says"), [
    *(("compare", *case) for case in SHARED + OWN), *(("sweep", *case) for case in SHARED)])
def test_bad_options_are_one_line(command, arguments, says, clip, tmp_path, work, capsys):
    code, out, errors = told([command, str(clip), *arguments, "--out", str(tmp_path / "out")], capsys)
    assert (code, out, len(errors)) == (2, "", 1) and says in errors[0]
    assert not list((tmp_path / "out").glob("*")), "no half a result"


@pytest.mark.parametrize(("arguments", "says"), [
    (["plan", "--frames", "17", "--encode", "17:16"], "not a variant"), (["plan", "--frames", "100001"], "100000"),
    (["plan", "--frames", "-1"], "1 to"), (["plan", "--decode", "16"], "--frames"),
    (["models", "tiny-17"], "unrecognized"), ([], "COMMAND"), (["sweep", "x.mp4", "--sizes", "", "--out", "y"], "size"),
    (["sweep", "x.mp4", "--sizes", "0", "--out", "y"], "1 frame or more"),
    (["sweep", "x.mp4", "--sizes", "1-99999999", "--out", "y"], "not a size")])
def test_bad_questions_are_one_line(arguments, says, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, errors = told(arguments, capsys)
    assert (code, out, len(errors)) == (2, "", 1) and says in errors[0]
    assert list(tmp_path.iterdir()) == []


def test_a_whole_clip_that_cannot_fit_says_what_would(clip, tmp_path, work, capsys, monkeypatch):
    monkeypatch.setattr(engine, "batch_budget", lambda device: 1000)
    code, _, errors = told(["compare", str(clip), "--size", "64", "--out", str(tmp_path / "out")], capsys)
    assert code == 2 and len(errors) == 1 and "use fewer frames" in errors[0]


def test_ctrl_c_stops_without_a_traceback_and_without_leftovers(clip, tmp_path, work, capsys, monkeypatch):
    def interrupted(*arguments, own=engine.run, **options):
        for index, event in enumerate(own(*arguments, **options)):
            if index == 6:
                assert list(work.glob("*/work-*")), "the run has its folder"
                raise KeyboardInterrupt
            yield event

    monkeypatch.setattr(engine, "run", interrupted)
    out = tmp_path / "out"
    code, printed, errors = told(["compare", str(clip), "--size", "64", "--out", str(out)], capsys)
    assert (code, errors) == (130, ["stopped"]) and "written" not in printed
    assert list(out.iterdir()) == []


def test_a_closed_pipe_is_no_error(capsys, monkeypatch):
    def closed(args):
        raise BrokenPipeError

    class Reader:
        def close(self):
            self.closed = True

    reader = Reader()
    monkeypatch.setattr(plan, "run", closed)
    monkeypatch.setattr("sys.stderr", reader)
    assert main(["plan", "--frames", "17"]) == 0 and reader.closed


def test_a_mistake_of_our_own_is_not_dressed_up(monkeypatch):
    def broken(args):
        raise ZeroDivisionError

    monkeypatch.setattr(plan, "run", broken)
    with pytest.raises(ZeroDivisionError):
        main(["plan", "--frames", "17"])


def test_options_reach_the_run(clip, tmp_path, work, capsys):
    chosen = ["--variants", "17", "--start", "3", "--frames", "9", "--size", "64", "--crop", "none"]
    arguments = ["compare", str(clip), *chosen]
    results = []
    for name, seed in (("a", ["--seed", "4"]), ("b", ["--seed", "4"]), ("c", ["--seed", "5"])):
        code, out, _ = told([*arguments, *seed, "--json", "--out", str(tmp_path / name)], capsys)
        assert code == 0
        results.append(json.loads(out))
    first, again, other = results
    assert (first["clip"]["start"], first["clip"]["n_frames"], first["seed"]) == (3, 9, 4)
    assert (first["clip"]["width"], first["clip"]["height"]) == (80, 64)
    assert first["variants"][0]["psnr"] == again["variants"][0]["psnr"] != other["variants"][0]["psnr"]
    saved = json.loads((tmp_path / "a" / "comparison.json").read_text(encoding="utf-8"))
    assert saved == first


def test_sweep_prints_what_it_saves(clip, tmp_path, work, capsys):
    arguments = ["sweep", str(clip), "--sizes", "13,17,whole", "--size", "64", "--out", str(tmp_path / "out")]
    code, out, _ = told([*arguments, "--json"], capsys)
    assert code == 0
    assert json.loads(out) == json.loads((tmp_path / "out" / "sweep.json").read_text(encoding="utf-8"))
    code, out, _ = told(arguments, capsys)
    rows = [line.split()[0] for line in out.splitlines() if "latents" in line]
    assert code == 0 and rows == ["13", "17", "whole"] and "note: " in out and "written to" in out


def test_a_sweep_that_cannot_be_written_is_one_line(clip, tmp_path, work, capsys):
    (tmp_path / "out" / "sweep.csv").mkdir(parents=True)
    arguments = ["sweep", str(clip), "--sizes", "17", "--size", "64", "--out", str(tmp_path / "out")]
    code, _, errors = told(arguments, capsys)
    assert code == 2 and len(errors) == 1 and "cannot be written" in errors[0]


def test_all_takes_the_whole_clip_and_notes_are_told(clip, tmp_path, work, capsys):
    code, out, _ = told(["compare", str(clip), "--frames", "all", "--size", "64", "--out", str(tmp_path / "o")], capsys)
    assert code == 0 and "20 -> 20 frames" in out and f"written to {tmp_path / 'o'}" in out
    assert any(line.startswith("note: ") for line in out.splitlines()), "64 x 80 was cut to a square"
    lines = {line.split()[0]: line for line in out.splitlines() if "frames" in line and "->" in line}
    assert list(lines) == ["17", "16", "18", "17→16"] and "PSNR" in lines["17"] and "seam -" in lines["17"]
