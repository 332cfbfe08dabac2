"""How whole numbers about frames are written: `4×17 + 4`, `39, 41-43`; in the page views/shared/format.js does.
And how a list of them comes apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from vae_demo.layout.rule import FrameRule

# Parts of a list that anybody types; a longer one is no list, and is not looked at where it could cost time.
MOST_TYPED = 200


def listed(text: str) -> list[str]:
    """The parts of a list with commas, Chinese ones too, without blanks around them and without empty ones."""
    return [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]


def size_label(size: int | None) -> str:
    """17, or whole."""
    return "whole" if size is None else str(size)


def cut_text(lengths: Sequence[int]) -> str:
    """Chunks of a clip, equal ones together: 72 frames at 17 are `4×17 + 4`; one chunk is just its length."""
    runs = [(length, sum(1 for _ in equal)) for length, equal in groupby(lengths)]
    return " + ".join(f"{count}×{length}" if count > 1 else f"{length}" for length, count in runs)


def groups_text(length: int, rule: FrameRule) -> str:
    """17 = 1+4+4+4+4, which stays on one line."""
    return f"{length}\u00a0=\u00a0{'+'.join(map(str, rule.groups(length)))}"


def runs(frames: Iterable[int]) -> list[tuple[int, int]]:
    """Frames in order -> first and last of each run without a gap: 39, 41, 42, 43 are (39, 39) and (41, 43)."""
    found: list[tuple[int, int]] = []
    for frame in frames:
        if found and found[-1][1] == frame - 1:
            found[-1] = (found[-1][0], frame)
        else:
            found.append((frame, frame))
    return found


def ranges(frames: Iterable[int], dash: str = "-") -> list[str]:
    """The runs as people read them: 39 and 41-43."""
    return [f"{first}" if first == last else f"{first}{dash}{last}" for first, last in runs(frames)]
