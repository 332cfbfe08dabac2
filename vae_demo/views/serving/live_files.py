"""Where the page finds what its engine is made of: files of its own server that mean one content for ever."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from vae_demo import assets
from vae_demo.live.parts import SIZE, Frames, engine_wasm, frames_of, weights_file, worker_script
from vae_demo.views.serving.kept import keep, keep_file


def live_addresses(model: str, clip: str, size: int = SIZE) -> dict[str, dict[str, Any]]:
    """For fetchLive (live/fetching.js): {wasm, weights, script, frames}, each {url, bytes}, frames with its shape too.

    model: a bundled one; clip: a sample. Raises Refusal for a clip that cannot be read, OSError where weights or engine
    are not there.
    """
    frames, weights = _frames(assets.clip(clip), size), weights_file(model)
    return {"wasm": _kept("vae.wasm", engine_wasm()),
            "weights": {"url": keep_file(weights), "bytes": weights.stat().st_size},
            "script": _kept("worker.js", worker_script()),
            "frames": {**_kept(f"{clip}-{size}.rgb", frames.rgb), **frames.shape()}}


@cache
def _frames(path: Path, size: int) -> Frames:
    return frames_of(path, size=size)


def _kept(name: str, content: bytes) -> dict[str, Any]:
    return {"url": keep(name, content), "bytes": len(content)}
