"""How the page gets its scripts: each from an address of its own that means one content for ever."""

import asyncio
import gzip
import re

import pytest

from vae_demo.bundle import needed
from vae_demo.views.page import SCRIPTS
from vae_demo.views.serving.modules import ModuleFiles, address, digest, module_files, preload_links

APP = "views/explore/app.js"


def ask(path, method="GET", **headers):
    """(status, headers, body) of one request; None where it is left to whatever stands behind."""
    async def behind(scope, receive, send):
        told.append(None)

    async def send(message):
        told.append(message)

    told = []
    scope = {"type": "http", "method": method, "path": path,
             "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]}
    asyncio.run(ModuleFiles(behind)(scope, None, send))
    if told == [None]:
        return None
    start, body = told
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body["body"]


def test_a_module_is_served_and_kept():
    status, headers, body = ask(address(APP).removeprefix("."))
    assert status == 200 and body == module_files()[APP]
    assert headers["content-type"].startswith("text/javascript") and "immutable" in headers["cache-control"]
    assert int(headers["content-length"]) == len(body)


def test_it_travels_packed_where_that_is_understood():
    _, headers, body = ask(address(APP).removeprefix("."), accept_encoding="br, gzip")
    assert headers["content-encoding"] == "gzip" and gzip.decompress(body) == module_files()[APP]
    assert len(body) < len(module_files()[APP]) / 2


def test_behind_a_proxy_that_keeps_its_path():
    assert ask(f"/some/where{address(APP)[1:]}")[0] == 200


def test_a_head_has_no_body():
    status, headers, body = ask(address(APP).removeprefix("."), "HEAD")
    assert status == 200 and body == b"" and int(headers["content-length"]) == len(module_files()[APP])


@pytest.mark.parametrize("path", [
    f"/vd/js/0123456789abcdef/{APP}", f"/vd/js/{digest()}/views/page.py", f"/vd/js/{digest()}/../app.py",
    f"/vd/js/{digest()}/", "/vd/js/"])
def test_nothing_else_is_served(path):
    """Above all no file of another version of the page."""
    status, headers, body = ask(path)
    assert status == 404 and body == b"" and headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("path", "method"), [("/", "GET"), ("/vd/here", "POST"), (address(APP)[1:], "POST")])
def test_everything_else_is_handed_on(path, method):
    assert ask(path, method) is None


def test_the_head_asks_for_everything_an_entry_needs_once():
    entries = [f"views/{name}" for name in SCRIPTS]
    found = re.findall(r'<link rel="modulepreload" href="([^"]+)">', preload_links(entries))
    wanted = {address(module.path) for entry in entries for module in needed(entry)}
    assert len(found) == len(set(found)) > 40 and set(found) == wanted
