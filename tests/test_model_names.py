"""A model is named where it is defined; everything else takes its name from there."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from vae_demo.cli import build_parser
from vae_demo.families import FAMILIES
from vae_demo.models.spec import DEFAULT_MODEL, MODELS, OPEN_SORA_1_2
from vae_demo.views import api

ROOT = Path(__file__).parents[1]
# A model that is the only one of its family has the family's name, which stands where families are known, too.
OURS = [name for name in MODELS if name not in FAMILIES or name == OPEN_SORA_1_2]
PRODUCT = ("app.py", "vae_demo/**/*.py", "scripts/*.py", "benchmarks/*.py")


def named(source):
    """Texts of a module that name a model; prose in docstrings may."""
    tree = list(ast.walk(ast.parse(source)))
    prose = {node.value for node in tree if isinstance(node, ast.Expr)}
    return [each.value for each in tree if isinstance(each, ast.Constant) and isinstance(each.value, str)
            and each not in prose and any(name in each.value for name in OURS)]


def test_names_of_models_stand_where_models_are_defined():
    files = [path for pattern in PRODUCT for path in ROOT.glob(pattern)]
    assert len(files) > 180
    found = {str(path.relative_to(ROOT)) for path in files if named(path.read_text(encoding="utf-8"))}
    assert found == {"vae_demo/models/spec.py"}


def test_scripts_of_the_page_name_none():
    paths = list((ROOT / "vae_demo").rglob("*.js"))
    code = {path.name: re.sub(r"//.*", "", path.read_text(encoding="utf-8")) for path in paths}
    assert len(paths) > 60 and [name for name, text in code.items() if any(model in text for model in OURS)] == []


@pytest.mark.parametrize("line", [
    'model = "tiny-17"', 'print(f"ask for tiny-mixed, {name}")', 'd = {"open-sora-1.2": 1}'])
def test_a_name_elsewhere_would_be_noticed(line):
    assert len(named(f'"""As tiny-17 does."""\n{line}')) == 1


@pytest.mark.parametrize("command", ["compare CLIP --out DIR", "sweep CLIP --out DIR", "plan --frames 51"])
def test_the_default_is_the_same_on_the_command_line(command):
    assert build_parser().parse_args(command.split()).model == DEFAULT_MODEL == next(iter(MODELS))


def test_the_default_is_the_same_for_callers():
    # An inspection runs no model.
    offered = [call for name, call in api.calls(None).items() if name != "inspect"] + [api.plan]
    assert len(offered) == 3
    for call in offered:
        assert inspect.signature(call).parameters["model"].default == DEFAULT_MODEL
