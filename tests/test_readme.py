"""The README against the tables and the code: what it says runs, and every number in its tables is computed."""

import ast
import io
import math
import re
import shlex
from contextlib import redirect_stdout
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest
from safetensors import safe_open

from benchmarks.stages import costs_of
from vae_demo import assets
from vae_demo.cli import build_parser
from vae_demo.layout.plan import plan
from vae_demo.models.spec import DEFAULT_MODEL, MODELS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
IN_WORDS = {"one frame alone": 1, "two real frames": 2, "three real frames": 3, "four real frames": 4}


def sections():
    return dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", README, re.M | re.S))


def table(section):
    """Rows of the first table of a section as lists of cells, the header left out."""
    rows = re.findall(r"^\|(.+)\|$", sections()[section], re.M)
    return [[cell.strip() for cell in row.split("|")] for row in rows[2:]]


def commands(text=README):
    """Every `python -m vae_demo ...` line, in code blocks and in running text."""
    found = re.findall(r"python -m vae_demo ([^`\n#]+)", text)
    return [line.strip() for line in found]


@pytest.mark.parametrize("line", commands())
def test_every_command_line_parses(line):
    args = build_parser().parse_args(shlex.split(line))
    assert callable(args.run)


def test_every_command_is_shown_and_a_wrong_option_would_be_noticed(capsys):
    assert {line.split()[0] for line in commands()} == {
        "compare", "sweep", "inspect", "study", "plan", "models", "lesson"}
    for wrong in ("plan --length 51", "compare CLIP --varints 17 --out DIR"):
        with pytest.raises(SystemExit):
            build_parser().parse_args(shlex.split(wrong))
    assert capsys.readouterr().err.count("\n") == 2


def test_other_entry_points_exist():
    for module in re.findall(r"python -m (vae_demo\.[\w.]+)", README):
        assert find_spec(f"{module}.__main__") or find_spec(module), module
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"`?make ([a-z]+)\b[ `\n]", README))
    assert named >= {"app", "test"} and named <= targets


def test_every_model_is_in_the_table_with_its_licence():
    rows = {row[0].strip("`"): row for row in table("Models")}
    assert list(rows) == list(MODELS)
    for name, spec in MODELS.items():
        assert spec.licence in rows[name][2], name
        where = "in this repository" if spec.bundled else spec.weights.partition(":")[0]
        assert spec.bundled or f" {spec.n_parameters / 1e6:.0f} M" in rows[name][1], name
        assert where in rows[name][3], name


def test_every_model_that_cuts_time_has_its_row_of_cuts():
    rows = {row[0].strip("`"): row for row in table("Models that cut time by themselves")}
    assert list(rows) == [name for name, spec in MODELS.items() if spec.cuts_time]
    for name, (_, own, takes, default, *_) in rows.items():
        spec = MODELS[name]
        assert own.strip("`") == str(spec.cuts.own), name
        assert re.findall("`(.+?)`", takes) == [text for text in spec.cuts.examples() if text != "17:16"], name
        assert re.findall("`(.+?)`", default) == [variant.label for variant in spec.default], name


@pytest.mark.weights
def test_the_size_of_the_bundled_model_is_counted():
    told = next(row[1] for row in table("Models") if row[0] == "`tiny-17`")
    with safe_open(assets.WEIGHTS / MODELS["tiny-17"].weights, "pt") as file:
        counted = sum(math.prod(file.get_slice(key).get_shape()) for key in file.keys())  # noqa: SIM118
    assert told.startswith(f"{counted / 1e6:.1f} M parameters")


def test_the_rule_table_is_what_frames_computes():
    rows = table("The rule in one table")
    assert len(rows) >= 4
    for length, groups, latents, first in ([cell.strip("*`") for cell in row] for row in rows):
        each = plan(int(length), int(length), int(length))
        shown = [[None if slot == "P" else int(slot) for slot in group.split()]
                 for group in re.findall(r"\[(.*?)\]", groups)]
        assert [list(group) for group in each.latent_slots] == shown, length
        assert each.latents == int(latents)
        assert IN_WORDS[first] == 4 - each.latent_slots[0].count(None)


def test_numbers_said_in_words_are_computed():
    pads = {"twelve": 12, "nine": 9}
    losses = {"three": 3, "one": 1}
    told = re.search(r"`17→16`: (\w+) pads play as frames and (\w+) real frames are gone", README)
    each = plan(85, 17, 16)
    assert (pads[told[1]], losses[told[2]]) == (each.pads_shown, len(each.lost_frames))


def python_example():
    return re.search(r"```python\n(.*?)```", README, re.S)[1]


