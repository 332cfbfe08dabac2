"""What was done to a file, as data: a note is a case of words/notes.json and what fills the gaps of its sentence."""

from __future__ import annotations

from dataclasses import dataclass

from vae_demo.refusal import Param
from vae_demo.words import say


@dataclass(frozen=True)
class Note:
    """One thing that was done to a clip, or should be known about it.

    case    key of words/notes.json, without its `note_`
    params  the data in it, JSON types
    text    the English sentence
    """

    case: str
    params: dict[str, Param]
    text: str

    def to_json(self) -> dict:
        return {"case": self.case, "params": dict(self.params), "text": self.text}


def note(case: str, **params: Param) -> Note:
    return Note(case, params, say("en", f"note_{case}", **params))



class Notes:
    """Notes in the order they came up, each case once: a clip of 85 turned frames was turned once."""

    def __init__(self) -> None:
        self._notes: dict[str, Note] = {}

    def add(self, case: str, **params: Param) -> None:
        self._notes.setdefault(case, note(case, **params))

    def all(self) -> tuple[Note, ...]:
        return tuple(self._notes.values())
