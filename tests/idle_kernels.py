"""Kernels that do nothing for a known time, in place of work on a GPU."""

import time
from functools import cache

import torch

from vae_demo.models.host import wait

CYCLES = 10**8


def idle(times=1):
    for _ in range(times):
        torch.cuda._sleep(CYCLES)


@cache
def idle_seconds():
    """Of one of them, the shortest of some."""
    taken = []
    for _ in range(4):
        wait(torch.device("cuda"))
        began = time.perf_counter()
        idle()
        wait(torch.device("cuda"))
        taken.append(time.perf_counter() - began)
    return min(taken)
