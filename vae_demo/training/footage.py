"""Real footage the bundled models are judged on and never trained on, taken from installed packages at run time.

Videos come with gradio, photographs with scikit-image; nothing of either is copied into this repository.
A photograph becomes a clip by moving a camera over it: the only motion is then known exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn.functional import affine_grid, grid_sample

from vae_demo.clips import Clip, read_clip

FRAMES = 51
SIZE = 256
FPS = 24.0


@dataclass(frozen=True)
class Footage:
    """One unseen clip of 51 frames at 256 x 256.

    file     path inside the package
    start    first frame taken from a video; the crop is the centre square, resized
    pan      camera speed over a photograph (right, down) in output pixels a frame; turns back at its edges
    zoom     magnification a frame; 1 keeps the distance
    shrink   source pixels per output pixel at the first frame
    soft     shrink a video with a bilinear filter instead of the app's own, which keeps more detail; up to 7 pixels
             of its rim are cut before that
    """

    name: str
    package: str
    file: str
    start: int = 0
    pan: tuple[float, float] = (0.0, 0.0)
    zoom: float = 1.0
    shrink: float = 1.0
    soft: bool = False

    @property
    def is_video(self) -> bool:
        return self.file.endswith(".mp4")

    @property
    def words(self) -> str:
        """Where it comes from and how it moves, for the model card."""
        if self.is_video:
            soft = ", bilinear filter" if self.soft else ""
            return f"{self.package}, `{Path(self.file).name}`, from frame {self.start}, centre square{soft}"
        moves = [f"pan {self.pan[0]:g}, {self.pan[1]:g} px a frame"] if any(self.pan) else []
        moves += [f"zoom x{self.zoom:g} a frame"] if self.zoom != 1 else []
        return f"{self.package}, photograph `{Path(self.file).name}`, {' and '.join(moves)}"


_VIDEOS, _PHOTOS = "media_assets/videos", "data"
FOOTAGE = (
    Footage("world", "gradio", f"{_VIDEOS}/world.mp4", start=10),
    Footage("a", "gradio", f"{_VIDEOS}/a.mp4", start=10),
    Footage("world later", "gradio", f"{_VIDEOS}/world.mp4", start=400),
    Footage("astronaut slow pan", "skimage", f"{_PHOTOS}/astronaut.png", pan=(1.0, 0.5)),
    Footage("chelsea zoom", "skimage", f"{_PHOTOS}/chelsea.png", zoom=1.006),
    Footage("rocket pan", "skimage", f"{_PHOTOS}/rocket.jpg", pan=(3.0, 1.0)),
    Footage("coffee fast pan", "skimage", f"{_PHOTOS}/coffee.png", pan=(8.0, 0.0)),
    Footage("motorcycle fast pan", "skimage", f"{_PHOTOS}/motorcycle_left.png", pan=(12.0, 3.0), shrink=1.5),
)

# What a resize filter leaves in is what a codec has to carry; figures from elsewhere seldom name theirs.
SOFT_FOOTAGE = tuple(replace(each, name=f"{each.name} (bilinear)", soft=True) for each in FOOTAGE[:2])


def package_folder(package: str) -> Path:
    """Where an installed package lies; raises ValueError with what to install when it is missing."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ValueError(f"{package} is not installed; judging needs requirements-dev.txt.")
    return Path(spec.origin).parent


def open_footage(footage: Footage) -> Clip:
    """The clip, 51 frames of 256 x 256; the caller closes it."""
    path = package_folder(footage.package) / footage.file
    if footage.is_video:
        if footage.soft:
            return _softly_shrunk(path, footage)
        return read_clip(path, start=footage.start, n_frames=FRAMES, size=SIZE)
    image = Image.open(path).convert("RGB")
    # Shrunk with a proper filter first: a camera never delivers aliased pixels.
    photo = np.array(image.resize((round(image.width / footage.shrink), round(image.height / footage.shrink)),
                                  Image.Resampling.LANCZOS))
    return Clip.from_array(moving_photo(photo, footage), FPS, footage.name)


def _softly_shrunk(path: Path, footage: Footage) -> Clip:
    with read_clip(path, start=footage.start, n_frames=FRAMES, size=None) as clip:
        frames = [Image.fromarray(frame).resize((SIZE, SIZE), Image.Resampling.BILINEAR)
                  for t in range(clip.n_frames) for frame in clip.frames(t, t + 1)]
        return Clip.from_array(np.stack([np.array(frame) for frame in frames]), clip.fps, footage.name)


def choose(names: Sequence[str]) -> tuple[Footage, ...]:
    """Footage by name, all of it for no names; raises ValueError for a name that is not in the table."""
    unknown = set(names) - {each.name for each in FOOTAGE}
    if unknown:
        raise ValueError(f"no footage called {sorted(unknown)}; choose from {[each.name for each in FOOTAGE]}")
    return tuple(each for each in FOOTAGE if not names or each.name in names)


def _bounce(positions: np.ndarray, reach: float) -> np.ndarray:
    """Fold positions into -reach..reach, turning back at both ends."""
    if reach <= 0:
        return np.zeros_like(positions)
    return np.abs((positions + 3 * reach) % (4 * reach) - 2 * reach) - reach


def moving_photo(photo: np.ndarray, footage: Footage) -> np.ndarray:
    """Photograph uint8 H W 3 -> uint8 51 256 256 3 under the camera path of `footage`, cubic interpolation."""
    height, width, _ = photo.shape
    t = np.arange(FRAMES)
    window = SIZE / footage.zoom**t
    views = np.zeros((FRAMES, 2, 3), np.float32)
    for axis, (side, speed) in enumerate(zip((width, height), footage.pan, strict=True)):
        reach = (side - window[0]) / 2 - 2
        centre = _bounce(speed * t - (reach if speed else 0), reach)
        views[:, axis, axis] = window / side
        views[:, axis, 2] = centre * 2 / side
    planes = torch.from_numpy(photo).permute(2, 0, 1)[None].float()
    grid = affine_grid(torch.from_numpy(views), [FRAMES, 3, SIZE, SIZE], align_corners=False)
    seen = torch.cat([
        grid_sample(planes, part[None], mode="bicubic", padding_mode="reflection", align_corners=False)
        for part in grid])
    return seen.round().clamp(0, 255).byte().permute(0, 2, 3, 1).contiguous().numpy()
