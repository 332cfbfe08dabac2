"""What visitors leave on the server, kept apart by visit and deleted when a visit is over.

A visit is whoever knows its key: 128 random bits made by the page (shared/visit.js), sent with every event and never
part of an address or a path. It outlives a reload, a change of language and a lost connection; it ends when nothing
was heard of it for a while. It has one clip, the same for all tabs and calls; a run that began with the clip before it
keeps that one to its end. Clips and records lie where nothing is served from; results lie in the served folder, each
under a name of its own that nobody can guess.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from vae_demo.refusal import Refusal
from vae_demo.views.serving import uploads
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.serving.disk import age_s, bytes_of
from vae_demo.views.serving.keys import checked_key, name_on_disk
from vae_demo.views.serving.runs import Run, oldest_first
from vae_demo.views.serving.uploads import drop_folder

# The last result stays on screen while the next one grows; older ones nobody can reach any more.
RESULTS_KEPT = 3
# And beyond these what is newer than this: on a slow line a page may still ask for the one that it was told of last.
LINGER_S = 60.0
# An upload that no visit took for so long makes room where there is none, seconds.
UNTAKEN_S = 60.0
# So many digits of an upload's SHA-256 say which clip a result is of.
CONTENT = 16


def content_of(clip: Path) -> str:
    """What tells one clip of a visit from another, whatever their names: the beginning of its content's SHA-256.

    clip: a file that `Visits` gave.
    """
    return clip.parent.name.split("-")[1]


@dataclass
class _Visit:
    folder: Path
    seen: float
    clip: tuple[Path, Path] | None = None  # our file, and the upload it is of
    lent: dict[str, tuple[Path, Path]] = field(default_factory=dict)  # the same by who uses it for a while
    results: dict[str, list[Path]] = field(default_factory=dict)  # by tab, the oldest first
    runs: list[Run] = field(default_factory=list)  # of all tabs, the oldest first; see runs.py
    current: dict[str, str] = field(default_factory=dict)  # by tab, the run on screen
    n_dropped: int = 0  # runs that made room for newer ones


class Visits:
    """Clips, results and records by visit.

    private: a folder that is never served; served: the folder whose files the page may show. Both are made here.
    """

    def __init__(self, bounds: Bounds, private: Path, served: Path) -> None:
        self.bounds, self._private, self._served = bounds, private, served
        self._make_folders()
        self._lock = threading.RLock()
        self._visits: dict[str, _Visit] = {}
        # Told of every clip that goes: what was made of it must go, too.
        self.dropped: Callable[[Path], object] = lambda clip: None

    def seen(self, key: str) -> bool:
        """A sign of the page: its visit, if there is one, goes on. Says whether there is."""
        with self._lock:
            visit = self._visits.get(name_on_disk(key))
            if visit:
                visit.seen = time.monotonic()
            return visit is not None

    def take(self, key: str, uploaded: Path, to: str | None = None) -> Path:
        """The visit's own file of an upload, in place of the one before it; the upload itself stays where it is.

        uploaded: a path that `uploads.accepted` gave. to: who gets it lent in the same moment, and its file instead.
        Raises Refusal where there is no room, or the upload has gone.
        """
        self.make_room(0)
        with self._lock:
            visit = self._visit(key)
            made = self._second(visit, uploaded, uploaded)
            before, visit.clip = visit.clip, made
            lent = self.lend(key, to) if to else None
        if before:
            _drop_clip(*before)
            self.dropped(before[0])
        return lent or made[0]

    def hold(self, key: str, uploaded: Path, to: str) -> Path:
        """A second file of an upload for `to` alone; the visit's own clip stays what it is. `drop` gives it back.

        uploaded: a path that `uploads.accepted` gave. Raises Refusal where there is no room, or the upload has gone.
        """
        self.make_room(0)
        with self._lock:
            visit = self._visit(key)
            made = self._second(visit, uploaded, uploaded)
            # Only now: the one before it may be of the same upload, and the last to hold that.
            self.drop(key, to)
            visit.lent[to] = made
        return made[0]

    def lend(self, key: str, to: str, of: str | None = None) -> Path | None:
        """The visit's clip under a second name for `to`, which stays when the visit is given another one; None where
        it has none. of: not its clip but the file that `hold` or `place` gave to that name. `drop` gives it back."""
        self.drop(key, to)
        with self._lock:
            visit = self._visits.get(name_on_disk(key))
            file = (visit.lent.get(of) if of else visit.clip) if visit else None
            if visit is None or file is None or not file[0].exists():
                return None
            visit.lent[to] = self._second(visit, *file)
            return visit.lent[to][0]

    def place(self, key: str, to: str, name: str) -> Path:
        """Where a file that is made here for `to` is to be written. `drop` deletes it. Raises Refusal."""
        self.make_room(0)
        self.drop(key, to)
        with self._lock:
            visit, content = self._visit(key), secrets.token_hex(CONTENT // 2)
            place = visit.folder / f"clip-{content}-{secrets.token_hex(8)}"
            place.mkdir()
            # Of no upload: there is nothing that goes with it.
            visit.lent[to] = (place / name, visit.folder / content / name)
            return place / name

    def exchange(self, key: str, one: str) -> None:
        """The visit's clip and the file of `one` take each other's place, where both are there."""
        with self._lock:
            visit = self._visits.get(name_on_disk(key))
            if visit and visit.clip and one in visit.lent:
                visit.clip, visit.lent[one] = visit.lent[one], visit.clip

    def held(self, key: str, to: str) -> Path | None:
        """The file of `to`, None where there is none or it is gone."""
        with self._lock:
            visit = self._visits.get(name_on_disk(key))
            found = visit.lent.get(to) if visit else None
        return found[0] if found and found[0].exists() else None

    def drop(self, key: str, to: str, file: Path | None = None) -> None:
        """Delete what `to` was lent, where it was. file: only where it is this one."""
        with self._lock:
            visit = self._visits.get(name_on_disk(key))
            found = visit.lent.get(to) if visit else None
            if visit is None or found is None or file not in (None, found[0]):
                return
            del visit.lent[to]
        _drop_clip(*found)

    def clip(self, key: str, to: str | None = None) -> Path | None:
        """The visit's own file, of `to` the one that it was lent where it was; None where there is none or it is
        gone."""
        with self._lock:
            visit = self._visits.get(name_on_disk(key))
            found = (visit.lent.get(to or "") or visit.clip) if visit else None
        return found[0] if found and found[0].exists() else None

    def new_result(self, key: str, tab: str, n_bytes: int = 0) -> Path:
        """An empty served folder for a result, for which there is room as far as its size is known; of this tab those
        beyond RESULTS_KEPT that nobody can still be waiting for are deleted. Raises Refusal."""
        self.make_room(n_bytes)
        made = self._served / secrets.token_hex(16)
        made.mkdir(mode=0o700)
        with self._lock:
            kept = self._visit(key).results.setdefault(tab, [])
            kept.append(made)
            old = [path for path in kept[:-RESULTS_KEPT] if age_s(path) > LINGER_S]
            kept[:] = [path for path in kept if path not in old]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        return made

    @contextmanager
    def holding(self, key: str, make: bool = True) -> Iterator[_Visit | None]:
        """The visit, for nobody else meanwhile. make: else None where there is none yet."""
        with self._lock:
            yield self._visit(key) if make else self._visits.get(name_on_disk(key))

    def keep(self, key: str, tab: str, record: dict) -> None:
        """Remember what this tab shows, JSON types, until the visit ends."""
        with self._lock:
            folder = self._visit(key).folder
        part = folder / f".{tab}-{secrets.token_hex(4)}"
        part.write_text(json.dumps(record), encoding="utf-8")
        os.replace(part, folder / f"{tab}.json")

    def kept(self, key: str, tab: str) -> dict | None:
        """What `keep` was given last, None where nothing was or its files are gone."""
        with self._lock:
            visit = self._visits.get(name_on_disk(key))
            # A finished result says which run it is; others are the last of their tab.
            alive = {run.id for run in visit.runs} | ({None} if visit.results.get(tab) else set()) if visit else set()
        if not alive:
            return None
        try:
            found = json.loads((visit.folder / f"{tab}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if found.get("run") in alive else None

    def end(self, key: str) -> None:
        """Delete everything of a visit."""
        self._end(name_on_disk(key))

    def sweep(self) -> None:
        """End the visits of which nothing was heard for `grace_s`."""
        limit = time.monotonic() - self.bounds.grace_s
        with self._lock:
            over = [digest for digest, visit in self._visits.items() if visit.seen < limit]
        for digest in over:
            self._end(digest)

    def make_room(self, n_bytes: int) -> None:
        """See to it that n_bytes more fit: uploads nobody took go first, then the oldest results, of visits that are
        quiet longest.

        Raises Refusal where that is not enough.
        """
        if self._fits(n_bytes):
            return
        uploads.sweep(min(UNTAKEN_S, self.bounds.grace_s))
        if self._fits(n_bytes):
            return
        with self._lock:
            quiet = sorted(self._visits.values(), key=lambda visit: visit.seen)
            results = [(kept, path) for visit in quiet for kept in visit.results.values() for path in kept]
            results += [(visit.runs, run) for visit in quiet for run in oldest_first(visit)]
        for kept, each in results:
            with self._lock, suppress(ValueError):
                kept.remove(each)
            each.delete() if isinstance(each, Run) else shutil.rmtree(each, ignore_errors=True)
            if self._fits(n_bytes):
                return
        raise Refusal("no_room")

    def used_bytes(self) -> int:
        """What visitors together take on disk: visits, and uploads that none took yet or that are still arriving."""
        return bytes_of(self._private, Path(uploads.get_upload_folder()), self._served)

    def _second(self, visit: _Visit, file: Path, uploaded: Path) -> tuple[Path, Path]:
        """A file of the visit's own beside `file`, and the upload that it is of. Raises Refusal."""
        place = visit.folder / f"clip-{uploaded.parent.name[:CONTENT]}-{secrets.token_hex(8)}"
        place.mkdir()
        try:
            self._link(file, place / file.name)
        except BaseException as error:
            shutil.rmtree(place, ignore_errors=True)
            # It was somebody else's too, and went with their visit in this moment.
            gone = Refusal("clip_gone", minutes=f"{self.bounds.grace_s / 60:g}")
            raise gone if isinstance(error, FileNotFoundError) else error from None
        return place / file.name, uploaded

    def _link(self, file: Path, mine: Path) -> None:
        try:
            os.link(file, mine)
        except FileNotFoundError:
            raise
        except OSError:  # another file system, or one without links
            self.make_room(file.stat().st_size)
            shutil.copyfile(file, mine)

    def _make_folders(self) -> None:
        for folder in (self._private, self._served):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _fits(self, n_bytes: int) -> bool:
        self._make_folders()  # whoever tidies the temporary folder may have taken them for old
        return (self.used_bytes() + n_bytes <= self.bounds.max_disk_bytes
                and shutil.disk_usage(self._private).free - n_bytes >= self.bounds.min_free_bytes)

    def _visit(self, key: str) -> _Visit:
        digest = name_on_disk(checked_key(key))
        visit = self._visits.get(digest)
        if visit is None:
            # A name of its own: the folder of an earlier visit with this key may just be going.
            visit = self._visits[digest] = _Visit(self._private / f"{digest}-{secrets.token_hex(4)}", 0.0)
        # Whoever tidies the temporary folder may have taken it for old.
        visit.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        visit.seen = time.monotonic()
        return visit

    def _end(self, digest: str) -> None:
        with self._lock:
            visit = self._visits.pop(digest, None)
        if visit is None:
            return
        for clip in (*visit.lent.values(), *([visit.clip] if visit.clip else ())):
            _drop_clip(*clip)
            self.dropped(clip[0])
        results = (*(path for kept in visit.results.values() for path in kept), *(run.folder for run in visit.runs))
        for path in (visit.folder, *results):
            shutil.rmtree(path, ignore_errors=True)


def _drop_clip(mine: Path, uploaded: Path) -> None:
    """Delete a visit's file, and the upload it is a second name of where no other visit has one.

    Gradio stores uploads by content: two visitors with one file share it, and a file that was uploaded again since
    is another one.
    """
    with suppress(OSError):
        ours, theirs = mine.stat(), uploaded.lstat()
        if os.path.samestat(ours, theirs) and ours.st_nlink == 2:
            uploaded.unlink()
            drop_folder(uploaded.parent)
    shutil.rmtree(mine.parent, ignore_errors=True)
