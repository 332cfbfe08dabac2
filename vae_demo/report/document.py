"""The shell of every report: one file, both languages, no script, no request."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from vae_demo import palette, words
from vae_demo.report.charts import css_name
from vae_demo.report.text import shown

POLICY = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"


def document(language: str, body: str, title_key: str, **params: object) -> str:
    """A whole page around `body`, well-formed also as XML. `language` is what shows first, and the title's.

    Raises ValueError for a language that is not one of ours.
    """
    if language not in words.LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(words.LANGUAGES)}, got {language}")
    checked = {language: ' checked="checked"'}
    switches = "".join(
        f'<input type="radio" name="language" class="switch" id="{lang}"{checked.get(lang, "")}/>'
        for lang in words.LANGUAGES)
    title = shown(words.say(language, title_key, **params))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"/>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f"<title>{title}</title><style>{_style()}</style></head><body>{switches}"
        '<div class="languages"><label for="en">EN</label><label for="zh">中文</label></div>'
        f"<main>{body}</main></body></html>\n")


def _style() -> str:
    def variables(colours: Mapping[str, str]) -> str:
        return "".join(f"--{css_name(name)}:{value};" for name, value in colours.items())
    named = "".join(
        f".v{name}.fill{{fill:var(--{name})}}.v{name}.line{{stroke:var(--{name})}}"
        for name in map(css_name, (*palette.HUED, *palette.OTHERS)))
    sheet = files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    return (f":root{{color-scheme:light dark;{variables(palette.LIGHT)}}}"
            f"@media (prefers-color-scheme:dark){{:root{{{variables(palette.DARK)}}}}}{sheet}{named}"
            f"{palette.marks_css('mark-')}")
