"""A model of two halves, as Open-Sora 1.2 is: frames one by one, then time in chunks that we make.

Spatial latents are computed once per clip and serve every variant.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor

from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import Variant
from vae_demo.memory import batch_budget
from vae_demo.models.chunks import Done, decode_cuts, encode_cuts, halving
from vae_demo.models.compiled import compile_halves
from vae_demo.models.finite import Finite
from vae_demo.models.host import to_device
from vae_demo.models.model import Sink, Step, Steps, check_sides
from vae_demo.models.spec import ModelSpec
from vae_demo.models.strict import filled
from vae_demo.models.video_vae import VideoVAE, seeds_for
from vae_demo.models.weights import check_finite
from vae_demo.pixels import tensor_to_signed, tensor_to_uint8
from vae_demo.refusal import Refusal
from vae_demo.results.provenance import Weights
from vae_demo.steps import mapped
from vae_demo.store import FrameSource

T = TypeVar("T")

# On a CPU batching chunks gains nothing once one chunk fills the cores (benchmarks/batching.py), and a
# small step is noticed sooner when somebody cancels.
CPU_CHUNKS = CPU_PLANS = 1
# Frames that are one step of the spatial half at most, by device: it is how soon a stop is noticed, never a value.
MOST_FRAMES = {"cpu": 8, "cuda": 32}


@dataclass(frozen=True)
class Prepared:
    """Spatial latents of a clip, 1 c T h w on the model's device, and the seed they were drawn with."""

    spatial: Tensor
    seed: int | None


