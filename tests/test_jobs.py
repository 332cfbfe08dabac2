"""The line of runs: order, refusals, who listens, cancelling, time, and watching on."""

import asyncio
import threading
import time

import pytest
from patience import until

from vae_demo.refusal import Refusal
from vae_demo.views.serving.bounds import Bounds
from vae_demo.views.serving.jobs import LOOK_S, WATCHERS, Job, Line, Waiting

A, B, C = ("a" * 32, "b" * 32, "c" * 32)


class Steps:
    """A run of numbers that goes on step by step when it is told to; notes how it ended."""

    def __init__(self, count=3, free=True):
        self.count, self.gate, self.began, self.closed = count, threading.Semaphore(count if free else 0), False, False

    def __call__(self):
        self.began = True
        try:
            for number in range(self.count):
                self.gate.acquire(timeout=20)
                yield number
            yield "result"
        finally:
            self.closed = True


def job(steps, visit=A, tab="explore", address=None):
    return Job(visit, tab, address, steps, lambda value: value == "result")


async def all_of(line, entered, heard=lambda: True):
    return [value async for value in line.watch(entered, heard)]


def test_a_run_tells_its_result_and_is_gone():
    line, steps = Line(Bounds()), Steps()
    entered = line.enter(job(steps))
    assert asyncio.run(all_of(line, entered))[-1] == "result"
    assert steps.closed and line.of(A, "explore") is None


def test_one_works_at_a_time_in_the_order_of_asking():
    line, first, second, third = Line(Bounds()), Steps(free=False), Steps(free=False), Steps()
    jobs = [line.enter(job(steps, visit)) for steps, visit in ((first, A), (second, B), (third, C))]
    until(lambda: first.began)
    assert not second.began

    async def watched():
        tasks = [asyncio.create_task(all_of(line, each)) for each in jobs]
        await asyncio.sleep(0.2)
        assert not second.began
        first.gate.release(3)
        await asyncio.sleep(0.3)
        second.gate.release(3)
        return await asyncio.gather(*tasks)

    told = asyncio.run(watched())
    assert [values[-1] for values in told] == ["result"] * 3
    assert told[1][0] == Waiting(1, 2) and told[2][:2] == [Waiting(2, 2), Waiting(1, 1)]


@pytest.mark.parametrize("bounds, places, case", [
    (Bounds(waiting=2), [(A, None), (B, None), (C, None)], "queue_full"),
    (Bounds(waiting_per_visit=2), [(A, None), (A, None)], "waiting_visit"),
    (Bounds(waiting_per_address=2), [(A, "x"), (B, "x")], "waiting_address")])
def test_too_many_are_refused_until_there_is_room(bounds, places, case):
    line, blocked = Line(bounds), Steps(free=False)
    jobs = [line.enter(job(blocked if index == 0 else Steps(), visit, address=address))
            for index, (visit, address) in enumerate(places)]
    until(lambda: blocked.began)
    with pytest.raises(Refusal) as error:
        line.enter(job(Steps(), A if case == "waiting_visit" else "d" * 32, address="x"))
    assert error.value.case == case
    blocked.gate.release(3)
    for each in jobs:
        assert each.ended.wait(20)
    assert line.enter(job(Steps(), "d" * 32, address="x")).ended.wait(20)


def test_an_unknown_address_is_nobodys():
    line, blocked = Line(Bounds(waiting_per_address=1)), Steps(free=False)
    for visit in (A, B, C):
        line.enter(job(blocked, visit))
    blocked.gate.release(30)


def test_a_run_nobody_watches_is_stopped():
    line, steps = Line(Bounds(unheard_s=0.2)), Steps(1000)
    steps.gate = threading.Semaphore(0)
    entered = line.enter(job(steps))
    until(lambda: steps.began)
    time.sleep(0.3)
    steps.gate.release()
    assert entered.ended.wait(20) and steps.closed and entered.stopped


def test_watching_without_a_listener_ends():
    line, steps = Line(Bounds(unheard_s=0.2)), Steps(1000, free=False)
    entered = line.enter(job(steps))
    began = time.monotonic()
    assert "result" not in asyncio.run(all_of(line, entered, heard=lambda: False))
    assert time.monotonic() - began < 10
    steps.gate.release()
    time.sleep(0.25)
    steps.gate.release(1000)
    assert entered.ended.wait(20) and entered.stopped


def test_a_lost_watcher_may_come_back_and_hears_the_rest():
    line, steps = Line(Bounds(unheard_s=30)), Steps(free=False)
    entered = line.enter(job(steps))

    async def twice():
        watching = line.watch(entered)
        steps.gate.release()
        assert await anext(watching) == 0
        await watching.aclose()
        steps.gate.release(2)
        return await all_of(line, line.of(A, "explore"))

    assert asyncio.run(twice())[-1] == "result"
    assert not entered.stopped


