"""What the engine in the page is made of: its wasm, the model's weights, the script of its workers, and a clip's frames
as the server's own runs get them. The page fetches them (views/serving/live_files.py); a lesson that is one file holds
them (views/offline)."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from vae_demo import assets
from vae_demo.bundle import bundle
from vae_demo.clips import Clip, read_clip
from vae_demo.models.spec import MODELS

# What the page computes unless told otherwise: frames, and pixels a side.
N_FRAMES, SIZE = 34, 96


@dataclass(frozen=True)
class Frames:
    """rgb: uint8 T H W 3, as bytes. name: of the clip, safe to show."""

    name: str
    rgb: bytes
    frames: int
    height: int
    width: int

    @classmethod
    def of(cls, clip: Clip) -> Frames:
        return cls(clip.name, clip.frames(0, clip.n_frames).tobytes(), clip.n_frames, clip.height, clip.width)

    def shape(self) -> dict[str, int]:
        """What the engine is told of the bytes."""
        return {"frames": self.frames, "height": self.height, "width": self.width}


def frames_of(path: Path, n_frames: int = N_FRAMES, size: int = SIZE) -> Frames:
    """The first frames of a file, its middle square. Raises Refusal where it cannot be read."""
    with read_clip(path, n_frames=n_frames, size=size) as clip:
        return Frames.of(clip)


def engine_wasm() -> bytes:
    return files("vae_demo").joinpath("live/vae.wasm").read_bytes()


def worker_script() -> bytes:
    """One classic script: a page from file:// can start no other."""
    return bundle("live/worker.js", "worker").encode()


def weights_file(model: str) -> Path:
    """Of a bundled model."""
    return assets.WEIGHTS / MODELS[model].weights
