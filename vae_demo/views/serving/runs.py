"""What a visit has run and opened: a list that can be shown again, renamed and thrown away, within bounds.

A finished result leaves the few last ones of its tab (visits.py) and is kept here until the visit ends, or until newer
ones need its place. What is thrown away can be had back until the next thing happens.
"""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from vae_demo.refusal import Refusal, shown

MOST_RUNS = 12
MOST_BYTES = 300_000_000
LONGEST_NAME = 60


@dataclass
class Run:
    """One result of a visit. folder: served, what it is shown with; value: the JSON that shows it, private; about: what
    the list says of it, JSON types; at: seconds since 1970; thrown: it is on its way out."""

    id: str
    tab: str
    folder: Path
    value: Path
    about: dict
    at: float
    n_bytes: int
    name: str | None = None
    thrown: bool = False

    def delete(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.value.unlink(missing_ok=True)


class Visit(Protocol):
    """What of a visit is needed here. runs: of all tabs, the oldest first; results: the last folders by tab; current:
    the run on screen by tab; n_dropped: runs that made room for newer ones."""

    folder: Path
    results: dict[str, list[Path]]
    runs: list[Run]
    current: dict[str, str]
    n_dropped: int


class Runs:
    """The runs of all visits, by the key of a visit and the tab that shows them. visits: a `Visits`."""

    def __init__(self, visits: Any) -> None:
        self._visits = visits

    def add(self, key: str, tab: str, value: dict, folder: Path, about: dict) -> dict:
        """Keep a finished result; gives its value with the `run` that it is. The oldest go where there are too many.

        folder: what `Visits.new_result` gave. Raises Refusal.
        """
        with self._visits.holding(key) as visit:
            number = secrets.token_hex(8)
            value = {**value, "run": number}
            place = visit.folder / f"run-{number}.json"
            place.write_text(json.dumps(value), encoding="utf-8")
            made = visit.results.get(tab, [])
            made[:] = [path for path in made if path != folder]
            size = sum(path.stat().st_size for path in (*folder.iterdir(), place))
            visit.runs.append(Run(number, tab, folder, place, about, time.time(), size))
            visit.current[tab] = number
            _purge(visit, lambda run: run.thrown)
            for oldest in [run for run in visit.runs if run.id not in visit.current.values()]:
                if len(visit.runs) <= MOST_RUNS and sum(run.n_bytes for run in visit.runs) <= MOST_BYTES:
                    break
                visit.runs.remove(oldest)
                oldest.delete()
                visit.n_dropped += 1
        return value

    def listed(self, key: str, tab: str) -> dict:
        """What the list shows, the newest first. Makes no visit."""
        with self._visits.holding(key, make=False) as visit:
            mine = [run for run in visit.runs if run.tab == tab] if visit else []
            thrown = [run for run in mine if run.thrown]
            return {"runs": [_said(run) for run in reversed(mine) if not run.thrown], "most": MOST_RUNS,
                    "thrown": _said(thrown[-1]) if thrown else None, "megabytes": MOST_BYTES // 1_000_000,
                    "dropped": visit.n_dropped if visit else 0}

    def value(self, key: str, tab: str, number: Any) -> dict:
        """The value that shows a run again, which is the tab's last one from now on. Raises Refusal where it is
        gone."""
        with self._visits.holding(key, make=False) as visit:
            run = _find(visit, tab, number)
            try:
                value = json.loads(run.value.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                raise Refusal("run_not_kept") from None
            visit.current[tab] = run.id
            _purge(visit, lambda each: each.thrown and each.tab == tab)
        self._visits.keep(key, tab, value)
        return value

    def rename(self, key: str, tab: str, number: Any, name: Any) -> None:
        """An empty name is the one it had at first. Raises Refusal."""
        with self._visits.holding(key, make=False) as visit:
            _find(visit, tab, number).name = " ".join(shown(name, LONGEST_NAME).split()) or None

    def throw(self, key: str, tab: str, number: Any) -> None:
        """Throw a run away; the one before it that was thrown is gone now. Raises Refusal."""
        with self._visits.holding(key, make=False) as visit:
            run = _find(visit, tab, number)
            _purge(visit, lambda each: each.thrown and each is not run)
            run.thrown = True

    def fetch_back(self, key: str, tab: str, number: Any) -> None:
        """Take a run out of the bin. Raises Refusal where it is gone."""
        with self._visits.holding(key, make=False) as visit:
            _find(visit, tab, number).thrown = False


def oldest_first(visit: Visit) -> Iterator[Run]:
    """The runs that may go for want of room: those that were thrown away, then the oldest."""
    yield from sorted(visit.runs, key=lambda run: (not run.thrown, run.at))


def _find(visit: Visit | None, tab: str, number: Any) -> Run:
    found = [run for run in visit.runs if run.tab == tab and run.id == number] if visit else []
    if not found:
        raise Refusal("run_not_kept")
    return found[0]


def _purge(visit: Visit, goes: Callable[[Run], bool]) -> None:
    """Delete the runs for which `goes` holds, but for those on screen."""
    for run in [each for each in visit.runs if goes(each) and each.id != visit.current.get(each.tab)]:
        visit.runs.remove(run)
        run.delete()


def _said(run: Run) -> dict:
    return {"id": run.id, "name": run.name, "at": run.at, "megabytes": round(run.n_bytes / 1e6, 1), **run.about}
