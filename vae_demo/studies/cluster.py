"""Units of a study on a Ray cluster: workers hold a model each, clips go to them, rows come back and are kept here.

Ray starts, places and watches the workers. What is done here is what only a study knows: which unit goes to which
model, that no more than a few are on their way, and what to do again when a worker, or the node under it, is lost.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vae_demo.clips.files import absolute
from vae_demo.refusal import Refusal, shown
from vae_demo.studies.loop import Missing, Ready, Result, Through, Told
from vae_demo.studies.protocol import Protocol
from vae_demo.studies.ray_start import connected
from vae_demo.studies.rows import Failure
from vae_demo.studies.task import Maker, Settings, Unit

# Units on their way to one worker: one that it is at, and one whose clip is read meanwhile.
AHEAD = 2
# How often one unit may lose its worker before it is given up; each try takes half as much at once.
TRIES = 3
LOOK_S, GROW_S = 0.5, 2.0
# How many workers in a row may end before they hold a model, where none does.
STARTS = 5
# Without any worker: when that is said, and when it is given up.
PATIENCE_S, GIVE_UP_S = 20.0, 600.0


def on_ray(
    address: str, protocol: Protocol, settings: Settings, units: Sequence[Unit], missing: Missing
) -> Iterator[Result]:
    """Results of all units, as they come. Raises Refusal where there is no cluster, or a model cannot be loaded."""
    with connected(address) as ray:
        run = _Run(ray, protocol, settings, units, missing)
        try:
            yield from run.results()
        finally:
            run.end()


@dataclass
class _Sent:
    """A unit at a worker, and what comes of it."""

    whole: Unit
    results: Any


@dataclass(eq=False)
class _Hand:
    """A worker as it is seen from here. starts: what it answers once it holds `model`; maker: that answer."""

    actor: Any
    model: str
    starts: Any
    maker: Maker | None = None
    sent: list[_Sent] = field(default_factory=list)


class _Run:
    def __init__(
        self, ray: Any, protocol: Protocol, settings: Settings, units: Sequence[Unit], missing: Missing
    ) -> None:
        from vae_demo.studies.worker import Worker

        # A worker stands in a folder of its own: a path that means something here has to be whole.
        weights = {name: absolute(path) if Path(path).exists() else path for name, path in protocol.weights.items()}
        self._protocol = replace(protocol, weights=weights)
        self._ray, self._settings, self._missing = ray, settings, missing
        self._worker = ray.remote(Worker)
        self._queues: dict[str, deque[Unit]] = {}
        for unit in units:
            self._queues.setdefault(unit.model, deque()).append(unit)
        self._lost: dict[tuple, int] = {}
        self._hands: list[_Hand] = []
        self._weights: dict[str, tuple[str, ...]] = {}
        self._grown = self._idle_since = 0.0
        self._failed_starts = 0

    def results(self) -> Iterator[Result]:
        self._idle_since = time.monotonic()
        said = False
        while self._left():
            self._grow()
            for hand in [*self._hands]:
                yield from self._supply(hand)
            if not self._left():
                break
            yield from self._collect()
            if any(hand.maker for hand in self._hands):
                self._idle_since, said = time.monotonic(), False
            elif (idle := time.monotonic() - self._idle_since) > GIVE_UP_S:
                raise Refusal("study_no_worker", seconds=round(idle))
            elif idle > PATIENCE_S and not said:
                said = True
                yield Told("waiting", {"seconds": round(idle)})

    def end(self) -> None:
        for hand in self._hands:
            with suppress(Exception):
                self._ray.kill(hand.actor)

    def _left(self) -> bool:
        return any(self._queues.values()) or any(hand.sent for hand in self._hands)

    def _grow(self) -> None:
        """As many workers as the cluster has room for now, and as there is work for."""
        if time.monotonic() - self._grown < GROW_S:
            return
        self._grown = time.monotonic()
        room = self._ray.cluster_resources()
        gpu = self._protocol.device != "cpu" and (self._protocol.device == "cuda" or room.get("GPU", 0) > 0)
        threads = self._protocol.threads or 1
        wanted = int(room.get("GPU", 0)) if gpu else int(room.get("CPU", 0) / threads)
        wanted = min(max(wanted, 1), sum(map(len, self._queues.values())) + len(self._hands))
        for _ in range(wanted - len(self._hands)):
            model = self._busiest()
            if model is None:
                return
            on_node = max((int(node["Resources"].get("CPU", 0) / threads) for node in self._ray.nodes()), default=1)
            actor = self._worker.options(
                num_cpus=1 if gpu else threads, num_gpus=1 if gpu else 0, max_concurrency=AHEAD,
                scheduling_strategy="SPREAD",
            ).remote(self._protocol, self._settings, "cuda" if gpu else "cpu", threads, 1 if gpu else max(on_node, 1))
            self._hands.append(_Hand(actor, model, actor.hold.remote(model)))

    def _busiest(self) -> str | None:
        """The model with the most units in its queue for each worker that holds it."""
        held = [hand.model for hand in self._hands]
        return max((model for model, queue in self._queues.items() if queue), default=None,
                   key=lambda model: len(self._queues[model]) / (1 + held.count(model)))

    def _supply(self, hand: _Hand) -> Iterator[Result]:
        """Units for a worker that is ready; where none of its model are left, another model."""
        while hand.maker is not None:
            queue = self._queues[hand.model]
            # The last ones are shared out as workers come free.
            if len(hand.sent) >= (AHEAD if len(queue) > len(self._hands) else 1):
                return
            if not queue:
                model = None if hand.sent else self._busiest()
                if model is not None:
                    hand.model, hand.maker, hand.starts = model, None, hand.actor.hold.remote(model)
                return
            if (found := self._next(queue, hand.maker)) is None:
                return
            whole, unit = found
            content = self._content(unit) if unit.variants else None
            if content is None or isinstance(content, Failure):
                yield from [content] if content else []
                yield Through(whole)
                continue
            results = hand.actor.score.options(num_returns="streaming").remote(
                content, unit, self._lost.get(unit.key, 0))
            hand.sent.append(_Sent(whole, results))

    def _next(self, queue: deque[Unit], maker: Maker) -> tuple[Unit, Unit] | None:
        """The first unit to hand out, and what is left of it. None where others may have done all that are left: who
        starts still is waited for, so that no kind of worker does again what another one has done before."""
        starting = any(hand.maker is None for hand in self._hands)
        for at, whole in enumerate(queue):
            unit = self._missing(whole, maker)
            if not (starting and unit.variants and self._missing.by_somebody(whole)):
                del queue[at]
                return whole, unit
        return None

    def _content(self, unit: Unit) -> Any | Failure:
        """A clip's file for whoever is given it, or why there is none."""
        try:
            content = Path(unit.path).read_bytes()
            if hashlib.sha256(content).hexdigest() != unit.content[0]:
                return Failure.of(Refusal("study_changed", name=unit.name), unit.name)
            return self._ray.put(content)
        except (OSError, MemoryError, self._ray.exceptions.RayError) as error:
            reason = getattr(error, "strerror", None) or shown(" ".join(str(error).split()), 160) or "out of memory"
            return Failure.of(Refusal("unreadable", name=unit.name, reason=reason), unit.name)

    def _collect(self) -> Iterator[Result]:
        """What has come since; waits a moment where nothing has."""
        waiting = {hand.starts: (hand, None) for hand in self._hands if hand.maker is None}
        waiting |= {sent.results: (hand, sent) for hand in self._hands for sent in hand.sent}
        if not waiting:
            time.sleep(LOOK_S)
            return
        ready, _ = self._ray.wait(list(waiting), num_returns=1, timeout=LOOK_S)
        for each in ready:
            hand, sent = waiting[each]
            try:
                yield from self._started(hand) if sent is None else self._result(hand, sent)
            except self._ray.exceptions.RayError as error:
                yield from self._gone(hand, sent, error)

    def _started(self, hand: _Hand) -> Iterator[Result]:
        maker = self._ray.get(hand.starts)
        if isinstance(maker, Failure):
            raise Refusal("study_model", model=hand.model, reason=maker.sentence())
        if self._weights.setdefault(maker.model, maker.weights_sha256) != maker.weights_sha256:
            raise Refusal("study_weights", model=maker.model)
        hand.maker = maker
        self._failed_starts = 0
        yield Ready(maker)

    def _result(self, hand: _Hand, sent: _Sent) -> Iterator[Result]:
        try:
            found = self._ray.get(next(sent.results))
        except StopIteration:
            hand.sent.remove(sent)
            yield Through(sent.whole)
            return
        yield found

    def _gone(self, hand: _Hand, sent: _Sent | None, error: Exception) -> Iterator[Result]:
        """A worker, or what was on its way to it, was lost: the work goes back, in front, and to somebody else."""
        exceptions = self._ray.exceptions
        reason = shown(" ".join(str(error).split()), 160)
        if sent is not None and not isinstance(error, exceptions.RayActorError | exceptions.OutOfMemoryError):
            # The worker lives: what was sent to it was lost, or something of ours went wrong.
            hand.sent.remove(sent)
            yield from self._again(sent.whole, reason)
            return
        with suppress(Exception):
            self._ray.kill(hand.actor)
        self._hands.remove(hand)
        self._grown = 0.0
        self._failed_starts += sent is None
        if self._failed_starts >= STARTS and not any(each.maker for each in self._hands):
            raise Refusal("study_start", n=STARTS, reason=reason)
        yield Told("lost", {"reason": reason})
        for at, each in enumerate(hand.sent):
            if at == 0:
                yield from self._again(each.whole, reason)
            else:
                self._queues[each.whole.model].append(each.whole)

    def _again(self, unit: Unit, reason: str) -> Iterator[Result]:
        self._lost[unit.key] = self._lost.get(unit.key, 0) + 1
        if self._lost[unit.key] < TRIES:
            self._queues[unit.model].appendleft(unit)
            return
        yield Failure.of(Refusal("study_lost", n=TRIES, reason=reason), unit.name, unit.model)
        yield Through(unit)
