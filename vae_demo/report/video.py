"""comparison.mp4: source and variants side by side with labels, frame numbers and borders burned in.

Nothing is drawn on pixels: names and numbers stand above and below a picture, the red edge of a chunk's
first frame in the gutter beside it. The strip at the bottom is the same axis for every row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from vae_demo import palette
from vae_demo.clips import write_video
from vae_demo.media import MAX_PIXELS, MAX_SIDE, SLICE, Grid, frame_size
from vae_demo.results.comparison import Comparison, Reconstruction
from vae_demo.store import FrameSource

CRF = 23
GUTTER = 8
EDGE = 4
HEAD, FOOT = 26, 24
LEAST_WIDTH = 128
WIDE = 1920
STRIP_ROW, STRIP_HEAD = 9, 20
TEXT = 14
INK, INK2, RED = (palette.DARK[name] for name in ("ink", "ink2", "border"))
BG, SUNKEN, STRONG = (palette.DARK[name] for name in ("bg", "sunken", "strong"))


@dataclass(frozen=True)
class Cell:
    """One panel: what is written about each of its frames. `slots` and `psnr` by playback index."""

    label: str
    colour: str
    mark: str
    slots: tuple[int | None, ...]
    psnr: tuple[float | None, ...]
    borders: frozenset[int]
    source: FrameSource


def cells(comparison: Comparison, sources: dict[str, FrameSource]) -> list[Cell]:
    """The source, then every variant."""
    n_frames = sources["source"].n_frames
    first = Cell("Source", palette.DARK["source"], "square", tuple(range(n_frames)), (None,) * n_frames, frozenset(),
                 sources["source"])
    drawn = palette.lines([variant.label for variant in comparison.variants])
    return [first, *(
        Cell(v.label, palette.DARK[drawn[v.label].colour], drawn[v.label].mark, v.plan.slots, v.playback["psnr"],
             _openers(v), sources[v.label])
        for v in comparison.variants)]


def _openers(variant: Reconstruction) -> frozenset[int]:
    return frozenset(variant.plan.boundaries)


def write_comparison(
    comparison: Comparison, sources: dict[str, FrameSource], fps: float, path: Path, crf: float = CRF, shrink: int = 1,
) -> None:
    """Write the video, as long as the longest panel, its pictures `shrink` times smaller on each side; those that are
    still too large for a decoder are made smaller again."""
    panels = cells(comparison, sources)
    height, width = frame_size(panels[0].source)
    while True:
        picture = (-(-height // shrink), -(-width // shrink))
        layout = arrange(len(panels), picture)
        canvas = _base(panels, layout, 1).size
        if max(canvas) <= MAX_SIDE and canvas[0] * canvas[1] <= MAX_PIXELS:
            break
        shrink += 1
    write_video(path, _frames(panels, layout, picture, shrink, fps), fps, crf=crf)


def arrange(n_panels: int, picture: tuple[int, int]) -> Grid:
    """Side by side as far as a screen is wide, then in rows of equal length. picture: height and width."""
    height, width = picture[0] + HEAD + FOOT, max(picture[1], LEAST_WIDTH) + 2 * GUTTER
    rows = -(-n_panels // max(WIDE // width, 1))
    return Grid(-(-n_panels // rows), rows, height, width)


def _frames(
    panels: Sequence[Cell], layout: Grid, picture: tuple[int, int], shrink: int, fps: float
) -> Iterator[np.ndarray]:
    n_frames = max(len(panel.slots) for panel in panels)
    base = _base(panels, layout, n_frames)
    for start in range(0, n_frames, SLICE):
        parts = [panel.source.frames(start, min(start + SLICE, len(panel.slots)))
                 if start < len(panel.slots) else () for panel in panels]
        for index in range(start, min(start + SLICE, n_frames)):
            canvas = base.copy()
            draw = ImageDraw.Draw(canvas)
            for number, (panel, part) in enumerate(zip(panels, parts, strict=True)):
                x, y = layout.corner(number)
                if index < len(panel.slots):
                    frame = Image.fromarray(part[index - start])
                    canvas.paste(frame.reduce(shrink) if shrink > 1 else frame, (x + GUTTER, y + HEAD))
                _caption(draw, panel, index, (x, y), layout, picture)
            _clock(draw, layout, index, n_frames, fps, len(panels))
            yield np.asarray(canvas)


def _base(panels: Sequence[Cell], layout: Grid, n_frames: int) -> Image.Image:
    """Everything that never changes: names, colours, and the strip with borders and pads."""
    height = layout.rows * layout.height + STRIP_HEAD + STRIP_ROW * len(panels) + GUTTER
    width = layout.columns * layout.width
    image = Image.new("RGB", (width + width % 2, height + height % 2), BG)
    draw = ImageDraw.Draw(image)
    for number, panel in enumerate(panels):
        x, y = layout.corner(number)
        draw.polygon(palette.shape(panel.mark, 9, (x + GUTTER, y + 8)), fill=panel.colour)
        write(draw, (x + GUTTER + 16, y + 4), panel.label, INK)
        top = _strip_top(layout) + STRIP_ROW * number
        draw.rectangle((_at(layout, 0, n_frames), top, _at(layout, len(panel.slots), n_frames) - 1, top + 5),
                       fill=_dimmed(panel.colour))
        for index in (i for i, slot in enumerate(panel.slots) if slot is None):
            hatch(draw, (_at(layout, index, n_frames), top, _at(layout, index + 1, n_frames) - 1, top + 5))
        for border in panel.borders:
            left = _at(layout, border, n_frames)
            draw.rectangle((left - 1, top - 1, left, top + 6), fill=RED)
    return image


def _dimmed(colour: str) -> str:
    """42 % of a colour on the ground, so that red ticks stand out on it."""
    mixed = (round(0.42 * a + 0.58 * b) for a, b in
             zip(ImageColor.getrgb(colour), ImageColor.getrgb(BG), strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _strip_top(layout: Grid) -> int:
    return layout.rows * layout.height + STRIP_HEAD


def _at(layout: Grid, index: int, n_frames: int) -> int:
    """x of playback frame `index` on the strip."""
    return GUTTER + round(index * (layout.columns * layout.width - 2 * GUTTER) / n_frames)


def _caption(
    draw: ImageDraw.ImageDraw, panel: Cell, index: int, corner: tuple[int, int], layout: Grid, picture: tuple[int, int]
) -> None:
    x, y = corner
    below = y + HEAD + picture[0] + 4
    if index >= len(panel.slots):
        box = (x + GUTTER, y + HEAD, x + GUTTER + picture[1] - 1, y + HEAD + picture[0] - 1)
        draw.rectangle(box, outline=STRONG)
        write(draw, (x + GUTTER, below), f"ended after {len(panel.slots)} frames", INK2)
        return
    slot = panel.slots[index]
    if slot is None:
        hatch(draw, (x + GUTTER, below + 2, x + GUTTER + 23, below + 15))
        write(draw, (x + GUTTER + 30, below), "pad", INK)
    else:
        late = index - slot
        write(draw, (x + GUTTER, below), f"f{slot}" + (f"  {late} late" if late > 0 else ""), INK)
    if panel.psnr[index] is not None:
        text = f"{panel.psnr[index]:.1f} dB"
        write(draw, (x + layout.width - GUTTER - int(font().getlength(text)), below), text, INK2)
    if index in panel.borders:
        draw.rectangle((x + GUTTER - 2 - EDGE, y + HEAD, x + GUTTER - 3, y + HEAD + picture[0] - 1), fill=RED)
        text = "chunk start"
        write(draw, (x + layout.width - GUTTER - int(font().getlength(text)), y + 4), text, RED)


def _clock(
    draw: ImageDraw.ImageDraw, layout: Grid, index: int, n_frames: int, fps: float, n_rows: int
) -> None:
    top = _strip_top(layout)
    write(draw, (GUTTER, top - STRIP_HEAD), f"{index} / {n_frames - 1}   {index / fps:.2f} s", INK)
    middle = (_at(layout, index, n_frames) + _at(layout, index + 1, n_frames)) // 2
    draw.line((middle, top - 4, middle, top + STRIP_ROW * n_rows), fill=INK)


def hatch(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    """45 degree stripes in a box, the sign of a pad."""
    left, top, right, bottom = box
    draw.rectangle(box, fill=SUNKEN)
    for offset in range(-(bottom - top), right - left, 4):
        # Clipped by hand: a stripe runs from the bottom edge up and to the right.
        start, stop = max(left + offset, left), min(left + offset + bottom - top, right)
        if start <= stop:
            draw.line((start, bottom - (start - left - offset), stop, bottom - (stop - left - offset)), fill=INK2)
    draw.rectangle(box, outline=STRONG)


@cache
def font() -> ImageFont.FreeTypeFont:
    """Pillow's own font (Aileron, CC0), so that the video looks the same on every machine."""
    return ImageFont.load_default(TEXT)


def write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, colour: str) -> None:
    """Text whose arrows are drawn by hand: the font has none."""
    x, y = at
    for number, part in enumerate(text.split("→")):
        if number:
            draw.line((x + 2, y + 9, x + 13, y + 9), fill=colour)
            draw.line((x + 9, y + 5, x + 13, y + 9, x + 9, y + 13), fill=colour)
            x += 17
        draw.text((x, y), part, fill=colour, font=font())
        x += round(font().getlength(part))
