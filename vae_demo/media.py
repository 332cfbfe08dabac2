"""Pictures of a comparison for a player: one tiled video for all panels, and one sheet of x-t tapes.

Frame i of a tiled video is playback index i for every panel, so one clock drives them all and no two
can drift apart. Differences are computed here from raw uint8 frames: a browser would compare two lossy
copies. Everything is read in slices; memory does not grow with the clip.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from vae_demo.clips import write_video
from vae_demo.pixels import WHITE
from vae_demo.store import FrameSource

SLICE = 8
GAIN = 4
# The largest side that hardware decoders and mobile browsers take for H.264, and the largest frame of
# its level 5.1 (ITU-T H.264 table A-1: 36,864 macroblocks of 16 x 16).
MAX_SIDE = 4096
MAX_PIXELS = 36_864 * 256
# Frames: no visible loss beside the raw picture. Differences: x4 noise that nobody reads per pixel.
FRAMES_CRF = 18
ERRORS_CRF = 33
TAPE_ROWS = 9
WEBP_SIDE = 16383

Panel = tuple[str, str, FrameSource]


class AbsoluteError:
    """|R - X| x 4, channel mean as grey, by playback index; black where the source has ended.

    A FrameSource: frames(start, stop) gives uint8 T H W 3.
    """

    def __init__(self, shown: FrameSource, source: FrameSource) -> None:
        self._shown, self._source = shown, source
        self.n_frames = shown.n_frames

    def frames(self, start: int, stop: int) -> np.ndarray:
        grey = np.zeros(_shape(self._shown, start, stop), np.uint8)
        known = max(min(stop, self._source.n_frames) - start, 0)
        if known:
            r, x = (_signed(s.frames(start, start + known)) for s in (self._shown, self._source))
            grey[:known] = _grey(r - x)
        return grey


class StepError:
    """|(R_t - R_t-1) - (X_t - X_t-1)| x 4, channel mean as grey: change that the source does not have.

    Black at frame 0 and where the source has ended. A FrameSource like AbsoluteError.
    """

    def __init__(self, shown: FrameSource, source: FrameSource) -> None:
        self._shown, self._source = shown, source
        self.n_frames = shown.n_frames

    def frames(self, start: int, stop: int) -> np.ndarray:
        grey = np.zeros(_shape(self._shown, start, stop), np.uint8)
        first, last = max(start, 1), min(stop, self._source.n_frames)
        if first < last:
            r, x = (np.diff(_signed(s.frames(first - 1, last)), axis=0) for s in (self._shown, self._source))
            grey[first - start:last - start] = _grey(r - x)
        return grey


def _signed(frames: np.ndarray) -> np.ndarray:
    return frames.astype(np.int16)


def _grey(difference: np.ndarray) -> np.ndarray:
    # The mean of three channels times GAIN, rounded to nearest, in whole numbers that fit 16 bits: a difference of
    # steps is 510 at most. A sum along the last axis would take as long as all the rest.
    red, green, blue = np.moveaxis(np.abs(difference), -1, 0)
    total = (red + green + blue) * np.int16(2 * GAIN) + np.int16(3)
    return np.minimum(total // np.int16(6), WHITE).astype(np.uint8)[..., None]


def _shape(source: FrameSource, start: int, stop: int) -> tuple[int, int, int, int]:
    height, width = frame_size(source)
    return stop - start, height, width, 3


def frame_size(source: FrameSource) -> tuple[int, int]:
    """Height and width of a source's frames."""
    return source.frames(0, 1).shape[1:3]


@dataclass(frozen=True)
class Grid:
    """Equal tiles on a canvas, filled row by row; sides in pixels."""

    columns: int
    rows: int
    height: int
    width: int

    @property
    def canvas(self) -> tuple[int, int]:
        """Height and width, even as yuv420p asks for."""
        height, width = self.rows * self.height, self.columns * self.width
        return height + height % 2, width + width % 2

    def corner(self, index: int) -> tuple[int, int]:
        """x and y of tile `index`."""
        return index % self.columns * self.width, index // self.columns * self.height


