"""Finished rows on disk: one file a task, written beside and renamed into place, so that no end of a process leaves
half of one. Read again, they are what was computed, to the last bit.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from vae_demo.refusal import Refusal
from vae_demo.shapes import Maybe, misfit, read_json
from vae_demo.studies.task import Maker, task_key

FOLDER = "rows"
_HALF = ".part"
_MAKER = {"model": str, "weights": Maybe(str), "weights_sha256": [str], "device": str, "device_name": str, "dtype": str,
          "threads": Maybe(int), "versions": dict}
_KEPT = {"base": str, "maker": _MAKER, "row": {"variant": str, "kind": str}, "frames": dict}


class Kept:
    """The rows of a study's folder. Only one process writes there (cli/lock.py)."""

    def __init__(self, directory: Path) -> None:
        """Makes the folder. Raises Refusal."""
        self._folder = directory / FOLDER
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for half in self._folder.glob(f"*/*{_HALF}"):
                half.unlink()
            whole = [path.stem for path in self._folder.glob("*/*.json") if _whole(path)]
        except OSError as error:
            raise _unusable(self._folder, error) from error
        # By what is asked for, who has computed it.
        self._makers: dict[str, set[str]] = {}
        for key in whole:
            self._note(key)

    def __contains__(self, key: str) -> bool:
        base, _, maker = key.partition("-")
        return maker in self._makers.get(base, ())

    def has(self, base: str, maker: Maker) -> bool:
        return task_key(base, maker) in self

    def by_somebody(self, base: str) -> bool:
        """Whether a task is done, whoever has done it."""
        return base in self._makers

    def of(self, base: str) -> Iterator[dict[str, Any]]:
        """What was kept of a task, by every maker that has done it. A file that was damaged since counts as none."""
        for maker in sorted(self._makers.get(base, ())):
            with suppress(OSError, ValueError):
                yield read_json(self._path(f"{base}-{maker}"))

    def put(self, key: str, data: dict[str, Any]) -> None:
        """Keep it, whatever becomes of this process from now on. Raises Refusal where the disk takes no more."""
        path = self._path(key)
        half = path.with_suffix(_HALF)
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        try:
            path.parent.mkdir(exist_ok=True)
            with half.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
            _settle(path.parent, self._folder)
        except OSError as error:
            with suppress(OSError):
                half.unlink(missing_ok=True)
            raise _unusable(self._folder, error) from error
        self._note(key)

    def _note(self, key: str) -> None:
        base, _, maker = key.partition("-")
        self._makers.setdefault(base, set()).add(maker)

    def _path(self, key: str) -> Path:
        # Thousands of files in one folder are slow on some file systems.
        return self._folder / key[:2] / f"{key}.json"


def _whole(path: Path) -> bool:
    """Whether a file is what its name says; what a disk or a person has damaged since is computed again."""
    try:
        data = read_json(path)
        return not misfit(data, _KEPT) and task_key(data["base"], Maker.from_json(data["maker"])) == path.stem
    except (OSError, ValueError, TypeError):
        return False


def _settle(*folders: Path) -> None:
    """That a file is there is data of its folder, and lost with the power until that is written, too."""
    for folder in folders if hasattr(os, "O_DIRECTORY") else ():
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno != errno.EINVAL:  # what a file system says that has no such thing
                raise
        finally:
            os.close(descriptor)


def _unusable(folder: Path, error: OSError) -> Refusal:
    return Refusal("study_kept", folder=str(folder), reason=error.strerror or "unknown reason")
