"""One worker as its parent sees it: a process to ask, whose answers come in time or not at all."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from vae_demo.clips.limits import Limits
from vae_demo.clips.protocol import JSON, PIXELS, Broken, parsed, receive, request_line

MODULE = "vae_demo.clips.worker"
PACKAGE_PARENT = Path(__file__).resolve().parents[2]
START_S = 60.0  # a busy machine may take its time
LOOK_AT_MEMORY_S = 0.1
PIPE_BYTES = 1 << 20
# What a Python needs to find itself and its packages. No tokens, keys or settings of ours.
PASSED_ON = (
    "PATH", "LANG", "LANGUAGE", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV",
    "SYSTEMROOT", "WINDIR", "APPDATA", "PYTHONHOME", "PYTHONUTF8", "OPENBLAS_CORETYPE")
# (JSON, object) or (PIXELS, bytes), as protocol.py has them
Answer = tuple[bytes, Any]


class Gone(Exception):
    """The worker ended, or was ended, before its answer was complete."""


class TooMuchMemory(Gone):
    """The parent ended it: the system sets no limit here, and it took too much."""


def environment() -> dict[str, str]:
    """The worker's environment: an allow-list, its own way to this package, and one thread for arrays."""
    kept = {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith("LC_")}
    places = [str(PACKAGE_PARENT), *filter(None, [os.environ.get("PYTHONPATH")])]
    # Few arenas, or address space would be reserved by the thread and counted as if it were used.
    return {**kept, "PYTHONPATH": os.pathsep.join(places), "MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1"}


class Worker:
    """Starts at once; the first answer() waits until it is ready.

    max_memory    bytes a file may take on top of what the process has
    system_limit  False leaves memory to the parent also where the system could limit it
    """

    def __init__(self, max_memory: int, system_limit: bool = True) -> None:
        self.max_memory, self.n_files = max_memory, 0
        own_group = ({"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
                     if sys.platform == "win32" else {"start_new_session": True})
        # -P: what lies in the current folder is no module of ours.
        command = [sys.executable, "-P", "-m", MODULE, str(max_memory if system_limit else 0)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=environment(),
            cwd=PACKAGE_PARENT, **own_group)
        self.pid = self._process.pid
        self._most_pixels = 0
        self._spare: list[bytearray] = []
        self._answers: queue.Queue[Answer | None] = queue.Queue(2)
        self._stopped, self._ready, self._looked = False, False, 0.0
        self._widen()
        self._pump = threading.Thread(target=self._run_pump, name=f"clip-worker-{self.pid}", daemon=True)
        self._pump.start()

    def ask(self, request: dict[str, Any], limits: Limits) -> None:
        """Send one request; its answers follow from answer(). Raises Gone."""
        self._most_pixels = 3 * limits.max_side**2
        self.n_files += 1
        assert self._process.stdin is not None
        line = memoryview(request_line(request))
        try:
            while line:
                line = line[self._process.stdin.write(line) or 0:]
        except (OSError, ValueError):
            raise Gone from None

    def get_ready(self, seconds: float) -> bool:
        """Whether the worker has started, waiting at most `seconds`. Raises Gone."""
        if not self._ready and (found := self.answer(seconds)) is not None:
            kind, said = found
            if kind != JSON or said["say"] != "ready" or not isinstance(said.get("limited"), bool):
                raise Broken("no worker")
            self.limited = said["limited"]
            self._size = self._memory()
            self._ready = True
        return self._ready

    def answer(self, seconds: float) -> Answer | None:
        """(JSON, object) or (PIXELS, bytes); None when nothing came in `seconds`. Raises Gone and Broken."""
        try:
            found = self._answers.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            return None
        if found is None:
            raise Gone
        return (found[0], parsed(found[1])) if found[0] == JSON else found

    def reuse(self, answer: Answer | None) -> None:
        """Say that nobody looks at an answer any more: the next frame may be written over it."""
        self._spare[:] = [answer[1]] if answer is not None and answer[0] == PIXELS else []

    def check_memory(self) -> None:
        """Where the system sets no limit: kill and raise TooMuchMemory when too much is held."""
        now = time.monotonic()
        if self.limited or now - self._looked < LOOK_AT_MEMORY_S:
            return
        self._looked = now
        if self.growth() > self.max_memory:
            self.kill()
            raise TooMuchMemory

    def growth(self) -> int:
        """Bytes it holds more than when it was ready: address space where that is limited, memory elsewhere."""
        return self._memory() - self._size

    def _memory(self) -> int:
        try:
            found = psutil.Process(self.pid).memory_info()
        except psutil.Error:
            raise Gone from None
        return found.vms if self.limited else found.rss

    @property
    def ended_by_time(self) -> bool:
        """Whether the system's limit of processor time ended it; waits for the end, which has come."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(5) == -getattr(signal, "SIGXCPU", 0) != 0
        return False

    @property
    def silent(self) -> bool:
        """Whether there is no answer that nobody has taken."""
        return self._answers.empty()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """End it now and leave nothing: no process, no thread, no pipe."""
        self._stopped = True
        with suppress(OSError):
            self._process.kill()
        with suppress(subprocess.TimeoutExpired):  # the kernel may hold it while a disk does not answer
            self._process.wait(5)
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        if self._pump is not threading.current_thread():
            self._pump.join(5)

    def forget(self) -> None:
        """In a fork: close our copies of its pipes; the worker is not ours."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()
        self._process.returncode = 0  # or its end would be waited for

    def _run_pump(self) -> None:
        """Standard output -> queue, so that whoever waits for an answer can stop waiting, on every system."""
        pipe = self._process.stdout
        assert pipe is not None
        with pipe:
            try:
                while self._put(found := receive(pipe.readinto, self._most_pixels, self._spare)):
                    if found is None:
                        return
            except (Broken, OSError, ValueError, MemoryError):
                with suppress(OSError):  # whoever waits for its end need not wait long
                    self._process.kill()
                self._put(None)

    def _put(self, found: Answer | None) -> bool:
        while not self._stopped:
            with suppress(queue.Full):
                self._answers.put(found, timeout=0.1)
                return True
        return False

    def _widen(self) -> None:
        """Room for some frames in the pipe: the decoder then works on while we write one to disk."""
        with suppress(ImportError, AttributeError, OSError):
            import fcntl

            assert self._process.stdout is not None
            fcntl.fcntl(self._process.stdout.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
