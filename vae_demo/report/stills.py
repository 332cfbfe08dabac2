"""A finished comparison saved as still pictures: what the lessons of the Learn tab show.

The same records and the same comparison.json as any saved result; instead of videos and reports the
folder holds a few sheets, small enough to be part of a page that is read, printed or shown without motion.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from vae_demo import media
from vae_demo.pixels import WHITE
from vae_demo.results.comparison import Comparison
from vae_demo.store import FrameSource

JSON = "comparison.json"
# A picture is shown up to 98 px wide, and twice that on a dense screen.
STILL_SIDE = 192
THUMB_SIDE = 80
QUALITY = 88


def save_stills(
    comparison: Comparison, sources: Mapping[str, FrameSource], directory: Path, *,
    frames: Sequence[int], taped: Sequence[str], latents: np.ndarray,
) -> Comparison:
    """Write `comparison` and its sheets into `directory`; returns it with `media` filled in.

    sources: "source" and the label of every variant -> its frames, uint8 T H W 3.
    frames: playback indices to show of every source, in this order. taped: keys to show as x-t tapes.
    latents: the first chunk's latents, float C K h w.

    Nothing changes before all of it is written.
    """
    order = {key: sources[key] for key in ("source", *(variant.label for variant in comparison.variants))}
    height, width = media.frame_size(order["source"])
    first = comparison.variants[0].plan.encode_chunks[0]
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=directory) as name:
        part = Path(name)
        found = {
            "fps": comparison.clip["fps"], "n_frames": max(source.n_frames for source in order.values()),
            "tile": [width, height], "panels": [], "downloads": {"json": JSON},
            "stills": picture_sheet(order, frames, STILL_SIDE, part / "stills.webp"),
            "chunk": picture_sheet(
                {"source": order["source"]}, range(first.start, first.stop), THUMB_SIDE, part / "chunk.webp"),
            "latents": _latents(latents, part / "latents.webp"),
            "tapes": media.write_tapes({key: order[key] for key in taped}, part, rows=1),
        }
        finished = replace(comparison, media=found)
        finished.save(part / JSON)
        (directory / JSON).unlink(missing_ok=True)
        for path in sorted(part.iterdir(), key=lambda path: path.name == JSON):
            os.replace(path, directory / path.name)
    return finished


def picture_sheet(
    sources: Mapping[str, FrameSource], frames: Sequence[int], side: int, path: Path, quality: int = QUALITY
) -> dict:
    """One row of tiles per source, one column per frame; a frame beyond a source's end is left black."""
    height, width = media.frame_size(next(iter(sources.values())))
    scale = side / min(height, width)
    tile = (round(width * scale), round(height * scale))
    sheet = Image.new("RGB", (tile[0] * len(frames), tile[1] * len(sources)))
    for row, source in enumerate(sources.values()):
        for column, index in enumerate(frames):
            if index < source.n_frames:
                picture = Image.fromarray(np.asarray(source.frames(index, index + 1)[0]))
                sheet.paste(picture.resize(tile, Image.Resampling.LANCZOS), (column * tile[0], row * tile[1]))
    sheet.save(path, quality=quality, method=6)
    return {"file": path.name, "tile": list(tile), "keys": list(sources), "frames": list(frames)}


def _latents(latents: np.ndarray, path: Path) -> dict:
    """The liveliest channel of every latent side by side, grey, from its 1st to its 99th percentile; lossless."""
    channels, count, height, width = latents.shape
    channel = int(latents.reshape(channels, -1).std(axis=1).argmax())
    shown = latents[channel]
    low, high = np.percentile(shown, (1, 99))
    grey = np.clip((shown - low) / max(high - low, 1e-6) * WHITE, 0, WHITE).astype(np.uint8)
    Image.fromarray(np.concatenate(list(grey), axis=1)).save(path, lossless=True)
    return {"file": path.name, "tile": [width, height], "count": count, "channels": channels, "channel": channel}
