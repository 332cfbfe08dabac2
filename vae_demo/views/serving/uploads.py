"""Files that came in over the network: the one check every path from outside passes, and their end.

Gradio stores an upload as <upload folder>/<SHA-256 of its content>/<name>. A path in an event is only what a browser,
or somebody with a script, says; nothing but such a file is read, and nothing from outside is ever moved.
"""

from __future__ import annotations

import os
import re
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from vae_demo.refusal import Refusal

RESULTS = "results"
_CONTENT = re.compile(r"[0-9a-f]{64}")
_lock = threading.Lock()
_n_arriving = 0


def accepted(told: Any) -> Path:
    """The uploaded file that a visitor names: a path, or Gradio's mapping with a `path`.

    It must be a regular file that Gradio stored as an upload: no link, no folder of a visit, nothing of the server's
    own. Raises Refusal for everything else, whether it exists or not.
    """
    path = told.get("path") if isinstance(told, dict) else getattr(told, "path", told)
    folder = Path(get_upload_folder()).resolve()
    try:
        real = Path(path).resolve(strict=True)
        named = Path(os.path.abspath(path))
        inside = real.relative_to(folder).parts
        plain = stat.S_ISREG(named.lstat().st_mode) and not named.parent.is_symlink()
    except (OSError, ValueError, TypeError, RuntimeError):
        raise Refusal("not_uploaded") from None
    if len(inside) != 2 or not _CONTENT.fullmatch(inside[0]) or not plain or named.name != real.name:
        raise Refusal("not_uploaded")
    return real


def results_folder() -> Path:
    """Where results of visits lie, the only part of the upload folder that is served."""
    return Path(get_upload_folder()).resolve() / RESULTS


@contextmanager
def arriving() -> Iterator[None]:
    """While the block runs a file comes in: Gradio makes a folder for it and moves it there a moment later."""
    global _n_arriving
    with _lock:
        _n_arriving += 1
    try:
        yield
    finally:
        with _lock:
            _n_arriving -= 1


def drop_folder(folder: Path) -> None:
    """Delete the folder of an upload where it is empty and nothing may be on its way into it; `sweep` tries again."""
    with _lock, suppress(OSError):
        if not _n_arriving:
            folder.rmdir()


def sweep(older_than_s: float) -> None:
    """Delete uploads that no visit took within that time, pieces of broken-off ones, and files Gradio forgets.

    What a visit took has a second name there; it goes with the visit.
    """
    folder, limit = Path(get_upload_folder()), time.time() - older_than_s
    with suppress(OSError):
        for entry in os.scandir(folder):
            if entry.is_symlink() or (entry.is_dir() and not _CONTENT.fullmatch(entry.name)):
                continue
            for path in (Path(entry.path).iterdir() if entry.is_dir() else [Path(entry.path)]):
                with suppress(OSError):
                    found = path.lstat()
                    if stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and \
                            max(found.st_mtime, found.st_ctime) < limit:
                        path.unlink()
            if entry.is_dir():
                drop_folder(Path(entry.path))


class ClipUpload(gr.UploadButton):
    """An upload button that hands on what the browser said; `accepted` decides about it.

    Gradio's own opens an empty temporary file for every upload and leaves it behind.
    """

    def preprocess(self, payload: Any) -> Any:
        return payload

    def get_block_name(self) -> str:
        return "uploadbutton"
