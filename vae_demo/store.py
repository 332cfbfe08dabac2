"""Decoded frames on disk: uint8 in a memory-mapped file, so memory stays flat in clip length."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from vae_demo.refusal import Refusal


class FrameSource(Protocol):
    """Anything that hands out uint8 THWC frames by index: a Clip, or a FrameStore."""

    n_frames: int

    def frames(self, start: int, stop: int) -> np.ndarray: ...


class FrameStore:
    """uint8 frames T H W 3 in one file below `directory`; the caller removes the directory.

    Frames are appended in order; `n_frames` is the full length from the start, reading beyond what
    was written is an error rather than black frames. Raises Refusal "no_space" where the disk has no room.
    A full store pickles as its path: another process opens the same file.
    """

    def __init__(self, path: Path, n_frames: int, height: int, width: int) -> None:
        self.n_frames = n_frames
        self.n_written = 0
        self._path = path
        self._frames: np.ndarray | None = np.lib.format.open_memmap(path, "w+", np.uint8, (n_frames, height, width, 3))
        try:
            _reserve(path)
        except OSError as error:
            megabytes = self._frames.nbytes / 1e6
            self.remove()
            raise Refusal("no_space", megabytes=megabytes, reason=error.strerror or "unknown reason") from error

    def append(self, frames: np.ndarray) -> None:
        stop = self.n_written + len(frames)
        if stop > self.n_frames:
            raise ValueError(f"store holds {self.n_frames} frames, got {stop}")
        self._frames[self.n_written:stop] = frames
        self.n_written = stop

    def frames(self, start: int, stop: int) -> np.ndarray:
        """A read-only view, uint8 THWC, of frames [start, stop)."""
        if not 0 <= start <= stop <= self.n_written:
            raise IndexError(f"frames {start}..{stop} of {self.n_written} written")
        if self._frames is None:
            self._frames = np.load(self._path, mmap_mode="r")
        view = self._frames[start:stop]
        view.flags.writeable = False
        return view

    @classmethod
    def filled(cls, path: Path, n_frames: int) -> FrameStore:
        """A store that was filled before. The file is opened when somebody reads: whoever only unpickles needs none."""
        store = cls.__new__(cls)
        store._path, store._frames = path, None
        store.n_frames = store.n_written = n_frames
        return store

    def __reduce__(self) -> tuple[Any, ...]:
        if self.n_written < self.n_frames:
            raise TypeError(f"only a full store pickles, this one has {self.n_written} of {self.n_frames} frames")
        return FrameStore.filled, (self._path, self.n_frames)

    def remove(self) -> None:
        """Drop the mapping and the file; for frames that nobody shows, like the 2D baseline's."""
        del self._frames
        self._path.unlink(missing_ok=True)


def _reserve(path: Path) -> None:
    # Writing to a mapped page that the disk has no room for would kill the process without a word.
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
