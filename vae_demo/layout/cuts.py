"""Which cuts of time a model takes, what its own one is, and the calls of the network that a cut comes to.

A chunk is made by us and decided by its rule alone (plan.py). The other kinds are the model's own loops; here is what
those of diffusers 0.42 do, in whole numbers, so that a run can be planned, drawn and counted before there is a model,
and a model that does something else is found out. The browser's twin is cuts.js.

    tileN/STEP   tiles of N frames (and one more), a new one every STEP; what two of them have in common is blended
    batchN       N frames, or N / stride latents, at a time, with a memory of the batch before (a convolution cache)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import LONGEST, Cut, Kind, Variant
from vae_demo.refusal import Refusal

Lead = Literal["one", "rest"]
# No loop counts its batches in more frames.
MOST_BATCH = 4096


@dataclass(frozen=True)
class Cuts:
    """The cuts that one model takes.

    kinds   those it offers; `own` among them where it cuts time by itself
    own     what `own` comes to: whole, a tile or a batch; None where our chunks are all there is
    lead    what the first of its batches takes: "one" frame alone, or a whole batch and the "rest" (CogVideoX)
    batch   sizes of a batch are multiples of so many frames
    """

    kinds: tuple[Kind, ...]
    own: Cut | None = None
    lead: Lead = "one"
    batch: int = 1

    def meant(self, cut: Cut) -> Cut:
        """The cut that is made: `own` as what it stands for."""
        return self.own if cut.kind == "own" and self.own else cut

    def inside(self, cut: Cut) -> Cut:
        """How the model cuts what it is given at once: a chunk of ours whole, where it can."""
        meant = self.meant(cut)
        return meant if not is_ours(meant) else _WHOLE if "whole" in self.kinds or self.own is None else self.own

    def encode_calls(self, frames: int, cut: Cut, rule: FrameRule) -> tuple[int, ...]:
        """Lengths in frames of the calls of the encoder for `frames` frames given at once; cut: see inside()."""
        # Batches are counted in whole groups, tiles take what there is.
        return self._calls(rule.used(frames) if cut.kind == "batch" else frames, cut, 1)

    def decode_calls(self, latents: int, cut: Cut, rule: FrameRule) -> tuple[int, ...]:
        """The same of the decoder, in latents."""
        return self._calls(latents, cut, rule.stride)

    def _calls(self, length: int, cut: Cut, unit: int) -> tuple[int, ...]:
        if cut.kind == "tile":
            return _tiles(length, cut.size // unit, cut.step // unit)
        if cut.kind == "batch":
            return _batches(length, cut.size // unit, self.lead)
        # A loop over batches that is told to take everything still has its first one.
        return _batches(length, length, self.lead) if self.own and self.own.kind == "batch" else (length,)

    def check(self, variant: Variant, rule: FrameRule, model: str) -> None:
        """Raise Refusal where the model does not offer the variant, or would get it wrong in silence."""
        sides = (variant.encode, variant.decode)
        if variant.join or variant.model or any(cut.kind not in self.kinds for cut in sides):
            raise Refusal(
                "variant_not_offered", text=variant.spelling, model=model, offered=", ".join(self.examples()))
        for cut in map(self.meant, sides):
            multiple = {"tile": rule.stride, "batch": self.batch}.get(cut.kind, 1)
            if any(number % multiple for number in (cut.size, cut.step) if number is not None):
                raise Refusal("cut_multiple", text=variant.spelling, model=model, multiple=multiple)

    def offers(self, variants: Iterable[Variant], rule: FrameRule, model: str) -> None:
        """check() for all of them."""
        for variant in variants:
            self.check(variant, rule, model)

    def examples(self) -> tuple[str, ...]:
        """Spellings of every kind, for people."""
        shown = {"chunk": ("17", "17:16"), "tile": ("tile16/8",), "batch": (f"batch{2 * self.batch}",)}
        return tuple(text for kind in self.kinds for text in shown.get(kind, (kind,)))

    def to_json(self) -> dict[str, Any]:
        return {"kinds": list(self.kinds), "own": self.own and str(self.own), "lead": self.lead, "batch": self.batch}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Cuts:
        """What to_json wrote. Raises LookupError, TypeError or ValueError for anything else: it may be a stranger's."""
        kinds, told, lead, batch = (data[name] for name in ("kinds", "own", "lead", "batch"))
        if not isinstance(kinds, list) or any(kind not in get_args(Kind) for kind in kinds):
            raise ValueError("kinds")
        if len(set(kinds)) < len(kinds):
            raise ValueError("kinds")
        if not isinstance(lead, str) or lead not in get_args(Lead):
            raise ValueError("lead")
        if isinstance(batch, bool) or not isinstance(batch, int) or not 1 <= batch <= MOST_BATCH:
            raise ValueError("batch")
        if told is not None and (not isinstance(told, str) or len(told) > LONGEST):
            raise ValueError("own")
        own = None if told is None else Cut.read(told)
        if own and own.kind not in ("whole", "tile", "batch"):
            raise ValueError("own")
        return cls(tuple(kinds), own, lead, batch)


_WHOLE = Cut("whole")
# A model that cuts nothing by itself: chunks of ours, or one.
CHUNKS = Cuts(("chunk", "whole"))


def is_ours(cut: Cut) -> bool:
    """Whether we make it: chunks, or one chunk."""
    return cut.kind in ("chunk", "whole")


def _tiles(length: int, size: int, step: int) -> tuple[int, ...]:
    return tuple(min(size + 1, length - at) for at in range(0, length, step)) if length > size else (length,)


def _batches(length: int, size: int, lead: Lead) -> tuple[int, ...]:
    if lead == "one":
        return (1, *(min(size, length - at) for at in range(1, length, size)))
    count = max(length // size, 1)
    return (length - size * (count - 1), *(size,) * (count - 1))


def n_pieces(latents: int, cut: Cut, rule: FrameRule, lead: Lead = "one") -> int:
    """How many pieces() gives, without making them."""
    size, step = ((number or 0) // rule.stride for number in (cut.size, cut.step))
    if cut.kind == "tile" and latents > size:
        return 1 + len(range(step + 1, latents, step))
    if cut.kind == "batch" and cut.size > rule.stride:
        return 1 + len(range(1, latents, size)) if lead == "one" else max(latents // size, 1)
    return 1


def pieces(latents: int, cut: Cut, rule: FrameRule, lead: Lead = "one") -> tuple[int, ...]:
    """The latent that opens each piece of a decoded clip, 0 first: what comes from another call than what was before.

    A call for a single latent, with a memory of the one before, is a time step of the network and no cut.
    """
    if cut.kind == "tile":
        size, step = cut.size // rule.stride, cut.step // rule.stride
        # The frame that two tiles have in common stays the earlier one's.
        return (0, *range(step + 1, latents, step)) if latents > size else (0,)
    if cut.kind == "batch" and cut.size > rule.stride:
        starts, at = [], 0
        for length in _batches(latents, cut.size // rule.stride, lead):
            starts.append(at)
            at += length
        return tuple(starts)
    return (0,)
