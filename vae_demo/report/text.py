"""Text of the report in both languages at once, escaped."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from vae_demo.words import LANGUAGES, say


def both(key: str | Callable[[str], str], **params: object) -> str:
    """A sentence once per language, as two spans of which the style sheet shows one.

    key: a key of the words, or a function from language to sentence.
    """
    texts = {lang: key(lang) if callable(key) else say(lang, key, **params) for lang in LANGUAGES}
    if len(set(texts.values())) == 1:
        return shown(next(iter(texts.values())))
    return "".join(f'<span lang="{lang}">{shown(text)}</span>' for lang, text in texts.items())


def shown(text: str) -> str:
    """Text for HTML and XML: escaped, without control characters, which neither can hold."""
    return escape("".join(char for char in text if char.isprintable()))


def say_both(key: str, **params: object) -> str:
    """`both` as a paragraph."""
    return f"<p>{both(key, **params)}</p>"