def test_how_far_a_run_is_is_passed_on_now_and_then_and_its_result_at_once(monkeypatch):
    monkeypatch.setattr("vae_demo.views.serving.jobs.PROGRESS_S", 1000)
    line, steps = Line(Bounds()), Steps(free=False)
    entered = line.enter(job(steps))

    async def watched():
        watching = line.watch(entered)
        steps.gate.release()
        assert await anext(watching) == 0
        told = asyncio.create_task(anext(watching))
        steps.gate.release()
        await asyncio.sleep(6 * LOOK_S)
        assert entered._told == 1 and not told.done()
        steps.gate.release()
        return await told

    assert asyncio.run(watched()) == "result"


def test_lasting_values_are_never_skipped():
    values = ["shown 1", "step", "shown 2", "step", "step", "shown 3"]
    watched = threading.Event()

    def steps():
        watched.wait(20)
        yield from values

    line = Line(Bounds())
    entered = line.enter(Job(A, "explore", None, steps, lambda value: value.startswith("shown")))

    def heard():
        watched.set()
        return True

    told = asyncio.run(all_of(line, entered, heard))
    assert [value for value in told if value.startswith("shown")] == ["shown 1", "shown 2", "shown 3"]


def test_cancel_stops_the_one_that_works_and_drops_the_one_that_waits():
    line, working, waiting = Line(Bounds()), Steps(1000, free=False), Steps()
    first, second = line.enter(job(working)), line.enter(job(waiting))
    until(lambda: working.began)
    line.stop(A, "explore")
    assert second.ended.wait(20) and not waiting.began
    working.gate.release()
    assert first.ended.wait(20) and working.closed
    # What was stopped takes nobody's place.
    assert line.enter(job(Steps())).ended.wait(20)


def test_cancel_in_one_tab_leaves_the_other_and_other_visits_alone():
    line, blocked = Line(Bounds()), Steps(free=False)
    jobs = [line.enter(job(blocked)), line.enter(job(Steps(), tab="sweep")), line.enter(job(Steps(), B))]
    line.stop(A, "sweep")
    line.stop(B, "sweep")
    assert [each.stopped for each in jobs] == [False, True, False]
    blocked.gate.release(3)
    assert jobs[2].ended.wait(20) and not jobs[2].stopped


def test_a_run_that_takes_too_long_is_told_so():
    line, steps = Line(Bounds(run_s=0.1)), Steps(1000, free=False)
    entered = line.enter(job(steps))
    until(lambda: steps.began)
    time.sleep(0.15)
    steps.gate.release(1000)
    with pytest.raises(Refusal) as error:
        asyncio.run(all_of(line, entered))
    assert error.value.case == "run_time" and steps.closed


def test_only_the_latest_watchers_of_a_run_go_on():
    line, steps = Line(Bounds()), Steps(free=False)
    entered = line.enter(job(steps))

    async def crowd():
        watching = [asyncio.create_task(all_of(line, entered)) for _ in range(20)]
        await asyncio.sleep(0.2)
        assert len(entered.watching) == WATCHERS and sum(task.done() for task in watching) == 20 - WATCHERS
        steps.gate.release(3)
        return await asyncio.gather(*watching)

    told = asyncio.run(crowd())
    assert [values[-1] for values in told[-WATCHERS:]] == ["result"] * WATCHERS
    assert entered.watchers == 0


def test_what_is_no_exception_of_a_run_stops_the_run_and_not_the_line():
    def steps():
        yield 1
        raise SystemExit("from a library")

    line = Line(Bounds())
    with pytest.raises(RuntimeError):
        asyncio.run(all_of(line, line.enter(job(steps))))
    assert line.enter(job(Steps())).ended.wait(20)


def test_a_machine_without_room_for_a_thread_takes_a_run_later(monkeypatch):
    line = Line(Bounds())
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", lambda thread: (_ for _ in ()).throw(RuntimeError("no thread")))
        with pytest.raises(RuntimeError):
            line.enter(job(Steps()))
    assert line.enter(job(Steps())).ended.wait(20)


@pytest.mark.parametrize("broken", [RuntimeError("inside"), MemoryError("none left"), Refusal("no_room")])
def test_what_a_run_raises_reaches_its_watcher_and_the_next_one_runs(broken):
    def steps():
        yield 1
        raise broken

    line = Line(Bounds())
    entered = line.enter(job(steps))
    with pytest.raises(type(broken)):
        asyncio.run(all_of(line, entered))
    assert line.enter(job(Steps())).ended.wait(20)
