"""How the project is cited, and the footer that says so."""

import re
from pathlib import Path

import pytest
import yaml

import vae_demo
from vae_demo.views.shared.footer import TITLE, citation, footer, source_address

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


@pytest.mark.parametrize(("space", "address"), [
    ("somebody/lab", "https://huggingface.co/spaces/somebody/lab/tree/main"), ("", None),
    ("a/b/c", None), ("a/b?x=javascript:1", None)])
def test_a_space_knows_where_its_source_is(space, address):
    assert source_address({"SPACE_ID": space}) == address
