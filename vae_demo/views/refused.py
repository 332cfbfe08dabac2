"""What this server, not a clip or a size, refuses: one case, said from the words table alone."""

from __future__ import annotations

from vae_demo.words import say


class Refused(ValueError):
    """`str()` is the English sentence of error_<case> in words/; views say it in any language."""

    def __init__(self, case: str, **params: object) -> None:
        super().__init__(say("en", f"error_{case}", **params))
        self.case, self.params = case, params
