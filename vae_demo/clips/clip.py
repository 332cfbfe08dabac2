"""Clip: a handle on frames that lie on disk, so that memory stays flat in the length of the clip."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from typing import Any

import numpy as np

from vae_demo.clips.messages import Note
from vae_demo.pixels import check_frames
from vae_demo.refusal import Refusal


class Spool:
    """Collects frames in an unnamed temporary file.

    The file has no name, so nothing is left behind however the process ends; its space is freed when
    the last of file and mapping goes.
    """

    def __init__(self, max_bytes: int) -> None:
        self._file = tempfile.TemporaryFile(prefix="vae-demo-clip-")
        self._max_bytes = max_bytes
        self._shape: tuple[int, ...] | None = None
        self.n_frames = 0

    def append(self, frame: np.ndarray) -> None:
        """uint8 H W 3, all of one size."""
        self._shape = self._shape or frame.shape
        if (self.n_frames + 1) * frame.nbytes > self._max_bytes:
            raise Refusal("too_much", max_megabytes=self._max_bytes / 1e6)
        try:
            self._file.write(np.ascontiguousarray(frame).data)
        except OSError as error:
            raise self._no_space(error) from None
        self.n_frames += 1

    def mapped(self) -> np.ndarray:
        """All frames, uint8 T H W 3, as a read-only mapping; the spool is done."""
        assert self._shape is not None
        try:
            self._file.flush()
            return np.memmap(self._file, np.uint8, "r", shape=(self.n_frames, *self._shape))
        except OSError as error:
            raise self._no_space(error) from None
        finally:
            self.close()

    def close(self) -> None:
        try:
            self._file.close()
        except OSError:  # a full disk, reported already
            pass

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _no_space(self, error: OSError) -> Refusal:
        megabytes = (self.n_frames + 1) * int(np.prod(self._shape or (0,))) / 1e6
        return Refusal("no_space", megabytes=megabytes, reason=error.strerror or "unknown reason")


class Clip:
    """Frames of one clip: uint8, THWC, RGB, 0..255, height and width multiples of 8 when read from a file.

    name      the file's name, safe to show
    fps       frames per second they are played at
    n_frames  how many there are
    start     index in the file of the first of them
    notes     what was done to them, in order
    source    facts about the file, JSON types

    Use as a context manager, or close(); a clip that is dropped frees its disk space too.
    """

    def __init__(
        self, frames: np.ndarray, fps: float | Fraction, name: str, start: int = 0,
        notes: tuple[Note, ...] = (), source: dict[str, Any] | None = None,
    ) -> None:
        check_frames(frames)
        self._frames: np.ndarray | None = frames
        self.n_frames, self.height, self.width = frames.shape[:3]
        self.fps, self.name, self.start, self.notes = float(fps), name, start, notes
        self.source = source or {}

    @classmethod
    def from_array(cls, frames: np.ndarray, fps: float | Fraction, name: str) -> Clip:
        """A clip of frames made in memory, uint8 THWC; they are not copied."""
        return cls(frames, fps, name)

    def frames(self, start: int, stop: int) -> np.ndarray:
        """A copy, uint8 THWC, of frames [start, stop)."""
        if self._frames is None:
            raise ValueError(f'the clip "{self.name}" is closed')
        if not 0 <= start <= stop <= self.n_frames:
            raise IndexError(f"frames {start}..{stop} of {self.n_frames}")
        return np.array(self._frames[start:stop], copy=True, subok=False)

    def first(self, n_frames: int) -> Clip:
        """A clip of its first frames, which lie where they are until both are closed."""
        assert self._frames is not None
        return Clip(self._frames[:n_frames], self.fps, self.name, self.start, self.notes, self.source)

    def describe(self) -> dict[str, Any]:
        """JSON types only; what a result keeps about the clip it was made from."""
        return {
            "name": self.name, "width": self.width, "height": self.height, "fps": self.fps,
            "n_frames": self.n_frames, "start": self.start, "source": dict(self.source),
            "notes": [note.to_json() for note in self.notes],
        }

    def close(self) -> None:
        self._frames = None

    def __enter__(self) -> Clip:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Clip({self.name!r}, {self.n_frames} x {self.height} x {self.width}, {self.fps:g} fps)"
