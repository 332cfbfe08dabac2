"""Whole numbers only: how a clip is cut into chunks, groups and latents, and what comes back.

This package is the single owner of pads, crops, chunk loops (chunks.py) and the slot map.

Vocabulary
    stride   frames per latent in time (4 for Open-Sora 1.2)
    chunk    the frames (or latents) that go through the temporal network together
    slot     one time step of a latent group; a latent always stands for `stride` slots
    pad      a slot that no source frame fills
    crop     slots cut from the LEFT of a decoded chunk; never from the right, where a rule has pads there, too
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from vae_demo.layout.chunks import (
    DecodeChunk,
    EncodeChunk,
    decode_chunks,
    decode_pieces,
    encode_chunks,
    encode_pieces,
    latent_count,
    latents_read,
    slots_written,
)
from vae_demo.layout.cuts import CHUNKS, Cuts, is_ours, n_pieces
from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import Cut, Variant
from vae_demo.refusal import Refusal

MAX_FRAMES = 100_000
# A plan names every chunk. So many on a side are planned and written as JSON in a moment, by whoever asks.
MAX_CHUNKS = 10_000
# How many were given at once, and how many came of them.
Counts = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Came:
    """What a network gave where that is not what its rule says: latents of so many frames, frames of so many latents,
    each by what was given at once."""

    latents: Counts = ()
    frames: Counts = ()

    @classmethod
    def of(cls, latents: Mapping[int, int], frames: Mapping[int, int]) -> Came:
        return cls(tuple(sorted(latents.items())), tuple(sorted(frames.items())))

    def to_json(self) -> dict[str, list[list[int]]]:
        return {side: [list(pair) for pair in counts] for side, counts in vars(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Came:
        """What to_json wrote. Raises LookupError, TypeError or ValueError for anything else."""
        return cls.of(dict(data["latents"]), dict(data["frames"]))


@dataclass(frozen=True)
class Plan:
    """Everything whole-number about one round trip of `frames_in` frames.

    encode, decode   how each side is cut; where the model does it itself the chunks are the pieces that its own loop
                     leaves, and `cuts` says what loop that is
    slots            one entry per OUTPUT frame: the source frame it shows, or None for a pad slot
    encoded_latents  latents written by the encoder; `latents` is what the decoder reads (fewer with fit)
    latent_slots     per latent read: its `stride` slots as source frames, None for pads
    planned, came    latents read and frames out that were promised, and the counts that came back where they are others
                     (returned.py)
    """

    frames_in: int
    encode: Cut
    decode: Cut
    fit: bool
    rule: FrameRule
    encode_chunks: tuple[EncodeChunk, ...]
    decode_chunks: tuple[DecodeChunk, ...]
    encoded_latents: int
    latents: int
    latent_slots: tuple[tuple[int | None, ...], ...]
    slots: tuple[int | None, ...]
    cuts: Cuts = CHUNKS
    planned: tuple[int, int] | None = None
    came: Came | None = None

    @property
    def frames_out(self) -> int:
        return len(self.slots)

    @property
    def pads_shown(self) -> int:
        return sum(slot is None for slot in self.slots)

    @property
    def lost_frames(self) -> tuple[int, ...]:
        shown = set(self.slots)
        return tuple(frame for frame in range(self.frames_in) if frame not in shown)

    @property
    def is_clash(self) -> bool:
        """True when the viewer gets anything but the source frames, in order, once each."""
        return self.slots != tuple(range(self.frames_in))

    @property
    def in_time(self) -> bool:
        """True where every frame that comes back stands at its own place; the last ones may be missing."""
        return self.slots == tuple(range(len(self.slots)))

    @property
    def decode_meant(self) -> Cut:
        """The cut that the decode side makes."""
        return self.cuts.meant(self.decode)

    @property
    def given_to_encoder(self) -> tuple[tuple[EncodeChunk, ...], ...]:
        """What goes in at once: each chunk of ours, or the clip with all the pieces that the model makes of it."""
        return tuple((chunk,) for chunk in self.encode_chunks) if is_ours(self.encode) else (self.encode_chunks,)

    @property
    def given_to_decoder(self) -> tuple[tuple[DecodeChunk, ...], ...]:
        """The same of the decoder."""
        return tuple((chunk,) for chunk in self.decode_chunks) if is_ours(self.decode) else (self.decode_chunks,)

    @property
    def boundaries(self) -> tuple[int, ...]:
        """Output frames that open a decode chunk, the first chunk left out."""
        return tuple(chunk.start for chunk in self.decode_chunks[1:] if chunk.stop > chunk.start)

    def playback_of(self) -> tuple[int | None, ...]:
        """Per source frame: the first output frame that shows it, None where it is lost."""
        first: dict[int, int] = {}
        for index, slot in enumerate(self.slots):
            if slot is not None:
                first.setdefault(slot, index)
        return tuple(first.get(frame) for frame in range(self.frames_in))

    def to_json(self) -> dict:
        """The public answer of `vae_demo plan` (see the README), JSON types only."""
        return {
            "frames_in": self.frames_in,
            "latents": self.latents,
            "frames_out": self.frames_out,
            "pads_shown": self.pads_shown,
            "lost_frames": list(self.lost_frames),
            "slots": list(self.slots),
            "encode": str(self.encode),
            "decode": str(self.decode),
            "fit": self.fit,
            "encoded_latents": self.encoded_latents,
            "boundaries": list(self.boundaries),
            "borders": [{"frame": frame, "kind": self.decode_meant.kind} for frame in self.boundaries],
            "rule": dict(vars(self.rule)),
            "latent_slots": [list(slots) for slots in self.latent_slots],
            # Flat records: asdict would copy every number deeply, ten times slower.
            "encode_chunks": [dict(vars(chunk)) for chunk in self.encode_chunks],
            "decode_chunks": [dict(vars(chunk)) for chunk in self.decode_chunks],
            **({} if self.cuts == CHUNKS else {"cuts": self.cuts.to_json()}),
            **({} if self.planned is None else {"planned": list(self.planned)}),
            **({} if self.came is None else {"came": self.came.to_json()}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """The plan that to_json wrote. Raises LookupError, TypeError or ValueError for anything else."""
        return cls(
            data["frames_in"], Cut.read(data["encode"]), Cut.read(data["decode"]), data["fit"],
            FrameRule(**data["rule"]),
            tuple(EncodeChunk(**chunk) for chunk in data["encode_chunks"]),
            tuple(DecodeChunk(**chunk) for chunk in data["decode_chunks"]),
            data["encoded_latents"], data["latents"],
            tuple(tuple(slots) for slots in data["latent_slots"]), tuple(data["slots"]),
            Cuts.from_json(data["cuts"]) if "cuts" in data else CHUNKS,
            tuple(data["planned"]) if "planned" in data else None,
            Came.from_json(data["came"]) if "came" in data else None)


def _checked(frames: int, encode: int | None, decode: int | None, fit: bool) -> None:
    if not 1 <= frames <= MAX_FRAMES:
        raise Refusal("frames_range", frames=frames, most=MAX_FRAMES)
    for side, size in (("encode", encode), ("decode", decode)):
        if size is not None and not 1 <= size <= MAX_FRAMES:
            raise Refusal("size_range", side=side, size=size, most=MAX_FRAMES)
    if fit and encode == decode:
        raise Refusal("fit_same")
    if encode is not None:
        _check_chunks(frames, "encode", encode, -(-frames // encode))


def _check_chunks(frames: int, side: str, size: int | str, count: int) -> None:
    """Raise Refusal before `count` chunks are made, where those are more than anybody reads."""
    if count > MAX_CHUNKS:
        raise Refusal("too_many_chunks", frames=frames, side=side, size=size, count=count, most=MAX_CHUNKS)


def plan(
    frames: int,
    encode: int | None = 17,
    decode: int | None = 17,
    rule: FrameRule = FrameRule(),
    fit: bool = False,
) -> Plan:
    """Plan a round trip of `frames` frames: encode in chunks of `encode`, decode in chunks of `decode`.

    None stands for `whole` (one chunk). With `fit` the decoder gets only as many latents as a
    pipeline set to `decode` would ask for: ``latent_count(frames, decode)``, or all there are.

    Raises Refusal for lengths and sizes that cannot work.
    """
    _checked(frames, encode, decode, fit)
    chunks_written = encode_chunks(frames, encode, rule)
    written = slots_written(chunks_written, rule.stride)
    wanted = min(latent_count(frames, decode, rule), len(written)) if fit else len(written)
    if decode is not None:
        _check_chunks(frames, "decode", decode, -(-wanted // latents_read(decode, rule)))
    read = written[:wanted]
    chunks_read = decode_chunks(wanted, frames, decode, rule)
    slots: list[int | None] = []
    for chunk in chunks_read:
        group = [slot for latent in read[chunk.latent_start:chunk.latent_stop] for slot in latent]
        slots += group[chunk.crop:]
    return Plan(frames, Cut.of(encode), Cut.of(decode), fit, rule, chunks_written, chunks_read,
                len(written), wanted, tuple(read), tuple(slots))


def plan_of(frames: int, variant: Variant, rule: FrameRule = FrameRule(), cuts: Cuts = CHUNKS) -> Plan:
    """The plan of a variant that a model of these cuts offers (see Cuts.check). Raises Refusal.

    Which frame sits in which slot does not depend on how a model's own loop cuts time: as if it ran whole. What does
    are the pieces.
    """
    if is_ours(variant.encode) and is_ours(variant.decode):
        return plan(frames, variant.encode.size, variant.decode.size, rule, variant.fit)
    encode, decode = (cut.size if is_ours(cut) else None for cut in (variant.encode, variant.decode))
    found = plan(frames, encode, decode, rule, variant.fit and encode != decode)
    made = cuts.meant(variant.encode), cuts.meant(variant.decode)
    for side, cut, latents in (("encode", made[0], found.encoded_latents), ("decode", made[1], found.latents)):
        if not is_ours(cut):
            _check_chunks(frames, side, str(cut), n_pieces(latents, cut, rule, cuts.lead))
    return replace(
        found, encode=variant.encode, decode=variant.decode, fit=variant.fit, cuts=cuts,
        encode_chunks=found.encode_chunks if is_ours(made[0]) else encode_pieces(
            found.encode_chunks[0], made[0], rule, cuts),
        decode_chunks=found.decode_chunks if is_ours(made[1]) else decode_pieces(
            found.decode_chunks[0], made[1], rule, cuts))
