"""What a training or a judgement ran on, for the model card."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import torch


def machine(device: str = "cpu") -> str:
    """The CPU by name, the cores this process may use, and the GPU where the device is one."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        name = names[0] if names else name
    gpu = f", {torch.cuda.get_device_name()}" if device == "cuda" else ""
    return f"{name}, {len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores{gpu}"
