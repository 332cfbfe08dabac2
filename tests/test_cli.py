"""The command line as other people's scripts use it: files, fields, exit codes, one line on stderr."""

import csv
import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest
from command_line import told

from vae_demo import assets
from vae_demo.cli import main
from vae_demo.clips import read_clip, write_video
from vae_demo.models.spec import MODELS
from vae_demo.results.rerun import command_line

pytestmark = pytest.mark.weights


def _moving(n_frames: int, height: int = 72, width: int = 104) -> list[np.ndarray]:
    """A soft square that moves one pixel a frame over a gradient."""
    y, x = np.mgrid[:height, :width]
    ground = np.stack([x * 2 % 256, y * 3 % 256, (x + y) % 256], -1).astype(np.uint8)
    frames = []
    for t in range(n_frames):
        frame = ground.copy()
        frame[20:44, 10 + t:34 + t] = (250, 220, 60)
        frames.append(frame)
    return frames


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "moving.mp4"
    write_video(path, iter(_moving(51)), 25)
    return path


@pytest.fixture(scope="module")
def result(clip, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "new" / "folder"
    variants = "17,16,17:16,17:16:fit,17:18,17:whole,whole"
    assert main(["compare", str(clip), "--variants", variants, "--size", "64", "--out", str(out)]) == 0
    return out


def test_another_dtype_and_no_baseline_are_in_the_record(clip, result, tmp_path, capsys):
    line = "--variants 17 --size 64 --frames 9 --dtype bfloat16 --device cpu --no-baseline --out"
    code, out, _ = told(["compare", str(clip), *line.split(), str(tmp_path)], capsys)
    data = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    assert code == 0 and "tiny-17 on cpu in bfloat16\n" in out and "2D only" not in out
    assert data["dtype"] == data["provenance"]["dtype"] == "bfloat16" and data["baseline_2d"] is None
    assert "--dtype bfloat16" in command_line(data) and "--dtype" not in command_line(
        json.loads((result / "comparison.json").read_text(encoding="utf-8")))
    whole = json.loads((result / "comparison.json").read_text(encoding="utf-8"))["variants"][0]
    # Close to what float32 makes of the first frames, and not the same.
    assert 0 < abs(data["variants"][0]["psnr"][0] - whole["psnr"][0]) < 1.0


def test_without_the_baseline_nothing_else_changes(clip, tmp_path):
    shared = ["compare", str(clip), "--variants", "17,16", "--size", "64", "--frames", "17"]
    for name, more in (("a", []), ("b", ["--no-baseline"])):
        assert main([*shared, *more, "--out", str(tmp_path / name)]) == 0
    with_it, without = (json.loads((tmp_path / name / "comparison.json").read_text(encoding="utf-8")) for name in "ab")
    assert with_it["baseline_2d"] and without["baseline_2d"] is None
    for one, other in zip(with_it["variants"], without["variants"], strict=True):
        assert all(one[key] == other[key] for key in ("psnr", "ssim", "l1", "temporal_step", "means", "seam"))


def test_compare_writes_every_file_the_readme_lists(result):
    for name in ("comparison.json", "frames.csv", "comparison.mp4", "report.html"):
        assert (result / name).stat().st_size > 500, name


def test_comparison_json_has_the_stable_fields(result):
    data = json.loads((result / "comparison.json").read_text(encoding="utf-8"))
    assert data["model"] == "tiny-17" and data["dtype"] == "float32"
    assert data["clip"]["n_frames"] == 51 and (data["clip"]["height"], data["clip"]["width"]) == (64, 64)
    by_label = {variant["label"]: variant for variant in data["variants"]}
    assert list(by_label) == ["17", "16", "17→16", "17→16 fit", "17→18", "17→whole", "whole"]
    expected = {
        "17": (51, 15, 0, []), "16": (51, 13, 0, []), "17→16": (59, 15, 9, [39]), "17→18": (55, 15, 4, []),
        "17→16 fit": (51, 13, 9, [39, *range(43, 51)]), "17→whole": (59, 15, 8, []), "whole": (51, 13, 0, []),
    }
    for label, (frames_out, latents, pads, lost) in expected.items():
        variant = by_label[label]
        assert variant["frames_in"] == 51
        found = (variant["frames_out"], variant["latents"], variant["pads_shown"], variant["lost_frames"])
        assert found == (frames_out, latents, pads, lost), label
        for name in ("slots", "psnr", "ssim", "l1", "temporal_step"):
            assert len(variant[name]) == frames_out, (label, name)
            assert len(variant["aligned"].get(name, variant["aligned"]["psnr"])) == 51
        assert variant["temporal_step"][0] is None
        assert all(value is None for value in variant["psnr"][51:])
        assert variant["seam"] is None and variant["seam_reason"]["case"], "under four borders there is no score"
        assert all(variant["aligned"]["psnr"][frame] is None for frame in lost)
    assert by_label["17→16"]["means"]["psnr"] < by_label["17→16"]["aligned"]["means"]["psnr"]
    assert data["baseline_2d"]["means"]["psnr"] > 20


def test_frames_csv_is_one_line_per_variant_and_frame(result):
    with (result / "frames.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["variant", "frame", "source_frame", "is_pad", "psnr", "ssim", "l1", "temporal_step"]
    clash = [row for row in rows if row["variant"] == "17→16"]
    assert len(clash) == 59
    assert [row["is_pad"] for row in clash[:4]] == ["1", "1", "1", "0"] and clash[3]["source_frame"] == "0"


def test_comparison_video_plays_as_long_as_the_longest_variant(result):
    with read_clip(result / "comparison.mp4", n_frames=None, size=None, crop="none") as video:
        assert video.n_frames == 59


def test_plan_json_is_the_stable_answer(capsys):
    assert main(["plan", "--frames", "51", "--encode", "17", "--decode", "16", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["frames_in"] == 51 and answer["latents"] == 15 and answer["frames_out"] == 59
    assert answer["pads_shown"] == 9 and answer["lost_frames"] == [39]
    assert answer["slots"][:5] == [None, None, None, 0, 1] and len(answer["slots"]) == 59


def test_plan_takes_whole_and_fit_and_speaks_plainly(capsys):
    assert main(["plan", "--frames", "51", "--encode", "whole", "--decode", "whole"]) == 0
    assert "51 frames out, 0 of them pad slots, 0 source frames lost" in capsys.readouterr().out
    assert main(["plan", "--frames", "51", "--decode", "16", "--fit"]) == 0
    assert "source frames lost: 39, 43-50" in capsys.readouterr().out


def test_models_lists_every_spec(capsys):
    assert main(["models", "--json"]) == 0
    assert [spec["name"] for spec in json.loads(capsys.readouterr().out)] == list(MODELS)
    assert main(["models"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in MODELS)


def test_sweep_writes_rows_with_full_chunks_and_tail_apart(clip, tmp_path):
    out = tmp_path / "sweep"
    arguments = ["sweep", str(clip), "--sizes", "12-13,17,60,whole", "--size", "64", "--out", str(out)]
    assert main(arguments) == 0
    data = json.loads((out / "sweep.json").read_text(encoding="utf-8"))
    rows = {row["size"]: row for row in data["rows"]}
    assert list(rows) == ["12", "13", "17", "60", "whole"]
    assert rows["13"]["full"]["frames"] == 39 and rows["13"]["tail"]["frames"] == 12
    assert rows["13"]["first_alone"] and not rows["12"]["first_alone"]
    assert rows["17"]["tail"] is None and rows["60"]["full"] is None and rows["60"]["tail"]["frames"] == 51
    assert all(row["seam"] is None and row["seam_reason"] for row in data["rows"] if row["n_chunks"] < 5)
    assert (out / "sweep.csv").stat().st_size > 100 and (out / "sweep.html").stat().st_size > 1000


@pytest.mark.parametrize(("arguments", "says"), [
    (["compare", "{missing}", "--out", "{out}"], "does not exist"),
    (["compare", "{text}", "--out", "{out}"], "not a video or picture"),
    (["compare", "{clip}", "--out", "{clip}"], "output folder"),
    (["compare", "{clip}", "--variants", "17,x", "--out", "{out}"], "not a variant"),
    (["compare", "{clip}", "--variants", "", "--out", "{out}"], "at least one variant"),
    (["compare", "{clip}", "--start", "99", "--out", "{out}"], "cannot start at frame 99"),
    (["compare", "{clip}", "--weights", "{text}", "--out", "{out}"], "safetensors"),
    (["compare", "{clip}", "--model", "tiny-18", "--out", "{out}"], "invalid choice"),
    (["compare", "{clip}"], "--out"),
    (["plan", "--frames", "0"], "1 to"),
    (["plan", "--frames", "17", "--encode", "0"], "1 frame or more"),
    (["plan", "--frames", "17", "--fit"], "sizes differ"),
    (["plan", "--frames", "x"], "invalid int"),
    (["sweep", "{clip}", "--sizes", "9-4", "--out", "{out}"], "not a size"),
    (["nonsense"], "invalid choice"),
])
def test_bad_input_exits_2_with_one_line(arguments, says, clip, tmp_path, capsys):
    text = tmp_path / "notes.mp4"
    text.write_text("not a video")
    places = {"missing": tmp_path / "nothing.mp4", "text": text, "clip": clip, "out": tmp_path / "out"}
    code, _, errors = told([word.format(**places) for word in arguments], capsys)
    assert code == 2 and len(errors) == 1 and says in errors[0]


def test_a_process_of_its_own_ends_the_same_way(tmp_path):
    words = [sys.executable, "-m", "vae_demo", "compare", "nothing.mp4", "--out", str(tmp_path / "out")]
    run = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert run.returncode == 2 and run.stdout == ""
    assert "does not exist" in run.stderr and run.stderr.count("\n") == 1 and "Traceback" not in run.stderr


def test_a_picture_is_a_legal_clip_of_one_frame(tmp_path, capsys):
    from PIL import Image

    path = tmp_path / "one.png"
    Image.fromarray(_moving(1)[0]).save(path)
    assert main(["compare", str(path), "--size", "64", "--out", str(tmp_path / "out"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out.splitlines()[-1])
    # One frame at 17 and one at 16 are padded alike, so even the clash has nothing to clash with.
    assert [variant["frames_out"] for variant in data["variants"]] == [1, 1, 1, 1]


def test_weights_that_are_not_the_models_own_are_said_everywhere(clip, tmp_path, capsys):
    others = assets.WEIGHTS / MODELS["tiny-mixed"].weights
    shared = [str(clip), "--model", "tiny-17", "--weights", str(others), "--frames", "5", "--size", "32"]
    assert main(["compare", *shared, "--variants", "5,4", "--out", str(tmp_path / "compare")]) == 0
    assert "model: tiny-17 (tiny-mixed.safetensors)" in capsys.readouterr().out
    assert main(["sweep", *shared, "--sizes", "4,5", "--out", str(tmp_path / "sweep")]) == 0
    for file, report in (("compare/comparison.json", "compare/report.html"), ("sweep/sweep.json", "sweep/sweep.html")):
        told = json.loads((tmp_path / file).read_text(encoding="utf-8"))
        made_by = told["provenance"]
        assert (told["model"], made_by["weights"]) == ("tiny-17", others.name)
        assert made_by["weights_sha256"] == [hashlib.sha256(others.read_bytes()).hexdigest()]
        assert f"--weights {others.name}" in made_by["command"]
        page = (tmp_path / report).read_text(encoding="utf-8")
        assert f"tiny-17 ({others.name})" in page and others.name in page.split("<pre>")[1]
    assert told["trained_lengths"] is None, "of these weights nobody said so"
