"""What stands under every tab: where the source is, its licence, how to cite it, its version."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import vae_demo
from vae_demo.views.serving.kept import keep_file
from vae_demo.views.shared.component import Component, component_script

TITLE = "1+4k Lab: what chunk sizes do to a video VAE"
_ROOT = Path(vae_demo.__file__).parents[1]


def citation() -> str:
    """One line for a list of references; CITATION.cff says the same to machines."""
    return f"The 1+4k Lab authors. {TITLE}. Version {vae_demo.__version__}, {_year()}."


def _year() -> int:
    text = (_ROOT / "CITATION.cff").read_text(encoding="utf-8")
    return int(re.search(r'^date-released: "?(\d{4})-', text, re.M)[1])


def source_address(environment: Mapping[str, str]) -> str | None:
    """Where a Space's files are; None outside one, where whoever runs the app has them."""
    space = environment.get("SPACE_ID", "")
    return f"https://huggingface.co/spaces/{space}/tree/main" if re.fullmatch(r"[\w.-]+/[\w.-]+", space) else None


def footer() -> Component:
    """The footer of the page."""
    return Component(None, component_script(
        "shared/footer.js", "startFooter", ("footer", "player"), version=vae_demo.__version__, citation=citation(),
        source=source_address(os.environ), licence=keep_file(_ROOT / "LICENSE"),
        file=keep_file(_ROOT / "CITATION.cff")), html='<div class="vd-root vd-about-app" role="contentinfo"></div>',
        elem_id="vd-footer")
