"""Which sizes of a sweep a model takes: those it does not are left out and said, and never spoil the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vae_demo.layout.sizes import spelled_sizes
from vae_demo.layout.variant import Variant
from vae_demo.models.model_spec import ModelSpec
from vae_demo.refusal import Refusal
from vae_demo.results.findings import Finding


class Taken(NamedTuple):
    """Round trips that run, and what is to be said of the sizes that do not."""

    variants: tuple[Variant, ...]
    left_out: tuple[Finding, ...]


def taken(spec: ModelSpec, n_frames: int, sizes: Sequence[int | None]) -> Taken:
    """Raises Refusal where the model takes none of the sizes: that of the first."""
    variants, refused, first = [], [], None
    for size in sizes:
        variant = Variant(size, size)
        try:
            spec.plan(n_frames, variant)
        except Refusal as error:
            if error.case not in ("variant_not_offered", "length_refused"):
                raise
            first = first or error
            refused.append(size)
        else:
            variants.append(variant)
    if not variants:
        raise first
    said = {"sizes": spelled_sizes(refused).replace(",", ", "), "n": len(refused), "model": spec.name}
    return Taken(tuple(variants), (Finding("left_out", said),) if refused else ())
