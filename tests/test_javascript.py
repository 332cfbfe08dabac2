"""The page's scripts as source: short lines, nothing used that is not there, nothing brought that is not used."""

import json
import re
import subprocess
from pathlib import Path

import pytest

import vae_demo
from vae_demo import bundle, words
from vae_demo.views.serving.modules import module_files

ROOT = Path(__file__).parents[1]
LINTER = ROOT / "build" / "javascript" / "node_modules" / ".bin" / "oxlint"
WIDEST = 120
TEXT = re.compile(r'//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
EXPORTS = {name: path for path in module_files() for name in bundle.read(path).exports}


def faults(module, exports=EXPORTS):
    """What the few rules that matter find in a module; a linter finds more where there is one."""
    code = TEXT.sub('""', module.body).replace("...", " ")
    brought = [name for names in module.needs.values() for name in names.values()]
    yield from (f"{name} is imported and not used" for name in brought if not re.search(rf"(?<![\w.]){name}\b", code))
    for name in exports:
        named = rf"(?<![\w.]){name}"
        # Declared, a parameter, or a method that is being defined.
        own = rf"\b(?:function|class|const|let) {name}\b|[{{(,] ?{name}[,)}}]|^ *{name}\([^\n]*\) {{$"
        if name not in brought and re.search(rf"{named}\(", code) and not re.search(own, code, re.M):
            yield f"{name} is called and not imported"
    yield from (f"{found[0]} compares loosely" for found in re.finditer(r"[^=!<>]==[^=]|!=[^=]", code))
    yield from (f"{found[0]} is not const or let" for found in re.finditer(r"\bvar \w+", code))


@pytest.mark.parametrize("path", module_files())
def test_the_rules_hold(path):
    assert list(faults(bundle.read(path))) == []


@pytest.mark.parametrize(("body", "said"), [
    ("one(2);", "two is imported and not used"), ("one(two, three());", "three is called and not imported"),
    ("one(two == 3);", "compares loosely"), ("one(two != 3);", "compares loosely"),
    ("var four = one(two);", "var four is not const or let")])
def test_the_rules_find_faults(body, said):
    module = bundle.parse("a.js", f'import {{one, two}} from "./b.js";\n{body}\n')
    assert any(fault.endswith(said) for fault in faults(module, ["one", "two", "three"]))
    fine = bundle.parse("a.js", 'import {one, two} from "./b.js";\nconst three = () => one(two);\nthree();\n')
    assert list(faults(fine, ["one", "two", "three"])) == []


def test_lines_are_short():
    paths = [path for kind in ("*.js", "*.css") for path in Path(vae_demo.__file__).parent.rglob(kind)]
    wide = [f"{path.name}:{number}" for path in paths
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if len(line) > WIDEST]
    assert len(paths) > 70 and wide == []


def test_every_refusal_of_the_browser_has_its_sentence():
    cases = {case for path in module_files() for case in re.findall(
        r'(?:new Refusal|refuseVariant)\(\s*"(\w+)"', bundle.read(path).body)}
    assert len(cases) > 8 and {case for case in cases if not words.known(f"error_{case}")} == set()


@pytest.mark.skipif(not LINTER.exists(), reason="`make test` fetches the linter where there is node")
def test_the_linter_finds_nothing(tmp_path):
    def lint(*paths):
        command = [LINTER, "-c", ROOT / "tests" / "javascript" / "oxlint.json", "--format", "json", *paths]
        return json.loads(subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout)["diagnostics"]

    assert lint("vae_demo/views", "vae_demo/words", "vae_demo/live") == []
    wrong = tmp_path / "wrong.js"
    wrong.write_text("let kept = nowhere;\nexport const same = kept == 1;\n", encoding="utf-8")
    assert {found["code"] for found in lint(wrong)} == {
        "eslint(no-undef)", "eslint(prefer-const)", "eslint(eqeqeq)"}