@pytest.mark.weights
def test_the_python_example_prints_what_it_says():
    code = python_example()
    # The same lines on pictures a sixteenth of the size.
    small = code.replace("256, 256", "64, 64")
    assert small != code
    out, names = io.StringIO(), {}
    with redirect_stdout(out):
        exec(compile(small, "README.md", "exec"), names)  # noqa: S102
    assert out.getvalue().strip() == re.search(r"print\(.*#\s*(.+)", code)[1].strip()
    promised = [int(n) for n in re.search(r"# (\d+(?: x \d+)+)", code)[1].split(" x ")]
    n, channels, latents, height, width = names["latents"].shape
    assert promised == [n, channels, latents, height * 4, width * 4]


def test_the_python_example_imports_what_exists():
    tree = ast.parse(python_example())
    assert any(isinstance(node, ast.ImportFrom) and node.module == "vae_demo.models" for node in ast.walk(tree))


def test_the_card_header_agrees_with_what_is_pinned():
    header = re.match(r"---\n(.*?)\n---\n", README, re.S)[1]
    card = dict(re.findall(r"^(\w+): \"?([^\"\n]+)\"?$", header, re.M))
    pins = dict(re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M))
    assert card["sdk"] == "gradio" and card["sdk_version"] == pins["gradio"] == version("gradio")
    assert (ROOT / card["app_file"]).is_file()
    assert card["license"] == "mit" and "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert tuple(map(int, card["python_version"].split("."))) >= (3, 11)
    assert len(card["short_description"]) <= 60, "the hub cuts it there"


def test_pinned_versions_are_told_as_they_are():
    pins = dict(re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M))
    assert re.search(r"torch is pinned to ([\w.]+[\w])\.", README)[1] == pins["torch"]


def test_links_into_the_repository_lead_somewhere():
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link.partition("#")[0]).exists()] == []


# Capitals that stand for themselves; whatever else is shouted is a note to the writer.
NAMES = {"AMD", "CONTRIBUTING", "CPU", "CSV", "CUDA", "EPYC", "GB", "GPU", "HDR", "HTTP", "JSON", "LPIPS", "LTX", "MB",
         "MCP", "MIT", "POST", "PSNR", "README", "RESULTS", "RGB", "SECURITY", "SSIM", "TAEHV", "VAE"}


def test_what_to_choose_on_a_space_rests_on_what_was_measured_here():
    """No GPU is at hand: of a GPU no second is told."""
    rows = {row[0]: row for row in table("Host it")}
    assert list(rows) == ["free CPU", "ZeroGPU", "a GPU of your own"]
    seconds = re.search(r"in four variants: (\d+ s) .* `open-sora-1.2`: ([\d.]+) s", rows["free CPU"][2])
    assert f"on 85 frames: {seconds[1]};" in sections()["How it measures"]
    results = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    of_model = results.partition("--weights random --frames 34 --size 128 --device cpu --dtype float32`")[2]
    assert re.search(r"compare\(\) whole \| ([\d.]+)", of_model)[1] == seconds[2]
    assert all(not re.search(r"\d+ ?s\b", cell) for name in list(rows)[1:] for cell in rows[name])


def test_what_a_space_fetches_while_it_is_built_is_what_the_model_takes():
    repo, _, file = MODELS["open-sora-1.2"].weights.partition(":")
    assert f"preload_from_hub:\n  - {repo} {file}\n" in README


def placeholders(text):
    """Words in capitals that are no names, outside code."""
    prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.S)
    return set(re.findall(r"\b[A-Z]{2,}\b", prose)) - NAMES


def test_no_placeholder_is_left():
    assert placeholders(README) == set()


@pytest.mark.parametrize("left", ["TODO", "TBD", "FIXME", "XXX", "XX"])
def test_a_placeholder_would_be_noticed(left):
    assert placeholders(f"{README}\n{left}: measure it; PSNR of `CLIP`") == {left}


def test_contributors_are_sent_to_places_that_are_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    places = set(re.findall(r"`((?:vae_demo|tests)/[\w./]+)`", text))
    assert len(places) > 10 and {place for place in places if not (ROOT / place).exists()} == set()
    entries = re.findall(r"^\*\*A (\w+)", text, flags=re.M)
    assert entries == ["model", "score", "join", "setting", "tab", "call"]
    for name, where in (("SCORES", "results/scores.py"), ("JOINS", "layout/variant.py"), ("TABS", "views/page.py")):
        assert f"`{name}`" in text and f"\n{name}" in (ROOT / "vae_demo" / where).read_text(encoding="utf-8")


def test_the_costs_that_progress_rests_on_are_those_measured():
    """What the benchmark printed into the README, and what models/spec.py and results/scores.py assume."""
    line = next(line for line in README.splitlines() if line.startswith("- Milliseconds per frame"))
    measured = dict(re.findall(r"([a-z][a-z0-9 ]*) [\d.]+ \(([\d.]+) x\)", line))
    assumed = costs_of(MODELS[DEFAULT_MODEL])
    assert {name.replace("_", " ") for name in assumed} == set(measured)
    for name, cost in assumed.items():
        assert cost == pytest.approx(float(measured[name.replace("_", " ")]), rel=0.2, abs=0.05), name
