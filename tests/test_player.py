"""The Explore component without a browser: what goes in, what is served, and that its words exist."""

import json
import re
from pathlib import Path

import gradio as gr
import pytest
from fabricated import comparison
from scripts_of import scripts_of

from vae_demo import report, words
from vae_demo.views.explore import tab
from vae_demo.views.explore.desk import PRESETS
from vae_demo.views.explore.player import PLOTLY, ExplorePlayer, player_value, running_value
from vae_demo.views.offline import lesson
from vae_demo.views.page import STYLES, page_css
from vae_demo.views.shared.component import read_source
from vae_demo.views.shared.packed import unpacked

EVERY_SCRIPT = scripts_of("shared/header.js", "shared/footer.js", *tab.SCRIPTS)
VIEWS = Path(__file__).parents[1] / "vae_demo" / "views"
KINDS = ("round_trip", "clash", "mixed")
# say(`stage_${run.stage}`) and the like: what each may become.
PREFIXES = {
    "error_": ("frames_range", "size_range", "fit_same", "too_many_chunks", "length_refused", "start_range",
               "start_beyond", "clip_frames", "no_variant", "too_many_variants", "unreadable_variant", "size_zero",
               "step_too_long", "cuts_do_not_mix", "nothing_to_join", "variant_not_offered"),
    "metric_": ("psnr", "ssim", "l1", "temporal_step"), "layer_": ("off", "error", "delta"),
    "compare_": ("side", "wipe", "blink", "loupe"), "times_": ("played", "realigned"),
    "kind_": KINDS, "help_kind_": KINDS, "download_": ("mp4", "csv", "json", "html"),
    "stage_": ("spatial_encode", "baseline", "temporal_encode", "temporal_decode", "spatial_decode", "encode",
               "decode", "saving", "fetching", "gpu"),
    "seam_reason_": ("clash", "few_borders", "all_borders", "one_chunk"),
    "preset_": tuple(PRESETS), "strip_": ("in", "out"), "time_": ("s", "min"), "runs_": ("rename", "throw"),
    "differ_": ("clip", "model", "variants", "sizes", "start", "frames", "size", "dtype"),
    "term_": ("vae", "chunk", "border", "latent", "slot", "pad", "seam", "ghost", "tape", "delta"), "sample_": (),
    "see_": ("enlarge", "put_back", "out", "into"), "see_shades_": ("grey", "heat"),
    "see_zoom_": ("fit", "1", "2"), "part_": ("out", "into", "reset"),
    "t_": ("first", "last", "back", "next", "border_back", "border_next", "play", "pause"), "note_": (),
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    directory = tmp_path_factory.mktemp("result")
    finished, sources = comparison(frames=20)
    done = report.save_result(finished, sources, directory)
    return done.to_json(), directory


def test_every_file_of_a_result_gets_an_address_and_nothing_else_does(saved):
    mapping, directory = saved
    sent = ExplorePlayer().postprocess(player_value(mapping, directory, saved=True))
    media = mapping["media"]
    shown = {panel["file"] for panel in media["panels"]} | {media["tapes"]["file"]} | set(media["downloads"].values())
    assert set(sent["urls"]) == shown
    for name, data in sent["urls"].items():
        assert data["path"] == str(directory / name) and data["meta"] == {"_type": "gradio.FileData"}
        assert Path(data["path"]).exists()
    assert unpacked(sent)["comparison"] == mapping


def test_results_are_told_apart_and_progress_is_no_result(saved):
    first, second = (player_value(*saved) for _ in range(2))
    assert first["stamp"] != second["stamp"]
    progress = running_value(stage="baseline", done=3, total=9)
    assert "comparison" not in progress and ExplorePlayer().postprocess(progress) == progress
    assert ExplorePlayer().postprocess(None) is None


def test_templates_are_static():
    player = ExplorePlayer()
    assert isinstance(player, gr.HTML) and player.html_template == '<div class="vd-root"></div>'
    assert player.css_template == ""


def test_no_script_writes_markup_and_no_style_leaves_the_server():
    for name in EVERY_SCRIPT:
        script = read_source(name)
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", script), name
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", script), name
    for address in re.findall(r"url\(([^)]*)\)", page_css()):
        assert address.startswith(('"static/fonts/', "#")), address
    assert "@import" not in page_css()
    assert PLOTLY.stat().st_size > 1_000_000


def test_every_style_is_used_and_files_are_small():
    assert {path.relative_to(VIEWS).as_posix() for path in VIEWS.rglob("*.css")} == {*STYLES, *lesson.STYLES}
    paths = [path for kind in ("*.css", "*.js") for path in VIEWS.rglob(kind)]
    assert {path.name for path in paths if len(path.read_text(encoding="utf-8").splitlines()) > 250} == set()


def spoken():
    """Keys that the scripts ask for, templates spelled out."""
    for name in EVERY_SCRIPT:
        script = read_source(name)
        for key in re.findall(r'\bsay\(\s*"(\w+)"', script):
            yield name, key
        for prefix, rest in re.findall(r"\bsay\(\s*`(\w+?_)\$\{[^}]*\}(\w*)`", script):
            for each in PREFIXES[prefix]:
                yield name, prefix + each + rest
        for both in re.findall(r'\bsay\([^"`()]*\? "(\w+)" : [^"]*"(\w+)"', script):
            yield from ((name, key) for key in both)


def test_every_word_the_scripts_say_is_in_the_table():
    asked = list(spoken())
    assert len(asked) > 80
    optional = {"compare_side_help", "layer_off_help"}
    missing = [(name, key) for name, key in asked if not words.known(key) and key not in optional]
    assert missing == []


@pytest.mark.parametrize("name", ["player", "see", "desk", "glossary", "footer"])
def test_no_word_is_left_over(name):
    table = json.loads((Path(words.__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
    used = {key for _, key in spoken()}
    used |= {key for script in EVERY_SCRIPT for key in re.findall(r'"(\w+)"', read_source(script))}
    assert sorted(set(table) - used) == []
