"""What the package `spaces` does with a function it decorates on ZeroGPU, without a GPU and without the package.

The function runs in a process that is forked off the server when it is called; what goes in and comes out is pickled. A
worker that is done waits for the next call, or is gone (`keeps`). Whoever closes the generator early sets an event, at
which the worker looks after its next yield. An exception is told by the name of its class. Nobody waits for the reader:
the worker is as far ahead as it can be.
"""

import multiprocessing
import os
import pickle
import queue
import signal
import threading
import warnings
from contextlib import contextmanager
from functools import partial, wraps

import gradio as gr
import pytest
import torch

from vae_demo import engine
from vae_demo.models import two_stage, video_vae
from vae_demo.views.shared import kept_model, pace
from vae_demo.views.zerogpu import borrowed, start
from vae_demo.views.zerogpu.borrowed import BORROWED, Borrowed

_fork = multiprocessing.get_context("fork")
_ENDED, _FAILED, _TOLD = "ended", "failed", "told"


class _Worker:
    def __init__(self, task):
        self.asked, self.answers, self.stop = _fork.SimpleQueue(), _fork.SimpleQueue(), _fork.Event()
        self.process = _fork.Process(target=self._work, args=(task,), daemon=True)
        with warnings.catch_warnings():
            # Python 3.12 and later warn of a fork with threads beside it, which is what a Space does.
            warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
            self.process.start()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        """Tells whoever waits for an answer that none will come."""
        self.process.join()
        self.answers.put(None)

    def _work(self, task):
        # First of all: the threads that the parent's convolutions ran in are not here, and would be waited for.
        torch.set_num_threads(1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        while True:
            arguments = self.asked.get()
            self.stop.clear()
            # As there, in a thread of its own.
            thread = threading.Thread(target=self._iterate, args=(task, arguments))
            thread.start()
            thread.join()
            self.answers.put((_ENDED, None))

    def _iterate(self, task, arguments):
        steps = task(*arguments)
        while True:
            try:
                value = next(steps)
            except StopIteration:
                return
            except Exception as error:
                self.answers.put((_FAILED, type(error).__name__))
                return
            if self.stop.is_set():
                steps.close()
                return
            try:
                self.answers.put((_TOLD, value))
            except Exception as error:  # of pickle, which raises many
                self.answers.put((_FAILED, type(error).__name__))
                return


class Lender:
    """`GPU` is the decorator. refuses: raised in place of a card; queue: whoever waits for one waits until it is set;
    asked: seconds of every call; pids: of the workers that took them; told: bytes of every value that crossed."""

    def __init__(self, keeps=True):
        self.keeps, self.refuses, self.asked, self.told, self.pids = keeps, None, [], [], []
        self.queue = threading.Event()
        self.queue.set()
        self._idle = None

    def GPU(self, task=None, *, duration=None):
        return partial(self.GPU, duration=duration) if task is None else self._decorated(task, duration)

    def _decorated(self, task, duration):
        @wraps(task)
        def called(*arguments):
            self.asked.append(duration(*arguments))
            self.queue.wait()
            if self.refuses:
                raise self.refuses
            worker, self._idle = self._idle or _Worker(task), None
            self.pids.append(worker.process.pid)
            worker.asked.put(arguments)
            values = queue.Queue()
            reader = threading.Thread(target=self._read, args=(worker, values))
            reader.start()
            try:
                yield from self._values(values)
            except GeneratorExit:
                worker.stop.set()
                raise
            finally:
                reader.join()
                if worker.process.is_alive():
                    if self.keeps:
                        self._idle = worker
                    else:
                        worker.process.kill()

        return called

    def _read(self, worker, values):
        while True:
            answer = worker.answers.get()
            values.put(answer)
            if answer is None or answer[0] == _ENDED:
                return

    def _values(self, values):
        while True:
            answer = values.get()
            if answer is None:
                raise gr.Error("GPU task aborted", title="ZeroGPU worker error", print_exception=False)
            kind, value = answer
            if kind == _FAILED:
                raise gr.Error(value, title="ZeroGPU worker error", print_exception=False)
            if kind == _ENDED:
                return
            self.told.append(len(pickle.dumps(value)))
            yield value

    def close(self):
        if self._idle:
            self._idle.process.kill()
            self._idle.process.join()


@contextmanager
def lent_gpu(model, keeps=True):
    """The app on a Space whose card is lent; gives the Lender.

    Its server process believes in CUDA, and fails where it asks the card or a network's tensors for anything; workers
    run what `model()` gives, for each of the models that are bundled.
    """
    lender, made, server = Lender(keeps), model(), os.getpid()

    def in_workers(own):
        def asked(*arguments):
            assert os.getpid() != server, "only a worker can answer that"
            return own(*arguments)

        return asked

    with pytest.MonkeyPatch.context() as patch:
        for module in (engine, two_stage, video_vae):
            patch.setattr(module, "batch_budget", in_workers(module.batch_budget))
        patch.setattr(video_vae.VideoVAE, "device", property(in_workers(video_vae.VideoVAE.device.fget)))
        patch.setattr(torch.cuda, "is_available", lambda: True)
        patch.setattr(torch.cuda, "get_device_name", lambda *device: "a card as the server imagines it")
        patch.setattr(kept_model, "PACE", pace.Pace())
        for name, value in vars(Borrowed()).items():
            patch.setattr(BORROWED, name, value)
        with pytest.MonkeyPatch.context() as building:
            building.setattr(borrowed, "load_model", lambda *arguments, **options: made)
            start.get_ready(lender.GPU)
        try:
            yield lender
        finally:
            lender.close()
