"""The loop over chunks that we make: padded or cropped as planned, run through the network, put in a row.

Pads, crops and borders come from layout/, never from here. Both directions are generators of Done; chunks of equal
length go through together as far as memory allows.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor
from torch.nn.functional import pad

from vae_demo.layout.plan import DecodeChunk, EncodeChunk
from vae_demo.refusal import Refusal

T = TypeVar("T")

# Padded frames of one chunk -> how many such chunks may go through together.
Room = Callable[[int], int]


def one_by_one(length: int) -> int:
    return 1


class Done(NamedTuple):
    """Frames that a step covered; how many items went through at once from here on, where memory ran out."""

    frames: int
    halved_to: int | None


def halving(
    items: Sequence[int], size: int, work: Callable[[Sequence[int]], T]
) -> Iterator[tuple[Sequence[int], T, int | None]]:
    """`work` on at most `size` items at a time, in order: the items, what came of them, and the size where it is new.

    Where memory runs out on the device, what was taken is let go, and the same items go through in halves; Refusal
    "out_of_memory" where one alone does not fit. work: keeps nothing of what it made when it fails.
    """
    at, halved_to = 0, None
    while at < len(items):
        part = items[at:at + size]
        try:
            made = work(part)
        except torch.OutOfMemoryError:
            failed = True
        else:
            failed = False
        if failed:  # only out here nothing holds the arrays of the call that failed
            torch.cuda.empty_cache()
            if len(part) == 1:
                raise Refusal("out_of_memory")
            size = halved_to = len(part) // 2
            continue
        yield part, made, halved_to
        at, halved_to = at + len(part), None


def encode_in_chunks(
    encode: Callable[[Tensor, Sequence[int]], Tensor], frames: Tensor, chunks: Sequence[EncodeChunk],
    room: Room = one_by_one,
) -> Generator[Done, None, Tensor]:
    """Frames 1 c T h w -> latents 1 z K h w. encode: padded chunks B c L h w and their indices -> B z k h w."""
    def work(batch: Sequence[int]) -> tuple[Tensor, ...]:
        padded = torch.cat([
            pad(frames[:, :, chunks[i].start:chunks[i].start + chunks[i].used], (0, 0, 0, 0, chunks[i].pad, 0))
            for i in batch])
        return encode(padded, batch).split(1)

    parts: dict[int, Tensor] = {}
    for length, indices in _by_length([chunk.pad + chunk.used for chunk in chunks]).items():
        for batch, made, halved_to in halving(indices, room(length), work):
            parts |= zip(batch, made, strict=True)
            yield Done(sum(chunks[i].stop - chunks[i].start for i in batch), halved_to)
    return torch.cat([parts[i] for i in range(len(chunks))], dim=2)


def decode_in_chunks(
    decode: Callable[[Tensor], Tensor], latents: Tensor, chunks: Sequence[DecodeChunk], stride: int,
    room: Room = one_by_one,
) -> Generator[Done, None, Tensor]:
    """Latents N z K h w -> slots N c T' h w of the output frames. decode: B z k h w -> B c k*stride h w."""
    n, parts = len(latents), dict[int, Tensor]()

    def work(batch: Sequence[int]) -> list[Tensor]:
        stacked = torch.cat([latents[:, :, chunks[i].latent_start:chunks[i].latent_stop] for i in batch])
        # A clone lets the uncropped slots go; a view would keep them all alive.
        return [slots[:, :, chunks[i].crop:].clone()
                for i, slots in zip(batch, decode(stacked).split(n), strict=True)]

    lengths = [(chunk.latent_stop - chunk.latent_start) * stride for chunk in chunks]
    for length, indices in _by_length(lengths).items():
        for batch, made, halved_to in halving(indices, room(length), work):
            parts |= zip(batch, made, strict=True)
            yield Done(sum(chunks[i].stop - chunks[i].start for i in batch), halved_to)
    return torch.cat([parts[i] for i in range(len(chunks))], dim=2)


def _by_length(lengths: Sequence[int]) -> dict[int, list[int]]:
    """Indices of chunks that may go through together: equal lengths, in order."""
    groups: dict[int, list[int]] = {}
    for index, length in enumerate(lengths):
        groups.setdefault(length, []).append(index)
    return groups
