"""A comparison while it runs: what is measured so far as a result of its own, pictures included.

Same records, same files, same path to the page as a finished one; a variant that is not measured yet has its
plan, which needs no model, and a verdict that says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from vae_demo import experiment, media
from vae_demo.clips import Clip
from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import Variant
from vae_demo.models.pipeline import VideoVAE
from vae_demo.records import Comparison, Finding, FrameErrors, Reconstruction
from vae_demo.report import FALLBACK_FPS
from vae_demo.store import FrameSource
from vae_demo.verdicts import WAITING, headline, verdict


def unmeasured(variant: Variant, plan: Plan, why: Finding = WAITING) -> Reconstruction:
    """A variant of which only the plan is known."""
    played, source = ((None,) * n for n in (plan.frames_out, plan.frames_in))
    return Reconstruction(
        variant, plan, FrameErrors(*[played] * 4), FrameErrors(*[source] * 4), None, None,
        (0,) * len(plan.decode_chunks), {}, why)


class Growing:
    """The variants of one run, measured one by one."""

    def __init__(self, clip: Clip, vae: VideoVAE, variants: Sequence[Variant]) -> None:
        self._clip, self._vae, self._variants = clip, vae, tuple(variants)
        self.plans = experiment.plans_for(clip.n_frames, variants, vae)
        self._measured: dict[str, Reconstruction] = {}

    def add(self, measured: Reconstruction) -> None:
        self._measured[measured.label] = measured

    def comparison(self) -> Comparison:
        """Everything known so far; verdicts and headline speak of measured variants only."""
        size = self._vae.spec.reference_size
        own = next((m for m in self._measured.values() if m.variant == Variant(size, size)), None)
        done = {label: replace(m, verdict=verdict(m, own or m)) for label, m in self._measured.items()}
        variants = [done.get(v.label) or unmeasured(v, p) for v, p in zip(self._variants, self.plans, strict=True)]
        reference = next((v.label for v in self._variants if v == Variant(size, size)), self._variants[0].label)
        judged = list(done.values())
        return Comparison(
            clip=self._clip.describe(), model=self._vae.spec.name, dtype=str(self._vae.dtype).removeprefix("torch."),
            device=self._vae.device.type, reference=reference, seed=None, variants=tuple(variants), baseline_2d=None,
            seconds={}, findings=headline(judged, done.get(reference, judged[0])) if judged else ())

    def save(self, frames: Mapping[str, FrameSource], directory: Path) -> Comparison:
        """Write the pictures and tapes of what is measured into `directory`; frames by label."""
        sources = {"source": self._clip, **{label: frames[label] for label in self._measured}}
        found = media.write_atlas(
            [(key, "frames", source) for key, source in sources.items()], self._clip.fps or FALLBACK_FPS, directory,
            n_frames=max(self._clip.n_frames, *(plan.frames_out for plan in self.plans)))
        found = {**found, "tapes": media.write_tapes(sources, directory), "downloads": {}}
        return replace(self.comparison(), media=found)
