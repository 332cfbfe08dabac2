"""TAEHV as the engine takes it: every chunk from an empty memory, a bounded piece of it at a time.

`whole` is one chunk, so it streams over the clip and gives what the network gives of the whole clip at once.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from vae_demo.layout.chunks import DecodeChunk, EncodeChunk
from vae_demo.layout.plan import Plan
from vae_demo.layout.variant import Variant
from vae_demo.memory import batch_budget
from vae_demo.models.chunks import halving
from vae_demo.models.finite import Finite
from vae_demo.models.host import to_device
from vae_demo.models.model import Sink, Step, Steps, check_sides
from vae_demo.models.spec import ModelSpec
from vae_demo.models.strict import fill
from vae_demo.models.taehv_network import LEVELS, TAEHV, Decoding, Encoding, TAEHVConfig
from vae_demo.models.weights import check_finite
from vae_demo.pixels import tensor_from_unit, tensor_to_unit
from vae_demo.refusal import Refusal
from vae_demo.results.provenance import Weights
from vae_demo.store import FrameSource

# Frames that are one step at most, by device: it is how soon a stop is noticed, never a value. On a CPU more of them
# gain nothing.
MOST_FRAMES = {"cpu": 4, "cuda": 32}
# Numbers alive at once per pixel and frame of a piece while it is decoded, which takes more than encoding: measured 218
# to 249 on a CPU at 256 and 512 px.
VALUES_PER_PIXEL = 250
# Which levels change time, by frames per latent.
_TIMES = {4: {"time_down": (True, True, False), "time_up": (False, True, True)},
          8: {"time_down": (True, True, True), "time_up": (True, True, True)}}


def config_of(spec: ModelSpec) -> TAEHVConfig:
    """What the table of models says of the network, whatever its file is called."""
    return TAEHVConfig(spec.latent_channels, spec.spatial_factor // 2 ** LEVELS, **_TIMES[spec.rule.stride])


class Tiny:
    """A VideoModel (see model.py) over a TAEHV. It draws nothing: the same with any seed."""

    def __init__(self, spec: ModelSpec, vae: TAEHV, weights: Weights | None = None) -> None:
        self.spec, self.vae, self.weights = spec, vae, weights
        self._any = next(vae.parameters())

    @property
    def device(self) -> torch.device:
        return self._any.device

    @property
    def dtype(self) -> torch.dtype:
        return self._any.dtype

    def plan(self, n_frames: int, variant: Variant) -> Plan:
        return self.spec.plan(n_frames, variant)

    def check(self, plan: Plan, height: int, width: int, budget: int) -> None:
        check_sides(self.spec, height, width)
        needed = self.latent_bytes(height, width)
        if needed > budget:
            raise Refusal("too_big_group", frames=self.vae.config.stride, needed=f"{needed / 1e9:.1f}",
                          budget=f"{budget / 1e9:.1f}")

    def latent_bytes(self, height: int, width: int) -> int:
        """About how many bytes the frames of one latent need, the fewest that go through together; sides in pixels."""
        config = self.vae.config
        pixels = config.stride * height * width / config.patch ** 2
        return int(VALUES_PER_PIXEL * pixels * self._any.element_size())

    def prepare(self, clip: FrameSource, seed: int | None) -> Steps[FrameSource]:
        return clip
        yield  # a generator of no steps: time and space go through the network together

    @torch.inference_mode()
    def encode(self, prepared: FrameSource, plan: Plan) -> Steps[Tensor]:
        """Latents 1 K c h w."""
        size, parts = self._latents_at_once(prepared.height, prepared.width), []
        for chunk in plan.encode_chunks:
            work = partial(self._encoded, prepared, chunk, Encoding(self.vae))
            for at, latents, halved_to in halving(range(chunk.latent_stop - chunk.latent_start), size, work):
                parts.append(latents)
                size = halved_to or size
                yield Step("encode", len(self._frames(chunk, at)), halved_to)
        return torch.cat(parts, 1)

    @torch.inference_mode()
    def decode(self, latents: Tensor, plan: Plan, sink: Sink) -> Steps[None]:
        size = self._latents_at_once(*(side * self.spec.spatial_factor for side in latents.shape[3:]))
        finite = Finite(self)
        for chunk in plan.decode_chunks:
            work = partial(self._decoded, latents, chunk, Decoding(self.vae))
            for _, (frames, sound), halved_to in halving(range(chunk.latent_start, chunk.latent_stop), size, work):
                finite.add(sound)
                sink.append(frames)
                size = halved_to or size
                yield Step("decode", len(frames), halved_to)
        finite.check()

    def baseline(self, prepared: FrameSource, sink: Sink) -> None:
        return None

    def _frames(self, chunk: EncodeChunk, at: range) -> range:
        """The source frames behind latents `at` of a chunk."""
        stride = self.vae.config.stride
        return range(chunk.start, chunk.stop)[at.start * stride:at.stop * stride]

    def _encoded(self, clip: FrameSource, chunk: EncodeChunk, encoding: Encoding, at: range) -> Tensor:
        source = self._frames(chunk, at)
        frames = to_device(clip.frames(source.start, source.stop), self.device)
        return encoding(tensor_to_unit(frames).to(self.dtype))

    def _decoded(self, latents: Tensor, chunk: DecodeChunk, decoding: Decoding, at: range) -> tuple[Tensor, Tensor]:
        """uint8 frames of latents `at`, less what the plan cuts in front of the chunk, and whether they are finite."""
        pixels = decoding(latents[:, at.start:at.stop])[:, chunk.crop if at.start == chunk.latent_start else 0:]
        return tensor_from_unit(pixels), torch.isfinite(pixels).all()

    def _latents_at_once(self, height: int, width: int) -> int:
        """How many latents are one step; sides in pixels."""
        most = MOST_FRAMES[self.device.type] // self.vae.config.stride
        return max(1, min(most, batch_budget(self.device) // self.latent_bytes(height, width)))


def load(spec: ModelSpec, path: Path, own: bool, device: torch.device, dtype: torch.dtype) -> Tiny:
    """The model from one safetensors file, every name and shape checked. Raises Refusal."""
    vae = TAEHV(config_of(spec))
    fill(vae, path, spec.name)
    vae.to(device, dtype)
    if dtype != torch.float32:
        # What fits float32 may be an infinity in half precision.
        check_finite(vae.state_dict().items(), path)
    return Tiny(spec, vae.eval().requires_grad_(False), Weights.of([path], own))
