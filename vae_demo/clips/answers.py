"""What a worker says, checked before anybody believes it: a hostile file may speak through it.

Every function raises Broken for what a worker of ours would not say.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from string import Formatter
from typing import Any

import numpy as np

from vae_demo.clips.decoding import ClipInfo, Reading
from vae_demo.clips.limits import HIGHEST_FPS, LOWEST_FPS, Limits
from vae_demo.clips.messages import Note, note
from vae_demo.clips.process import Answer
from vae_demo.clips.protocol import JSON, Broken
from vae_demo.refusal import CLIP_CASES, Param, Refusal
from vae_demo.words import english

NOTE_CASES = english("notes")
LONGEST_TEXT = 300
_MOST = 2**63
_LABEL = re.compile(r"[\w .+-]{1,40}", re.ASCII)  # names of containers and codecs
# As players show it: stored pixels may be stretched up to this many times.
_WIDEST_PIXEL = 4


def saying(answer: Answer, what: str) -> dict[str, Any]:
    """The object of an answer that must be of one kind."""
    _need(answer[0] == JSON and answer[1]["say"] == what)
    return answer[1]


def refusal(answer: dict[str, Any], name: str) -> Refusal:
    """{"case", "params"} -> the error to raise; where it names the file, `name` is what it must say."""
    return Refusal(_case(answer.get("case"), CLIP_CASES), **_params(answer, CLIP_CASES, name))


def info(answer: dict[str, Any], name: str, limits: Limits) -> ClipInfo:
    fps = answer.get("fps")
    _need(answer.get("name") == name and isinstance(fps, float) and LOWEST_FPS <= fps <= HIGHEST_FPS)
    sides = [_whole(answer.get(side), 1, limits.max_side * _WIDEST_PIXEL) for side in ("width", "height")]
    return ClipInfo(name, *sides, fps, _count(answer.get("n_frames")), _label(answer.get("codec")),
                    _notes(answer, name))


def shape(answer: dict[str, Any], limits: Limits) -> tuple[int, int, int]:
    """(height, width, 3) of every frame that follows."""
    height, width = (_whole(answer.get(side), 1, limits.max_side) for side in ("height", "width"))
    return height, width, 3


def frame(data: bytearray, shape: tuple[int, int, int], expected: bool) -> np.ndarray:
    """Bytes of one frame -> uint8 H W 3, a view of them; `expected` says whether one more was asked for."""
    _need(expected and len(data) == math.prod(shape))
    return np.frombuffer(data, np.uint8).reshape(shape)


def thumb(answer: dict[str, Any], last: int) -> int:
    """The number of the frame of which a picture follows; `last` is that of the one before."""
    return _whole(answer.get("frame"), last + 1, _MOST)


def n_frames(answer: dict[str, Any]) -> int | None:
    """How many frames there are, after the last picture of a strip."""
    return _count(answer.get("n_frames"))


def trace(answer: dict[str, Any]) -> str:
    """Where our own code failed, for the log: lines of printable characters."""
    text = answer.get("trace")
    _need(isinstance(text, str))
    return "\n".join("".join(char for char in line if char.isprintable()) for line in str(text).splitlines())


def reading(answer: dict[str, Any], name: str, n_frames: int) -> Reading:
    """What is said after the last of `n_frames` frames."""
    rate, facts = answer.get("rate"), answer.get("facts")
    _need(n_frames > 0 and answer.get("name") == name and isinstance(rate, list) and len(rate) == 2)
    assert isinstance(rate, list)
    fps = Fraction(*(_whole(part, 1, _MOST) for part in rate))
    _need(LOWEST_FPS <= fps <= HIGHEST_FPS and isinstance(facts, dict)
          and set(facts) == {"container", "codec", "n_frames"})
    assert isinstance(facts, dict)
    checked = {"container": _label(facts["container"]), "codec": _label(facts["codec"]),
               "n_frames": _count(facts["n_frames"])}
    return Reading(name, fps, _notes(answer, name), checked)


def _notes(answer: dict[str, Any], name: str) -> tuple[Note, ...]:
    given = answer.get("notes")
    _need(isinstance(given, list) and len(given) <= len(NOTE_CASES))
    assert isinstance(given, list)
    notes = []
    for each in given:
        _need(isinstance(each, list) and len(each) == 2)
        said = {"case": each[0], "params": each[1]}
        notes.append(note(_case(each[0], NOTE_CASES), **_params(said, NOTE_CASES, name)))
    return tuple(notes)


def _case(case: Any, table: dict[str, str]) -> str:
    _need(isinstance(case, str) and case in table)
    return case


def _params(answer: dict[str, Any], table: dict[str, str], name: str) -> dict[str, Param]:
    """All gaps that the sentence has, with plain data that fits their formats; more only by names that are known."""
    params, gaps = answer.get("params"), _gaps(table[answer["case"]])
    known = {gap for sentence in table.values() for gap in _gaps(sentence)}
    _need(isinstance(params, dict) and set(gaps) <= set(params) <= known)
    assert isinstance(params, dict)
    for gap, value in params.items():
        if isinstance(value, str):
            _need(len(value) <= LONGEST_TEXT and value.isprintable() and not gaps.get(gap))
        else:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            _need(number and math.isfinite(value) and abs(value) < _MOST)
    _need(params.get("name", name) == name)
    return params


def _gaps(sentence: str) -> dict[str, str]:
    """Name -> format of every {gap:format}."""
    return {gap: form or "" for _, gap, form, _ in Formatter().parse(sentence) if gap}


def _whole(value: Any, lowest: int, highest: int) -> int:
    _need(isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest)
    return value


def _count(value: Any) -> int | None:
    return None if value is None else _whole(value, 0, _MOST)


def _label(value: Any) -> str:
    _need(isinstance(value, str) and _LABEL.fullmatch(value) is not None)
    return value


def _need(true: Any) -> None:
    if not true:
        raise Broken("an answer that no worker of ours gives")
