"""--weights of compare and sweep: files, folders, places on the hub; licences said before a download, and accepted."""

import json

import pytest
from command_line import told
from faked_hub import FakedHub
from media import encode, flat
from published_layout import write_folder

from vae_demo.cli import licences, progress
from vae_demo.models.hub import place_of
from vae_demo.models.spec import MODELS

FREE, OWN = "easyanimate-5.1", "ltx-video-0.9.0"
OWN_REPO = place_of(MODELS[OWN]).repo


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """Settings of somebody who is new here."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "1-4k-lab" / "licences.json"


@pytest.fixture
def faked(monkeypatch, tmp_path):
    hub = FakedHub(monkeypatch, tmp_path)
    write_folder(hub.folder(OWN_REPO) / "vae", OWN)
    return hub


class Loaded(Exception):
    """Instead of a run."""


@pytest.fixture
def loaded(monkeypatch):
    """What load_model is asked for; nothing is run."""
    asked = []

    def load(name, device, dtype, weights, compiled):
        asked.append((name, weights))
        raise Loaded

    monkeypatch.setattr(progress, "load_model", load)
    return asked


@pytest.fixture
def command(tmp_path, capsys, loaded):
    """Runs compare with options; the exit code, and what was said on the way."""
    clip = encode(tmp_path / "clip.mp4", flat(9, 64, 64))

    def run(model, *options):
        try:
            code, _, errors = told(["compare", str(clip), "--model", model, "--size", "64", *options, "--variants",
                                    "9", "--out", str(tmp_path / "out")], capsys)
        except Loaded:
            code, errors = 0, capsys.readouterr().err.splitlines()
        return code, errors

    return run


def test_a_file_and_a_folder_are_handed_on_as_they_are(command, loaded, tmp_path, faked):
    folder = write_folder(tmp_path / "folder", OWN)
    (file,) = folder.glob("*.safetensors")
    for given in (file, folder):
        code, errors = command(OWN, "--weights", str(given))
        assert code == 0, errors
    assert loaded == [(OWN, file), (OWN, folder)] and faked.asked == []


def test_a_licence_of_its_own_is_accepted_once_before_anything_is_fetched(command, loaded, faked, home):
    code, errors = command(OWN)
    assert code == 2 and len(errors) == 1 and faked.asked == [] and not home.exists()
    assert MODELS[OWN].licence in errors[0] and f"https://huggingface.co/{OWN_REPO}" in errors[0]
    code, errors = command(OWN, "--accept-licence")
    assert code == 0 and faked.asked and MODELS[OWN].licence in errors[0] and "GB" in errors[0]
    assert json.loads(home.read_text()) == {"accepted": {OWN: MODELS[OWN].licence}}
    assert list(home.parent.iterdir()) == [home], "no half-written file"
    assert loaded == [(OWN, None)], "its own weights, not somebody's"
    faked.commit = "f" * 40  # nothing of that is here
    assert command(OWN)[0] == 0, "remembered"


def test_a_free_licence_is_said_and_asks_nobody(command, loaded, faked):
    write_folder(faked.folder(place_of(MODELS[FREE]).repo) / "vae", FREE)
    code, errors = command(FREE)
    assert (code, loaded) == (0, [(FREE, None)]) and "Apache-2.0" in errors[0]
    assert command(FREE) == (0, []), "nothing is fetched, nothing is said"


def test_a_licence_that_changed_is_asked_for_again(command, faked, home):
    home.parent.mkdir(parents=True)
    home.write_text(json.dumps({"accepted": {OWN: "the one before"}}))
    assert command(OWN)[0] == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"accepted": 3}', b'{"accepted": {"%s": 1}}' % OWN.encode(),
                                     b"\xff", b'{"accepted": "' + b"x" * 100_000 + b'"}'])
def test_what_cannot_be_read_accepts_nothing_and_is_written_anew(command, faked, home, content):
    home.parent.mkdir(parents=True)
    home.write_bytes(content)
    assert command(OWN)[0] == 2 and faked.asked == []
    assert command(OWN, "--accept-licence")[0] == 0 and licences.has_accepted(OWN, MODELS[OWN].licence)


def test_what_cannot_be_written_down_holds_for_this_run(command, faked, home, tmp_path):
    (tmp_path / "config").write_text("a file where the folder should be")
    code, errors = command(OWN, "--accept-licence")
    assert code == 0 and "could not be written down" in errors[0] and not licences.has_accepted(OWN, "x")


def test_settings_are_looked_for_at_home_where_no_other_place_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for told_place in ("", "relative"):
        monkeypatch.setenv("XDG_CONFIG_HOME", told_place)
        assert licences.accept("a", "b") and (tmp_path / ".config" / "1-4k-lab" / "licences.json").is_file()


def test_a_repository_of_somebodys_own_has_a_licence_of_theirs_to_check(command, loaded, faked):
    write_folder(faked.folder("some/one") / "sub", OWN)
    code, errors = command(OWN, "--weights", "hub:some/one/sub")
    assert code == 2 and "yours to check" in errors[0] and "huggingface.co/some/one" in errors[0] and not faked.asked
    assert command(OWN, "--weights", "hub:some/one/sub", "--accept-licence")[0] == 0
    assert loaded[0][1].name == "sub" and (loaded[0][1] / "config.json").is_file()
    assert not licences.has_accepted("hub:some/other", "own")


def test_what_names_nothing_on_the_hub_is_one_line(command, faked):
    for text, says in (("hub:x", "hub:owner/name"), ("hub:no/body", "yours to check")):
        code, errors = command(OWN, "--weights", text)
        assert code == 2 and len(errors) == 1 and says in errors[0]
    code, errors = command(OWN, "--weights", "hub:no/body", "--accept-licence")
    assert code == 2 and "no repository no/body" in errors[-1]


def test_weights_that_are_brought_by_hand_are_missed_before_the_clip_is_read(command, loaded, faked):
    name = next(name for name, spec in MODELS.items() if spec.by_hand)
    code, errors = command(name)
    assert code == 2 and MODELS[name].weights in errors[0] and loaded == []


def test_bundled_weights_need_nothing(command, loaded, faked):
    assert command("tiny-17") == (0, []) and loaded == [("tiny-17", None)]


def test_the_line_that_repeats_a_run_names_the_place_on_the_hub(tmp_path, capsys, faked, home):
    write_folder(faked.folder("an/other") / "vae", FREE)
    clip, out = encode(tmp_path / "clip.mp4", flat(9, 64, 64)), tmp_path / "out"
    code, _, _ = told(["compare", str(clip), "--model", FREE, "--weights", "hub:an/other/vae", "--accept-licence",
                       "--size", "64", "--frames", "5", "--variants", "own", "--out", str(out)], capsys)
    made_by = json.loads((out / "comparison.json").read_text(encoding="utf-8"))["provenance"]
    assert code == 0 and made_by["weights"] == "hub:an/other/vae"
    assert "--weights hub:an/other/vae " in made_by["command"]
