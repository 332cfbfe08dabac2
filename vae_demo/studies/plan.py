"""What a study comes to before anything is computed: its clips, its units of work, and what cannot be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from vae_demo.clips.limits import Limits, check_request
from vae_demo.clips.reading import probe
from vae_demo.engine import work_of
from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import DEFAULT_FRAMES, Variant
from vae_demo.models.spec import MODELS
from vae_demo.refusal import Refusal
from vae_demo.studies.clip_list import ClipFile, listed
from vae_demo.studies.kept import Kept
from vae_demo.studies.lengths import common_length
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.rows import Failure
from vae_demo.studies.task import Maker, Settings, Unit, base_key


@dataclass(frozen=True)
class Planned:
    """clips: sorted by name. variants: by model, those it offers. units: one per content and model."""

    protocol: Protocol
    settings: Settings
    clips: tuple[ClipFile, ...]
    variants: dict[str, tuple[str, ...]]
    failures: tuple[Failure, ...]
    units: tuple[Unit, ...]

    @property
    def n_tasks(self) -> int:
        return sum(len(unit.variants) for unit in self.units)

    def bases(self, unit: Unit) -> Iterator[tuple[str, str]]:
        """(variant, digest of what is asked for) of each task of a unit."""
        for variant in unit.variants:
            yield variant, base_key(unit.content, self.settings, unit.model, variant)

    def missing(self, unit: Unit, maker: Maker, kept: Kept) -> Unit:
        """The unit with the variants alone that this maker has not computed."""
        return replace(unit, variants=tuple(
            variant for variant, base in self.bases(unit) if not kept.has(base, maker)))

    def allows(self, maker: Maker) -> bool:
        """Whether rows of a maker are what the protocol asks for."""
        wanted = self.protocol
        return (wanted.device in ("auto", maker.device) and wanted.dtype in ("auto", maker.dtype)
                and (maker.threads is None or wanted.threads in (None, maker.threads)))


def planned(protocol: Protocol) -> Planned:
    """Raises Refusal where nothing could come of it."""
    check_request(protocol.start, protocol.frames, protocol.size, protocol.crop, Limits())
    variants, failures = _offered(protocol)
    clips, gone = listed(protocol.clips, protocol.start)
    # A unit is known by its content: a file that is there twice is scored once.
    contents = {clip.content: clip for clip in reversed(clips)}
    units = tuple(
        Unit(clip.name, clip.path, clip.content, model, variants[model])
        for clip in sorted(contents.values(), key=lambda clip: clip.name) for model in protocol.models
        if variants[model])
    return Planned(protocol, Settings.of(protocol), tuple(clips), variants, (*failures, *gone), units)


def _offered(protocol: Protocol) -> tuple[dict[str, tuple[str, ...]], list[Failure]]:
    """By model the variants it takes, and which it does not. Raises Refusal for one that no model takes."""
    failures, offered = [], dict[str, tuple[str, ...]]()
    refused: dict[str, Refusal] = {}
    for model in protocol.models:
        spec, taken = MODELS[model], []
        for variant in protocol.variants_of(model):
            try:
                spec.cuts.check(variant, spec.rule, model)
                taken.append(variant.spelling)
            except Refusal as error:
                refused[variant.spelling] = error
                failures.append(Failure.of(error, None, model, variant.spelling))
        offered[model] = tuple(taken)
    for variant, error in refused.items():
        if not any(variant in taken for taken in offered.values()):
            raise error
    return offered, failures


def work_by_unit(plan: Planned, unit: Unit) -> float:
    """What a unit costs, as engine.work_of counts it, where its clip is as long as was asked for."""
    length = common_length(plan.settings.frames or DEFAULT_FRAMES, plan.protocol.models)
    return work_of_plans(plan, unit, plans_of(unit, length))


def plans_of(unit: Unit, n_frames: int) -> list[Plan]:
    """Of its variants, without those that so many frames cannot be cut for."""
    plans = []
    for variant in unit.variants:
        with suppress(Refusal):
            plans.append(MODELS[unit.model].plan(n_frames, Variant.read(variant)))
    return plans


def work_of_plans(plan: Planned, unit: Unit, plans: Sequence[Plan]) -> float:
    return work_of(plans, MODELS[unit.model], plan.settings.scores, baseline=False) if plans else 0.0


def frames_there(clip: Unit) -> int | None:
    """Frames from its start on, as the file's header promises; None where it does not say. Raises Refusal."""
    found, start = probe(clip.path).n_frames, clip.content[1]
    if found is not None and found <= start:
        raise Refusal("start_beyond", name=clip.name, start=start, n_frames=found, last=found - 1)
    return None if found is None else found - start