def grid(n_tiles: int, height: int, width: int) -> Grid:
    """The grid for up to `n_tiles` tiles within MAX_SIDE and MAX_PIXELS: fewest empty tiles, then the squarest.

    Holds fewer tiles than asked where they do not fit one canvas; one always goes in, whatever its size.
    """
    for count in range(n_tiles, 1, -1):
        shapes = [(columns, -(-count // columns)) for columns in range(1, count + 1)]
        fitting = [
            (columns * rows, max(columns * width, rows * height), -columns, rows) for columns, rows in shapes
            if max(columns * width, rows * height) <= MAX_SIDE and columns * width * rows * height <= MAX_PIXELS]
        if fitting:
            _, _, columns, rows = min(fitting)
            return Grid(-columns, rows, height, width)
    return Grid(1, 1, height, width)


def tiles(panels: Sequence[Panel], layout: Grid, n_frames: int) -> Iterator[np.ndarray]:
    """n_frames canvases, uint8 H W 3; a panel that has ended is black."""
    for start in range(0, n_frames, SLICE):
        stop = min(start + SLICE, n_frames)
        canvases = np.zeros((stop - start, *layout.canvas, 3), np.uint8)
        for index, (_, _, source) in enumerate(panels):
            x, y = layout.corner(index)
            last = min(stop, source.n_frames)
            if start < last:
                canvases[:last - start, y:y + layout.height, x:x + layout.width] = source.frames(start, last)
        yield from canvases


def write_atlas(
    panels: Sequence[Panel], fps: float, directory: Path, name: str = "atlas", crf: int = FRAMES_CRF,
    n_frames: int | None = None,
) -> dict:
    """Tile (key, layer, source) panels into NAME.mp4, and NAME-2.mp4 and so on where one canvas is too small.

    n_frames: length of the video, the longest panel if None. Returns the media entry: fps, n_frames,
    tile [width, height] and per panel key, layer, file, x, y (pixels) and its own n_frames.
    """
    height, width = frame_size(panels[0][2])
    n_frames = max(source.n_frames for _, _, source in panels) if n_frames is None else n_frames
    placed, left, number = [], list(panels), 1
    while left:
        layout = grid(len(left), height, width)
        here, left = left[:layout.columns * layout.rows], left[layout.columns * layout.rows:]
        file = f"{name}.mp4" if number == 1 else f"{name}-{number}.mp4"
        write_video(directory / file, tiles(here, layout, n_frames), fps, crf=crf)
        for index, (key, layer, source) in enumerate(here):
            x, y = layout.corner(index)
            placed.append({"key": key, "layer": layer, "file": file, "x": x, "y": y, "n_frames": source.n_frames})
        number += 1
    return {"fps": fps, "n_frames": n_frames, "tile": [width, height], "panels": placed}


def tape_rows(height: int, count: int = TAPE_ROWS) -> tuple[int, ...]:
    """Up to `count` different rows, evenly spread over the height."""
    return tuple(dict.fromkeys(int((i + 0.5) * height / count) for i in range(count)))


def tape_sheet(sources: Sequence[FrameSource], rows: Sequence[int]) -> np.ndarray:
    """x-t slices, uint8: tile (r, k) at x = r * n_frames, y = k * width; one column per frame.

    Column t of a tile is row rows[r] of frame t of source k, turned upright; black once it has ended.
    """
    _, width = frame_size(sources[0])
    n_frames = max(source.n_frames for source in sources)
    sheet = np.zeros((len(sources) * width, len(rows) * n_frames, 3), np.uint8)
    for k, source in enumerate(sources):
        for start in range(0, source.n_frames, SLICE):
            stop = min(start + SLICE, source.n_frames)
            lines = source.frames(start, stop)[:, list(rows)]  # t r x 3
            for r in range(len(rows)):
                at = r * n_frames + start
                sheet[k * width:(k + 1) * width, at:at + stop - start] = lines[:, r].transpose(1, 0, 2)
    return sheet


def write_tapes(
    sources: dict[str, FrameSource], directory: Path, rows: int = TAPE_ROWS, quick: bool = False,
) -> dict:
    """Write the sheet of x-t tapes of so many rows, lossless, as WebP where its sides allow that, else as PNG.

    quick: in a tenth of the time, twice as large. Returns the media entry: file, rows (y of each preset row), keys, and
    width and height of one tile.
    """
    height, width = frame_size(next(iter(sources.values())))
    taken = tape_rows(height, rows)
    sheet = tape_sheet(list(sources.values()), taken)
    fits = max(sheet.shape[:2]) <= WEBP_SIDE
    file = "tapes.webp" if fits else "tapes.png"
    Image.fromarray(sheet).save(directory / file, **_packing(fits, quick))
    return {"file": file, "rows": list(taken), "keys": list(sources),
            "width": sheet.shape[1] // len(taken), "height": width}


def _packing(webp: bool, quick: bool) -> dict:
    """What Pillow is told: how hard it tries, never what is kept."""
    if webp:
        return {"lossless": True, **({"quality": 0, "method": 0} if quick else {"quality": 60})}
    return {"compress_level": 1} if quick else {"optimize": True}
