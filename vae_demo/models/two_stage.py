"""A model of two halves, as Open-Sora 1.2 is: frames one by one, then time in chunks that we make.

Spatial latents are computed once per clip and serve every variant.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from vae_demo.layout.plan import Plan, plan_of
from vae_demo.layout.variant import Variant
from vae_demo.memory import batch_budget
from vae_demo.models.chunks import decode_in_chunks, encode_in_chunks
from vae_demo.models.host import to_host
from vae_demo.models.model import Sink, Step, Steps, check_sides, dtype_name
from vae_demo.models.spec import ModelSpec
from vae_demo.models.strict import filled
from vae_demo.models.video_vae import VideoVAE, seeds_for
from vae_demo.models.weights import check_finite
from vae_demo.pixels import tensor_to_uint8, to_signed
from vae_demo.refusal import Refusal
from vae_demo.results.provenance import Weights
from vae_demo.steps import mapped
from vae_demo.store import FrameSource

# Frames per call of the spatial half. It changes memory and how soon a stop is noticed, never a value.
SPATIAL_SLICE = 8
# On a CPU batching chunks gains nothing once one chunk fills the cores (benchmarks/batching.py), and a
# small step is noticed sooner when somebody cancels.
CPU_CHUNKS = 1


@dataclass(frozen=True)
class Prepared:
    """Spatial latents of a clip, 1 c T h w on the model's device, and the seed they were drawn with."""

    spatial: Tensor
    seed: int | None


class TwoStage:
    """A VideoModel (see model.py) over the primitives of a VideoVAE."""

    def __init__(self, vae: VideoVAE, weights: Weights | None = None) -> None:
        self.vae, self.spec, self.weights = vae, vae.spec, weights

    @property
    def device(self) -> torch.device:
        return self.vae.device

    @property
    def dtype(self) -> torch.dtype:
        return self.vae.dtype

    def plan(self, n_frames: int, variant: Variant) -> Plan:
        return plan_of(n_frames, variant, self.spec.rule)

    def check(self, plan: Plan, height: int, width: int, budget: int) -> None:
        check_sides(self.spec, height, width)
        longest = max(
            max(chunk.pad + chunk.used for chunk in plan.encode_chunks),
            max((chunk.latent_stop - chunk.latent_start) * plan.rule.stride for chunk in plan.decode_chunks))
        factor = self.spec.spatial_factor
        needed = self.vae.chunk_bytes(longest, height // factor, width // factor)
        if needed > budget:
            raise Refusal("too_big", frames=longest, needed=f"{needed / 1e9:.1f}", budget=f"{budget / 1e9:.1f}")

    @torch.inference_mode()
    def prepare(self, clip: FrameSource, seed: int | None) -> Steps[Prepared]:
        parts = []
        for start in range(0, clip.n_frames, SPATIAL_SLICE):
            stop = min(start + SPATIAL_SLICE, clip.n_frames)
            pixels = torch.from_numpy(to_signed(clip.frames(start, stop))).to(self.device, self.dtype)
            parts.append(self.vae.encode_frames(pixels, seeds_for(seed, "spatial", range(start, stop))))
            yield Step("spatial_encode", stop - start)
        return Prepared(torch.cat(parts, dim=2), seed)

    @torch.inference_mode()
    def encode(self, prepared: Prepared, plan: Plan) -> Steps[Tensor]:
        steps = encode_in_chunks(
            lambda padded, at: self.vae.encode_chunks(padded, seeds_for(prepared.seed, "temporal", at)),
            prepared.spatial, plan.encode_chunks, self._room(prepared.spatial))
        return (yield from _named("temporal_encode", steps))

    @torch.inference_mode()
    def decode(self, latents: Tensor, plan: Plan, sink: Sink) -> Steps[None]:
        steps = decode_in_chunks(
            self.vae.decode_chunks, latents[:, :, :plan.latents], plan.decode_chunks, plan.rule.stride,
            self._room(latents))
        spatial = yield from _named("temporal_decode", steps)
        yield from self._frames("spatial_decode", spatial, sink)

    def baseline(self, prepared: Prepared, sink: Sink) -> Steps[None]:
        return self._frames("baseline", prepared.spatial, sink)

    @torch.inference_mode()
    def _frames(self, stage: str, spatial: Tensor, sink: Sink) -> Steps[None]:
        """Spatial latents 1 c T h w -> uint8 frames, a few at a time.

        Raises Refusal "not_finite" where the model gives a NaN or an infinity: as uint8 it would pass for a colour.
        """
        finite: list[Callable[[], Tensor]] = []
        for part in spatial.split(SPATIAL_SLICE, dim=2):
            pixels = self.vae.decode_frames(part)
            # Asked of the batch before this one, so that the device has work while somebody waits for the answer.
            self._check(finite)
            finite.append(to_host(torch.isfinite(pixels).all()))
            sink.append(tensor_to_uint8(pixels))
            yield Step(stage, part.shape[2])
        self._check(finite)

    def _check(self, finite: list[Callable[[], Tensor]]) -> None:
        while finite:
            if not bool(finite.pop()()):
                raise Refusal("not_finite", model=self.spec.name, dtype=dtype_name(self))

    def _room(self, latents: Tensor) -> Callable[[int], int]:
        """How many chunks of a length fit together."""
        (h, w), budget = latents.shape[3:], batch_budget(self.device)
        most = CPU_CHUNKS if self.device.type == "cpu" else sys.maxsize
        return lambda length: max(1, min(most, budget // max(self.vae.chunk_bytes(length, h, w), 1)))


def _named(stage: str, steps: Generator[int, None, Tensor]) -> Steps[Tensor]:
    """The steps of a chunk loop under a stage's name."""
    return mapped(steps, lambda frames: Step(stage, frames))


def load(
    build: Callable[[ModelSpec, Mapping[str, str]], VideoVAE], spec: ModelSpec, path: Path, own: bool,
    device: torch.device, dtype: torch.dtype,
) -> TwoStage:
    """The model from one safetensors file, every name and shape checked. Raises Refusal."""
    vae = filled(build, spec, path).to(device, dtype)
    if dtype != torch.float32:
        # What fits float32 may be an infinity in half precision.
        check_finite(vae.state_dict().items(), path)
    # Faster than the plain layout on a CPU, slower on CUDA: `python -m benchmarks.layouts --device cuda`.
    vae.spatial_vae.to(memory_format=torch.channels_last)
    vae.temporal_vae.to(memory_format=torch.channels_last_3d)
    return TwoStage(vae.eval().requires_grad_(False), Weights.of([path], own))
