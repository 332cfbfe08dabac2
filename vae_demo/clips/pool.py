"""A few workers for all threads of a process: lent for one file each, kept warm, replaced when they fail."""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from contextlib import suppress

from vae_demo.clips.limits import Limits
from vae_demo.clips.process import Gone, Worker
from vae_demo.memory import free_bytes

MOST_WORKERS = 4
FILES_EACH = 64  # then a fresh one: whatever a file may have left in it goes too
GROWTH = 0.25  # of the memory allowed; more than that left behind, and the next file would have too little


class Pool:
    """Thread-safe. `size` None: as many as cores, at most 4, as far as memory goes, at least 1."""

    def __init__(self, size: int | None = None, system_limit: bool = True) -> None:
        self._size, self._system_limit = size, system_limit
        self._changed = threading.Condition()
        self._idle: list[Worker] = []
        self._lent: set[Worker] = set()
        self._queue: deque[object] = deque()
        self._closed = False

    def start_early(self, limits: Limits) -> None:
        """One worker on its way, unless there is one; takes milliseconds."""
        with self._changed:
            if not self._closed and not self._idle and self._room(limits):
                with suppress(OSError):
                    self._idle.append(Worker(limits.max_memory_bytes, self._system_limit))
                self._changed.notify_all()

    def enqueue(self) -> object:
        """A place in the queue; leave() gives it up."""
        place = object()
        with self._changed:
            self._queue.append(place)
        return place

    def leave(self, place: object) -> None:
        with self._changed:
            if place in self._queue:
                self._queue.remove(place)
                self._changed.notify_all()

    def take(self, place: object, limits: Limits, seconds: float) -> Worker | None:
        """A worker for whoever holds `place`, or None after `seconds`. OSError where no process can be started."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._queue[0] is place and self._can_lend(limits), seconds):
                return None
            self._queue.popleft()
            self._changed.notify_all()
            while self._idle:
                worker = self._idle.pop()
                if worker.alive and worker.max_memory == limits.max_memory_bytes:
                    break
                worker.kill()
            else:
                worker = Worker(limits.max_memory_bytes, self._system_limit)
            self._lent.add(worker)
            return worker

    def give_back(self, worker: Worker, clean: bool, limits: Limits) -> None:
        """`clean`: the answer was complete. Else the worker is killed, and another one started in its place."""
        keep = clean and not self._closed and worker.n_files < FILES_EACH and _is_fit(worker)
        if not keep:
            worker.kill()
        with self._changed:
            self._lent.discard(worker)
            if keep:
                self._idle.append(worker)
            self._changed.notify_all()
        if not keep:
            self.start_early(limits)

    def close(self) -> None:
        """Kill them all, also those at work."""
        with self._changed:
            self._closed = True
            workers = [*self._idle, *self._lent]
            self._idle.clear()
        for worker in workers:
            worker.kill()

    def forget(self) -> None:
        """In a fork: the workers answer to the parent."""
        for worker in [*self._idle, *self._lent]:
            worker.forget()

    def _can_lend(self, limits: Limits) -> bool:
        return bool(self._idle) or self._room(limits)

    def _room(self, limits: Limits) -> bool:
        taken = len(self._idle) + len(self._lent)
        if self._size is not None:
            return taken < self._size
        by_memory = free_bytes() // max(limits.max_memory_bytes, 1)
        # Two on one core as well: a file that hangs must not stop everybody else's.
        return taken < max(1, min(MOST_WORKERS, max(2, _cores()), by_memory))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _is_fit(worker: Worker) -> bool:
    try:
        return worker.alive and worker.silent and worker.growth() <= GROWTH * worker.max_memory
    except Gone:
        return False


# By process: a fork (ZeroGPU makes them) must leave its parent's workers alone. A dict, for its setdefault needs no
# lock that a fork could inherit locked.
_pools: dict[int, Pool] = {}


def pool() -> Pool:
    """The pool of this process, made at the first call; gone with the process."""
    pid = os.getpid()
    if pid not in _pools:
        made = Pool()
        if _pools.setdefault(pid, made) is made:
            for other in [each for each in _pools if each != pid]:
                _pools.pop(other).forget()
            atexit.register(close_pool, pid)
    return _pools[pid]


def close_pool(pid: int | None = None) -> None:
    """Kill the workers of this process; the next pool() starts anew. With `pid`, only in that process."""
    here = os.getpid()
    if pid in (None, here) and here in _pools:
        _pools.pop(here).close()


def start_early(limits: Limits = Limits()) -> None:
    """Have a worker start while this process does something else; the first clip then need not wait for it."""
    pool().start_early(limits)
