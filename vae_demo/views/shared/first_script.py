"""What runs in the browser before anything else: the language, the way to the modules, the visit's key, an ear on
failed requests. It is our one inline script: Gradio asks for the language before any module could be there."""

from __future__ import annotations

import json

from vae_demo.bundle import bundle, inline
from vae_demo.views.serving import modules
from vae_demo.words import LANGUAGES, table

# The one refusal that the browser says by itself, when nobody has pressed anything.
_GONE = "error_clip_gone"


def first_script(grace_s: float) -> str:
    """The <script> element. grace_s: how long the server keeps a visit of which it hears nothing, seconds."""
    given = {"words": {**table("server"), _GONE: table("refusals")[_GONE]}, "graceMs": round(grace_s * 1000),
             "modules": {"first": modules.address(modules.FIRST), "rest": modules.address(modules.REST),
                         "said": {lang: modules.address(modules.words_file(lang)) for lang in LANGUAGES}}}
    code = bundle("views/shared/first_script.js", "first") + f"first.begin({json.dumps(given, ensure_ascii=False)});"
    return "<script>(() => {\n" + inline(code) + "\n})();</script>"

