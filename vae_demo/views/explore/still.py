"""The resting frame of a saved result as one small picture: source and variants side by side, in the order of the
columns, cut out of the tiled video."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

# It stands beside the video it is cut from for a few seconds.
QUALITY = 85


def resting(comparison: Mapping[str, Any]) -> tuple[str, int]:
    """The variant and the playback frame where the page rests first; firstStop of shared/model.js is its twin."""
    variants = comparison["variants"]

    def opens(variant: Mapping[str, Any]) -> int | None:
        """The first border that opens with ghosts."""
        pairs = zip(variant["decode_chunks"], variant["ghosts"], strict=True)
        return next((chunk["start"] for chunk, ghosts in list(pairs)[1:] if ghosts > 0), None)

    ghostly = [v for v in variants if v["label"] != comparison["reference"] and opens(v) is not None
               and not (v["pads_shown"] or v["lost_frames"])]
    said = [v for v in ghostly if (v["verdict"] or {}).get("case") == "ghosts"]
    wished = [*said[:1], *ghostly[:1], *variants[1:2], *variants[:1]]
    chosen = next((v for v in wished if v["boundaries"]), variants[0])
    frame = opens(chosen)
    return chosen["label"], frame if frame is not None else next(iter(chosen["boundaries"]), 0)


def still(comparison: Mapping[str, Any], folder: Path, frame: int) -> bytes:
    """A WebP as wide as all tiles. A panel that has ended by then is left black."""
    width, height = comparison["media"]["tile"]
    panels = {each["key"]: each for each in comparison["media"]["panels"] if each["layer"] == "frames"}
    keys = ["source", *(variant["label"] for variant in comparison["variants"])]
    sheet = np.zeros((height, width * len(keys), 3), np.uint8)
    for name in dict.fromkeys(panel["file"] for panel in panels.values()):
        picture = _frame(folder / name, frame)
        for column, key in enumerate(keys):
            panel = panels.get(key)
            if picture is not None and panel and panel["file"] == name and frame < panel["n_frames"]:
                tile = picture[panel["y"]:panel["y"] + height, panel["x"]:panel["x"] + width]
                sheet[:tile.shape[0], column * width:column * width + tile.shape[1]] = tile
    out = io.BytesIO()
    Image.fromarray(sheet).save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def _frame(path: Path, wanted: int) -> np.ndarray | None:
    """Frame `wanted` of a video of our own, uint8 H W 3; None beyond its end."""
    with av.open(str(path)) as video:
        for index, frame in enumerate(video.decode(video=0)):
            if index == wanted:
                return frame.to_ndarray(format="rgb24")
    return None
