"""The loops over chunks: which frames go in together, with which pads, and which of what is decoded is cropped.

The decode loop of Open-Sora 1.2 gives chunk i the length ``min(micro_frame_size, remaining)``, where ``remaining``
starts at the clip length and falls by micro_frame_size per chunk. It may pass zero: the crop is still ``-length mod
stride``. That bookkeeping is what makes a layout clash lose frames and show pads, so it is reproduced here exactly
(hpcaitech/Open-Sora v1.2.0, ``opensora/models/vae/vae.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from vae_demo.layout.cuts import Cuts, pieces
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Cut


@dataclass(frozen=True)
class EncodeChunk:
    """Source frames [start, stop), `pad` pad slots in front, giving latents [latent_start, latent_stop).

    `used` frames from `start` reach a latent; the rest of the chunk is a dropped tail.
    """

    start: int
    stop: int
    pad: int
    used: int
    latent_start: int
    latent_stop: int


@dataclass(frozen=True)
class DecodeChunk:
    """Latents [latent_start, latent_stop) decoded as `num_frames`, `crop` slots cut from the left,
    giving output frames [start, stop)."""

    latent_start: int
    latent_stop: int
    num_frames: int
    crop: int
    start: int
    stop: int


def chunk_lengths(frames: int, size: int | None) -> tuple[int, ...]:
    """Lengths of the chunks of a clip: full chunks of `size`, then the tail. `None` is one chunk."""
    if size is None:
        return (frames,)
    full, tail = divmod(frames, size)
    return (size,) * full + ((tail,) if tail else ())


def latent_count(frames: int, size: int | None, rule: FrameRule = FrameRule()) -> int:
    """How many latents a pipeline asks for: 5 * floor(T/17) + ceil((T mod 17)/4) at 17, stride 4."""
    return sum(rule.latents(length) for length in chunk_lengths(frames, size))


def encode_chunks(frames: int, size: int | None, rule: FrameRule = FrameRule()) -> tuple[EncodeChunk, ...]:
    """The encode loop over a clip of `frames` frames."""
    chunks, start, latent = [], 0, 0
    for length in chunk_lengths(frames, size):
        count = rule.latents(length)
        chunks.append(EncodeChunk(start, start + length, rule.pads(length), rule.used(length), latent, latent + count))
        start, latent = start + length, latent + count
    return tuple(chunks)


def slots_written(chunks: tuple[EncodeChunk, ...], stride: int) -> list[tuple[int | None, ...]]:
    """Slots of every latent that these chunks become, whether it is read or not."""
    groups: list[tuple[int | None, ...]] = []
    for chunk in chunks:
        slots = [None] * chunk.pad + list(range(chunk.start, chunk.start + chunk.used))
        slots += [None] * (-len(slots) % stride)
        groups += [tuple(slots[i:i + stride]) for i in range(0, len(slots), stride)]
    return groups


def latents_read(size: int, rule: FrameRule) -> int:
    """A chunk of `size` frames is read as this many latents."""
    return max(rule.latents(size), 1)


def decode_chunks(
    latents: int, frames: int, size: int | None, rule: FrameRule = FrameRule()
) -> tuple[DecodeChunk, ...]:
    """The decode loop over `latents` latents of a clip of `frames` frames, whatever layout wrote them."""
    step = latents if size is None else latents_read(size, rule)
    chunks, remaining, out = [], frames, 0
    for first in range(0, latents, step):
        last = min(first + step, latents)
        length = remaining if size is None else min(size, remaining)
        crop = rule.crop(length, last - first)
        n_out = (last - first) * rule.stride - crop
        chunks.append(DecodeChunk(first, last, length, crop, out, out + n_out))
        out, remaining = out + n_out, remaining - (size or 0)
    return tuple(chunks)


def encode_pieces(only: EncodeChunk, cut: Cut, rule: FrameRule, cuts: Cuts) -> tuple[EncodeChunk, ...]:
    """The pieces that a model's own loop makes of one chunk, which is the clip."""
    opens = [*pieces(only.latent_stop, cut, rule, cuts.lead), only.latent_stop]

    def frame(latent: int) -> int:
        return max(latent * rule.stride - only.pad, 0)

    return tuple(
        EncodeChunk(frame(first), frame(last) if last < opens[-1] else only.stop, 0 if first else only.pad,
                    frame(last) - frame(first), first, last)
        for first, last in pairwise(opens))


def decode_pieces(only: DecodeChunk, cut: Cut, rule: FrameRule, cuts: Cuts) -> tuple[DecodeChunk, ...]:
    """The pieces that a model's own loop makes of one chunk."""
    opens = [*pieces(only.latent_stop, cut, rule, cuts.lead), only.latent_stop]
    found = []
    for first, last in pairwise(opens):
        start, stop = max(first * rule.stride - only.crop, 0), last * rule.stride - only.crop
        found.append(DecodeChunk(first, last, stop - start, 0 if first else only.crop, start, stop))
    return tuple(found)
