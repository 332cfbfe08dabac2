"""The loop over chunks that we make: padded or cropped as planned, run through the network, put in a row.

Pads, crops and borders come from layout/, never from here. Both directions are generators of Done; chunks of equal
length go through together as far as memory allows, those of several cuts of one clip too.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor
from torch.nn.functional import pad

from vae_demo import memory
from vae_demo.layout.chunks import DecodeChunk, EncodeChunk
from vae_demo.refusal import Refusal

C = TypeVar("C", EncodeChunk, DecodeChunk)
Item = TypeVar("Item")
T = TypeVar("T")

# Padded frames of one chunk -> how many such chunks may go through together.
Room = Callable[[int], int]
# A chunk by the cut it is of and its place there.
Place = tuple[int, int]


def one_by_one(length: int) -> int:
    return 1


class Done(NamedTuple):
    """Frames that a step covered; how many items went through at once from here on, where memory ran out."""

    frames: int
    halved_to: int | None


def halving(
    items: Sequence[Item], size: int, work: Callable[[Sequence[Item]], T]
) -> Iterator[tuple[Sequence[Item], T, int | None]]:
    """`work` on at most `size` items at a time, in order: the items, what came of them, and the size where it is new.

    Where memory runs out, what was taken is let go, and the same items go through in halves; Refusal
    "out_of_memory" where one alone does not fit. work: keeps nothing of what it made when it fails.
    """
    at, halved_to = 0, None
    while at < len(items):
        part, failed = items[at:at + size], False
        try:
            made = work(part)
        except (RuntimeError, MemoryError) as error:
            if not memory.ran_out(error, of_several=len(part) > 1):
                raise
            failed = True
        if failed:  # only out here nothing holds the arrays of the call that failed
            memory.let_go()
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
    """encode_cuts for one cut."""
    (latents,) = yield from encode_cuts(encode, frames, [chunks], room)
    return latents


def decode_in_chunks(
    decode: Callable[[Tensor], Tensor], latents: Tensor, chunks: Sequence[DecodeChunk], stride: int,
    room: Room = one_by_one,
) -> Generator[Done, None, Tensor]:
    """decode_cuts for one cut."""
    (slots,) = yield from decode_cuts(decode, [latents], [chunks], stride, room)
    return slots


def encode_cuts(
    encode: Callable[[Tensor, Sequence[int]], Tensor], frames: Tensor, cuts: Sequence[Sequence[EncodeChunk]],
    room: Room = one_by_one,
) -> Generator[Done, None, list[Tensor]]:
    """Frames 1 c T h w -> latents 1 z K h w of every cut. encode: padded chunks B c L h w, and the place of each in
    its cut -> B z k h w."""
    def work(batch: Sequence[Place]) -> tuple[Tensor, ...]:
        chunks = [cuts[cut][i] for cut, i in batch]
        padded = torch.cat([
            pad(frames[:, :, chunk.start:chunk.start + chunk.used], (0, 0, 0, 0, chunk.pad, 0)) for chunk in chunks])
        return encode(padded, [i for _, i in batch]).split(1)

    return (yield from _in_batches(cuts, lambda chunk: chunk.pad + chunk.used, work, room))


def decode_cuts(
    decode: Callable[[Tensor], Tensor], latents: Sequence[Tensor], cuts: Sequence[Sequence[DecodeChunk]], stride: int,
    room: Room = one_by_one,
) -> Generator[Done, None, list[Tensor]]:
    """Latents N z K h w of every cut -> slots N c T' h w of its output frames. decode: B z k h w -> B c k*stride h w.
    """
    n = len(latents[0])

    def work(batch: Sequence[Place]) -> list[Tensor]:
        chunks = [cuts[cut][i] for cut, i in batch]
        stacked = torch.cat([latents[cut][:, :, chunk.latent_start:chunk.latent_stop]
                             for (cut, _), chunk in zip(batch, chunks, strict=True)])
        # A clone lets the uncropped slots go; a view would keep them all alive.
        return [slots[:, :, chunk.crop:].clone()
                for chunk, slots in zip(chunks, decode(stacked).split(n), strict=True)]

    return (yield from _in_batches(
        cuts, lambda chunk: (chunk.latent_stop - chunk.latent_start) * stride, work, room))


def _in_batches(
    cuts: Sequence[Sequence[C]], length_of: Callable[[C], int], work: Callable[[Sequence[Place]], Sequence[Tensor]],
    room: Room,
) -> Generator[Done, None, list[Tensor]]:
    """Chunks of equal length through `work`, as many at once as there is room for; the parts of each cut in a row."""
    groups: dict[int, list[Place]] = {}
    for cut, chunks in enumerate(cuts):
        for i, chunk in enumerate(chunks):
            groups.setdefault(length_of(chunk), []).append((cut, i))
    parts: dict[Place, Tensor] = {}
    for length, places in groups.items():
        for batch, made, halved_to in halving(places, room(length), work):
            parts |= zip(batch, made, strict=True)
            yield Done(sum(cuts[cut][i].stop - cuts[cut][i].start for cut, i in batch), halved_to)
    # Each part goes as soon as it is in its row.
    return [torch.cat([parts.pop((cut, i)) for i in range(len(chunks))], dim=2) for cut, chunks in enumerate(cuts)]
