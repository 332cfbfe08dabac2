"""The clips of a study: files, folders, patterns and lists become files, each known by its content."""

from __future__ import annotations

import csv
import glob
import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from vae_demo.clips.files import absolute, display_name, open_media
from vae_demo.clips.limits import Limits
from vae_demo.refusal import Refusal, shown
from vae_demo.studies.rows import Failure

# What is taken from a folder; a file that is named is tried whatever it is called.
SUFFIXES = frozenset(
    ".3gp .apng .asf .avi .flv .gif .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .ogv .ts .webm .webp .wmv .y4m".split())
LIST_SUFFIX, LIST_COLUMNS = ".csv", ("clip", "start")
_START = re.compile("[0-9]{0,9}")
_SLICE = 1 << 20


@dataclass(frozen=True)
class ClipFile:
    """name: unique within the study. sha256: of the file. start: its first frame that is used."""

    name: str
    path: str
    sha256: str
    start: int = 0

    @property
    def content(self) -> tuple[str, int]:
        """What it shows: two files with the same content are scored once."""
        return self.sha256, self.start


def listed(typed: Sequence[str], start: int = 0, limits: Limits = Limits()) -> tuple[list[ClipFile], list[Failure]]:
    """Every clip, sorted by name, and those that are not there. Raises Refusal where there is none at all, or for a
    list that cannot be read.

    start: of clips whose own is not listed.
    """
    places = dict.fromkeys(place for each in typed for place in _places_or_itself(each, start))
    if not places:
        raise Refusal("study_no_clips", text=shown(", ".join(typed), 80))
    found, failures = [], []
    for name, (path, first) in sorted(zip(_names(places), places, strict=True)):
        try:
            found.append(ClipFile(name, path, digest_of(path, limits), first))
        except Refusal as error:
            failures.append(Failure.of(error, name))
    return found, failures


def _places_or_itself(text: str, start: int) -> list[tuple[str, int]]:
    """What is typed; a name that no system takes, one too long for it say, is a clip that cannot be read."""
    try:
        return list(_places(text, start))
    except OSError:
        return [(text, start)]


def _places(text: str, start: int) -> Iterator[tuple[str, int]]:
    """(path, first frame) of what is typed. What is no file for all its name, a link to nowhere say, is listed, too."""
    path = Path(text)
    if not text.strip():
        return  # as a path it would be the current folder
    if path.is_dir():
        inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in SUFFIXES)
        yield from ((absolute(each), start) for each in inside if not each.is_dir())
    elif path.suffix.lower() == LIST_SUFFIX:
        yield from _from_list(path, start)
    elif any(char in text for char in "*?[") and not os.path.lexists(text):
        found = sorted(glob.glob(text, recursive=True))
        yield from ((absolute(each), start) for each in found if not Path(each).is_dir())
    else:
        yield absolute(text), start


def _from_list(path: Path, start: int) -> Iterator[tuple[str, int]]:
    """Lines of a CSV with the columns clip and, where a clip has one of its own, start; clips lie beside the list."""
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            # Strict: a quote that is never closed would make one clip of all that follow.
            lines = csv.reader(file, skipinitialspace=True, strict=True)
            titles = [title.strip().lower() for title in next(lines, ())]
            if titles.count(LIST_COLUMNS[0]) != 1:
                raise Refusal("study_list", name=path.name, line=line)
            for cells in filter(None, lines):
                line = lines.line_num
                clip, first = (dict(zip(titles, cells, strict=False)).get(name, "") for name in LIST_COLUMNS)
                if not clip.strip() or not _START.fullmatch(first.strip()):
                    raise Refusal("study_list", name=path.name, line=line)
                yield os.path.join(absolute(path.parent), clip), int(first.strip() or start)
    except csv.Error as error:
        raise Refusal("study_list", name=path.name, line=line + 1) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a list in UTF-8"
        raise Refusal("unreadable", name=path.name, reason=reason) from error


def _names(places: Iterable[tuple[str, int]]) -> list[str]:
    """The name of each, with as many of its folders as tell it from the others; where all of them look alike, a number.
    """
    told = [_parts(*place) for place in places]
    names, alike = _apart(told), Counter(told)
    taken, numbers, found = set(names.values()), {each: count(1) for each in alike}, []
    for each in told:
        name = names[each]
        while alike[each] > 1 and name in taken:
            name = f"{names[each]} ({next(numbers[each])})"
        found.append(name)
        taken.add(name)
    return found


def _parts(path: str, first: int) -> tuple[str, ...]:
    """Folders and name of a clip as they are shown."""
    *folders, name = (display_name(part) for part in Path(path).parts if part != os.sep)
    return *folders, f"{name}#{first}" if first else name


def _apart(told: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """By path the shortest end of it that no other one has."""
    depths = dict.fromkeys(told, 1)
    while True:
        names = {each: "/".join(each[-depth:]) for each, depth in depths.items()}
        uses = Counter(names.values())
        deeper = [each for each, depth in depths.items() if uses[names[each]] > 1 and depth < len(each)]
        if not deeper:
            return names
        for each in deeper:
            depths[each] += 1


def digest_of(path: str, limits: Limits = Limits()) -> str:
    """SHA-256 of a file. Raises Refusal."""
    digest = hashlib.sha256()
    # Hashing a large file may take longer than a reader should.
    with open_media(path, replace(limits, max_seconds=10 * limits.max_seconds)) as file:
        try:
            while part := file.read(_SLICE):
                digest.update(part)
        except OSError as error:
            raise Refusal("unreadable", name=file.name, reason=error.strerror or "unknown reason") from error
    return digest.hexdigest()
