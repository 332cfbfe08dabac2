"""A plan as it turns out: where a network gives other counts than its rule says, what comes back is what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from vae_demo.layout.cuts import is_ours
from vae_demo.layout.plan import Plan, decode_chunks, decode_pieces


def returned(plan: Plan, latents: Mapping[int, int], frames: Mapping[int, int]) -> Plan:
    """The plan with the counts that were seen, `planned` saying what was promised; itself where all is as it was.

    latents: of so many frames given at once; frames: of so many latents given at once. What nothing is said of is as
    planned. Latents and frames that nobody planned stand for no source frame.
    """
    stride, written = plan.rule.stride, list[tuple[int | None, ...]]()
    encoded = []
    for chunk in plan.given_to_encoder:
        length = sum(each.stop - each.start for each in chunk)
        groups = list(plan.latent_slots[chunk[0].latent_start:chunk[-1].latent_stop])
        groups = _exactly(latents.get(length, len(groups)), groups, (None,) * stride)
        encoded.append(replace(chunk[0], stop=chunk[-1].stop, used=sum(each.used for each in chunk),
                               latent_start=len(written), latent_stop=len(written) + len(groups)))
        written += groups
    as_planned = len(written) == plan.encoded_latents or plan.fit
    reading = plan if as_planned else replace(plan, decode_chunks=_decoded(plan, len(written)))
    slots: list[int | None] = []
    read = []
    for chunk in reading.given_to_decoder:
        first, last = chunk[0].latent_start, chunk[-1].latent_stop
        shown = [slot for group in written[first:last] for slot in group][chunk[0].crop:]
        shown = _exactly(frames.get(last - first, len(shown)), shown, None)
        moved = [replace(each, start=len(slots) + each.start - chunk[0].start,
                         stop=len(slots) + min(each.stop - chunk[0].start, len(shown))) for each in chunk]
        read += [*moved[:-1], replace(moved[-1], stop=len(slots) + len(shown))]
        slots += shown
    if (len(written), tuple(slots)) == (plan.encoded_latents, plan.slots):
        return plan
    return replace(
        plan, encode_chunks=plan.encode_chunks if as_planned else tuple(encoded), decode_chunks=tuple(read),
        encoded_latents=len(written), latents=read[-1].latent_stop, latent_slots=tuple(written[:read[-1].latent_stop]),
        slots=tuple(slots), planned=(plan.latents, plan.frames_out))


def _exactly(count: int, items: list, more: object) -> list:
    return [*items[:count], *[more] * (count - len(items))]


def _decoded(plan: Plan, latents: int) -> tuple:
    chunks = decode_chunks(latents, plan.frames_in, plan.decode.size if is_ours(plan.decode) else None, plan.rule)
    meant = plan.decode_meant
    return chunks if is_ours(meant) else decode_pieces(chunks[0], meant, plan.rule, plan.cuts)
