"""The three stages: spatial on stills, temporal on frozen latents, then temporal and spatial decoder in pixels.

`tiny-17` sees chunks of 17 frames plus a fifth single images, as Open-Sora 1.2's stages 1 and 2;
`tiny-mixed` goes on from the same second stage with random lengths 1 to 34, as its stage 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from vae_demo.models.spec import DEFAULT_MODEL, MODELS
from vae_demo.models.temporal import TemporalConfig, TemporalVAE
from vae_demo.models.tiny import TEMPORAL
from vae_demo.models.tiny_spatial import TinySpatial
from vae_demo.pixels import to_signed
from vae_demo.training import losses
from vae_demo.training.checkpoint import fingerprint
from vae_demo.training.look import photographed
from vae_demo.training.loop import Schedule, log, train
from vae_demo.training.start import unit_variance

CHUNK = 17
IMAGE_EVERY = 5
FACTOR = 8
BATCH, CROP = 8, 96
# Crops of 128 px that say what mean and spread the latents have.
MEASURED = 256
# Temporal stages see 96 px windows of the clips: more steps a minute, and scenes enough.
SIDE = 12
# What the model card says of each stage; change it with the code.
WORDS = {
    "spatial": "spatial half on stills, 8 crops of 96 px: L1 + 0.3 gradient L1 + 2 MSE, 1e-4 mean square of the "
               "latents, started at unit variance",
    "temporal": "temporal half on frozen latents, 4 chunks of 17 frames, every fifth step 16 single images: "
                "L1 + 0.5 MSE weighted by what a latent does to pixels, 1e-5 KL",
    "pixels": "temporal half and spatial decoder in pixels, up to 4 frames of each of 4 chunks (12 where they are "
              "shorter than 5): the pixel loss of stage 1, the same on stills at 0.5, 0.1 latent loss, 1e-6 KL",
}
SHOWN = 4  # frames of a chunk that stage 3 decodes to pixels


def _images(frames: np.ndarray, device: str) -> Tensor:
    """uint8 N H W 3 -> float N 3 H W in -1..1, channels last."""
    images = torch.from_numpy(to_signed(frames)[0]).to(device).transpose(0, 1)
    return images.contiguous(memory_format=torch.channels_last)


def _crops(rng: np.random.Generator, stills: np.ndarray, n: int, size: int) -> np.ndarray:
    """n random crops, flipped and transposed at random; a third are halved first, for finer detail."""
    out = np.empty((n, size, size, 3), np.uint8)
    for i in range(n):
        step = 2 if rng.random() < 0.33 else 1
        top, left = rng.integers(0, stills.shape[1] - size * step + 1, 2)
        crop = stills[rng.integers(len(stills)), top:top + size * step, left:left + size * step]
        if step == 2:
            crop = crop.reshape(size, 2, size, 2, 3).mean((1, 3))
        if rng.random() < 0.5:
            crop = crop[:, ::-1]
        out[i] = crop.transpose(1, 0, 2) if rng.random() < 0.5 else crop
    return out


def train_spatial(stills: np.ndarray, directory: Path, schedule: Schedule, device: str) -> tuple[TinySpatial, dict]:
    """Stage 1 on BATCH crops of 96 px; at the end latents get zero mean and unit variance per channel.

    Returns the spatial half, frozen, and the facts of the run.
    """
    torch.manual_seed(schedule.seed)
    model = TinySpatial().to(device, memory_format=torch.channels_last)

    def images_of(rng: np.random.Generator, n: int, size: int) -> Tensor:
        return photographed(rng, _images(_crops(rng, stills, n, size), device))

    def loss_of(rng: np.random.Generator, step: int) -> dict[str, Tensor]:
        images = images_of(rng, BATCH, CROP)
        latents = model.encoder(images)
        return {"pixels": losses.pixel_loss(model.decoder(latents).float(), images),
                "size": 1e-4 * latents.float().square().mean()}

    first = images_of(np.random.default_rng(schedule.seed), BATCH, CROP)
    unit_variance(model, lambda: model.decoder(model.encoder(first)))
    with torch.no_grad():
        model.decoder.conv_out.weight *= 0.1  # The first pictures are nearly grey.
    facts = train("spatial", model, loss_of, schedule, directory, device)
    with torch.no_grad():
        images = images_of(np.random.default_rng(schedule.seed), MEASURED, 128)
        latents = torch.cat([model.encoder(part) for part in images.split(16)])
        model.shift.copy_(latents.mean((0, 2, 3), keepdim=True))
        model.scale.copy_(latents.std((0, 2, 3), keepdim=True))
    return model.eval().requires_grad_(False), {**facts, "words": WORDS["spatial"]}


@torch.inference_mode()
def cache_latents(spatial: TinySpatial, clips: np.ndarray, path: Path, device: str) -> np.ndarray:
    """Spatial latents of every training clip, float16 n C T h w, on disk; made once."""
    n, t, height, width, _ = clips.shape
    if not path.exists():
        partial = path.with_suffix(".partial.npy")
        array = np.lib.format.open_memmap(partial, "w+", np.float16, (n, 16, t, height // 8, width // 8))
        for i in range(n):
            array[i] = spatial.encode(_images(clips[i], device))[0].transpose(0, 1).cpu().numpy()
        del array
        partial.rename(path)
    return np.load(path, mmap_mode="r")


@torch.no_grad()
def sensitivity(spatial: TinySpatial, latents: np.ndarray, device: str) -> Tensor:
    """Per latent channel: how far pixels move for one standard deviation, mean 1; shape 1 C 1 1 1."""
    base = torch.from_numpy(np.asarray(latents[:32, :, 0], np.float32)).to(device)
    image = spatial.decode(base)
    moved = torch.stack([
        (spatial.decode(base + torch.nn.functional.one_hot(torch.tensor(c), 16).to(base)[None, :, None, None])
         - image).square().mean().sqrt()
        for c in range(16)])
    return (moved / moved.mean()).reshape(1, 16, 1, 1, 1)


@dataclass(frozen=True)
class Window:
    """A piece of a training clip: `length` frames from `start`, SIDE latents a side from (top, left)."""

    clip: int
    start: int
    top: int
    left: int
    length: int

    def latents(self, source: np.ndarray) -> np.ndarray:
        """C T SIDE SIDE of the cached latents n C T h w."""
        rows, columns = slice(self.top, self.top + SIDE), slice(self.left, self.left + SIDE)
        return source[self.clip, :, self.start:self.start + self.length, rows, columns]

    def frame(self, clips: np.ndarray, t: int) -> np.ndarray:
        """uint8 H W 3: the pixels under the window at its frame t."""
        top, left, side = self.top * FACTOR, self.left * FACTOR, SIDE * FACTOR
        return clips[self.clip, self.start + t, top:top + side, left:left + side]


def _windows(rng: np.random.Generator, source: np.ndarray, n: int, length: int) -> list[Window]:
    def below(top: int) -> int:
        return int(rng.integers(0, top))

    _, _, t, h, w = source.shape
    return [Window(below(len(source)), below(t - length + 1), below(h - SIDE + 1), below(w - SIDE + 1), length)
            for _ in range(n)]


def _chunk(latents: np.ndarray, windows: list[Window], device: str) -> Tensor:
    return torch.from_numpy(np.stack([w.latents(latents) for w in windows]).astype(np.float32)).to(device)


def _padded(chunk: Tensor) -> tuple[Tensor, int]:
    """Zero slots in front, as the models that come out of this are run; and how many."""
    n_pad = MODELS[DEFAULT_MODEL].rule.pads(chunk.shape[2])
    return pad(chunk, (0, 0, 0, 0, n_pad, 0)), n_pad


def train_temporal(
    spatial: TinySpatial, latents: np.ndarray, directory: Path, schedule: Schedule, device: str,
    config: TemporalConfig = TEMPORAL,
) -> tuple[TemporalVAE, dict]:
    """Stage 2: rebuild frozen spatial latents; every fifth step is 16 single images, the rest 4 clips of 17."""
    torch.manual_seed(schedule.seed)
    model = TemporalVAE(config).to(device)
    weight = sensitivity(spatial, latents, device)

    def loss_of(rng: np.random.Generator, step: int) -> dict[str, Tensor]:
        n, length = (16, 1) if step % IMAGE_EVERY == 0 else (4, CHUNK)
        chunk = _chunk(latents, _windows(rng, latents, n, length), device)
        x, n_pad = _padded(chunk)
        mean, logvar = (each.float() for each in model.encode(x))
        output = model.decode(losses.sample(mean, logvar)).float()[:, :, n_pad:]
        return {"latents": losses.latent_loss(output, chunk, weight), "kl": 1e-5 * losses.kl(mean, logvar)}

    facts = train("temporal", model, loss_of, schedule, directory, device, fingerprint(spatial))
    return model, {**facts, "words": WORDS["temporal"]}


def train_pixels(
    name: str, spatial: TinySpatial, temporal: TemporalVAE, latents: np.ndarray, clips: np.ndarray, stills: np.ndarray,
    directory: Path, schedule: Schedule, device: str, lengths: tuple[int, int] = (CHUNK, CHUNK),
) -> dict:
    """Stage 3: the temporal half and the spatial decoder together, judged in pixels; both change in place.

    The spatial encoder stays frozen, so the cached latents stay true. A share of every batch is stills that go
    through the spatial half alone: the decoder must not lose what it knew. lengths: shortest and longest chunk;
    (17, 17) keeps the 17-frame rule, (1, 34) is the mixed edition. Returns the facts of the run.
    """
    weight = sensitivity(spatial, latents, device)
    spatial.decoder.requires_grad_(True)
    made_from = fingerprint(spatial, temporal)
    both = nn.ModuleDict({"temporal": temporal, "decoder": spatial.decoder})

    def loss_of(rng: np.random.Generator, step: int) -> dict[str, Tensor]:
        length = 1 if step % IMAGE_EVERY == 0 else int(rng.integers(lengths[0], lengths[1] + 1))
        n = 4 if length > 4 else 12
        windows = _windows(rng, latents, n, length)
        chunk = _chunk(latents, windows, device)
        x, n_pad = _padded(chunk)
        mean, logvar = (each.float() for each in temporal.encode(x))
        output = temporal.decode(losses.sample(mean, logvar)).float()[:, :, n_pad:]
        shown = [(i, t) for i in range(n) for t in rng.choice(length, min(SHOWN, length), replace=False)]
        target = _images(np.stack([windows[i].frame(clips, t) for i, t in shown]), device)
        frames = spatial.decode(torch.stack([output[i, :, t] for i, t in shown]).contiguous(
            memory_format=torch.channels_last)).float()
        images = photographed(rng, _images(_crops(rng, stills, BATCH, CROP), device))
        return {
            "pixels": losses.pixel_loss(frames, target),
            "stills": 0.5 * losses.pixel_loss(spatial.decode(spatial.encode(images)[0]).float(), images),
            "latents": 0.1 * losses.latent_loss(output, chunk, weight),
            "kl": 1e-6 * losses.kl(mean, logvar),
        }

    log.info("%s: chunks of %d to %d frames", name, *lengths)
    facts = train(name, both, loss_of, schedule, directory, device, made_from)
    spatial.requires_grad_(False)
    return {**facts, "words": WORDS["pixels"], "lengths": list(lengths)}
