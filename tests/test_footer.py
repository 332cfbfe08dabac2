"""How the project is cited, and the footer that says so."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import vae_demo
from vae_demo.views.offline.lesson import _foot as offline_foot
from vae_demo.views.shared.footer import TITLE, citation, footer
from vae_demo.views.shared.source import VARIABLE, cited_address, source_address

ROOT = Path(__file__).parents[1]
CFF = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
# Of Citation File Format 1.2.0: what must be there, and what may be.
NEEDED = {"cff-version", "message", "title", "authors"}
KNOWN = NEEDED | {"abstract", "type", "version", "date-released", "license", "keywords", "repository-code",
                  "url", "doi"}


def test_the_citation_file_is_valid():
    assert NEEDED <= CFF.keys() <= KNOWN and CFF["cff-version"] == "1.2.0" and CFF["type"] == "software"
    assert all(set(author) == {"name"} and author["name"] for author in CFF["authors"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", CFF["date-released"]) and CFF["license"] == "MIT"
    assert all(isinstance(word, str) for word in CFF["keywords"])


def test_it_agrees_with_the_project():
    assert CFF["version"] == vae_demo.__version__ and CFF["title"] == TITLE
    line = citation()
    assert all(part in line for part in (CFF["authors"][0]["name"], TITLE, vae_demo.__version__,
                                         CFF["date-released"][:4]))
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_footer_carries_it():
    script = footer().js_on_load
    assert citation() in script and "/LICENSE" in script and "/CITATION.cff" in script


SPACE = "https://huggingface.co/spaces/somebody/lab/tree/main"


@pytest.mark.parametrize(("environment", "address"), [
    ({"SPACE_ID": "somebody/lab"}, SPACE), ({"SPACE_ID": "a/b/c"}, None), ({"SPACE_ID": "a/b?x=javascript:1"}, None),
    ({VARIABLE: "https://example.org/lab.git "}, "https://example.org/lab.git"), ({VARIABLE: " "}, None),
    ({VARIABLE: "https://example.org/lab", "SPACE_ID": "somebody/lab"}, "https://example.org/lab"), ({}, None)])
def test_the_source_is_where_the_server_was_told_or_in_its_space(environment, address):
    assert source_address(environment) == (address or cited_address((ROOT / "CITATION.cff").read_text("utf-8")))


@pytest.mark.parametrize("address", [
    "http://example.org/lab", "git@example.org:lab.git", "javascript:alert(1)", "https://", "https:///lab", "/lab",
    "https://somebody:secret@example.org/lab", "https://token@example.org/lab", "https://example.org:99999/lab",
    "https://example.org/a b", 'https://example.org/"onclick', "https://example.org\\@other.org", "https://[::1/lab"])
def test_an_address_that_is_not_for_everybody_is_refused(address):
    with pytest.raises(ValueError, match=f"^{VARIABLE} takes an address that begins with https://") as refused:
        source_address({VARIABLE: address})
    assert "secret" not in str(refused.value)


def test_the_citation_file_may_say_it():
    assert cited_address("title: x\n# repository-code: https://example.org/no\n") is None
    for line in ("https://example.org/lab", '"https://example.org/lab"', "'https://example.org/lab'  # ours"):
        assert cited_address(f"title: x\nrepository-code: {line}\n") == "https://example.org/lab"
    with pytest.raises(ValueError, match=r"^CITATION\.cff takes"):
        cited_address("repository-code: http://example.org/lab\n")


def test_the_page_and_a_lesson_that_is_one_file_say_the_same(monkeypatch):
    monkeypatch.setenv(VARIABLE, "https://example.org/lab?a=1&b=2")
    assert "https://example.org/lab?a=1&b=2" in footer().js_on_load
    assert '<a href="https://example.org/lab?a=1&amp;b=2"' in offline_foot()
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr("vae_demo.views.offline.lesson.source_address", lambda environment: None)
    assert "<a" not in offline_foot() and "README.md" in footer().js_on_load


def test_a_wrong_address_is_said_before_the_page_opens():
    ended = subprocess.run([sys.executable, str(ROOT / "app.py")], env={**os.environ, VARIABLE: "http://example.org"},
                           capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2 and VARIABLE in ended.stderr and "Traceback" not in ended.stderr
