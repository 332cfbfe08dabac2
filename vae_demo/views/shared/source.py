"""Where the source of what runs here can be read: one answer for the page and for the lessons that leave it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import vae_demo

VARIABLE = "VAE_DEMO_REPOSITORY"
ROOT = Path(vae_demo.__file__).parents[1]
_CITATION = ROOT / "CITATION.cff"


def source_address(environment: Mapping[str, str]) -> str | None:
    """What the environment says, else where a Space's files are, else what CITATION.cff says; None where nobody does.

    Nothing is guessed: the remote of a checkout is its owner's, and may hold a password. Raises ValueError for what
    is no https address that everybody may see.
    """
    said, space = environment.get(VARIABLE, "").strip(), environment.get("SPACE_ID", "")
    if said:
        return _checked(said, VARIABLE)
    if re.fullmatch(r"[\w.-]+/[\w.-]+", space):
        return f"https://huggingface.co/spaces/{space}/tree/main"
    return cited_address(_CITATION.read_text(encoding="utf-8"))


def cited_address(citation: str) -> str | None:
    """`repository-code` of a CITATION.cff; None where it is not filled in."""
    found = re.search(r"""^repository-code:[ ]*["']?([^"'\s#]+)""", citation, re.M)
    return _checked(found[1], _CITATION.name) if found else None


def _checked(address: str, where: str) -> str:
    try:
        parts = urlsplit(address)
        good = parts.scheme == "https" and parts.hostname and parts.username is None and parts.port in (None, 443)
    except ValueError:
        good = False
    # A browser would drop some of these and go elsewhere than it says.
    if not good or not re.fullmatch(r"[!-~]+", address) or re.search(r"""[\\"'<>`{}|^]""", address):
        raise ValueError(f"{where} takes an address that begins with https:// and names nobody before its host")
    return address
