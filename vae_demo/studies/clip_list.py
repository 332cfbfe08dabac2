"""The clips of a study: files, folders, patterns and lists become files, each known by its content."""

from __future__ import annotations

import csv
import glob
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vae_demo.clips.files import absolute, display_name, open_media
from vae_demo.clips.limits import Limits
from vae_demo.refusal import Refusal, shown
from vae_demo.studies.rows import Failure

# What is taken from a folder; a file that is named is tried whatever it is called.
SUFFIXES = frozenset(
    ".3gp .apng .asf .avi .flv .gif .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .ogv .ts .webm .webp .wmv .y4m".split())
LIST_SUFFIX, LIST_COLUMNS = ".csv", ("clip", "start")
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
    places = dict.fromkeys(place for each in typed for place in _places(each, start))
    if not places:
        raise Refusal("study_no_clips", text=shown(", ".join(typed), 80))
    found, failures = [], []
    for name, (path, first) in sorted(zip(_names(places), places, strict=True)):
        try:
            found.append(ClipFile(name, path, _digest(path, limits), first))
        except Refusal as error:
            failures.append(Failure.of(error, name))
    return found, failures


def _places(text: str, start: int) -> Iterator[tuple[str, int]]:
    """(path, first frame) of what is typed."""
    path = Path(text)
    if path.is_dir():
        inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in SUFFIXES)
        yield from ((absolute(each), start) for each in inside if each.is_file())
    elif path.suffix.lower() == LIST_SUFFIX:
        yield from _from_list(path, start)
    elif any(char in text for char in "*?[") and not os.path.lexists(text):
        yield from ((absolute(each), start) for each in sorted(glob.glob(text, recursive=True)) if Path(each).is_file())
    else:
        yield absolute(text), start


def _from_list(path: Path, start: int) -> Iterator[tuple[str, int]]:
    """Lines of a CSV with the columns clip and, where a clip has one of its own, start; clips lie beside the list."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            if LIST_COLUMNS[0] not in (lines.fieldnames or ()):
                raise Refusal("study_list", name=path.name, line=1)
            for line in lines:
                clip, first = (line.get(name) or "" for name in LIST_COLUMNS)
                if not clip or not (first == "" or first.isascii() and first.isdigit()):
                    raise Refusal("study_list", name=path.name, line=lines.line_num)
                yield os.path.join(absolute(path.parent), clip), int(first) if first else start
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "not a list in UTF-8"
        raise Refusal("unreadable", name=path.name, reason=reason) from error


def _names(places: Iterable[tuple[str, int]]) -> list[str]:
    """The name of each, with as many of its folders as tell it from the others."""
    places = list(places)
    depths = [1] * len(places)

    def name(at: int) -> str:
        path, first = places[at]
        told = "/".join(display_name(part) for part in Path(path).parts[-depths[at]:] if part != os.sep)
        return f"{told}#{first}" if first else told

    while True:
        names = [name(at) for at in range(len(places))]
        again = [at for at, each in enumerate(names) if names.count(each) > 1]
        deeper = [at for at in again if depths[at] < len(Path(places[at][0]).parts)]
        if not deeper:
            # Names that are shown alike and are not: numbered.
            return [f"{each} ({names[:at].count(each) + 1})" if at in again else each for at, each in enumerate(names)]
        for at in deeper:
            depths[at] += 1


def _digest(path: str, limits: Limits) -> str:
    digest = hashlib.sha256()
    # Hashing a large file may take longer than a reader should.
    with open_media(path, replace(limits, max_seconds=10 * limits.max_seconds)) as file:
        try:
            while part := file.read(_SLICE):
                digest.update(part)
        except OSError as error:
            raise Refusal("unreadable", name=file.name, reason=error.strerror or "unknown reason") from error
    return digest.hexdigest()
