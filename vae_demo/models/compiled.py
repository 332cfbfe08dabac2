"""torch.compile of what a model spends its time in, for a server that stays up: it pays after minutes, not in one run.

On CUDA the spatial decoder and both directions of the temporal half become graphs, sizes and numbers of frames left
open, so that other clips and cuts do not compile again. On a CPU the spatial decoder alone does: the temporal half
calls oneDNN directly there (temporal.py), which has no place in a graph and is faster than what would be put into one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from vae_demo.models.video_vae import VideoVAE
from vae_demo.refusal import Refusal

BACKEND = "inductor"
STAGES = {"cpu": ("spatial_decode",), "cuda": ("temporal_encode", "temporal_decode", "spatial_decode")}


def compile_halves(vae: VideoVAE) -> tuple[str, ...]:
    """Compile the stages of STAGES when they are first run; gives their names. Raises Refusal "no_compiler"."""
    check_compiler()
    stages = STAGES[vae.device.type]
    graph: Callable[[Any], Any] = partial(torch.compile, backend=BACKEND, dynamic=True)
    vae.replace({stage: graph(own) for stage, own in vae.stages().items() if stage in stages})
    return stages


def check_compiler() -> None:
    """Raise Refusal "no_compiler" where there is no C++ compiler: without one PyTorch fails at the first frame, and
    what was asked for is not left out in silence."""
    names = [os.environ.get("CXX"), "g++", "clang++", "cl"]
    if not any(shutil.which(name) for name in names if name):
        raise Refusal("no_compiler")
