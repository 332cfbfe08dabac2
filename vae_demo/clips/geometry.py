"""Sizes, crops and quarter turns: whole numbers only, no pixels but a view of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

# What sides end on where nobody says otherwise: the spatial factor of most models.
MULTIPLE = 8


@dataclass(frozen=True)
class Turn:
    """One of the eight ways to lay a picture down: first swap rows and columns, then mirror."""

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @property
    def is_identity(self) -> bool:
        return self == Turn()

    @property
    def label(self) -> str:
        return _TURN_LABELS[self.transpose, self.flip_x, self.flip_y]

    def apply(self, image: np.ndarray) -> np.ndarray:
        """H W C in, H W C out (a view); H and W swap when transposed."""
        if self.transpose:
            image = image.swapaxes(0, 1)
        if self.flip_x:
            image = image[:, ::-1]
        return image[::-1] if self.flip_y else image


_TURN_LABELS = {
    (False, False, False): "upright", (False, True, False): "mirrored left to right",
    (False, True, True): "180 degrees", (False, False, True): "mirrored top to bottom",
    (True, False, False): "mirrored along the diagonal", (True, True, False): "90 degrees clockwise",
    (True, True, True): "mirrored along the other diagonal", (True, False, True): "90 degrees counterclockwise",
}

# EXIF 2.32, tag 0x0112
EXIF_TURNS = {
    1: Turn(), 2: Turn(flip_x=True), 3: Turn(flip_x=True, flip_y=True), 4: Turn(flip_y=True),
    5: Turn(True), 6: Turn(True, flip_x=True), 7: Turn(True, True, True), 8: Turn(True, flip_y=True),
}


def turn_of_matrix(matrix: np.ndarray) -> Turn | None:
    """The turn of a display matrix, nine int32 a b u c d v x y w (16.16 fixed point), or None.

    FFmpeg, libavutil/display.h: a pixel at (x, y) is shown at (a x + c y, b x + d y), up to a shift.
    None where that is not a quarter turn with or without a mirror.
    """
    a, b, c, d = (int(value) for value in np.asarray(matrix).reshape(9)[[0, 1, 3, 4]])
    straight, crossed = max(abs(a), abs(d)), max(abs(b), abs(c))
    if straight > 16 * crossed and a and d:
        return Turn(False, a < 0, d < 0)
    if crossed > 16 * straight and b and c:
        return Turn(True, c < 0, b < 0)
    return None


@dataclass(frozen=True)
class Geometry:
    """How an upright picture becomes a clip frame: scale to `scaled`, then cut `out` at `offset`.

    All are (width, height) or (x, y) in pixels. `displayed` is the size with square pixels.
    """

    displayed: tuple[int, int]
    scaled: tuple[int, int]
    offset: tuple[int, int]
    out: tuple[int, int]

    def cut(self, image: np.ndarray) -> np.ndarray:
        """H W C of size `scaled` -> view of size `out`."""
        (x, y), (width, height) = self.offset, self.out
        return image[y:y + height, x:x + width]


def displayed_size(width: int, height: int, aspect: Fraction) -> tuple[int, int]:
    """Stored size -> size with square pixels; the height stays, as players do."""
    return max(1, round(width * aspect)), height


def fit(displayed: tuple[int, int], size: int | None, crop: str, multiple: int = MULTIPLE) -> Geometry:
    """Scale the short side down to `size` (never up; None keeps it), then cut to multiples of `multiple`.

    crop "square" takes the centre square, "none" less than `multiple` pixels per axis. Sides under it come out as 0:
    the caller decides how small is too small.
    """
    width, height = displayed
    short = min(width, height)
    if size is not None and size < short:
        # Whole-number rounding to nearest; the short side comes out as exactly `size`.
        width, height = ((2 * side * size + short) // (2 * short) for side in (width, height))
    out_width, out_height = width // multiple * multiple, height // multiple * multiple
    if crop == "square":
        out_width = out_height = min(out_width, out_height)
    return Geometry(displayed, (width, height), ((width - out_width) // 2, (height - out_height) // 2),
                    (out_width, out_height))
