"""Names the machine a figure comes from; every benchmark prints it first."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import torch


def describe() -> str:
    """CPU model, cores, torch threads, versions, and the GPU if there is one."""
    cpu = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "none"
    return (f"CPU {cpu}, {os.cpu_count()} cores, {torch.get_num_threads()} torch threads, torch {torch.__version__}, "
            f"Python {platform.python_version()}, GPU {gpu}")
