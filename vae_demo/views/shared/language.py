"""English or Chinese for the whole page: the browser's choice, or ?lang= / the switch, which survives a reload.

Gradio translates its own components by `navigator.language`; language.js answers that question with the
visitor's choice before anything else runs.
"""

from __future__ import annotations

import gradio as gr

from vae_demo.words import table

LANGUAGES = {"en": "EN", "zh": "中文"}
# Gradio's own bundle has keys of its own; a prefix keeps ours apart from them.
PREFIX = "vd_"

# Keys that were asked for: what Gradio sends of the table with every page.
_ASKED: set[str] = set()


def translations() -> gr.I18n:
    """What Gradio's own labels, buttons and placeholders of the pages built so far say."""
    flat = {key: forms for key, forms in table().items() if key in _ASKED}
    by_language = {lang: {PREFIX + key: forms[lang] for key, forms in flat.items()} for lang in LANGUAGES}
    return gr.I18n(**by_language, **{"zh-CN": by_language["zh"]})


def word(key: str) -> gr.i18n.I18nData:
    """The sentence `key` in the visitor's language, for a label, a button or a placeholder of Gradio's own."""
    _ASKED.add(key)
    return gr.i18n.I18nData(PREFIX + key)
