"""What a container says of a video track that PyAV does not show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Window:
    """The part of a stored picture that is meant to be seen, pixels."""

    left: int
    top: int
    width: int
    height: int

    def lies_in(self, width: int, height: int) -> bool:
        return (min(self.left, self.top) >= 0 and min(self.width, self.height) > 0
                and self.left + self.width <= width and self.top + self.height <= height)

    def of(self, image: np.ndarray) -> np.ndarray:
        """H W C -> a view of it."""
        return image[self.top:self.top + self.height, self.left:self.left + self.width]


NO_WINDOW = Window(0, 0, 0, 0)  # asked for in a way that says nothing


@dataclass(frozen=True)
class Dolby:
    """A Dolby Vision configuration: its profile, and what the picture is to a player that does not know it (0: nothing
    it could show)."""

    profile: int
    compatible: int

    @property
    def needs_converting(self) -> bool:
        return self.profile == 5 or (self.profile > 7 and not self.compatible)


@dataclass(frozen=True)
class Track:
    """One video track.

    id             as the container numbers it
    width, height  as the container gives them, 0 where it does not
    window         None where all is meant to be seen
    """

    id: int
    width: int
    height: int
    window: Window | None = None
    dolby: Dolby | None = None


def dolby_of(record: bytes) -> Dolby | None:
    """Of a DOVIDecoderConfigurationRecord (Dolby Vision Streams Within the ISO Base Media File Format, 2.3.1)."""
    return Dolby(record[2] >> 1, record[4] >> 4) if len(record) >= 5 else None
