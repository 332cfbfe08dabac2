"""run(): one clip through models, cut in several ways, measured as it goes.

A generator. It yields `Progress` after every bounded step, `VariantDone` as soon as a variant is
measured, and `Finished` at the end. Closing it (or the tab, or Ctrl-C) stops the work at the next
step and leaves nothing behind but the caller's own directory. A sweep is a run with fewer scores that
keeps no frames.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from vae_demo import heap, memory, metrics
from vae_demo.clips import Clip
from vae_demo.flow import Flow, kernels_on, thread_beside
from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import Cut, Variant
from vae_demo.memory import batch_budget
from vae_demo.metrics import Lags, PlayedScores
from vae_demo.models.model import Replanned, Step, Steps, VideoModel, device_name, dtype_name
from vae_demo.models.spec import ModelSpec
from vae_demo.models.together import at_once
from vae_demo.progress import Meter, Progress
from vae_demo.refusal import Refusal
from vae_demo.results.comparison import Baseline, Comparison, Reconstruction
from vae_demo.results.provenance import Provenance, Weights, frames_digest, versions
from vae_demo.results.scores import SCORES, Scores
from vae_demo.steps import mapped
from vae_demo.store import FrameStore
from vae_demo.verdicts import WAITING, headline, verdict
from vae_demo.waves import through_time

DIGEST_SLICE = 8


@dataclass(frozen=True)
class Job:
    """One variant to run, and what runs it."""

    model: VideoModel
    variant: Variant


@dataclass(frozen=True)
class VariantDone:
    """A measured variant, its frames where they are kept, and the comparison as far as it goes.

    In `so_far` variants that are not measured yet have their plan and a verdict that says so; the spatial half alone
    is measured after them all.
    """

    reconstruction: Reconstruction
    frames: FrameStore | None
    so_far: Comparison


@dataclass(frozen=True)
class Finished:
    """The whole result. `frames` maps each variant's label to its decoded frames, where they are kept."""

    comparison: Comparison
    frames: dict[str, FrameStore]


Event = Progress | VariantDone | Finished


def jobs_of(model: VideoModel, variants: Sequence[Variant]) -> tuple[Job, ...]:
    return tuple(Job(model, variant) for variant in variants)


def work_of(
    plans: Sequence[Plan], spec: ModelSpec, scores: Sequence[str] = tuple(SCORES), baseline: bool = True
) -> float:
    """What a run of these plans through one model costs, in frames of tiny-17's spatial encoding on a CPU.

    The browser's twin is workOf in plans.js.
    """
    costs, n_frames = spec.costs.to_json(), plans[0].frames_in
    score = sum(SCORES[name].cost for name in scores)
    encodes = len({each.encode for each in plans})
    return (n_frames * (costs["prepare"] + encodes * costs["encode"])
            + n_frames * (costs["baseline"] + score if baseline and costs["baseline"] else 0)
            + sum(each.frames_out * costs["decode"] + sum(metrics.frames_scored(each)) * score for each in plans))


def run(
    clip: Clip,
    jobs: Sequence[Job],
    directory: Path,
    *,
    seed: int | None = None,
    scores: Sequence[str] = tuple(SCORES),
    keep_frames: bool = True,
    meter: Meter | None = None,
    baseline: bool = True,
    together: bool = True,
) -> Iterator[Event]:
    """Run every job on `clip` and measure it; jobs of one model share what they can.

    directory: an existing folder for the decoded frames (uint8, on disk); the caller removes it.
    seed: None for posterior means; a number samples, keyed by (seed, frame or chunk).
    scores: names of results/scores.py, those of SWEPT at least. keep_frames: False lets frames go once they are
    scored, brings none to the host, and takes several variants through time at once where the device gains from
    that. meter: of a run that goes on after this, else one of its own.
    baseline: whether the spatial half alone is measured too, where a model has one.
    together: False takes one variant after the other, whatever the device would gain: what a variant gives then cannot
    depend on which others are run.

    Raises Refusal before any work when a job cannot run, and where memory runs out for what cannot be done in smaller
    parts.
    """
    full = False
    try:
        yield from _Run(clip, tuple(jobs), directory, seed, tuple(scores), keep_frames, meter or Meter(), baseline,
                        together).events()
    except (RuntimeError, MemoryError) as error:
        if not memory.ran_out(error):
            raise
        full = True
    finally:
        heap.give_back()
    if full:  # out here nothing holds what the run had made
        memory.let_go()
        raise Refusal("out_of_memory")


