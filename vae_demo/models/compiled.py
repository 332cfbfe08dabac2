"""torch.compile of what a model spends its time in, for a server that stays up: it pays after minutes, not in one run.

On CUDA the spatial decoder and both directions of the temporal half become graphs, sizes and numbers of frames left
open, so that other clips and cuts do not compile again. On a CPU the spatial decoder alone does: the temporal half
calls oneDNN directly there (temporal.py), which has no place in a graph and is faster than what would be put into one.
"""

from __future__ import annotations

import logging
import os
import shutil
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vae_demo.models.video_vae import VideoVAE
from vae_demo.refusal import Refusal, shown

BACKEND = "inductor"
STAGES = {"cpu": ("spatial_decode",), "cuda": ("temporal_encode", "temporal_decode", "spatial_decode")}
# Graphs of one stage at once. PyTorch takes a size of 1 for a constant, here or further down in a network, so that each
# axis of a volume that comes to 1 doubles them. A usual run has one to three.
MOST = 16
CHANNELS = 1
COMPILERS = {"cpu": ("CXX", "g++", "clang++", "cl"), "cuda": ("CC", "gcc", "clang", "cl")}

log = logging.getLogger(__name__)


def compile_halves(vae: VideoVAE) -> tuple[str, ...]:
    """Compile the stages of STAGES when they are first run; gives their names. Raises Refusal, as check_compiler."""
    check_compiler(vae.device.type)
    stages = STAGES[vae.device.type]
    vae.replace({stage: Graphs(own) for stage, own in vae.stages().items() if stage in stages})
    return stages


class Graphs:
    """A stage of a VideoVAE as graphs that fit arrays of any size: what it computes is in a graph, always, or refused.

    A call compiles where none of the graphs fits.
    """

    def __init__(self, own: Callable[[Tensor], Any]) -> None:
        # fullgraph: an error where PyTorch would otherwise go on without a graph and say nothing.
        self._graph = torch.compile(own, backend=BACKEND, dynamic=True, fullgraph=True, recompile_limit=MOST)

    def __call__(self, x: Tensor) -> Any:
        """x: N c h w or B c T h w. Raises Refusal "not_compiled"."""
        from torch._dynamo import maybe_mark_dynamic
        from torch._dynamo.exc import FailOnRecompileLimitHit, TorchDynamoException

        x = settled(x)
        # Left to itself PyTorch takes sizes that are equal in the first array for equal in every other: of 16 channels
        # at 16 x 16 latents it would keep all three for ever. A mark holds in every thread, a setting does not.
        maybe_mark_dynamic(x, [axis for axis in range(x.ndim) if axis != CHANNELS])
        try:
            try:
                return self._graph(x)
            except FailOnRecompileLimitHit:
                log.warning("A stage has %d graphs and needs another; all are made anew.", MOST)
                torch.compiler.reset()
                return self._graph(x)
        except TorchDynamoException as error:
            said = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
            raise Refusal("not_compiled", reason=shown(said, 200).rstrip(". ")) from error


def settled(x: Tensor) -> Tensor:
    """The same array: an axis of one item may have any stride, and has the same one always. A graph is told apart by
    strides too."""
    ones = [axis for axis, size in enumerate(x.shape) if size == 1]
    x = x.squeeze(ones)
    for axis in ones:
        x = x.unsqueeze(axis)
    return x


def check_compiler(device: str) -> None:
    """Raise Refusal "no_compiler" or "no_headers" where graphs for a kind of device cannot be built: PyTorch would fail
    at the first frame, and what was asked for is not left out in silence.

    On a CPU graphs are C++; on CUDA Triton compiles a module in C. Both are modules of Python.
    """
    variable, *names = COMPILERS[device]
    if not any(shutil.which(name) for name in (os.environ.get(variable), *names) if name):
        raise Refusal("no_compiler")
    include = sysconfig.get_path("include", "nt" if os.name == "nt" else "posix_prefix")
    if not (Path(include) / "Python.h").is_file():
        raise Refusal("no_headers")
