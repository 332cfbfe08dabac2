"""Modules of the page: what they import is there, and several of them are one script that runs anywhere."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from vae_demo import bundle
from vae_demo.views.page import SCRIPTS
from vae_demo.views.serving.modules import module_files

FILES = {
    "a.js": "// Begins.\nimport {twice, more as plus} from \"./lib/b.js\";\n\nconst shown = 1;\n"
            "export function answer() {\n  return plus(twice(20), shown + 1);\n}\n",
    "lib/b.js": "import {one} from \"../c.js\";\nconst shown = 2;\nexport const twice = (n) => n * shown * one;\n"
                "export class Sum {}\nexport async function later() {}\nexport const more = (a, b) => a + b;\n",
    "c.js": "export const one = 1;\n",
}


def reader(**changed):
    found = {**FILES, **{path.replace("_", "/", 1) + ".js": source for path, source in changed.items()}}
    return lambda path: bundle.parse(path, found[path])


@pytest.mark.parametrize("entry", SCRIPTS)
def test_every_entry_of_the_page_finds_all_it_imports(entry):
    modules = bundle.needed(f"views/{entry}")
    assert modules[-1].path == f"views/{entry}" and modules[-1].exports


def test_every_script_of_the_page_is_needed():
    entries = [*(f"views/{entry}" for entry in (*SCRIPTS, "shared/first_script.js")), "live/worker.js",
               "views/offline/offline.js"]
    needed = {module.path for entry in entries for module in bundle.needed(entry)}
    assert needed == set(module_files())


def test_what_is_needed_comes_first():
    assert [module.path for module in bundle.needed("a.js", reader())] == ["c.js", "lib/b.js", "a.js"]


@pytest.mark.parametrize(("changed", "said"), [
    ({"c": "export const two = 1;\n"}, "lib/b.js imports one from c.js, which exports no such name"),
    ({"c": "const one = 1;\n"}, "exports no such name"),
    ({"c": 'import {answer} from "./a.js";\nexport const one = answer();\n'}, "a.js > lib/b.js > c.js > a.js"),
    ({"c": "export let one = 1;\n"}, "c.js: cannot read: export let one"),
    ({"c": "export default 1;\n"}, "cannot read: export default"),
    ({"c": "export {one} from './d.js';\n"}, "cannot read: export"),
    ({"c": 'import * as all from "./d.js";\n'}, "cannot read: import"),
    ({"c": 'import {one} from "elsewhere";\n'}, "cannot read: import"),
    ({"c": 'import {one} from "./d.js";\nexport const one = 1;\n'}, "c.js: two things are called one"),
    ({"c": 'import {one} from "./d.js";\nimport {two as one} from "./e.js";\n'}, "two things are called one"),
    ({"c": 'import {one, one} from "./d.js";\n'}, "imports a name twice"),
    ({"c": 'import {one} from "./d.js";\nimport {two} from "./d.js";\n'}, "cannot read what it imports"),
    ({"c": 'import {} from "./d.js";\n'}, "cannot read what it imports"),
])
def test_a_wrong_import_is_named(changed, said):
    with pytest.raises(ValueError) as error:
        bundle.bundle("a.js", "all", reader(**changed))
    assert said in str(error.value)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="there is no views/nowhere.js"):
        bundle.needed("views/nowhere.js")


def test_a_bundle_may_stand_in_a_script_element():
    assert bundle.inline('say("</script>")') == 'say("<\\/script>")'


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run a script")
def test_modules_with_the_same_inner_names_keep_them_apart():
    script = bundle.bundle("a.js", "all", reader()) + "console.log(JSON.stringify([all.answer(), Object.keys(all)]));"
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [42, ["answer"]]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to load a module")
def test_the_bundle_exports_what_the_browser_would(tmp_path):
    """Every module as node reads it, beside what this reader found."""
    for path, content in module_files().items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    script = """const found = {};
    for (const path of JSON.parse(process.argv[1])) found[path] = Object.keys(await import(`./${path}`)).sort();
    console.log(JSON.stringify(found));"""
    done = subprocess.run(["node", "--input-type=module", "-e", script, json.dumps(list(module_files()))],
                          cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {path: sorted(bundle.read(path).exports) for path in module_files()}


@pytest.mark.browser
def test_a_bundle_works_from_a_file(tmp_path, browser):
    script = bundle.inline(bundle.bundle("views/shared/variants.js", "page"))
    page_file = Path(tmp_path / "page.html")
    page_file.write_text(f"<meta charset=utf-8><script>{script}</script>", encoding="utf-8")
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        page.goto(page_file.as_uri())
        assert page.evaluate("page.variantLabel(page.readAnyVariant('17:16:fit'))") == "17→16 fit"
