"""Closed rules of other video VAEs: from a frame count to latents and frames that come back.

A rule is a mapping {"kind": …, parameters}. Where a VAE works in groups like Open-Sora's, the kind is "groups" and
layout.FrameRule answers, chunk by chunk; the rest are small functions of their own. Any rule may also hold
"least", "most" (outside them the encoder stops), "decodes_from" (below it only the decoder stops) and "except",
lengths measured to differ. views/shared/families.js is the same in the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from vae_demo.layout.rule import FrameRule
from vae_demo.refusal import Refusal

Rule = Mapping[str, Any]


@dataclass(frozen=True)
class Counts:
    """latents: None where the encoder stops with an error; back: frames that come back, None where one of the two
    stops; black: how many of them, at the end, are zeros."""

    latents: int | None
    back: int | None
    black: int = 0


STOPS = Counts(None, None)


def frame_rule(rule: Rule) -> FrameRule | None:
    """The FrameRule of a "groups" rule: then which frame sits in which slot is known, not only how many."""
    return FrameRule(rule["stride"], rule["first"], rule["tail"]) if rule["kind"] == "groups" else None


def counts(frames: int, rule: Rule) -> Counts:
    """What `frames` frames give by this rule."""
    if str(frames) in rule.get("except", {}):
        return Counts(*rule["except"][str(frames)])
    if frames < rule.get("least", 1) or frames > rule.get("most", frames):
        return STOPS
    found = _KINDS[rule["kind"]](frames, rule)
    return Counts(found.latents, None) if frames < rule.get("decodes_from", 1) else found


def _groups(frames: int, rule: Rule) -> Counts:
    """Same chunk size on both sides: what reaches a latent comes back."""
    groups, size = frame_rule(rule), rule["chunk"]
    full, tail = divmod(frames, size) if size else (0, frames)
    lengths = [(size, full), (tail, 1)]
    try:
        return Counts(*(sum(times * count(length) for length, times in lengths if length and times)
                        for count in (groups.latents, groups.used)))
    except Refusal:
        return STOPS


def _overlap(frames: int, rule: Rule) -> Counts:
    """Windows that share one frame: a full window gives window/stride latents more, rounded up."""
    stride, step = rule["stride"], rule["step"]
    full, rest = divmod(frames - 1, step)
    latents = full * (1 + step // stride) + (1 + rest // stride if rest or not full else 0)
    return Counts(latents, 1 + (frames - 1) // stride * stride)


def _ladder(frames: int, rule: Rule) -> Counts:
    """Lengths first + every·k, others moved onto a rung: shift 0 goes down, every − 1 up."""
    k = (frames - rule["first"] + rule["shift"]) // rule["every"]
    (latents, more_latents), (back, more_frames) = rule["latents"], rule["frames"]
    return Counts(latents + more_latents * k, back + more_frames * k)


def _pairs(frames: int, rule: Rule) -> Counts:
    """Latents decoded in twos: only an odd number of them holds the lone first frame."""
    latents = 1 + (frames - 1) // rule["stride"]
    return Counts(latents, rule["stride"] * latents - (rule["stride"] - 1) * (latents % 2))


def _tiles(frames: int, rule: Rule) -> Counts:
    """Groups without a lone first frame, in tiles; a last tile of one latent decodes to one frame."""
    if frames % rule["stride"]:
        return STOPS
    latents = frames // rule["stride"]
    lone = latents == 1 or (latents > rule["tile"] and latents % rule["step"] == 1)
    return Counts(latents, frames - (rule["stride"] - 1) * lone)


def _wavelet_tiles(frames: int, rule: Rule) -> Counts:
    """Eights after the first frame: a remainder of 2 to 4 is too short for the encoder, 2 latents for the decoder."""
    if 2 <= frames % (2 * rule["stride"]) <= rule["stride"]:
        return STOPS
    latents = 1 + (frames - 1) // rule["stride"]
    return Counts(latents, None if latents == 2 else 1 + (latents - 1) * rule["stride"])


def _windows(frames: int, rule: Rule) -> Counts:
    """Tiles every `step` frames; what no tile covers is never written."""
    latents = frames // rule["stride"]
    back, room = latents * rule["stride"], frames - rule["window"]
    covered = rule["window"] + room // rule["step"] * rule["step"] if room >= 0 else 0
    return Counts(latents, back, max(back - covered, 0))


def _segments(frames: int, rule: Rule) -> Counts:
    """A first segment that drops its tail, later ones that refuse it; a last segment of one latent falls short."""
    stride, segment = rule["stride"], rule["segment"]
    latents, rest = divmod(frames - 1, stride)
    if frames <= segment + 1:
        return Counts(1 + latents, frames - rest)
    return STOPS if rest else Counts(1 + latents, frames - rule["short"] * (frames % segment == 1 + stride))


def _front_padded(frames: int, rule: Rule) -> Counts:
    """Repeated at the end up to 1 + stride·k; a multiple of the stride gets one group more than it needs."""
    stride = rule["stride"]
    latents = 1 - (1 - frames) // stride + (frames % stride == 0)
    return Counts(latents, 1 + (latents - 1) * stride)


_KINDS: dict[str, Callable[[int, Rule], Counts]] = {
    "groups": _groups, "overlap": _overlap, "ladder": _ladder, "pairs": _pairs, "tiles": _tiles,
    "wavelet_tiles": _wavelet_tiles, "windows": _windows, "segments": _segments, "front_padded": _front_padded,
}
