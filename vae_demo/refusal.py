"""The one error that somebody who uses this can cause: a case, and the data of its sentence.

Its sentence stands in words/ alone, in refusals.json or, where it is about a file, in refusals_clips.json, as
`error_<case>`; a view says it in the reader's language.
"""

from __future__ import annotations

from vae_demo.words import LANGUAGES, english, say

Param = int | float | str
# What may be said of a file: case -> English sentence with its gaps.
CLIP_CASES = english("refusals_clips")


class Refusal(ValueError):
    """Input that cannot work. `str()` is one English sentence that says what is wrong and what to do.

    case    key of those files, without its `error_`
    params  what fills the gaps of the sentence, JSON types
    """

    def __init__(self, case: str, **params: Param) -> None:
        super().__init__(say("en", f"error_{case}", **params))
        self.case, self.params = case, params

    def sentence(self, lang: str) -> str:
        """The sentence in a language of words.LANGUAGES."""
        return say(lang, f"error_{self.case}", **self.params)

    @property
    def said(self) -> dict[str, str]:
        """The sentence by language."""
        return {lang: self.sentence(lang) for lang in LANGUAGES}


def shown(text: object, most: int = 40) -> str:
    """What somebody typed, fit to stand in a sentence: printable, and not a book."""
    return "".join(c for c in str(text).strip() if c.isprintable())[:most]
