"""The loop over chunks that we make: padded or cropped as planned, run through the network, put in a row.

Pads, crops and borders come from layout/, never from here. Both directions are generators that yield how many frames
a step covered; chunks of equal length go through together as far as memory allows.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

import torch
from torch import Tensor
from torch.nn.functional import pad

from vae_demo.layout.plan import DecodeChunk, EncodeChunk

# Padded frames of one chunk -> how many such chunks may go through together.
Room = Callable[[int], int]


def one_by_one(length: int) -> int:
    return 1


def encode_in_chunks(
    encode: Callable[[Tensor, Sequence[int]], Tensor], frames: Tensor, chunks: Sequence[EncodeChunk],
    room: Room = one_by_one,
) -> Generator[int, None, Tensor]:
    """Frames 1 c T h w -> latents 1 z K h w. encode: padded chunks B c L h w and their indices -> B z k h w."""
    parts: dict[int, Tensor] = {}
    for batch in _batches([chunk.pad + chunk.used for chunk in chunks], room):
        padded = torch.cat([
            pad(frames[:, :, chunks[i].start:chunks[i].start + chunks[i].used], (0, 0, 0, 0, chunks[i].pad, 0))
            for i in batch])
        parts |= zip(batch, encode(padded, batch).split(1), strict=True)
        yield sum(chunks[i].stop - chunks[i].start for i in batch)
    return torch.cat([parts[i] for i in range(len(chunks))], dim=2)


def decode_in_chunks(
    decode: Callable[[Tensor], Tensor], latents: Tensor, chunks: Sequence[DecodeChunk], stride: int,
    room: Room = one_by_one,
) -> Generator[int, None, Tensor]:
    """Latents N z K h w -> slots N c T' h w of the output frames. decode: B z k h w -> B c k*stride h w."""
    n, parts = len(latents), dict[int, Tensor]()
    for batch in _batches([(chunk.latent_stop - chunk.latent_start) * stride for chunk in chunks], room):
        stacked = torch.cat([latents[:, :, chunks[i].latent_start:chunks[i].latent_stop] for i in batch])
        for i, slots in zip(batch, decode(stacked).split(n), strict=True):
            # A clone lets the uncropped slots go; a view would keep them all alive.
            parts[i] = slots[:, :, chunks[i].crop:].clone()
        yield sum(chunks[i].stop - chunks[i].start for i in batch)
    return torch.cat([parts[i] for i in range(len(chunks))], dim=2)


def _batches(lengths: Sequence[int], room: Room) -> list[list[int]]:
    """Indices of chunks that go through together: equal lengths, in order."""
    groups: dict[int, list[int]] = {}
    for index, length in enumerate(lengths):
        groups.setdefault(length, []).append(index)
    batches = []
    for length, indices in groups.items():
        step = room(length)
        batches += [indices[i:i + step] for i in range(0, len(indices), step)]
    return batches
