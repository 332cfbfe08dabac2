"""The table of saved results: what is made again, what is left alone, and that a result is complete."""

import json

import pytest
from fabricated_lessons import learn_result
from PIL import Image

from vae_demo import examples
from vae_demo.examples import EXAMPLES, LEARN_17, LEARN_FRAMES, MADE_FROM, is_current, make, origin
from vae_demo.report import load_result
from vae_demo.synthetic.samples import SAMPLES


@pytest.fixture
def assets(tmp_path, monkeypatch):
    """Clips and weights that are only bytes: enough to tell one from another."""
    for folder, names in (("clips", [f"{name}.mp4" for name in SAMPLES]),
                          ("weights", ["tiny-17.safetensors", "tiny-mixed.safetensors"])):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).write_bytes(name.encode())
    for name in ("clips", "weights", "examples"):
        monkeypatch.setattr(f"vae_demo.assets.{name.upper()}", tmp_path / name)
    return tmp_path


@pytest.fixture
def runs(assets, monkeypatch):
    """make() without a model: each run saves a made-up result; returns the names that ran."""
    ran = []

    def run(example, vae, out):
        ran.append(example.name)
        learn_result(out.parent)

    monkeypatch.setattr(examples, "run", run)
    monkeypatch.setattr("vae_demo.models.loading.load_vae", lambda name: name)
    return ran


def test_made_once_and_again_when_something_changed(assets, runs):
    example, out = EXAMPLES[LEARN_17], assets / "examples" / LEARN_17
    assert make(example, out) and not make(example, out) and make(example, out, force=True)
    (assets / "weights" / "tiny-17.safetensors").write_bytes(b"trained again")
    assert make(example, out) and not make(example, out)
    (assets / "clips" / "harbour.mp4").write_bytes(b"drawn again")
    assert make(example, out) and not make(example, out)
    (out / "stills.webp").unlink()
    assert make(example, out)
    assert runs == [LEARN_17] * 5


def test_a_run_that_stops_is_not_taken_for_done(assets, runs, monkeypatch):
    example, out = EXAMPLES[LEARN_17], assets / "examples" / LEARN_17
    make(example, out)

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(examples, "run", stop)
    with pytest.raises(KeyboardInterrupt):
        make(example, out, force=True)
    assert not is_current(out, origin(example))


def test_origin_says_everything_a_result_depends_on(assets):
    entries = {name: origin(example) for name, example in EXAMPLES.items()}
    assert len({json.dumps(entry) for entry in entries.values()}) == len(EXAMPLES)
    assert entries[LEARN_17]["variants"] == ["17", "16", "18", "21", "13", "17:16", "17:16:fit"]
    assert entries[LEARN_17]["clip_sha256"] == entries["harbour"]["clip_sha256"] != entries["fish"]["clip_sha256"]


def test_a_missing_clip_is_one_sentence(assets, capsys, monkeypatch):
    (assets / "clips" / "harbour.mp4").unlink()
    monkeypatch.setattr("sys.argv", ["examples", "harbour", "--out", str(assets / "examples")])
    with pytest.raises(SystemExit) as stopped:
        examples.main()
    assert stopped.value.code == 2
    assert "harbour needs" in capsys.readouterr().err


def test_stills_are_the_frames_they_say(tmp_path):
    data = learn_result(tmp_path)
    folder = tmp_path / LEARN_17
    assert load_result(folder) == json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
    stills, latents = data["media"]["stills"], data["media"]["latents"]
    assert stills["frames"] == list(LEARN_FRAMES) and stills["keys"][:3] == ["source", "17", "16"]
    width, height = stills["tile"]
    with Image.open(folder / stills["file"]) as sheet:
        assert sheet.size == (width * len(LEARN_FRAMES), height * len(stills["keys"]))
        # A pad of 17→16 is grey in the made-up pictures, a real frame beside it is not.
        row = stills["keys"].index("17→16")
        colours = [sheet.getpixel((stills["frames"].index(frame) * width + width // 2, (row + 1) * height - 9))
                   for frame in (19, 20, 22, 23)]
    assert [max(abs(value - 110) for value in colour) < 8 for colour in colours] == [False, True, True, False]
    with Image.open(folder / latents["file"]) as sheet:
        assert sheet.size == (latents["tile"][0] * latents["count"], latents["tile"][1])
    assert not (folder / MADE_FROM).exists()
