"""VideoVAE: four primitives, and encode/decode as thin wrappers over them.

The primitives know nothing of chunks, pads or crops; `layout.plan` owns those. Arrays are NCTHW,
float, [-1, 1] outside; spatial latents N c T h w in between; latents N z K h w as a diffusion model
would see them (normalised where the model says so).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from vae_demo.layout.chunks import EncodeChunk, decode_chunks
from vae_demo.layout.plan import plan
from vae_demo.memory import batch_budget
from vae_demo.models.chunks import decode_in_chunks, encode_in_chunks
from vae_demo.models.spec import ModelSpec
from vae_demo.models.temporal import TemporalVAE
from vae_demo.steps import drain

# Pixels the spatial half takes per call, by device, where memory has room for them; no value depends on it but the last
# digits of a frame that is left alone. On a GPU 8 frames of 512 x 512, on a CPU 5 of 256 x 256 (benchmarks/calls.py):
# more gain nothing, and take memory.
PIXELS_PER_CALL = {"cpu": 5 * 256 * 256, "cuda": 8 * 512 * 512}
DEFAULT = object()


class Spatial(Protocol):
    """The per-frame half: images N 3 H W in [-1, 1] to a posterior over latents, and back.

    factor: pixels per latent, along each side. values_per_pixel: numbers alive at once per pixel of a frame while it is
    decoded, at most (benchmarks/memory.py).
    """

    factor: int
    values_per_pixel: float

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor | None]: ...

    def decode(self, latents: Tensor) -> Tensor: ...


def chunk_seed(seed: int, stage: str, index: int) -> int:
    """One seed per (run seed, stage, frame or chunk): noise never depends on how work was batched."""
    digest = hashlib.blake2b(f"{seed}/{stage}/{index}".encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big")


def seeds_for(seed: int | None, stage: str, indices: Sequence[int]) -> list[int] | None:
    """One seed per frame or chunk of a stage; None for posterior means."""
    return None if seed is None else [chunk_seed(seed, stage, index) for index in indices]


def draw(mean: Tensor, logvar: Tensor | None, seeds: Sequence[int] | None) -> Tensor:
    """The posterior mean, or one draw per batch item from a generator of its own."""
    if seeds is None or logvar is None:
        return mean
    if len(seeds) != len(mean):
        raise ValueError(f"expected one seed per batch item, got {len(seeds)} for {len(mean)}")
    noise = torch.stack([
        torch.randn(mean.shape[1:], generator=torch.Generator().manual_seed(seed)) for seed in seeds])
    return mean + noise.to(mean) * (0.5 * logvar).exp()


class VideoVAE(nn.Module):
    """A spatial half and a temporal half with normalised latents between encoder and decoder.

    shift, scale: per-channel normalisation of the temporal latents, shape 1 z 1 1 1.
    """

    def __init__(self, spec: ModelSpec, spatial: nn.Module, temporal: TemporalVAE) -> None:
        super().__init__()
        self.spec = spec
        self.spatial_vae = spatial
        self.temporal_vae = temporal
        z = temporal.config.latent_channels
        self.register_buffer("shift", torch.zeros(1, z, 1, 1, 1))
        self.register_buffer("scale", torch.ones(1, z, 1, 1, 1))
        self._images, self._volumes = torch.channels_last, torch.channels_last_3d
        self._replaced: dict[str, Callable[[Tensor], Any]] = {}

    def stages(self) -> dict[str, Callable[[Tensor], Any]]:
        """What the networks do stage by stage; spatial encoding is left out, a clip goes through it once."""
        own = {"temporal_encode": self.temporal_vae.encode, "temporal_decode": self.temporal_vae.decode,
               "spatial_decode": self.spatial_vae.decode}
        return {**own, **self._replaced}

    def replace(self, stages: dict[str, Callable[[Tensor], Any]]) -> None:
        """Other ways to compute some stages, with the same results."""
        self._replaced |= stages

    def lay_out(self, channels_last: bool) -> None:
        """How weights and activations of both halves lie in memory; changes time, never a value."""
        self._images = torch.channels_last if channels_last else torch.contiguous_format
        self._volumes = torch.channels_last_3d if channels_last else torch.contiguous_format
        self.spatial_vae.to(memory_format=self._images)
        self.temporal_vae.to(memory_format=self._volumes)

    @property
    def device(self) -> torch.device:
        return self.shift.device

    @property
    def dtype(self) -> torch.dtype:
        return self.shift.dtype

    # -- the four primitives ---------------------------------------------------------------------

    def encode_frames(self, x: Tensor, seeds: Sequence[int] | None = None) -> Tensor:
        """Pixels N 3 T H W in [-1, 1] -> spatial latents N c T h w; any slice of T gives the same values.

        seeds: None for the posterior mean, or one per frame (N must be 1 then).
        """
        self._check_video(x)
        n, _, t, _, _ = x.shape
        images = x.transpose(1, 2).flatten(0, 1)
        parts = []
        step = self.frames_per_call(*x.shape[3:])
        for start in range(0, len(images), step):
            mean, logvar = self.spatial_vae.encode(
                images[start:start + step].contiguous(memory_format=self._images))
            chosen = None if seeds is None else list(seeds)[start:start + step]
            parts.append(draw(mean, logvar, chosen))
        return torch.cat(parts).unflatten(0, (n, t)).transpose(1, 2)

    def decode_frames(self, s: Tensor) -> Tensor:
        """Spatial latents N c T h w -> pixels N 3 T H W, about [-1, 1], not clipped."""
        n, _, t, _, _ = s.shape
        latents = s.transpose(1, 2).flatten(0, 1)
        step = self.frames_per_call(*(side * self.spec.spatial_factor for side in s.shape[3:]))
        decode = self.stages()["spatial_decode"]
        parts = [decode(part.contiguous(memory_format=self._images)) for part in latents.split(step)]
        return torch.cat(parts).unflatten(0, (n, t)).transpose(1, 2)

    def encode_chunks(self, s: Tensor, seeds: Sequence[int] | None = None) -> Tensor:
        """Padded chunks B c L h w, L a multiple of the stride -> latents B z K h w, normalised.

        seeds: None for the posterior mean, or one per chunk.
        """
        stride = self.spec.rule.stride
        if s.shape[2] % stride:
            raise ValueError(f"a padded chunk must be a multiple of {stride} frames, got {tuple(s.shape)}")
        mean, logvar = self.stages()["temporal_encode"](s.contiguous(memory_format=self._volumes))
        return (draw(mean, logvar, seeds) - self.shift) / self.scale

    def decode_chunks(self, z: Tensor) -> Tensor:
        """Latents B z K h w -> spatial slots B c K*stride h w, not cropped."""
        latents = z * self.scale + self.shift
        return self.stages()["temporal_decode"](latents.contiguous(memory_format=self._volumes))

    # -- what most callers want --------------------------------------------------------------------

    def encode(
        self, video: Tensor, micro_frame_size: int | None | object = DEFAULT, generator: torch.Generator | None = None
    ) -> Tensor:
        """Video N 3 T H W in [-1, 1] -> latents N z K h w. micro_frame_size None is one chunk; default the model's.

        Posterior mean unless a generator is given; its draw seeds every frame and chunk on its own.
        Raises Refusal for a size or length that cannot work.
        """
        size = self._size(micro_frame_size)
        chunks = plan(video.shape[2], size, size, self.spec.rule).encode_chunks
        return torch.cat([self._encode_one(item[None], chunks, generator) for item in video])

    def _encode_one(
        self, video: Tensor, chunks: Sequence[EncodeChunk], generator: torch.Generator | None
    ) -> Tensor:
        seed = None if generator is None else int(
            torch.randint(2**62, (1,), generator=generator, device=generator.device))
        return drain(encode_in_chunks(
            lambda padded, at: self.encode_chunks(padded, seeds_for(seed, "temporal", at)),
            self.encode_frames(video, seeds_for(seed, "spatial", range(video.shape[2]))), chunks))

    def decode(
        self,
        latents: Tensor,
        num_frames: int,
        micro_frame_size: int | None | object = DEFAULT,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Latents N z K h w -> video N 3 T' H W. T' is num_frames when the latents were laid out for this size.

        The decoder draws nothing; `generator` is there so that encode and decode take the same arguments.
        """
        size = self._size(micro_frame_size)
        chunks = decode_chunks(latents.shape[2], num_frames, size, self.spec.rule)
        return self.decode_frames(drain(
            decode_in_chunks(self.decode_chunks, latents, chunks, self.spec.rule.stride)))

    def frames_per_call(self, height: int, width: int) -> int:
        """How many frames of this size, in pixels, go through the spatial half together; at least one."""
        most = PIXELS_PER_CALL[self.device.type] // (height * width)
        return max(1, min(most, batch_budget(self.device) // self.frame_bytes(height, width)))

    def frame_bytes(self, height: int, width: int) -> int:
        """About how many bytes the spatial half needs for one frame, sides in pixels. Measured peaks of large frames
        were 0.95 to 1.1 times this (benchmarks/memory.py)."""
        return int(self.spatial_vae.values_per_pixel * height * width * self.shift.element_size())

    def chunk_bytes(self, frames: int, h: int, w: int, count: int = 1) -> int:
        """About how many bytes `count` chunks of `frames` padded frames need together at h x w latents.

        The widest level at full length dominates: up to six such arrays are alive at once in a residual block, and
        the convolutions hold reordered copies of their inputs and weights. Measured peaks were 0.7 to 1.1 times this
        (benchmarks/memory.py).
        """
        config = self.temporal_vae.config
        halvings = [sum(config.temporal_downsample[:level]) for level in range(len(config.multipliers))]
        width = config.filters * max(m / 2**n for m, n in zip(config.multipliers, halvings, strict=True))
        weights = max(value.numel() for value in self.temporal_vae.parameters())
        return int((10 * width * count * frames * h * w + 4 * weights) * self.shift.element_size())

    def _size(self, micro_frame_size: int | None | object) -> int | None:
        return self.spec.own.encode.size if micro_frame_size is DEFAULT else micro_frame_size

    def _check_video(self, x: Tensor) -> None:
        factor = self.spec.spatial_factor
        if x.ndim != 5 or x.shape[1] != 3 or x.shape[3] % factor or x.shape[4] % factor or not x.is_floating_point():
            raise ValueError(
                f"expected a float video N 3 T H W with H and W multiples of {factor}, "
                f"got {x.dtype} {tuple(x.shape)}")
