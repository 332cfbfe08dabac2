"""A plan as it turns out: where a network gives other counts than its rule says, what comes back is what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from vae_demo.layout.chunks import DecodeChunk, EncodeChunk, decode_chunks, decode_pieces, slots_written
from vae_demo.layout.cuts import is_ours
from vae_demo.layout.plan import Came, Plan


def returned(plan: Plan, latents: Mapping[int, int], frames: Mapping[int, int]) -> Plan:
    """The plan with the counts that were seen, `planned` saying what was promised and `came` what was seen instead;
    itself where all is as it was.

    latents: of so many frames given at once; frames: of so many latents given at once. What nothing is said of is as
    planned. Latents and frames that nobody planned stand for no source frame.
    """
    encoded, written, more = _written(plan, latents)
    n_read = min(plan.latents, len(written)) if plan.fit else len(written)
    reading = plan if n_read == plan.latents else replace(plan, decode_chunks=_decoded(plan, n_read))
    read, slots, shown = _played(reading, written, frames)
    if not more and not shown:
        return plan
    return replace(
        plan, encode_chunks=tuple(encoded) if more else plan.encode_chunks, decode_chunks=tuple(read),
        encoded_latents=len(written), latents=n_read, latent_slots=tuple(written[:n_read]),
        slots=tuple(slots), planned=(plan.latents, plan.frames_out), came=Came.of(more, shown))


def _written(
    plan: Plan, latents: Mapping[int, int]
) -> tuple[list[EncodeChunk], list[tuple[int | None, ...]], dict[int, int]]:
    """What is given at once as one chunk, slots of all latents that are written, and the counts nobody planned."""
    encoded, written, more = list[EncodeChunk](), list[tuple[int | None, ...]](), dict[int, int]()
    planned = slots_written(plan.encode_chunks, plan.rule.stride)
    for chunk in plan.given_to_encoder:
        length = chunk[-1].stop - chunk[0].start
        groups = planned[chunk[0].latent_start:chunk[-1].latent_stop]
        count = latents.get(length, len(groups))
        if count != len(groups):
            more[length] = count
        encoded.append(replace(chunk[0], stop=chunk[-1].stop, used=sum(each.used for each in chunk),
                               latent_start=len(written), latent_stop=len(written) + count))
        written += _exactly(count, groups, (None,) * plan.rule.stride)
    return encoded, written, more


def _played(
    plan: Plan, written: list[tuple[int | None, ...]], frames: Mapping[int, int]
) -> tuple[list[DecodeChunk], list[int | None], dict[int, int]]:
    """The pieces that are decoded, slots of all frames that play, and the counts nobody planned."""
    read, slots, more = list[DecodeChunk](), list[int | None](), dict[int, int]()
    for chunk in plan.given_to_decoder:
        first, last = chunk[0].latent_start, chunk[-1].latent_stop
        shown = [slot for group in written[first:last] for slot in group][chunk[0].crop:]
        count = frames.get(last - first, len(shown))
        if count != len(shown):
            more[last - first] = count
        shown = _exactly(count, shown, None)
        moved = [replace(each, start=len(slots) + min(each.start - chunk[0].start, count),
                         stop=len(slots) + min(each.stop - chunk[0].start, count)) for each in chunk]
        read += [*moved[:-1], replace(moved[-1], stop=len(slots) + count)]
        slots += shown
    return read, slots, more


def _exactly(count: int, items: list, more: object) -> list:
    return [*items[:count], *[more] * (count - len(items))]


def _decoded(plan: Plan, latents: int) -> tuple[DecodeChunk, ...]:
    chunks = decode_chunks(latents, plan.frames_in, plan.decode.size if is_ours(plan.decode) else None, plan.rule)
    meant = plan.decode_meant
    return chunks if is_ours(meant) else decode_pieces(chunks[0], meant, plan.rule, plan.cuts)
