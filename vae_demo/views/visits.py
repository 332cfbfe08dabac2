"""What visitors leave on the server, kept apart by visit and deleted with it: uploads and results made of them."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# The last result stays on screen while the next one grows; older ones nobody can reach any more.
RESULTS_KEPT = 3


class Visits:
    """One folder per visit below `root`, a folder that the page may serve files from.

    root: made if needed; everything in it that is ours is gone when the process ends.
    """

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._root = Path(tempfile.mkdtemp(prefix="visits-", dir=root))
        self._lock = threading.Lock()
        self._results: dict[str, list[Path]] = {}
        self._ended: set[str] = set()
        atexit.register(shutil.rmtree, self._root, ignore_errors=True)

    def folder(self, visit: str) -> Path:
        """The folder of a visit. Its name comes from a browser, so only a digest of it becomes a path."""
        path = self._root / hashlib.sha256(visit.encode()).hexdigest()[:32]
        path.mkdir(parents=True, exist_ok=True)
        return path

    def take(self, visit: str, uploaded: Path) -> Path:
        """Move an uploaded file into the visit's folder; the upload before it is deleted."""
        place = self.folder(visit) / "upload"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        return Path(shutil.move(uploaded, place / uploaded.name))

    def new_result(self, visit: str) -> Path:
        """An empty folder for a result; the oldest beyond RESULTS_KEPT are deleted."""
        made = Path(tempfile.mkdtemp(prefix="result-", dir=self.folder(visit)))
        with self._lock:
            kept = self._results.setdefault(visit, [])
            kept.append(made)
            old, self._results[visit] = kept[:-RESULTS_KEPT], kept[-RESULTS_KEPT:]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
        return made

    @contextmanager
    def busy(self, visit: str) -> Iterator[Callable[[], Path]]:
        """While something works for a visit: gives new_result. A visit that ends meanwhile is deleted afterwards."""
        with self._lock:
            self._ended.discard(visit)
        try:
            yield lambda: self.new_result(visit)
        finally:
            if visit in self._ended:
                self.end(visit)

    def end(self, visit: str) -> None:
        """The visitor has left: delete everything of theirs."""
        with self._lock:
            self._results.pop(visit, None)
            self._ended.add(visit)
        shutil.rmtree(self.folder(visit), ignore_errors=True)
