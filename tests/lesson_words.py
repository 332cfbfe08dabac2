"""Made-up runs for the lessons and the quiz, and what their sentences say."""

import re

from fabricated_lessons import MIXED, learn_mapping

from vae_demo import words


def made(mixed=MIXED, **outcome):
    """The pair of runs, with that outcome of tiny-17."""
    return {"tiny-17": learn_mapping(**outcome), "tiny-mixed": learn_mapping("tiny-mixed", **mixed)}


def told(sentence, lang="en"):
    key, params = sentence
    return words.say(lang, key, **{name: _param(value, lang) for name, value in params.items()})


def _param(value, lang):
    if not isinstance(value, list):
        return value
    if isinstance(value[-1], dict):
        return told(value, lang)
    parts = [_param(each, lang) for each in value]
    last = words.say(lang, "list_and").join(parts[-2:])
    return words.say(lang, "list_comma").join([*parts[:-2], last])


def plain(text):
    """A sentence as it stands on the page, without its marks."""
    return re.sub(r"\[([^|\]]+)\|[=#\w]+\]", r"\1", text).replace("**", "").replace("\u00a0", " ")
