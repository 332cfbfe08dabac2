"""What the engine asks of a model, whatever network it is: plan, prepare, encode, decode, in bounded steps."""

from __future__ import annotations

import platform
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch

from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import Variant
from vae_demo.models.spec import ModelSpec
from vae_demo.refusal import Refusal
from vae_demo.results.provenance import Weights
from vae_demo.store import FrameSource

T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """One bounded piece of work that is done: its stage (a key of the spec's costs) and the frames it covered.

    halved_to: frames or chunks at once, where memory ran out and the stage went on with fewer of them.
    """

    stage: str
    frames: int
    halved_to: int | None = None


Steps = Generator[Step, None, T]


class Replanned(Exception):  # noqa: N818  no error: the run goes on
    """Other counts came back than were planned. Whoever ran it asks for the plan again, and starts once more."""


class Sink(Protocol):
    """Where decoded frames go, in order: uint8 T H W 3, an array or a tensor on the model's device."""

    def append(self, frames: np.ndarray | torch.Tensor) -> None: ...


class VideoModel(Protocol):
    """A loaded model. `prepared` and `latents` are its own business; each generator does one bounded step per next().

    weights: the files it was filled from, None for random ones.
    """

    spec: ModelSpec
    weights: Weights | None

    @property
    def device(self) -> torch.device: ...

    @property
    def dtype(self) -> torch.dtype: ...

    def plan(self, n_frames: int, variant: Variant) -> Plan:
        """What comes back, as far as is known. Raises Refusal where the model cannot do that."""

    def check(self, plan: Plan, height: int, width: int, budget: int) -> None:
        """Raise Refusal before any work where a step of `plan` cannot fit `budget` bytes; sides in pixels."""

    def prepare(self, clip: FrameSource, seed: int | None) -> Steps[Any]:
        """What every variant starts from. seed: None for posterior means, else noise keyed by it."""

    def encode(self, prepared: Any, plan: Plan) -> Steps[Any]:
        """Latents, as the encode side of `plan` cuts time. Raises Replanned."""

    def decode(self, latents: Any, plan: Plan, sink: Sink) -> Steps[None]:
        """plan.frames_out frames into `sink`, as the decode side of `plan` cuts time; in its last stage.

        Raises Replanned, before anything of a chunk is in `sink`."""

    def baseline(self, prepared: Any, sink: Sink) -> Steps[None] | None:
        """Every frame through the spatial half alone; None for a model that has none."""


def check_sides(spec: ModelSpec, height: int, width: int) -> None:
    """Raise Refusal unless both sides, in pixels, are multiples of the model's spatial factor."""
    if height % spec.spatial_factor or width % spec.spatial_factor:
        raise Refusal("size_multiple", model=spec.name, width=width, height=height, multiple=spec.spatial_factor)


def dtype_name(model: VideoModel) -> str:
    """float32, bfloat16."""
    return str(model.dtype).removeprefix("torch.")


def device_name(device: torch.device) -> str:
    """What the device calls itself: a GPU's name, or the processor's."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
