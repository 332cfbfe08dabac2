"""A frame number that survives a VAE and H.264: 32 blocks, each bit beside its opposite.

16 columns by 2 rows. 16 bits, most significant first: 12 of number, 4 of check. A bit is (bright, dark) for 1
and (dark, bright) for 0, so no threshold on brightness is needed, and a blend of two frames cancels where
they differ: it reads as None instead of as a third number.
"""

from __future__ import annotations

import numpy as np

COLUMNS, ROWS = 16, 2
HIGHEST = 2 ** 12 - 1
LEAST_CONTRAST = 64  # of 255, inside a pair; an even blend of two frames leaves less
DARK, BRIGHT = 24, 232


def _bits(number: int) -> np.ndarray:
    check = (number ^ (number >> 4) ^ (number >> 8) ^ 0b1010) & 15
    word = (number << 4) | check
    return np.array([(word >> (15 - i)) & 1 for i in range(16)], bool)


def draw_number(image: np.ndarray, number: int) -> None:
    """Write the blocks over the top of image (H W 3, uint8, W a multiple of 16), in place."""
    if not 0 <= number <= HIGHEST:
        raise ValueError(f"A barcode holds 0 to {HIGHEST}; got {number}.")
    block = image.shape[1] // COLUMNS
    bits = _bits(number)
    cells = np.stack([bits, ~bits], -1).reshape(ROWS, COLUMNS)
    strip = np.where(cells, BRIGHT, DARK).astype(np.uint8).repeat(block, 0).repeat(block, 1)
    image[:ROWS * block, :COLUMNS * block] = strip[..., None]


def read_frame_number(frame: np.ndarray) -> int | None:
    """The number drawn in frame (H W 3, uint8, any size scaled evenly), or None where it cannot be trusted."""
    edges = np.linspace(0, frame.shape[1], COLUMNS + 1)
    block = frame.shape[1] / COLUMNS
    if frame.shape[0] < ROWS * block or block < 2:
        return None
    means = np.empty((ROWS, COLUMNS))
    for row in range(ROWS):
        for column in range(COLUMNS):
            # The middle half: edges ring and bleed.
            top, left = round((row + 0.25) * block), round(edges[column] + 0.25 * block)
            size = max(1, round(block / 2))
            means[row, column] = frame[top:top + size, left:left + size].mean()
    pairs = means.reshape(-1, 2)
    contrast = pairs[:, 0] - pairs[:, 1]
    if np.abs(contrast).min() < LEAST_CONTRAST:
        return None
    bits = contrast > 0
    word = int("".join("1" if bit else "0" for bit in bits), 2)
    number = word >> 4
    return number if np.array_equal(_bits(number), bits) else None