class TwoStage:
    """A VideoModel (see model.py) over the primitives of a VideoVAE."""

    def __init__(self, vae: VideoVAE, weights: Weights | None = None) -> None:
        self.vae, self.spec, self.weights = vae, vae.spec, weights
        self.compiled: tuple[str, ...] = ()

    def compile(self) -> None:
        """See compiled.py. Raises Refusal."""
        self.compiled = compile_halves(self.vae)

    @property
    def device(self) -> torch.device:
        return self.vae.device

    @property
    def dtype(self) -> torch.dtype:
        return self.vae.dtype

    def plan(self, n_frames: int, variant: Variant) -> Plan:
        return self.spec.plan(n_frames, variant)

    def check(self, plan: Plan, height: int, width: int, budget: int) -> None:
        check_sides(self.spec, height, width)
        longest = max(
            max(chunk.pad + chunk.used for chunk in plan.encode_chunks),
            max((chunk.latent_stop - chunk.latent_start) * plan.rule.stride for chunk in plan.decode_chunks))
        factor = self.spec.spatial_factor
        needed = self.vae.chunk_bytes(longest, height // factor, width // factor)
        if needed > budget:
            raise Refusal("too_big", frames=longest, needed=f"{needed / 1e9:.1f}", budget=f"{budget / 1e9:.1f}")
        if (needed := self.vae.frame_bytes(height, width)) > budget:
            raise Refusal("too_big_frame", needed=f"{needed / 1e9:.1f}", budget=f"{budget / 1e9:.1f}")

    @torch.inference_mode()
    def prepare(self, clip: FrameSource, seed: int | None) -> Steps[Prepared]:
        def work(at: range) -> Tensor:
            frames = to_device(clip.frames(at.start, at.stop), self.device)
            return self.vae.encode_frames(tensor_to_signed(frames).to(self.dtype), seeds_for(seed, "spatial", at))

        parts, size = [], self._frames_at_once(clip.height, clip.width)
        for at, latents, halved_to in halving(range(clip.n_frames), size, work):
            parts.append(latents)
            yield Step("spatial_encode", len(at), halved_to)
        return Prepared(torch.cat(parts, dim=2), seed)

    def encode(self, prepared: Prepared, plan: Plan) -> Steps[Tensor]:
        (latents,) = yield from self.encode_all(prepared, [plan])
        return latents

    def decode(self, latents: Tensor, plan: Plan, sink: Sink) -> Steps[None]:
        (spatial,) = yield from self.decode_time([latents], [plan])
        yield from self.decode_frames(spatial, sink)

    # Several plans at once, as models/together.py has it; `encode` and `decode` are the case of one.

    def at_once(self, prepared: Prepared, plans: Sequence[Plan]) -> int:
        """On a CPU one: its cores are full anyway, and batches across sizes gain nothing (benchmarks/batching.py).

        On CUDA what all of them leave between the halves may take as much memory as a batch of the spatial half: more
        sizes, or a longer clip, come in more waves, and the peak stays.
        """
        if self.device.type == "cpu":
            return CPU_PLANS
        (height, width), frame = self._sides(prepared.spatial), prepared.spatial[:, :, :1].nbytes
        left = self._frames_at_once(height, width) * self.vae.frame_bytes(height, width)
        for count, plan in enumerate(plans):
            # Slots as the decoder gives them, and the latents, which are fewer.
            left -= 2 * plan.frames_out * frame
            if left < 0:
                return max(count, 1)
        return len(plans)

    @torch.inference_mode()
    def encode_all(self, prepared: Prepared, plans: Sequence[Plan]) -> Steps[list[Tensor]]:
        steps = encode_cuts(
            lambda padded, at: self.vae.encode_chunks(padded, seeds_for(prepared.seed, "temporal", at)),
            prepared.spatial, [plan.encode_chunks for plan in plans], self._room(prepared.spatial))
        return (yield from _named("temporal_encode", steps))

    @torch.inference_mode()
    def decode_time(self, latents: Sequence[Tensor], plans: Sequence[Plan]) -> Steps[list[Tensor]]:
        read = [each[:, :, :plan.latents] for each, plan in zip(latents, plans, strict=True)]
        steps = decode_cuts(
            self.vae.decode_chunks, read, [plan.decode_chunks for plan in plans], self.spec.rule.stride,
            self._room(latents[0]))
        return (yield from _named("temporal_decode", steps))

    def decode_frames(self, spatial: Tensor, sink: Sink) -> Steps[None]:
        return self._frames("spatial_decode", spatial, sink)

    def baseline(self, prepared: Prepared, sink: Sink) -> Steps[None]:
        return self._frames("baseline", prepared.spatial, sink)

    @torch.inference_mode()
    def _frames(self, stage: str, spatial: Tensor, sink: Sink) -> Steps[None]:
        """Spatial latents 1 c T h w -> uint8 frames, a few at a time. Raises Refusal where they are not finite."""
        batch = 0

        def work(at: range) -> tuple[Tensor, Tensor]:
            nonlocal batch
            latents = spatial[:, :, at.start:at.stop]
            if self.compiled and (more := batch - len(at)) > 0:
                # A graph takes as many as before: the last batch is filled up with its last frame.
                latents = torch.cat([latents, latents[:, :, -1:].expand(-1, -1, more, -1, -1)], dim=2)
            batch = 0  # where memory runs out, as few as are asked for
            pixels = self.vae.decode_frames(latents)[:, :, :len(at)]
            batch = latents.shape[2]
            return tensor_to_uint8(pixels), torch.isfinite(pixels).all()

        size = self._frames_at_once(*self._sides(spatial))
        finite = Finite(self)
        for at, (frames, sound), halved_to in halving(range(spatial.shape[2]), size, work):
            finite.add(sound)
            sink.append(frames)
            yield Step(stage, len(at), halved_to)
        finite.check()

    def _sides(self, latents: Tensor) -> tuple[int, int]:
        """Of a frame, in pixels."""
        h, w = latents.shape[3:]
        return h * self.spec.spatial_factor, w * self.spec.spatial_factor

    def _frames_at_once(self, height: int, width: int) -> int:
        """How many frames are one step of the spatial half."""
        return min(self.vae.frames_per_call(height, width), MOST_FRAMES[self.device.type])

    def _room(self, latents: Tensor) -> Callable[[int], int]:
        """How many chunks of a length fit together."""
        (h, w), budget = latents.shape[3:], batch_budget(self.device)
        if self.device.type == "cpu":
            most = CPU_CHUNKS
        else:
            # No more than the spatial half takes anyway: a longer clip has more chunks, and the peak stays.
            height, width = self._sides(latents)
            budget = min(budget, self._frames_at_once(height, width) * self.vae.frame_bytes(height, width))
            most = sys.maxsize

        def fitting(length: int) -> int:
            one, two = (self.vae.chunk_bytes(length, h, w, count) for count in (1, 2))
            return max(1, min(most, 1 + (budget - one) // (two - one)))

        return fitting


def _named(stage: str, steps: Generator[Done, None, T]) -> Steps[T]:
    """The steps of a chunk loop under a stage's name."""
    return mapped(steps, lambda done: Step(stage, *done))


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
    vae.lay_out(channels_last=device.type == "cpu")
    return TwoStage(vae.eval().requires_grad_(False), Weights.of([path], own))
