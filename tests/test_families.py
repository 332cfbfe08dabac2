"""Every family against what was measured, length by length; what a count means; and who tells it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from vae_demo import words
from vae_demo.cli import main
from vae_demo.families import FAMILIES, SETTINGS, Counts, answer, counts, find, to_json
from vae_demo.families.answers import case_of, known_counts
from vae_demo.layout.plan import MAX_FRAMES, plan
from vae_demo.refusal import Refusal

MEASURED = json.loads((Path(__file__).parent / "data" / "frame_counts.json").read_text(encoding="utf-8"))
TABLE = {name: {int(length): tuple(pair) for length, pair in rows.items()} for name, rows in MEASURED["counts"].items()}
GROUPED = [name for name, setting in SETTINGS.items() if setting.rule is not None]


def test_every_measured_row_has_a_setting_and_every_setting_a_measured_row():
    assert set(SETTINGS) == set(TABLE) and len(SETTINGS) == 44 and len(FAMILIES) == 26
    assert sum(len(rows) for rows in TABLE.values()) > 1600


@pytest.mark.parametrize("name", SETTINGS)
def test_counts_are_the_measured_ones(name):
    setting = SETTINGS[name]
    assert setting.lengths == set(TABLE[name])
    for length, pair in TABLE[name].items():
        found, known = known_counts(length, setting)
        assert (found.latents, found.back) == pair, length
        assert known == "measured"


def test_frames_that_come_back_black_are_the_measured_ones():
    for length, black in MEASURED["black"].items():
        assert known_counts(int(length), SETTINGS["allegro/default"])[0].black == black, length
    assert case_of(48, SETTINGS["allegro/default"]) == "black"


@pytest.mark.parametrize("name", GROUPED)
def test_groups_are_those_of_the_planner(name):
    """One owner of the arithmetic: the same clip planned slot by slot gives the same counts."""
    setting = SETTINGS[name]
    assert setting.rule.stride == setting.stride
    for length in (1, 2, 16, 17, 18, 33, 35, 69, 72, 73, 85):
        found = counts(length, setting.table)
        if length > 4 and name == "qwen-image-2.1/default":  # pictures only
            assert found == Counts(None, None)
            continue
        try:
            made = plan(length, setting.chunk, setting.chunk, setting.rule)
        except Refusal:
            assert found == Counts(None, None)
        else:
            # A decoder that knows its own lone first frames returns what reached a latent.
            assert (found.latents, found.back) == (made.encoded_latents, sum(c.used for c in made.encode_chunks))


@pytest.mark.parametrize(("name", "frames", "case", "below", "above"), [
    ("open-sora-1.2/17", 72, "tail", 69, 73), ("open-sora-1.2/17", 73, "fits", 69, 77),
    ("open-sora-1.2/17", 16, "chunk", 13, 17), ("open-sora-1.2/16", 72, "size", 13, None),
    ("open-sora-1.2/whole", 72, "chunk", 69, 73), ("open-sora-1.2/17", 51, "fits", 47, 52),
    ("open-sora-1.2/17", 21, "tail", 18, 22), ("wan-2.1/default", 72, "fewer", 69, 73),
    ("hunyuanvideo-1.5/default", 72, "error", 69, 73), ("cogvideox/default", 72, "fits", 65, 73),
    ("cosmos/time-4", 72, "more", 69, 73), ("open-sora-2.0-dc-ae/tile-32", 52, "fewer", 48, 56),
    ("minimax-h3/default", 9, "error", None, 22), ("kandinsky-6-sr/default", 50, "unknown", 33, None),
    ("stable-video-diffusion/default", 72, "fits", 71, 73), ("taehv/4x-still-time", 72, "per_latent", 71, 73),
    ("qwen-image-2.1/default", 1, "fits", None, None),
])
def test_what_a_count_means_and_the_nearest_that_fit(name, frames, case, below, above):
    found = answer(frames, SETTINGS[name])
    assert (found.case, found.below, found.above) == (case, below, above)


def test_what_is_known_is_told_apart():
    wan, kandinsky = SETTINGS["wan-2.1/default"], SETTINGS["kandinsky-6-sr/default"]
    assert [known_counts(length, wan)[1] for length in (1, 34)] == ["measured"] * 2
    assert [known_counts(length, wan)[1] for length in (35, 9999)] == ["formula"] * 2
    assert [known_counts(length, kandinsky) for length in (34, 35)] == [
        (Counts(None, None), "measured"), (Counts(None, None), "unknown")]
    assert case_of(34, kandinsky) == "error" and case_of(35, kandinsky) == "unknown"


@pytest.mark.parametrize("frames", [0, -3, MAX_FRAMES + 1])
def test_a_count_that_is_none_is_refused(frames):
    with pytest.raises(Refusal) as caught:
        answer(frames, SETTINGS["wan-2.1/default"])
    assert caught.value.case == "frames_range"


def test_the_json_answer_carries_its_source():
    setting = SETTINGS["wan-2.1/default"]
    told = to_json(answer(72, setting), setting)
    assert told["frames_out"] == 69 and told["known"] == "formula" and told["measured"] == "1-34"
    assert told["source"]["url"] == (
        "https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/autoencoders/autoencoder_kl_wan.py")
    json.dumps(told, allow_nan=False)


def test_every_word_a_row_names_is_written():
    named = {f"vae_{kind}_{getattr(setting, kind)}" for setting in SETTINGS.values()
             for kind in ("takes", "wrong", "cut", "exact", "mode") if getattr(setting, kind)}
    named |= {f"vae_licence_{family.licence_note}" for family in FAMILIES.values() if family.licence_note}
    named |= {f"vae_pipeline_{family.pipeline}" for family in FAMILIES.values() if family.pipeline}
    written = set(words.table("families"))
    assert named - written == set()
    rows_only = ("vae_takes_", "vae_wrong_", "vae_cut_", "vae_mode_", "vae_licence_", "vae_pipeline_")
    assert {key for key in written if key.startswith(rows_only)} - named == set()


def test_every_family_says_where_it_was_read_and_under_which_licence():
    for family in FAMILIES.values():
        assert family.licence or family.licence_note, family.key
        assert family.version and family.repo.count("/") == 1 and not family.file.startswith("/")
        assert family.file.endswith(".py") or "." not in family.file


def test_families_load_nothing_heavy():
    code = "import sys, vae_demo.families; print(sorted({'torch', 'gradio', 'numpy', 'diffusers'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("name", "found"), [
    ("mochi", "mochi/default"), ("cosmos", "cosmos/time-8"), ("cosmos/time-4", "cosmos/time-4"),
    ("open-sora-1.2/41", "open-sora-1.2/41"), ("open-sora-1.2/0", None), ("mochi/41", None),
    ("cosmos/", "cosmos/time-8"), ("nothing", None), ("", None), ("open-sora-1.2/999999", None),
])
def test_a_setting_is_found_by_name(name, found):
    assert getattr(find(name), "name", None) == found


def test_plan_on_the_command_line_knows_families(capsys):
    assert main(["plan", "--frames", "72", "--model", "wan-2.1", "--json"]) == 0
    setting = SETTINGS["wan-2.1/default"]
    assert json.loads(capsys.readouterr().out) == to_json(answer(72, setting), setting)
    assert main(["plan", "--frames", "72", "--model", "hunyuanvideo-1.5"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("HunyuanVideo 1.5: 72 frames stop with an error. Use 69 or 73.\n")
    assert "formula; measured 1-34" in told and FAMILIES["hunyuanvideo-1.5"].source_url in told
    assert main(["models"]) == 0
    assert set(FAMILIES) <= set(re.findall(r"^    (\S+): ", capsys.readouterr().out, re.M))


@pytest.mark.parametrize("name", ["tiny-17", "open-sora-1.2"])
def test_a_model_keeps_the_stable_fields(name, capsys):
    assert main(["plan", "--frames", "51", "--decode", "16", "--model", name, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["latents"] == 15 and told["frames_out"] == 59 and told["lost_frames"] == [39] and told["encode"] == "17"


@pytest.mark.parametrize(("arguments", "says"), [
    (["--model", "nothing"], "no model or family 'nothing'"),
    (["--model", "mochi", "--encode", "17"], "go with a model"), (["--model", "mochi", "--fit"], "go with a model"),
    (["--model", "cosmos/time-5"], "no model or family"),
])
def test_what_cannot_work_exits_2_with_one_line(arguments, says, capsys):
    assert main(["plan", "--frames", "72", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == "" and says in told.err and told.err.count("\n") == 1


def test_the_api_answers_for_families_as_the_command_line_does():
    import gradio

    from vae_demo.views import api

    setting = SETTINGS["cosmos/time-4"]
    assert api.plan(72, model="cosmos/time-4") == to_json(answer(72, setting), setting)
    assert api.plan(51, "17", "16")["lost_frames"] == [39]
    for bad in ((72, "nothing"), (0, "mochi")):
        with pytest.raises(gradio.Error):
            api.plan(bad[0], model=bad[1])
