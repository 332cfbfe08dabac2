"""Names the machine a figure comes from; every benchmark prints it first."""

from __future__ import annotations

import os
import platform
import sys

import torch

from vae_demo.models.model import device_name

# Somebody else's work on the cores makes every time a figure about them.
BUSY = 0.5


def describe() -> str:
    """CPU model, cores, torch threads, versions, and the GPU if there is one."""
    cpu = device_name(torch.device("cpu"))
    gpu = f", GPU {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ", no GPU"
    return (f"{cpu}, {os.cpu_count()} cores, {torch.get_num_threads()} torch threads{gpu}, torch {torch.__version__}, "
            f"Python {platform.python_version()}")


def warn_if_busy() -> None:
    """Say so on stderr when the machine was already at work; the figures go to stdout."""
    load = os.getloadavg()[0]
    if load > BUSY:
        print(f"This machine is busy (load {load:.1f}): times will be too long.", file=sys.stderr, flush=True)
