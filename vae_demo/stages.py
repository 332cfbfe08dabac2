"""The four stages of a round trip, each a generator that does one bounded step per `next()`.

Every generator yields how many frames the step covered and returns its result, so a caller can
report progress, stop between any two steps, and hold one batch of activations at a time. Chunks of
equal padded length are batched; pads, crops and chunk borders come from `layout.plan`, never from here.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

import torch
from torch.nn.functional import pad

from vae_demo.layout.plan import DecodeChunk, EncodeChunk, Plan
from vae_demo.models.pipeline import VideoVAE, chunk_seed
from vae_demo.pixels import to_signed, to_uint8
from vae_demo.refusal import Refusal
from vae_demo.store import FrameSource, FrameStore

# Frames per call of the spatial half. It changes memory and how soon a stop is noticed, never a value.
SPATIAL_SLICE = 8
# On a CPU batching chunks gains nothing once one chunk fills the cores (benchmarks/batching.py), and a
# small step is noticed sooner when somebody cancels.
CPU_CHUNKS = 1




def check_fits(vae: VideoVAE, plan: Plan, h: int, w: int, budget: int) -> None:
    """Raise Refusal before any work if the longest chunk of `plan` cannot fit `budget` bytes.

    h, w: height and width of the spatial latents.
    """
    stride = plan.rule.stride
    longest = max(
        max(chunk.pad + chunk.used for chunk in plan.encode_chunks),
        max((chunk.latent_stop - chunk.latent_start) * stride for chunk in plan.decode_chunks),
    )
    needed = vae.chunk_bytes(longest, h, w)
    if needed > budget:
        raise Refusal("too_big", frames=longest, needed=f"{needed / 1e9:.1f}", budget=f"{budget / 1e9:.1f}")


def _batches(lengths: Sequence[int], bytes_of, budget: int, most: int | None) -> list[list[int]]:
    """Indices of chunks that go through together: equal lengths, in order, capped by memory."""
    groups: dict[int, list[int]] = {}
    for index, length in enumerate(lengths):
        groups.setdefault(length, []).append(index)
    batches = []
    for length, indices in groups.items():
        cap = max(1, budget // max(bytes_of(length), 1))
        cap = min(cap, most) if most else cap
        batches += [indices[i:i + cap] for i in range(0, len(indices), cap)]
    return batches


def _most_chunks(vae: VideoVAE) -> int | None:
    return CPU_CHUNKS if vae.device.type == "cpu" else None


@torch.inference_mode()
def encode_spatial(vae: VideoVAE, clip: FrameSource, seed: int | None) -> Generator[int, None, torch.Tensor]:
    """uint8 frames of `clip` -> spatial latents 1 c T h w on the model's device, posterior mean unless seeded."""
    parts = []
    for start in range(0, clip.n_frames, SPATIAL_SLICE):
        stop = min(start + SPATIAL_SLICE, clip.n_frames)
        pixels = torch.from_numpy(to_signed(clip.frames(start, stop))).to(vae.device, vae.dtype)
        seeds = None if seed is None else [chunk_seed(seed, "spatial", frame) for frame in range(start, stop)]
        parts.append(vae.encode_frames(pixels, seeds=seeds))
        yield stop - start
    return torch.cat(parts, dim=2)


@torch.inference_mode()
def encode_temporal(
    vae: VideoVAE, spatial: torch.Tensor, chunks: Sequence[EncodeChunk], budget: int, seed: int | None
) -> Generator[int, None, torch.Tensor]:
    """Spatial latents 1 c T h w -> latents 1 z K h w, chunk by chunk as planned."""
    _, _, _, h, w = spatial.shape
    parts: list[torch.Tensor | None] = [None] * len(chunks)
    lengths = [chunk.pad + chunk.used for chunk in chunks]
    for batch in _batches(lengths, lambda n: vae.chunk_bytes(n, h, w), budget, _most_chunks(vae)):
        padded = torch.cat([
            pad(spatial[:, :, chunks[i].start:chunks[i].start + chunks[i].used], (0, 0, 0, 0, chunks[i].pad, 0))
            for i in batch])
        seeds = None if seed is None else [chunk_seed(seed, "temporal", i) for i in batch]
        for i, latents in zip(batch, vae.encode_chunks(padded, seeds=seeds).split(1), strict=True):
            parts[i] = latents
        yield sum(chunks[i].stop - chunks[i].start for i in batch)
    return torch.cat([part for part in parts if part is not None], dim=2)


@torch.inference_mode()
def decode_temporal(
    vae: VideoVAE, latents: torch.Tensor, chunks: Sequence[DecodeChunk], stride: int, budget: int
) -> Generator[int, None, torch.Tensor]:
    """Latents 1 z K h w -> spatial latents 1 c T' h w of the output frames, cropped as planned."""
    _, _, _, h, w = latents.shape
    parts: list[torch.Tensor | None] = [None] * len(chunks)
    lengths = [(chunk.latent_stop - chunk.latent_start) * stride for chunk in chunks]
    for batch in _batches(lengths, lambda n: vae.chunk_bytes(n, h, w), budget, _most_chunks(vae)):
        stacked = torch.cat([latents[:, :, chunks[i].latent_start:chunks[i].latent_stop] for i in batch])
        for i, slots in zip(batch, vae.decode_chunks(stacked).split(1), strict=True):
            # A clone lets the uncropped slots go; a view would keep them all alive.
            parts[i] = slots[:, :, chunks[i].crop:].clone()
        yield sum(chunks[i].stop - chunks[i].start for i in batch)
    return torch.cat([part for part in parts if part is not None], dim=2)


@torch.inference_mode()
def decode_spatial(vae: VideoVAE, spatial: torch.Tensor, store: FrameStore) -> Generator[int, None, None]:
    """Spatial latents 1 c T h w -> uint8 frames appended to `store`, a few at a time.

    Raises Refusal "not_finite" where the model gives a NaN or an infinity: as uint8 it would pass for a colour.
    """
    n_frames = spatial.shape[2]
    for start in range(0, n_frames, SPATIAL_SLICE):
        stop = min(start + SPATIAL_SLICE, n_frames)
        pixels = vae.decode_frames(spatial[:, :, start:stop]).float().cpu()
        if not bool(torch.isfinite(pixels).all()):
            dtype = str(vae.dtype).removeprefix("torch.")
            raise Refusal("not_finite", model=vae.spec.name, dtype=dtype)
        store.append(to_uint8(pixels.numpy()))
        yield stop - start
