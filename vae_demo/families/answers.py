"""The answer to "may I use this many frames?": what comes back, how that is known, and the nearest counts that fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vae_demo.families.catalogue import FAMILIES, Setting
from vae_demo.families.tables import Counts, counts
from vae_demo.layout.plan import MAX_FRAMES
from vae_demo.refusal import Refusal

Known = Literal["measured", "formula", "unknown"]
# No rule here leaves a longer gap between counts that fit, unless its chunk size itself never fits.
REACH = 64


@dataclass(frozen=True)
class Answer:
    """One frame count in one setting.

    case   unknown · error · per_latent (it returns a frame per latent, by design) · black (frames that come back as
           zeros) · fewer · more · then, where all come back but chunks open with several frames: size (every full
           chunk), tail (the last chunk), chunk (the only one) · else fits
    below, above   nearest counts that fit, None where there is none in reach
    """

    frames: int
    counts: Counts
    known: Known
    case: str
    below: int | None
    above: int | None


def known_counts(frames: int, setting: Setting) -> tuple[Counts, Known]:
    """Counts and where they come from; past a table that ends, nothing is known."""
    found = counts(frames, setting.table)
    if found is None:
        return Counts(None, None), "unknown"
    return found, "measured" if frames in setting.lengths else "formula"


def case_of(frames: int, setting: Setting) -> str:
    """See Answer.case."""
    found, known = known_counts(frames, setting)
    if known == "unknown":
        return "unknown"
    if found.back is None:
        return "error"
    if setting.per_latent:
        return "per_latent"
    if found.black:
        return "black"
    if found.back != frames:
        return "fewer" if found.back < frames else "more"
    return _opening(frames, setting)


def _opening(frames: int, setting: Setting) -> str:
    """Of chunks that are padded on the left: which of them opens with more than one frame."""
    rule, size = setting.rule, setting.chunk
    if rule is None or rule.first != "fill":
        return "fits"
    one = 1 % rule.stride
    full, tail = divmod(frames, size) if size else (0, frames)
    if full and size % rule.stride != one:
        return "size"
    if tail and tail % rule.stride != one:
        return "tail" if full else "chunk"
    return "fits"


def answer(frames: int, setting: Setting) -> Answer:
    """Raises Refusal for a count that is no count."""
    if not 1 <= frames <= MAX_FRAMES:
        raise Refusal("frames_range", frames=frames, most=MAX_FRAMES)

    def nearest(candidates: range) -> int | None:
        return next((n for n in candidates if case_of(n, setting) in ("fits", "per_latent")), None)

    found, known = known_counts(frames, setting)
    return Answer(
        frames, found, known, case_of(frames, setting), nearest(range(frames - 1, max(frames - REACH, 1) - 1, -1)),
        nearest(range(frames + 1, min(frames + REACH, MAX_FRAMES) + 1)))


def to_json(given: Answer, setting: Setting) -> dict:
    """The answer of `vae_demo plan --model FAMILY --json`: JSON types only."""
    family = FAMILIES[setting.family]
    return {
        "family": family.key, "setting": setting.key, "frames_in": given.frames, "latents": given.counts.latents,
        "frames_out": given.counts.back, "black": given.counts.black, "case": given.case, "known": given.known,
        "measured": setting.measured, "below": given.below, "above": given.above,
        "source": {"repo": family.repo, "file": family.file, "version": family.version, "url": family.source_url},
    }
