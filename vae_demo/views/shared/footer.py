"""What stands under every tab: where the source is, its licence, how to cite it, its version."""

from __future__ import annotations

import os
import re

import vae_demo
from vae_demo.views.serving.kept import keep_file
from vae_demo.views.shared.component import Component, component_script
from vae_demo.views.shared.source import ROOT, source_address

TITLE = "1+4k Lab: what chunk sizes do to a video VAE"


def citation() -> str:
    """One line for a list of references; CITATION.cff says the same to machines."""
    return f"The 1+4k Lab authors. {TITLE}. Version {vae_demo.__version__}, {_year()}."


def _year() -> int:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    return int(re.search(r'^date-released: "?(\d{4})-', text, re.M)[1])


def footer() -> Component:
    """The footer of the page. Where nobody said where the source is, the README that came with it tells of it."""
    return Component(None, component_script(
        "shared/footer.js", "startFooter", ("footer", "player"), version=vae_demo.__version__, citation=citation(),
        source=source_address(os.environ), readme=keep_file(ROOT / "README.md"), licence=keep_file(ROOT / "LICENSE"),
        file=keep_file(ROOT / "CITATION.cff")), html='<div class="vd-root vd-about-app" role="contentinfo"></div>',
        elem_id="vd-footer")
