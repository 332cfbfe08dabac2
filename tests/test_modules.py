"""How the page gets its scripts and words: few files, each of an address of its own that means one content for ever."""

import asyncio
import gzip
import json
import re
import shutil
import subprocess

import pytest

from vae_demo import words
from vae_demo.bundle import needed
from vae_demo.views.page import FIRST_SCRIPTS
from vae_demo.views.serving.modules import (
    ELSEWHERE,
    FIRST,
    REST,
    ModuleFiles,
    address,
    digest,
    module_files,
    page_files,
    preload_link,
    words_file,
)

FILES = page_files(FIRST_SCRIPTS)


def ask(path, method="GET", **headers):
    """(status, headers, body) of one request; None where it is left to whatever stands behind."""
    async def behind(scope, receive, send):
        told.append(None)

    async def send(message):
        told.append(message)

    told = []
    scope = {"type": "http", "method": method, "path": path,
             "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]}
    asyncio.run(ModuleFiles(behind, FIRST_SCRIPTS)(scope, None, send))
    if told == [None]:
        return None
    start, body = told
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body["body"]


def test_a_file_is_served_and_kept():
    status, headers, body = ask(address(FIRST).removeprefix("."))
    assert status == 200 and body == FILES[FIRST]
    assert headers["content-type"].startswith("text/javascript") and "immutable" in headers["cache-control"]
    assert int(headers["content-length"]) == len(body)
    assert preload_link() == f'<link rel="modulepreload" href="{address(FIRST)}">'


def test_it_travels_packed_where_that_is_understood():
    _, headers, body = ask(address(REST).removeprefix("."), accept_encoding="br, gzip")
    assert headers["content-encoding"] == "gzip" and gzip.decompress(body) == FILES[REST]
    assert len(body) < len(FILES[REST]) / 2


def test_behind_a_proxy_that_keeps_its_path():
    assert ask(f"/some/where{address(FIRST)[1:]}")[0] == 200


def test_a_head_has_no_body():
    status, headers, body = ask(address(FIRST).removeprefix("."), "HEAD")
    assert status == 200 and body == b"" and int(headers["content-length"]) == len(FILES[FIRST])


@pytest.mark.parametrize("path", [
    f"/vd/js/0123456789abcdef/{FIRST}", f"/vd/js/{digest()}/views/page.py", f"/vd/js/{digest()}/../app.py",
    f"/vd/js/{digest()}/", "/vd/js/"])
def test_nothing_else_is_served(path):
    """Above all no file of another version of the page."""
    status, headers, body = ask(path)
    assert status == 404 and body == b"" and headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("path", "method"), [("/", "GET"), ("/vd/here", "POST"), (address(FIRST)[1:], "POST")])
def test_everything_else_is_handed_on(path, method):
    assert ask(path, method) is None


def of_the_page():
    """The modules of the page, and what they import."""
    return {module.path for path in module_files() if not path.startswith(ELSEWHERE) for module in needed(path)}


def test_every_script_is_in_one_of_the_files_once():
    inside = {name: re.findall(r"^// ((?:live|views|words)/\S+\.js)$", FILES[name].decode(), re.M)
              for name in (FIRST, REST)}
    assert sorted(inside[FIRST] + inside[REST]) == sorted(of_the_page())
    begun = {module.path for entry in FIRST_SCRIPTS for module in needed(f"views/{entry}")}
    assert set(inside[FIRST]) == begun and len(begun) > 30


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to load a module")
def test_both_files_hold_the_same_modules_as_the_browser_reads_them(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    script = f"""const a = (await import("./{FIRST}")).modules, b = (await import("./{REST}")).modules;
    const {{words}} = await import("./{words_file("zh")}");
    console.log(JSON.stringify([Object.keys(a).length, Object.keys(b).length,
      a["views/shared/variants.js"].variantLabel(a["views/shared/variants.js"].readAnyVariant("17:16")),
      typeof b["views/learn/learn.js"].startLearn, words]));"""
    ran = subprocess.run(["node", "--input-type=module", "-e", script], cwd=tmp_path, capture_output=True, text=True,
                         check=True, timeout=60)
    first, rest, label, kind, said = json.loads(ran.stdout)
    assert first + rest == len(of_the_page()) and (label, kind) == ("17→16", "function")
    assert said == {name: {key: {"zh": forms["zh"]} for key, forms in words.table(name).items()}
                    for name in words.names()}
