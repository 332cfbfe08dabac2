"""What goes to a worker and what it tells, all of it pickled on the way: names, numbers, records and paths of files.

Decoded frames cross as the file they lie in (see FrameStore). An error crosses as what it says: an exception would be
told by the name of its class alone, and a Refusal is built from another argument than the sentence it would be built
from again.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vae_demo import engine
from vae_demo.clips import Clip
from vae_demo.clips.messages import Note
from vae_demo.layout.variant import Variant
from vae_demo.refusal import Param, Refusal
from vae_demo.store import FrameStore

# Frames written at once, when a clip goes into a file.
SLICE = 8


@dataclass(frozen=True)
class ClipFile:
    """A clip in a file of its own: the one it was read into has no name that another process could open."""

    frames: FrameStore
    fps: float
    name: str
    start: int
    notes: tuple[Note, ...]
    source: dict[str, Any]

    @classmethod
    def of(cls, clip: Clip, path: Path) -> ClipFile:
        """Raises Refusal "no_space"."""
        frames = FrameStore(path, clip.n_frames, clip.height, clip.width)
        for start in range(0, clip.n_frames, SLICE):
            frames.append(clip.frames(start, min(start + SLICE, clip.n_frames)))
        return cls(frames, clip.fps, clip.name, clip.start, clip.notes, dict(clip.source))

    def clip(self) -> Clip:
        whole = self.frames.frames(0, self.frames.n_frames)
        return Clip(whole, self.fps, self.name, self.start, self.notes, self.source)


@dataclass(frozen=True)
class Errand:
    """One run. jobs: model, dtype and variant of each; directory: where decoded frames go; options: more of
    engine.run(); seconds: how long the card is asked for."""

    clip: ClipFile
    jobs: tuple[tuple[str, str, Variant], ...]
    directory: Path
    options: dict[str, Any]
    seconds: int


@dataclass(frozen=True)
class Began:
    """The card is there. card: its name."""

    card: str


@dataclass(frozen=True)
class Told:
    """An event of the engine. work: what the step cost, for the meter; seconds: that the worker has computed by now."""

    event: engine.Event
    work: float
    seconds: float


@dataclass(frozen=True)
class Failed:
    """Why a run ended. case, params: of a Refusal; else errno of an OSError, or None, and the trace for the log."""

    case: str | None = None
    params: dict[str, Param] | None = None
    errno: int | None = None
    trace: str = ""

    @classmethod
    def of(cls, error: Exception) -> Failed:
        if isinstance(error, Refusal):
            return cls(error.case, dict(error.params))
        number = error.errno if isinstance(error, OSError) else None
        return cls(errno=number, trace="".join(traceback.format_exception(error)))

    def error(self) -> Exception:
        """What the server raises in its place."""
        if self.case is not None:
            return Refusal(self.case, **(self.params or {}))
        if self.errno is not None:
            return OSError(self.errno, self.trace)
        return RuntimeError(f"A worker failed:\n{self.trace}")
