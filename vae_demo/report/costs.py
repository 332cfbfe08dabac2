"""What writing a result costs: more where a run grows on screen, for then it is written again with every variant."""

from __future__ import annotations

from collections.abc import Sequence

from vae_demo.layout.plan import Plan

# Of one picture of every frame, in the units of models/spec.py, on a CPU: pictures are always written there.
PER_PICTURE = 0.13


def pictures_of(n_variants: int, growing: bool) -> int:
    """Pictures per frame that are written in all; the browser's twin is in plans.js.

    At the end source and variants twice, for the page and to download, and each variant's two differences; while it
    grows the source alone, then with all variants so far, but for the last one.
    """
    before = sum(range(1, n_variants + 1)) if growing else 0
    return before + 2 * (n_variants + 1) + 2 * n_variants


def pictures_per_run(plans: Sequence[Plan], growing: bool) -> int:
    """The same for all frames of a run."""
    return max(plan.frames_out for plan in plans) * pictures_of(len(plans), growing)
