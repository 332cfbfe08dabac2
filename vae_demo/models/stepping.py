"""One long call of somebody else's network as bounded steps: the call stays in one piece, in a thread of its own.

Hooks tell of every call of the parts that are watched, and wait until whoever runs it asks for the next step; between
two layers the call notices that it is no longer wanted. What it gives is, bit by bit, what the direct call gives.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from vae_demo.models.host import wait

T = TypeVar("T")
# How long one layer may take before it is said that the call is still alive, in seconds: how soon a stop is noticed.
BEAT_S = 0.2


@dataclass(frozen=True)
class Beat:
    """calls: lengths in time of the watched calls that are done. layers: layers entered of the one that is not."""

    calls: tuple[int, ...]
    layers: int


class _Unwanted(BaseException):
    """Nobody waits for the call any more. No Exception: a network that catches those must not swallow it."""


class _Call:
    def __init__(self, work: Callable[[], T], watched: Iterable[nn.Module]) -> None:
        self._work, self._watched = work, tuple(watched)
        self._told: queue.SimpleQueue[tuple[str, object]] = queue.SimpleQueue()
        self._go, self._stop = threading.Semaphore(0), threading.Event()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._hooks: list[RemovableHandle] = []
        self._device = torch.device("cpu")
        self.lengths: list[int] = []
        self.layers = 0

    def _enter(self, module: nn.Module, args: tuple, kwargs: dict) -> None:
        if not self._mine():
            return
        self._device = args[0].device
        self._catch_up()
        self._told.put(("call", args[0].shape[2]))
        if not self._stop.is_set():
            self._go.acquire()
        self.layers = 0
        self._layer(module)

    def _layer(self, *_: object) -> None:
        if not self._mine():
            return
        self.layers += 1
        if self._stop.is_set():
            raise _Unwanted

    def _catch_up(self) -> None:
        """A GPU is given work far ahead of what it has done, and only the latter is told: whoever waits for the steps
        hears a Beat meanwhile, where they would wait in silence for the whole queue later."""
        if not self._stop.is_set():
            wait(self._device)

    def _mine(self) -> bool:
        """Whether it is this call that came here, and not one that goes on while this one winds up."""
        return threading.current_thread() is self._thread

    def _run(self) -> None:
        try:
            # Modes of autograd belong to a thread.
            with torch.inference_mode():
                made = self._work()
                self._catch_up()
                self._told.put(("done", made))
        except _Unwanted:
            self._told.put(("unwanted", None))
        except BaseException as error:  # told to whoever waits, in their thread
            self._told.put(("failed", error))
        finally:
            self._unhook()

    def _hook(self) -> None:
        for part in self._watched:
            self._hooks.append(part.register_forward_pre_hook(self._enter, with_kwargs=True))
            self._hooks += [leaf.register_forward_pre_hook(self._layer) for leaf in part.modules()
                            if not any(leaf.children())]

    def _unhook(self) -> None:
        while self._hooks:
            self._hooks.pop().remove()

    def steps(self) -> Generator[Beat, None, T]:
        try:
            self._hook()
            self._thread.start()
            while True:
                try:
                    kind, value = self._told.get(timeout=BEAT_S)
                except queue.Empty:
                    yield self._beat()
                    continue
                if kind == "done":
                    return value
                if kind == "failed":
                    try:
                        raise value
                    finally:
                        del value  # this frame is part of its traceback, which holds what the call had made
                self.lengths.append(value)
                self.layers = 0
                yield self._beat()
                self._go.release()
        finally:
            self._stop.set()
            self._go.release()
            if self._thread.ident is None:  # it never began
                self._unhook()
            elif not self._mine():  # else somebody collects garbage in there, and it ends at its next layer
                self._thread.join()

    def _beat(self) -> Beat:
        return Beat(tuple(self.lengths[:-1]), self.layers)


def stepped(work: Callable[[], T], watched: Iterable[nn.Module]) -> Generator[Beat, None, T]:
    """What `work` returns, a step at a time; it runs in a thread, in inference mode, and calls `watched` modules with
    an N C T H W tensor first. A Beat before each of those calls, and every BEAT_S in a long one.

    Closing it stops `work` at its next layer, and it is over when close() returns. Raises what `work` raises.
    """
    return _Call(work, watched).steps()
