"""Made-up runs for the lessons and the quiz, and what their sentences say."""

from fabricated_lessons import MIXED, learn_mapping

from vae_demo import words


def made(mixed=MIXED, **outcome):
    """The pair of runs, with that outcome of tiny-17."""
    return {"tiny-17": learn_mapping(**outcome), "tiny-mixed": learn_mapping("tiny-mixed", **mixed)}


def told(sentence, lang="en"):
    key, params = sentence
    said = {name: told(value, lang) if isinstance(value, list) and isinstance(value[-1], dict)
            else ", ".join(value) if isinstance(value, list) else value for name, value in params.items()}
    return words.say(lang, key, **said)
