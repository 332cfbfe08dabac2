"""The frames of an inspected video as small pictures for the page: a few sheets of tiles, and one x-t tape.

The sheets of one video hold MOST_PIXELS at most, whatever its length: many frames get smaller tiles.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from vae_demo.report.inspection import save_inspection
from vae_demo.results.inspection import INSPECTION_JSON, Inspection
from vae_demo.store import FrameSource

MOST_PIXELS, SHEET_SIDE = 12_000_000, 2048
QUALITY, TAPE_QUALITY = 65, 80
PICTURES_JSON = "pictures.json"


def save_pictures(
    name: str, source: FrameSource, order: Sequence[int | None], folder: Path, told: dict[str, Any]
) -> Iterator[None]:
    """Write `<name>-0.webp` and so on, and `<name>-tape.webp`; one sheet a step.

    source: frames uint8 T H W 3. order: which of them each tile shows; None leaves it empty. told[name] becomes what
    the page needs to find a frame: files, tile (width, height), columns, rows, n, tape.
    """
    height, width = source.frames(0, 1).shape[1:3]
    tile = _tile(width, height, len(order))
    columns, rows = SHEET_SIDE // tile[0], SHEET_SIDE // tile[1]
    columns = min(columns, len(order))
    per, files = columns * rows, []
    tape = np.zeros((tile[0], len(order), 3), np.uint8)
    for first in range(0, len(order), per):
        some = order[first:first + per]
        sheet = Image.new("RGB", (tile[0] * columns, tile[1] * -(-len(some) // columns)))
        for at, index in enumerate(some):
            if index is not None:
                picture = Image.fromarray(np.asarray(source.frames(index, index + 1)[0])).resize(
                    tile, Image.Resampling.BOX)
                sheet.paste(picture, (at % columns * tile[0], at // columns * tile[1]))
                tape[:, first + at] = np.asarray(picture)[tile[1] // 2]
        files.append(f"{name}-{len(files)}.webp")
        sheet.save(folder / files[-1], quality=QUALITY, method=4)
        yield
    Image.fromarray(tape).save(folder / f"{name}-tape.webp", quality=TAPE_QUALITY, method=4)
    told[name] = {"files": files, "tile": list(tile), "columns": columns, "rows": rows, "n": len(order),
                  "tape": f"{name}-tape.webp"}


def _tile(width: int, height: int, count: int) -> tuple[int, int]:
    scale = min(1.0, math.sqrt(MOST_PIXELS / (count * width * height)), SHEET_SIDE / max(width, height))
    return max(1, int(width * scale)), max(1, int(height * scale))


def save_inspected(record: Inspection, pictures: dict[str, Any], folder: Path) -> None:
    """Write the files of an inspection beside its pictures; its record comes last."""
    (folder / PICTURES_JSON).write_text(json.dumps(pictures, separators=(",", ":")) + "\n", encoding="utf-8")
    save_inspection(record, folder)


def load_inspected(folder: Path) -> tuple[Inspection, dict[str, Any]]:
    """Record and pictures of a folder. Raises OSError, LookupError, TypeError or ValueError where they are not
    whole."""
    record = Inspection.from_json(json.loads((folder / INSPECTION_JSON).read_text(encoding="utf-8")))
    pictures = json.loads((folder / PICTURES_JSON).read_text(encoding="utf-8"))
    for path in picture_files(pictures, folder).values():
        if not path.is_file():
            raise ValueError(f"{path.name} is missing; inspect it again")
    return record, pictures


def picture_files(pictures: dict[str, Any], folder: Path) -> dict[str, Path]:
    """The files of the pictures, by the name the page has for them: <video or source>/<file>.

    Those of a pair of samples lie beside it, where the samples have them.
    """
    return {f"{name}/{file}": (folder.parent / told.get("folder", folder.name)) / file
            for name, told in pictures.items() for file in (*told["files"], told["tape"])}