def foreseen(clip: Clip, jobs: Sequence[Job], seed: int | None = None) -> Comparison:
    """The comparison that run() will give, before anything of it is measured: plans, and verdicts that wait."""
    coming = _Run(clip, tuple(jobs), Path(), seed, tuple(SCORES), True, Meter(), True)
    coming.begin()
    return coming.comparison()


def measure(
    clip: Clip, jobs: Sequence[Job], directory: Path, on: Callable[[Event], object] = lambda event: None,
    **options: Any,
) -> Finished:
    """run() to its end; `on` sees every event. options: those of run()."""
    for event in run(clip, jobs, directory, **options):
        on(event)
    assert isinstance(event, Finished)
    return event


class _Run:
    def __init__(
        self, clip: Clip, jobs: tuple[Job, ...], directory: Path, seed: int | None, scores: tuple[str, ...],
        keep_frames: bool, meter: Meter, baseline: bool, together: bool = True,
    ) -> None:
        self.baseline = baseline
        self.clip, self.jobs, self.directory, self.seed = clip, jobs, directory, seed
        self.scores, self.keep_frames, self.meter, self.together = scores, keep_frames, meter, together
        self.plans = [job.model.plan(clip.n_frames, job.variant) for job in jobs]
        # The largest first: what fits beside it does, too.
        for job, plan in sorted(zip(jobs, self.plans, strict=True), key=_longest, reverse=True):
            job.model.check(plan, clip.height, clip.width, batch_budget(job.model.device))
        self.models = list({id(job.model): job.model for job in jobs}.values())
        self.meter.expect(sum(work_of(self._plans(model), model.spec, scores, baseline) for model in self.models))
        self.measured: dict[int, Reconstruction] = {}
        self.stores: dict[str, FrameStore] = {}
        self.shared: dict[str, float] = {}
        self.halved: dict[int, dict[str, int]] = {id(model): {} for model in self.models}

    def _plans(self, model: VideoModel) -> list[Plan]:
        return [plan for job, plan in zip(self.jobs, self.plans, strict=True) if job.model is model]

    def begin(self) -> None:
        digest = _digest(self.clip)
        self.provenance = {id(model): _provenance(model, self.seed, digest) for model in self.models}

    def events(self) -> Iterator[Event]:
        self.begin()
        for model in self.models:
            with thread_beside(model.device) as beside:
                yield from self._model(model, beside)
        yield Finished(self.comparison(), self.stores)

    def _model(self, model: VideoModel, beside: Executor | None) -> Iterator[Event]:
        costs = model.spec.costs
        seconds = self.shared if model is self.models[0] else {}
        prepared = yield from self.meter.track(
            self._noted(model, model.prepare(self.clip, self.seed)), None, self.clip.n_frames, costs.prepare, seconds,
            model.device)
        mine = [index for index, job in enumerate(self.jobs) if job.model is model]
        if self.keep_frames or not self.together:
            yield from self._one_by_one(model, prepared, mine, beside)
        else:
            yield from self._in_waves(model, prepared, mine, beside)
        # Last, since whoever watches waits for the variants.
        if self.baseline and (baseline := (yield from self._baseline(model, prepared, beside))):
            self.measured |= {index: replace(self.measured[index], baseline_2d=baseline) for index in mine}

    def _one_by_one(
        self, model: VideoModel, prepared: Any, mine: Sequence[int], beside: Executor | None
    ) -> Iterator[Event]:
        """One variant goes through all stages before the next, so that the first one shows early."""
        costs = model.spec.costs
        last_use = {self.jobs[index].variant.encode: index for index in mine}
        latents: dict[Cut, Any] = {}
        encode_seconds: dict[Cut, dict[str, float]] = {}
        for index in mine:
            taken, cut, label = dict[str, float](), self.jobs[index].variant.encode, self.jobs[index].variant.label
            while True:
                plan = self.plans[index]
                try:
                    if cut not in latents:
                        latents[cut] = yield from self.meter.track(
                            self._noted(model, model.encode(prepared, plan)), label, plan.frames_in, costs.encode,
                            taken, model.device)
                        encode_seconds[cut] = dict(taken)
                    taken.update(encode_seconds[cut])
                    yield from self._decoded(index, partial(model.decode, latents[cut], plan), beside, taken)
                    break
                except Replanned:
                    # What was seen holds for the others as well, which share latents with this one.
                    for other in mine:
                        if other not in self.measured:
                            self.plans[other] = model.plan(self.clip.n_frames, self.jobs[other].variant)
            if last_use[cut] == index:
                del latents[cut]

    def _in_waves(
        self, model: Any, prepared: Any, mine: Sequence[int], beside: Executor | None
    ) -> Iterator[Event]:
        """As many variants through time at once as the model likes; then the frames of each in turn."""
        while mine:
            n = at_once(model, prepared, [self.plans[index] for index in mine])
            if n == 1:
                yield from self._one_by_one(model, prepared, mine, beside)
                return
            wave, mine = mine[:n], mine[n:]
            begun = yield from through_time(
                model, prepared, [self.plans[index] for index in wave], self.meter, partial(self._noted, model))
            for index in wave:
                decoded, taken = begun.pop(0)
                yield from self._decoded(index, partial(model.decode_frames, decoded), beside, taken)

    def _decoded(
        self, index: int, decode: Callable[[Flow], Steps[None]], beside: Executor | None, taken: dict[str, float]
    ) -> Iterator[Event]:
        """One variant decoded by `decode` and measured. taken: the seconds of it so far, by stage."""
        plan, model, label = self.plans[index], self.jobs[index].model, self.jobs[index].variant.label
        store = self._store(index) if self.keep_frames else None
        # Of many sizes at once nobody asks that.
        lags = Lags(self.clip, plan, kernels_on(model.device)) if self.keep_frames and plan.in_time else None
        flow = Flow(self._scores(model, plan.frames_out, plan.playback_of(), lags), store, beside, model.device)
        try:
            playback, aligned = yield from self._decode(
                self._noted(model, decode(flow)), flow, label, plan.frames_out, model.spec.costs.decode, taken,
                sum(metrics.frames_scored(plan)))
        except Replanned:
            if store is not None:
                store.remove()
            raise
        self.measured[index] = replace(
            self._judged(index, playback, aligned, taken), lags=lags.measured() if lags else ())
        if store is not None:
            self.stores[label] = store
        yield VariantDone(self.measured[index], store, self.comparison())

    def _noted(self, model: VideoModel, steps: Steps[Any]) -> Steps[Any]:
        """The same steps; where memory ran out, the record will say so."""
        def note(step: Step) -> Step:
            if step.halved_to is not None:
                self.halved[id(model)][step.stage] = step.halved_to
            return step

        return mapped(steps, note)

    def _store(self, index: int) -> FrameStore:
        return FrameStore(
            self.directory / f"variant{index}.npy", self.plans[index].frames_out, self.clip.height, self.clip.width)

    def _scores(
        self, model: VideoModel, n_frames: int, shown: Sequence[int | None], lags: Lags | None = None
    ) -> PlayedScores:
        also = {"also": lags.add} if lags else {}
        return PlayedScores(self.clip, n_frames, shown, self.scores, kernels_on(model.device), **also)

    def _decode(
        self, steps: Steps[None], flow: Flow, label: str | None, n_frames: int, costs: Mapping[str, float],
        seconds: dict[str, float], n_scored: int,
    ) -> Generator[Progress, None, tuple[Scores, Scores]]:
        """Decode into `flow`; scoring belongs to the last stage of `costs`, and is told apart in `seconds` alone."""
        *_, last = costs
        scoring = n_scored / n_frames * sum(SCORES[name].cost for name in self.scores)
        yield from self.meter.track(steps, label, n_frames, {**costs, last: costs[last] + scoring}, seconds,
                                    flow.device)
        # What a GPU did of it while somebody else had the steps is in no stage's seconds.
        uncounted = max(flow.seconds - seconds[last], 0.0)
        seconds[last] -= flow.seconds - uncounted
        scores = flow.end()
        seconds["score"] = flow.seconds - uncounted
        return scores

    def _baseline(
        self, model: VideoModel, prepared: Any, beside: Executor | None
    ) -> Generator[Progress, None, Baseline | None]:
        seconds, n_frames = dict[str, float](), self.clip.n_frames
        flow = Flow(self._scores(model, n_frames, range(n_frames)), None, beside, model.device)
        steps = model.baseline(prepared, flow)
        if steps is None:
            return None
        costs = model.spec.costs.baseline
        errors, _ = yield from self._decode(self._noted(model, steps), flow, None, n_frames, costs, seconds, n_frames)
        return Baseline(errors, sum(seconds.values()) - seconds["score"])

    def _judged(
        self, index: int, playback: Scores, aligned: Scores, seconds: dict[str, float]
    ) -> Reconstruction:
        variant, plan = self.jobs[index].variant, self.plans[index]
        seam, reason = metrics.judged(plan, playback["temporal_step"])
        ghosts = metrics.ghost_runs(playback["psnr"], [chunk.start for chunk in plan.decode_chunks])
        return Reconstruction(
            variant, plan, playback, aligned, seam, reason, tuple(ghosts), seconds, self._made_by(index))

    def _made_by(self, index: int) -> Provenance:
        model = id(self.jobs[index].model)
        return replace(self.provenance[model], halved=dict(self.halved[model]))

    def comparison(self) -> Comparison:
        """Everything measured so far, judged; the rest has its plan and waits."""
        own = [index for index, job in enumerate(self.jobs) if job.variant == job.model.spec.own]
        # The cut the model declares is the reference; without it, the first variant is.
        at = own[0] if own else 0
        reference = self.measured.get(at)
        judged = {index: replace(each, verdict=verdict(each, reference or each), provenance=self._made_by(index))
                  for index, each in self.measured.items()}
        reference = judged.get(at)
        variants = tuple(judged.get(index) or self._unmeasured(index) for index in range(len(self.jobs)))
        known = list(judged.values())
        first = self.models[0]
        return Comparison(
            clip=self.clip.describe(), dtype=dtype_name(first), device=first.device.type,
            reference=self.jobs[at].variant.label, variants=variants, seconds=self.shared,
            findings=headline(known, reference or known[0]) if known else ())

    def _unmeasured(self, index: int) -> Reconstruction:
        """A variant of which only the plan is known."""
        plan = self.plans[index]
        played, aligned = (Scores.unknown(n, self.scores) for n in (plan.frames_out, plan.frames_in))
        return Reconstruction(self.jobs[index].variant, plan, played, aligned, None, None,
                              (0,) * len(plan.decode_chunks), {}, self._made_by(index), verdict=WAITING)


def _longest(job: tuple[Job, Plan]) -> int:
    """Frames of the longest chunk."""
    return max(chunk.stop - chunk.start for chunk in job[1].encode_chunks)


def _digest(clip: Clip) -> str:
    starts = range(0, clip.n_frames, DIGEST_SLICE)
    return frames_digest(clip.frames(start, min(start + DIGEST_SLICE, clip.n_frames)) for start in starts)


def _provenance(model: VideoModel, seed: int | None, clip_sha256: str) -> Provenance:
    weights = model.weights or Weights(())
    return Provenance(
        model.spec.name, weights.sha256, weights.name, device_name(model.device), dtype_name(model), seed,
        clip_sha256, versions(), compiled=getattr(model, "compiled", ()))
