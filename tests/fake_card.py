"""A stand-in for a GPU: work is queued on it and takes time that only those notice who wait for it.

Time is made up, of the host and of the device alike, so that seconds come out to the digit.
"""

from collections import deque

import torch

CUDA = torch.device("cuda")
# What a launch takes of the host.
LAUNCH = 1 / 1024


class Card:
    """now: the time on the host. waits: for what somebody waited, in order: how much was queued and not done."""

    def __init__(self, monkeypatch):
        self.now, self.waits, self._queue, self._through = 0.0, [], deque(), 0.0
        monkeypatch.setattr(torch.cuda, "synchronize", self._wait_for_all)
        monkeypatch.setattr(torch.cuda, "current_stream", lambda device: self)
        monkeypatch.setattr(torch.cuda, "Event", lambda enable_timing: Event(self))

    def clock(self):
        return self.now

    def launch(self, seconds, work=lambda: None):
        """Work that takes the device so long, and is done only when somebody waits."""
        self.now += LAUNCH
        self._through = max(self._through, self.now) + seconds
        self._queue.append((self._through, work))

    def end_of_queue(self):
        return max(self._through, self.now)

    def wait_until(self, then):
        while self._queue and self._queue[0][0] <= then:
            self._queue.popleft()[1]()
        self.now = max(self.now, then)

    def _wait_for_all(self, device):
        assert device.type == "cuda"
        self.waits.append(len(self._queue))
        self.wait_until(self.end_of_queue())


class Event:
    """A place in its queue. As on a GPU, nobody is told of one that the device has not come to."""

    def __init__(self, card):
        self._card, self.at = card, None

    def record(self, stream):
        self.at = stream.end_of_queue()

    def synchronize(self):
        self._card.wait_until(self.at)

    def elapsed_time(self, end):
        if max(self.at, end.at) > self._card.now:
            raise RuntimeError("device not ready")
        return (end.at - self.at) * 1000
