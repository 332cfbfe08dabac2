"""A study from its plan to its table: what is kept is not computed again, what is computed is kept at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from vae_demo.clips.files import display_name
from vae_demo.studies.assembling import assembled
from vae_demo.studies.clip_list import ClipFile
from vae_demo.studies.kept import Kept
from vae_demo.studies.loop import Missing, Ready, Result, Through, Told
from vae_demo.studies.plan import Planned, work_by_unit
from vae_demo.studies.rows import Failure, Study
from vae_demo.studies.scoring import Scored
from vae_demo.studies.task import Maker, Unit

# Who computes the units of a study: a plain loop (loop.py), or workers of Ray (cluster.py).
Run = Callable[[Sequence[Unit], Missing], Iterator[Result]]
# Tasks of this run from which its rate is told.
TELLING = 2


@dataclass(frozen=True)
class Step:
    """How far a study is.

    scored      tasks that this run has computed; done: with those that were kept, or cannot be done
    per_minute  tasks of this run; seconds_left: by what they cost; None until there is something to judge by
    told        what somebody should know at once
    """

    scored: int
    done: int
    tasks: int
    clips_done: int
    clips: int
    per_minute: float | None
    seconds_left: float | None
    told: Told | Failure | None


class _Missing:
    """What is left of a unit: nothing where workers of several kinds are at work and one of them would find it done."""

    def __init__(self, run: StudyRun) -> None:
        self._plan, self._kept, self._makers = run.plan, run.kept, run.makers

    def __call__(self, unit: Unit, maker: Maker) -> Unit:
        for other in self._makers:
            # The same model there; how it is set up by default may differ from device to device.
            for dtype in {maker.dtype, other.dtype}:
                there = replace(other, model=maker.model, weights=maker.weights, weights_sha256=maker.weights_sha256,
                                dtype=dtype)
                if there != maker and not self._plan.missing(unit, there, self._kept).variants:
                    return replace(unit, variants=())
        return self._plan.missing(unit, maker, self._kept)

    def by_somebody(self, unit: Unit) -> bool:
        return all(self._kept.by_somebody(base) for _, base in self._plan.bases(unit))


class StudyRun:
    """A study while it runs; study() gives what there is of it at any time."""

    def __init__(self, plan: Planned, kept: Kept) -> None:
        self.plan, self.kept = plan, kept
        self.makers: list[Maker] = []
        self.failures = list(plan.failures)
        self.scored = 0
        # Tasks of each unit that are through, one way or the other.
        self._through: dict[tuple, set[str]] = {unit.key: set() for unit in plan.units}
        self._costs = {unit.key: work_by_unit(plan, unit) / len(unit.variants) for unit in plan.units}
        self._spent, self._began = 0.0, time.monotonic()

    def steps(self, run: Run) -> Iterator[Step]:
        """Everything that is not kept yet, computed by `run`.

        Raises Refusal where a model cannot be loaded or the disk takes no more; what is kept until then stays. Closing
        it ends the work.
        """
        yield self._step(None)
        with closing(run(self.plan.units, _Missing(self))) as results:
            for result in results:
                yield self._step(self._take(result))

    @property
    def knows_all(self) -> bool:
        """Whether every model was held by somebody, which says whose rows count."""
        return {unit.model for unit in self.plan.units} <= {maker.model for maker in self.makers}

    def study(self) -> Study:
        missing = sum(len(unit.variants) - len(self._through[unit.key]) for unit in self.plan.units)
        return assembled(self.plan, self.kept, self.makers, [*self._failures()], missing)

    def _failures(self) -> Iterator[Failure]:
        """What failed, for every clip that shows the same; one of them was tried for all."""
        alike: dict[tuple[str, int], list[ClipFile]] = {}
        for clip in self.plan.clips:
            alike.setdefault(clip.content, []).append(clip)
        contents = {unit.name: unit.content for unit in self.plan.units}
        for failure in self.failures:
            yield failure
            for clip in alike.get(contents.get(failure.clip or "", ("", 0)), ()):
                if clip.name != failure.clip:
                    named = {"name": display_name(clip.path)} if "name" in failure.params else {}
                    yield replace(failure, clip=clip.name, params={**failure.params, **named})

    def _take(self, result: Result) -> Told | Failure | None:
        if isinstance(result, Ready):
            self.makers += [result.maker] if result.maker not in self.makers else []
            if not self.scored:
                self._began = time.monotonic()  # loading a model says nothing of the rest
        elif isinstance(result, Scored):
            self.kept.put(result.key, result.data)
            self.scored += 1
            self._spent += self._costs[result.of]
            self._through[result.of].add(result.variant)
        elif isinstance(result, Through):
            self._through[result.unit.key].update(result.unit.variants)
        elif isinstance(result, Failure):
            # A clip that cannot be read is said once, however many models wait for it.
            if result in self.failures:
                return None
            self.failures.append(result)
            return result
        else:
            return result
        return None

    def _step(self, told: Told | Failure | None) -> Step:
        done = sum(map(len, self._through.values()))
        waiting = {unit.content for unit in self.plan.units if len(self._through[unit.key]) < len(unit.variants)}
        seconds, per_minute, left = time.monotonic() - self._began, None, None
        if self.scored >= TELLING and self._spent:
            remaining = sum((len(unit.variants) - len(self._through[unit.key])) * self._costs[unit.key]
                            for unit in self.plan.units)
            per_minute, left = 60 * self.scored / seconds, seconds * remaining / self._spent
        contents = {unit.content for unit in self.plan.units}
        return Step(self.scored, done, self.plan.n_tasks, len(contents - waiting), len(contents), per_minute, left,
                    told)
