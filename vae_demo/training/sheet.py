"""A contact sheet: what a clip looks like around a chunk border, per variant and edition, in one picture.

One column per playback frame. Red stands left of a frame that opens a chunk, stripes mark a pad.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from vae_demo import assets, palette
from vae_demo.clips import Clip, read_clip
from vae_demo.layout.variant import parse_variants
from vae_demo.metrics import frame_psnr
from vae_demo.models.model import VideoModel
from vae_demo.report.video import font, hatch, write
from vae_demo.steps import drain

log = logging.getLogger("vae_demo.training")
VARIANTS = "17,16,18,17:16"
FRAMES = 51
COLUMNS = range(13, 21)
TILE = 160  # short side of a picture, in pixels
SIDE, HEAD, TITLE, FOOT, GAP = 76, 26, 30, 22, 8
BG, INK, INK2, RED = (palette.DARK[name] for name in ("bg", "ink", "ink2", "border"))


@dataclass(frozen=True)
class Row:
    """Some playback frames of one panel: uint8 T H W 3, and per frame its source frame (None for a pad) and PSNR."""

    label: str
    frames: np.ndarray
    slots: tuple[int | None, ...]
    psnr: tuple[float | None, ...]
    openers: frozenset[int]


def columns_within(n_frames: int, columns: range = COLUMNS) -> range:
    """As many columns as asked for, moved back or cut to what the clip has."""
    start = max(0, min(columns.start, n_frames - len(columns)))
    return range(start, min(start + len(columns), n_frames))


class _Collected:
    """A Sink that keeps the frames of some columns, in memory."""

    def __init__(self, columns: range) -> None:
        self._columns, self._seen, self._parts = columns, 0, list[np.ndarray]()

    def append(self, frames: np.ndarray) -> None:
        first, self._seen = self._seen, self._seen + len(frames)
        self._parts.append(frames[max(self._columns.start - first, 0):max(self._columns.stop - first, 0)])

    def frames(self) -> np.ndarray:
        return np.concatenate(self._parts)


def model_rows(clip: Clip, model: VideoModel, columns: range, variants: str = VARIANTS) -> list[Row]:
    """2D only, then every variant."""
    source, sink = clip.frames(columns.start, columns.stop), _Collected(columns)
    prepared = drain(model.prepare(clip, None))
    drain(model.baseline(prepared, sink))
    rows = [_row("2D only", sink, tuple(range(clip.n_frames)), frozenset(), columns, source)]
    for variant in parse_variants(variants):
        plan, sink = model.plan(clip.n_frames, variant), _Collected(columns)
        drain(model.decode(drain(model.encode(prepared, plan)), plan, sink))
        rows.append(_row(variant.label, sink, plan.slots, frozenset(plan.boundaries), columns, source))
    return rows


def _row(
    label: str, shown: _Collected, slots: tuple[int | None, ...], openers: frozenset[int], columns: range,
    source: np.ndarray,
) -> Row:
    frames = shown.frames()
    psnr = frame_psnr(source[:len(frames)], frames)
    return Row(label, frames, slots[columns.start:columns.stop], tuple(psnr.tolist()),
               frozenset(at - columns.start for at in openers if at in columns))


def sheet(clip: Clip, models: Sequence[VideoModel], columns: range = COLUMNS) -> Image.Image:
    """The source once, then a block of rows per model, one below the other."""
    columns = columns_within(clip.n_frames, columns)
    n = len(columns)
    source = Row("Source", clip.frames(columns.start, columns.stop), tuple(columns), (None,) * n, frozenset())
    blocks = [(f"{clip.name}, frames {columns.start} to {columns.stop - 1} of {clip.n_frames}", [source])]
    blocks += [(model.spec.name, model_rows(clip, model, columns)) for model in models]
    return draw(blocks, columns)


def draw(blocks: Sequence[tuple[str, Sequence[Row]]], columns: range) -> Image.Image:
    """Titled blocks of rows; every row has a picture per column, as far as it goes."""
    tile = _tile(blocks[0][1][0].frames)
    step, line = tile[0] + GAP, tile[1] + FOOT
    height = HEAD + sum(TITLE + line * len(rows) for _, rows in blocks) + GAP
    image = Image.new("RGB", (SIDE + step * len(columns) + GAP, height), BG)
    pen = ImageDraw.Draw(image)
    for number, index in enumerate(columns):
        write(pen, (SIDE + step * number, GAP), f"{index}", INK2)
    top = HEAD
    for title, rows in blocks:
        write(pen, (GAP, top + 6), title, INK)
        top += TITLE
        for row in rows:
            _draw_row(image, pen, row, top, tile)
            top += line
    return image


def _tile(frames: np.ndarray) -> tuple[int, int]:
    """Width and height of a picture: the short side is TILE, or the frame's own if that is less."""
    height, width = frames.shape[1:3]
    scale = min(1.0, TILE / min(height, width))
    return round(width * scale), round(height * scale)


def _draw_row(image: Image.Image, pen: ImageDraw.ImageDraw, row: Row, top: int, tile: tuple[int, int]) -> None:
    drawn = palette.DARK.get(row.label, palette.DARK["source" if row.label == "Source" else "ink"])
    pen.rectangle((GAP, top + 3, GAP + 4, top + tile[1] - 4), fill=drawn)
    write(pen, (GAP + 10, top + 4), row.label, INK)
    for at, (frame, slot, psnr) in enumerate(zip(row.frames, row.slots, row.psnr, strict=True)):
        x, below = SIDE + (tile[0] + GAP) * at, top + tile[1] + 2
        image.paste(Image.fromarray(frame).resize(tile, Image.Resampling.BOX), (x, top))
        if at in row.openers:
            pen.rectangle((x - 6, top, x - 3, top + tile[1] - 1), fill=RED)
        if slot is None:
            hatch(pen, (x, below + 3, x + 18, below + 14))
        else:
            write(pen, (x, below), f"f{slot}", INK2)
        if psnr is not None:
            text = f"{psnr:.1f} dB"
            write(pen, (x + tile[0] - round(font().getlength(text)), below), text, INK)


def write_sheets(
    clips: Iterable[Path], models: Sequence[VideoModel], out: Path, columns: range = COLUMNS
) -> list[Path]:
    """A PNG per clip, called after it, in `out`; our own clips when none is given."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for path in list(clips) or sorted(assets.CLIPS.glob("*.mp4")):
        with read_clip(path, n_frames=FRAMES) as clip:
            target = out / f"{Path(path).stem}.png"
            sheet(clip, models, columns).save(target)
        written.append(target)
        log.info("%s", target)
    return written
